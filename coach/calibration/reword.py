"""A call in other words: asked of a model, read strictly, kept in files that a person can look at.

A rewording that loses a turn, a placeholder or a number is none.  Whether it says the same in other words is for a
person to see: `coach trainer stress --show CALL --swap reworded`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from coach.calibration.labels import Version, transcript_version, write_whole
from coach.calls.atoms import atoms_of
from coach.calls.clean import LONGEST, clean_line, neutralise
from coach.calls.transcript import Id, Redacted, Speaker
from coach.engines.exchange import Engine, Message, Request
from coach.errors import BadCall
from coach.grading.ask import Asking, schema_of, transcript_line
from coach.grading.hear import UnusableReply, read_reply, usable_text
from coach.playbook.load import Playbook, shipped
from coach.playbook.prompt import Templates

TEMPLATE = "stress_reword.j2"
PASSED = frozenset(("lines", "ids", "fault"))
"""The variables that the template is passed."""

_BRACKETS = re.compile(r"\[[^\]]{1,40}\]")

Texts = Mapping[str, str]
"""The text of each spoken turn, by its id."""


class _Said(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    turn_id: str
    text: str


class _Reply(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    turns: list[_Said]


class Rewording(BaseModel):
    """A call in other words, as it is kept: `transcript` is the version of the words it was made from.

    `model` is who made it, empty for a person.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    call_id: Id
    transcript: Version
    model: str = ""
    turns: dict[str, Annotated[str, StringConstraints(min_length=1, max_length=LONGEST)]]


def reword_templates(playbook: Playbook) -> Templates:
    """The playbook's templates, or the shipped ones where the playbook is older than this template."""
    own = playbook.templates
    return own if TEMPLATE in own.names() else Templates(shipped() / "prompts")


def reword_request(call: Redacted, templates: Templates, asking: Asking) -> Request:
    """The question for one call.  Raises BadPlaybook for a template that fails."""
    lines = [transcript_line(turn.id, turn.speaker, None, turn.text) for turn in call.turns]
    return Request(
        model=asking.model,
        messages=(Message("user", templates.render(TEMPLATE, lines=lines, ids=_spoken(call), fault="")),),
        schema_name="stress_reword",
        schema=schema_of(_Reply),
        parameters=asking.settled(),
        label=f"{call.call_id} reworded",
    )


def asked_again(templates: Templates, fault: str) -> str:
    """The words of the one further try."""
    return templates.render(TEMPLATE, lines=[], ids=[], fault=fault)


async def reword(call: Redacted, templates: Templates, asking: Asking, engine: Engine) -> Rewording | str:
    """The call in other words, or why there is none; an unusable reply is asked for once more.  Raises EngineDown."""
    request = reword_request(call, templates, asking)
    fault = ""
    for _ in range(2):
        text = usable_text(answer := await engine.answer(request))
        if text is None:
            return str(getattr(answer, "detail", "") or "no usable answer")
        try:
            turns = parse_rewording(text, call)
        except UnusableReply as error:
            fault = str(error)
            more = (Message("assistant", text), Message("user", asked_again(templates, fault)))
            request = replace(request, messages=request.messages + more, label=f"{request.label} (repair)")
            continue
        made = getattr(answer, "model", asking.model)
        return Rewording(call_id=call.call_id, transcript=transcript_version(call), model=made, turns=dict(turns))
    return f"after one repair try: {fault}"


def parse_rewording(text: str, call: Redacted) -> Texts:
    """The texts in a reply, cleaned as a call's own.

    Raises UnusableReply for bad JSON and for turns that are missing, in another order, or lack what has to stay.
    """
    reply = read_reply(text, _Reply)
    ids = [said.turn_id for said in reply.turns]
    if ids != _spoken(call):
        raise UnusableReply(f"turns must be these, once each and in this order: {', '.join(_spoken(call))}")
    texts = {said.turn_id: neutralise(clean_line(said.text)) for said in reply.turns}
    faults = list(_faults(texts, call))
    if faults:
        raise UnusableReply("; ".join(faults[:8]))
    return texts


def _spoken(call: Redacted) -> list[str]:
    return [turn.id for turn in call.turns if turn.speaker is not Speaker.SYSTEM]


def _faults(texts: Texts, call: Redacted) -> Iterable[str]:
    """What the new words of each turn lack, or have too much."""
    for turn in call.turns:
        if turn.speaker is Speaker.SYSTEM:
            continue
        said = texts.get(turn.id, "")
        if not said or len(said) > LONGEST:
            yield f"{turn.id} is {'far too long' if said else 'empty'}"
        elif lost := kept_words(turn.text) - kept_words(said):
            yield f"{turn.id} lacks {', '.join(sorted(lost))}"
        elif added := kept_words(said) - kept_words(turn.text):
            yield f"{turn.id} adds {', '.join(sorted(added))}"


def kept_words(text: str) -> frozenset[str]:
    """What a text has in brackets and its numbers, in figures or in words alike; "one" is a word of every sentence."""
    numbers = (atom.value for atom in atoms_of(_BRACKETS.sub(" ", text)) if atom.numeral or atom.spoken)
    return frozenset((*_BRACKETS.findall(text), *(number for number in numbers if number not in ("1", "0"))))


def rewording_file(folder: Path, call_id: str) -> Path:
    """Where a call's rewording lies."""
    return folder / f"{call_id}.json"


def write_rewording(folder: Path, rewording: Rewording) -> Path:
    """Keep a rewording, a line a turn, and give its path.  Raises CannotWrite."""
    file = rewording_file(folder, rewording.call_id)
    write_whole(file, json.dumps(rewording.model_dump(), ensure_ascii=False, indent=1) + "\n")
    return file


def read_rewording(folder: Path, call: Redacted) -> Rewording | None:
    """The kept rewording of a call, None where there is none.

    Raises BadCall for a file that is none, of other words than the call's today, or without what has to stay.
    """
    file = rewording_file(folder, call.call_id)
    try:
        kept = Rewording.model_validate_json(file.read_bytes())
    except FileNotFoundError:
        return None
    except OSError as fault:
        raise BadCall(f"{file}: {fault.strerror}", "restore the file, or remove it") from None
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        place = ".".join(map(str, first["loc"])) or "the file"
        raise BadCall(f"{file}: {place}: {first['msg']}", "correct it, or make it again") from None
    if kept.call_id != call.call_id or kept.transcript != transcript_version(call):
        raise BadCall(f"{file}: made from other words than the call has now", "make it again with --write-reworded")
    texts = {turn_id: neutralise(clean_line(text)) for turn_id, text in kept.turns.items()}
    strangers = sorted(texts.keys() - set(_spoken(call)))
    faults = [*(f"there is no spoken turn {turn}" for turn in strangers), *_faults(texts, call)]
    if faults:
        raise BadCall(f"{file}: {faults[0]}", "correct it, or make it again")
    return kept.model_copy(update={"turns": texts})
