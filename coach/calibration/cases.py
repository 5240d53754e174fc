"""Regression cases: contested verdicts that people settled, kept as files in Git, and how a grading does on them.

A case stands alone: it holds the redacted call and needs no store.  It names nobody: neither the call's agent nor who
decided.  It is about the check's words at the time; after an edit it is stale and measures nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from coach.calibration.labels import LabelVerdict, Version, check_definition, transcript_version, write_whole
from coach.calls.transcript import Redacted
from coach.errors import BadLabels
from coach.grading.critique import CallCritique, Proven, Verdict
from coach.playbook.rubric import CheckId, Rubric

FOLDER = "cases"
"""Where the cases lie, inside the folder of labels."""
NOBODY = "unnamed"
State = Literal["pass", "fail", "ungraded", "stale"]


class EngineSaid(BaseModel):
    """What was contested: the engine's verdict, and which engine, model and playbook gave it; empty where unknown."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    verdict: str = ""
    engine: str = ""
    model: str = ""
    playbook: str = ""


class Case(BaseModel):
    """One verdict that people settled on.

    `definition` and `transcript` are the versions of the check and of the call's words that it is about;
    `decided_at` is when, `reason` why, as whoever decided wrote it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    check_id: CheckId
    verdict: LabelVerdict
    reason: str
    said: EngineSaid
    definition: Version
    transcript: Version
    decided_at: AwareDatetime
    call: Redacted

    @property
    def name(self) -> str:
        """Call and check, as its file is named."""
        return f"{self.call.call_id}.{self.check_id}"


def nameless(call: Redacted) -> Redacted:
    """The call without its agent and team: no grader reads them."""
    return call.model_copy(update={"agent": NOBODY, "team": ""})


def case_file(folder: Path, case: Case) -> Path:
    """Where a case lies under the folder of labels."""
    return folder / FOLDER / f"{case.name}.json"


def keep_case(folder: Path, case: Case) -> Literal["new", "same", "replaced"]:
    """Write a case under the folder of labels; a later decision on the same check of the same call takes its place.

    Raises BadLabels where the kept one is of a later decision, or cannot be read; CannotWrite.
    """
    file = case_file(folder, case)
    before = _read(file) if file.exists() else None
    if before == case:
        return "same"
    if before is not None and before.decided_at > case.decided_at:
        raise BadLabels(f"{file} holds a later decision", "remove it first, if this one is to count")
    write_whole(file, case.model_dump_json(indent=2) + "\n")
    return "new" if before is None else "replaced"


def read_cases(folder: Path) -> list[Case]:
    """The cases under a folder of labels, by call and check; none where there is no folder.

    Raises BadLabels for a file that is no case, or whose call does not hold the words that were judged.
    """
    return sorted((_read(file) for file in (folder / FOLDER).glob("*.json")), key=lambda case: case.name)


def _read(file: Path) -> Case:
    try:
        case = Case.model_validate_json(file.read_bytes())
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        raise BadLabels(f"{file}: {where}: {first['msg']}", "restore the file, or remove it") from None
    except OSError as fault:
        raise BadLabels(f"{file}: {fault.strerror}", "check its permissions") from None
    if transcript_version(case.call) != case.transcript:
        raise BadLabels(f"{file}: the call's words are not those that were judged", "restore the file, or remove it")
    return case


@dataclass(frozen=True)
class Outcome:
    """How a grading did on a case: `given` is its verdict (empty where it was not run), `quotes` what it proved it by.

    `why` says what stood in the way of a verdict, or why the case is stale.
    """

    case: Case
    state: State
    given: str = ""
    why: str = ""
    quotes: tuple[Proven, ...] = ()


def stale(case: Case, rubric: Rubric) -> str:
    """Why a case measures nothing under this rubric, or an empty string."""
    check = next((check for check in rubric.checks() if check.id == case.check_id), None)
    if check is None:
        return "the playbook has no such check"
    return "" if check_definition(check) == case.definition else "the check's definition has changed"


def stages_for(cases: Iterable[Case], rubric: Rubric) -> tuple[str, ...]:
    """The stages that a grading must ask for these cases; none for one that only a whole grading answers.

    A check goes with those it `needs`; one decided by code rests on the whole call.
    """
    wanted: set[str] = set()
    for case in cases:
        check_id: str | None = case.check_id
        while check_id is not None:
            check = rubric.check(check_id)
            if check.by_code:
                return ()
            wanted.add(rubric.stage_of(check_id).id)
            check_id = check.needs
    return tuple(stage.id for stage in rubric.stages if stage.id in wanted)


def outcome(case: Case, critique: CallCritique) -> Outcome:
    """How a grading of the case's call did: a pass is the settled verdict, and the same in every sample."""
    finding = critique.finding(case.check_id)
    if finding is None:
        return Outcome(case, "ungraded", why="the check was not asked")
    proven = (q for q in (finding.opportunity, *finding.evidence, *finding.counter) if q is not None)
    quotes = tuple({(q.turn_id, q.start, q.end): q for q in proven}.values())
    if finding.verdict is Verdict.UNGRADED:
        return Outcome(case, "ungraded", why=finding.why_ungraded)
    agreed = finding.verdict.value == case.verdict and not finding.unstable
    why = "repeated answers differed" if finding.unstable else ""
    return Outcome(case, "pass" if agreed else "fail", finding.verdict.value, why, quotes)
