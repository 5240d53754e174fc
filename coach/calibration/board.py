"""The disagreement board: where raters and grader differ, check by check, and what a person found to be the cause.

Raters who differ are shown as they are: nobody's label is corrected here.  A cause that was noted under another wording
of the check is stale and no longer shown as its cause.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, StringConstraints, TypeAdapter

from coach.calibration.kept_lines import read_kept
from coach.calibration.labels import Key, Label, Labelled, Version, check_definition, write_whole
from coach.calls.transcript import Id, Redacted
from coach.grading.critique import CallCritique, Finding, Verdict
from coach.playbook.rubric import CheckId, Rubric

FILE = "board.jsonl"


class Cause(StrEnum):
    """Why raters and grader differ."""

    RUBRIC_UNCLEAR = "rubric_unclear"
    JUDGE_WRONG = "judge_wrong"
    RATER_SLIP = "rater_slip"
    TRANSCRIPT_BAD = "transcript_bad"


class Noted(BaseModel):
    """What a person found to be the cause of one disagreement, under which wording of the check."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    call_id: Id
    check_id: CheckId
    cause: Cause
    note: Annotated[str, StringConstraints(max_length=2000)] = ""
    by: Annotated[str, StringConstraints(min_length=1, max_length=80)]
    at: AwareDatetime
    definition: Version


@dataclass(frozen=True)
class Said:
    """One voice in a disagreement: who, which verdict, the lines it points at (turn id and words) and its reason."""

    who: str
    verdict: str
    lines: tuple[tuple[str, str], ...]
    reason: str


@dataclass(frozen=True)
class Disagreement:
    """A check of a call on which not all say the same; raters first, the grader last.  `cause` is None until noted."""

    call_id: str
    check_id: str
    said: tuple[Said, ...]
    raters_differ: bool
    cause: Noted | None = None


def disagreements(
    labelled: Labelled,
    critiques: Mapping[str, CallCritique],
    rubric: Rubric,
    noted: Iterable[Noted] = (),
    *,
    grader: str = "grader",
) -> list[Disagreement]:
    """Where raters differ among themselves or from the grader, by check in the rubric's order, then by call.

    Without critiques only the raters are compared; what the grader left ungraded is no disagreement.
    """
    definitions = {check.id: check_definition(check) for check in rubric.checks()}
    causes = {(n.call_id, n.check_id): n for n in noted if definitions.get(n.check_id) == n.definition}
    found = []
    for check in rubric.checks():
        for call_id in labelled.call_ids():
            one = _of_key((call_id, check.id), labelled, critiques.get(call_id), grader, causes)
            if one is not None:
                found.append(one)
    return found


def _of_key(
    key: Key, labelled: Labelled, critique: CallCritique | None, grader: str, causes: Mapping[Key, Noted]
) -> Disagreement | None:
    call = labelled.calls[key[0]]
    said = [_of_rater(rater, labels[key], call) for rater, labels in labelled.raters.items() if key in labels]
    people = {one.verdict for one in said}
    if critique is not None and said:
        said += _of_grader(grader, critique, key[1])
    if len({one.verdict for one in said}) < 2:
        return None
    return Disagreement(key[0], key[1], tuple(said), len(people) > 1, causes.get(key))


def _of_rater(rater: str, label: Label, call: Redacted) -> Said:
    lines = tuple((turn_id, turn.text) for turn_id in label.turns if (turn := call.turn(turn_id)))
    return Said(rater, label.verdict, lines, label.note)


def _of_grader(grader: str, critique: CallCritique, check_id: str) -> list[Said]:
    finding = critique.finding(check_id)
    if finding is None or finding.verdict is Verdict.UNGRADED:
        return []
    return [Said(grader, finding.verdict.value, lines_of(finding), finding.reasoning)]


def lines_of(finding: Finding) -> tuple[tuple[str, str], ...]:
    """The lines a verdict rests on, turn id and words: for and against, or the opportunity where there is neither."""
    quotes = (*finding.evidence, *finding.counter) or ((finding.opportunity,) if finding.opportunity else ())
    return tuple((quote.turn_id, quote.text) for quote in quotes)


def read_board(folder: Path) -> list[Noted]:
    """The causes noted in a labels folder.  Raises BadLabels for a line that is none."""
    return [noted for _, noted in read_kept(folder / FILE, TypeAdapter(Noted), "no cause of a disagreement")]


def note_cause(folder: Path, noted: Noted) -> Noted | None:
    """Keep a cause; gives the one whose place it takes, for the same call and check.  Raises CannotWrite."""
    before = {(n.call_id, n.check_id): n for n in read_board(folder)}
    key = (noted.call_id, noted.check_id)
    replaced = before.get(key)
    before[key] = noted
    write_whole(folder / FILE, "".join(n.model_dump_json() + "\n" for _, n in sorted(before.items())))
    return replaced
