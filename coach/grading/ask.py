"""From a redacted call to the questions an engine is asked: one request a part, with a prefix they all share.

The grader is blind: agent id, name, team, history and past scores are not in a request.  Bytes that repeat come
first (schema, system message with the whole rubric, transcript); what differs comes last.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import orjson
from pydantic import BaseModel

from coach.calls.transcript import Redacted, Speaker
from coach.engines.exchange import Line, Material, Message, Request
from coach.grading.claims import StageCritique
from coach.playbook.load import Playbook
from coach.playbook.rubric import Check, Stage

SCHEMA_NAME = "stage_critique"
OVERVIEW = "overview"


@dataclass(frozen=True)
class Part:
    """What one request asks: `id` is the stage (or stages joined by +), or `overview`; `checks` the ids to grade."""

    id: str
    checks: tuple[str, ...]
    marks: tuple[str, ...]


@dataclass(frozen=True)
class Asking:
    """What changes an answer beside the words: the model, its parameters, and which repeated sample this is."""

    model: str
    parameters: Mapping[str, Any]
    sample: int = 0

    def settled(self) -> dict[str, Any]:
        """The parameters of this sample; the first has no seed, so that asking once and asking again share it."""
        return {**self.parameters, "seed": self.sample} if self.sample else dict(self.parameters)


@lru_cache(maxsize=1)
def reply_schema() -> dict[str, Any]:
    """The JSON schema of a reply as every provider's strict mode takes it: no titles, no string lengths.

    Lengths are still held when the reply is read.
    """
    return schema_of(StageCritique)


def schema_of(kind: type[BaseModel]) -> dict[str, Any]:
    """The JSON schema of a type as every provider's strict mode takes it."""
    schema = _strip(kind.model_json_schema())
    if not isinstance(schema, dict):
        raise TypeError("a model's schema is an object")
    return schema


def _strip(node: Any) -> Any:
    if isinstance(node, dict):
        dropped = {"title", "maxLength", "minLength"}
        if isinstance(node.get("properties"), dict):
            kept = {name: _strip(value) for name, value in node["properties"].items()}
            rest = {k: _strip(v) for k, v in node.items() if k != "properties" and k not in dropped}
            return {**rest, "properties": kept}
        return {k: _strip(v) for k, v in node.items() if k not in dropped}
    if isinstance(node, list):
        return [_strip(item) for item in node]
    return node


@lru_cache(maxsize=1)
def schema_hash() -> str:
    """sha256 of the reply schema, short."""
    return hashlib.sha256(orjson.dumps(reply_schema(), option=orjson.OPT_SORT_KEYS)).hexdigest()[:12]


def parts(playbook: Playbook, stages_per_request: int = 1) -> list[Part]:
    """The parts of a whole grading: the stages, so many at a time, and the overview."""
    stages = playbook.rubric.stages
    step = max(1, stages_per_request)
    found = [_part(playbook, stages[i : i + step]) for i in range(0, len(stages), step)]
    return [*found, Part(OVERVIEW, (), ())]


def _part(playbook: Playbook, stages: Iterable[Stage]) -> Part:
    group = tuple(stages)
    asked = [c for stage in group for c in playbook.rubric.checks_of(stage)]
    return Part(
        "+".join(stage.id for stage in group),
        tuple(c.id for c in asked if not c.by_code),
        tuple(mark for stage in group for mark in stage.marks),
    )


def requests(call: Redacted, playbook: Playbook, asking: Asking, wanted: Iterable[Part]) -> list[Request]:
    """The requests for the wanted parts of one call; all share their prefix byte for byte."""
    system = system_message(playbook)
    transcript = render_transcript(call, playbook)
    lines = tuple(Line(t.id, t.speaker.value, t.text, t.start, t.end) for t in call.turns)
    warm = hashlib.sha256((system + transcript).encode()).hexdigest()[:24]
    return [
        Request(
            model=asking.model,
            messages=(
                Message("system", system),
                Message("user", transcript + "\n" + render_part(part, call, playbook)),
            ),
            schema_name=SCHEMA_NAME,
            schema=reply_schema(),
            parameters=asking.settled(),
            material=Material(part.id, part.checks, lines, call.channel.value, call.ended_by.value, playbook.lexicons),
            warm=warm,
            label=f"{call.call_id} {part.id}",
        )
        for part in wanted
    ]


def repair_request(request: Request, reply_text: str, fault: str, playbook: Playbook, part: str) -> Request:
    """The one further try: the same question, the unusable reply, and what was wrong with it."""
    said = playbook.templates.render("grade_repair.j2", fault=fault, part=part)
    more = (Message("assistant", reply_text), Message("user", said))
    return replace(request, messages=request.messages + more, label=f"{request.label} (repair)")


def render_transcript(call: Redacted, playbook: Playbook) -> str:
    """The conversation as a model reads it, a line a turn."""
    return playbook.templates.render(
        "grade_transcript.j2",
        channel=call.channel.value,
        ended_by=call.ended_by.value,
        translated=call.translated,
        timed=call.timed or call.channel.value != "phone",
        lines=[transcript_line(t.id, t.speaker, t.start, t.text) for t in call.turns],
    )


def transcript_line(turn_id: str, speaker: Speaker, start: float | None, text: str) -> str:
    """`T07 | AGENT | 01:42 | ...`; the time is left out where the record has none."""
    clock = "" if start is None else f" {int(start) // 60:02d}:{int(start) % 60:02d} |"
    return f"{turn_id} | {speaker.value.upper()} |{clock} {text}"


def render_part(part: Part, call: Redacted, playbook: Playbook) -> str:
    """The last piece of a prompt: what to grade."""
    rubric = playbook.rubric
    if part.id == OVERVIEW:
        return playbook.templates.render(
            "grade_overview.j2",
            part=part.id,
            flags=rubric.critical_flags,
            blockers=rubric.blockers,
            issues=rubric.recurring_issues,
            note_items=rubric.note_items,
            note=call.note,
        )
    return playbook.templates.render("grade_stage.j2", part=part.id, checks=part.checks, marks=part.marks)


@lru_cache(maxsize=4)
def system_message(playbook: Playbook) -> str:
    """The system message: the same bytes for every call of a playbook."""
    rubric = playbook.rubric
    stages = [
        {"id": stage.id, "name": stage.name, "checks": [_shown(c) for c in rubric.checks_of(stage) if not c.by_code]}
        for stage in rubric.stages
    ]
    return playbook.templates.render("grade_system.j2", stages=stages)


def _shown(check: Check) -> dict[str, Any]:
    """A check without what a grader must not see: weights, research, guidance, readers' texts."""
    return {"id": check.id, "name": check.name, "polarity": check.polarity.value, "grader": check.grader}
