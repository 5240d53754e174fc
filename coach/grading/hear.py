"""From a reply to claims: strict reading, one repair try, and a reason where nothing came of it.

A stage without a usable answer is `Ungraded`: a value, never a zero, never an exception that costs the rest.
"""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn, TypeVar

from pydantic import BaseModel, ValidationError

from coach.engines.exchange import Engine, Fault, FaultKind, Reply, Request
from coach.engines.faults import verdict_on
from coach.grading.ask import Part, repair_request
from coach.grading.claims import StageCritique
from coach.grading.critique import Ungraded
from coach.playbook.load import Playbook

Said = TypeVar("Said", bound=BaseModel)

_FENCE = re.compile(r"\A\s*```(?:json)?\s*\n(.*)\n\s*```\s*\Z", re.DOTALL)
LONGEST_REPLY = 200_000  # characters; a whole grading takes about 30,000


class UnusableReply(ValueError):
    """A reply that is not the JSON object asked for; the message says why without repeating its text."""


def parse_reply(text: str, part: Part) -> StageCritique:
    """The claims in a reply.

    Raises UnusableReply for bad JSON, a key that stands twice, NaN, a broken schema or another part's answer.
    """
    critique = read_reply(text, StageCritique)
    if critique.stage_id != part.id:
        raise UnusableReply(f"stage_id must be {part.id}")
    if (critique.overview is not None) != (not part.checks):
        raise UnusableReply("overview must be null for this part" if part.checks else "overview must not be null")
    return critique


def read_reply(text: str, kind: type[Said]) -> Said:
    """A reply's JSON object as `kind`, read strictly, in a fence or without.

    Raises UnusableReply for bad JSON, a key that stands twice, NaN or a broken schema.
    """
    if len(text) > LONGEST_REPLY:
        raise UnusableReply("the reply is far too long")
    fenced = _FENCE.match(text)
    body = fenced.group(1) if fenced else text
    try:
        json.loads(body, object_pairs_hook=_once_each, parse_constant=_no_constant)
        return kind.model_validate_json(body, strict=True)
    except ValidationError as error:
        faults = error.errors(include_input=False, include_url=False, include_context=False)[:5]
        raise UnusableReply("; ".join(f"{'.'.join(map(str, f['loc']))}: {f['msg']}" for f in faults)) from None
    except (ValueError, RecursionError) as error:
        raise UnusableReply(f"not a JSON object: {str(error)[:200] or 'too deeply nested'}") from None


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON value")


async def hear(request: Request, engine: Engine, playbook: Playbook, part: Part) -> StageCritique | Ungraded:
    """Ask one part and read the answer; after an unusable reply ask once more, showing the fault."""
    answer = await engine.answer(request)
    text = usable_text(answer)
    if text is None:
        return _ungraded(part, answer)
    try:
        return parse_reply(text, part)
    except UnusableReply as fault:
        again = repair_request(request, text, str(fault), playbook, part.id)
    answer = await engine.answer(again)
    text = usable_text(answer)
    if text is None:
        return _ungraded(part, answer)
    try:
        return parse_reply(text, part)
    except UnusableReply as fault:
        return Ungraded(stage_id=part.id, reason=FaultKind.INVALID.value, detail=f"after one repair try: {fault}"[:300])


def usable_text(answer: Reply | Fault) -> str | None:
    """What was said; None where asking once more cannot help: no reply, a refusal, a reply cut off.

    An empty reply is text as well: it is asked for once more like any other that cannot be read.
    """
    if isinstance(answer, Fault) or verdict_on(answer) not in (None, FaultKind.EMPTY):
        return None
    return answer.text


def _ungraded(part: Part, answer: Reply | Fault) -> Ungraded:
    if isinstance(answer, Fault):
        return Ungraded(stage_id=part.id, reason=answer.kind.value, detail=answer.detail)
    kind = verdict_on(answer)
    return Ungraded(stage_id=part.id, reason=kind.value if kind else "", detail=f"finish reason {answer.finish}")
