"""An invented week that a lenient judge graded and people can label, for the tests of team means."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from coach.calibration.labels import LabelVerdict, new_label, rater_file, read_rater, write_rater
from coach.calls.transcript import Channel, EndedBy, Redacted, RedactedTurn, Speaker
from coach.engines.exchange import Reply, Request
from coach.grading.ask import Asking
from coach.grading.critique import CallCritique, Finding, Verdict
from coach.grading.grade import Grading
from coach.grading.score import call_score, stage_scores
from coach.playbook.load import load_playbook
from coach.playbook.rubric import Rubric
from coach.store import Store

WEEK = "2025-W47"
START = datetime(2025, 11, 17, 9, 0, tzinfo=UTC)
BOOK = load_playbook()


class Silent:
    """A model that said everything before and is asked nothing now."""

    name, model, ai = "live", "m-1", True

    async def answer(self, request: Request) -> Reply:  # noqa: ARG002  the signature is the engine's
        raise AssertionError("nothing is to be asked")


GRADING = Grading(BOOK, Asking("m-1", {}), Silent())  # type: ignore[arg-type]


@dataclass
class Week:
    """The calls of a week, and what people would say of each check, by call."""

    calls: list[Redacted] = field(default_factory=list)
    truth: dict[str, dict[str, LabelVerdict]] = field(default_factory=dict)

    def people_mean(self, stage_id: str, rubric: Rubric = BOOK.rubric) -> float:
        """The mean that people would give a stage over all the calls."""
        stage = rubric.stage(stage_id)
        weights = {check.id: check.weight for check in rubric.checks_of(stage)}
        shares = [
            sum(weight * (said[check] == "met") for check, weight in weights.items()) / sum(weights.values())
            for said in self.truth.values()
        ]
        return 1 + 4 * sum(shares) / len(shares)


def fill_week(
    store: Store, calls: int = 60, *, week: str = WEEK, prefix: str = "c", grading: Grading = GRADING
) -> Week:
    """Keep a week of graded calls: two teams, agents of differing skill, a judge who lets a third of misses pass."""
    chance = random.Random(f"{week}{prefix}")  # noqa: S311  (invented data, seeded)
    made = Week()
    for number in range(calls):
        call = _call(f"{prefix}-{number:03d}", number)
        skill = chance.uniform(0.15, 0.85)
        said = _verdicts(grading.playbook.rubric, skill, chance)
        judged = {c: "met" if v == "missed" and chance.random() < 0.33 else v for c, v in said.items()}
        store.keep_call(call, week, call.call_id)
        store.keep_critique(_critique(call, week, judged, grading))
        made.calls.append(call)
        made.truth[call.call_id] = said
    return made


def note_run(store: Store, grading: Grading = GRADING) -> None:
    """Have the store know that a batch graded this way."""
    run = store.start_run(
        week=WEEK, engine=grading.engine.name, model=grading.engine.model, playbook=grading.version(), zone="UTC"
    )
    store.finish_run(run, {"graded": 1, "repeats": 1})


def label(folder: Path, week: Week, call_ids: Iterable[str], *, rater: str = "ann", checks: Sequence[str] = ()) -> None:
    """A rater labels these calls as the truth is; all checks of them, or these."""
    wanted = set(call_ids)
    labels = [
        new_label(call, check, week.truth[call.call_id][check.id], rater=rater, at=START)
        for call in week.calls
        if call.call_id in wanted
        for check in BOOK.rubric.checks()
        if not checks or check.id in checks
    ]
    file = rater_file(folder, rater)
    write_rater(file, [*read_rater(file), *labels])


def _call(call_id: str, number: int) -> Redacted:
    return Redacted(
        call_id=call_id,
        agent=f"agent-{number % 6}",
        team="north" if number % 2 else "south",
        started_at=START + timedelta(minutes=number),
        channel=Channel.PHONE,
        ended_by=EndedBy.AGENT,
        translated=False,
        turns=(
            RedactedTurn(id="T01", speaker=Speaker.CUSTOMER, text=f"The kettle leaks again, case {number}."),
            RedactedTurn(id="T02", speaker=Speaker.AGENT, text="It leaks again? I'll look it up."),
        ),
    )


def _verdicts(rubric: Rubric, skill: float, chance: random.Random) -> dict[str, LabelVerdict]:
    return {check.id: "met" if chance.random() < skill else "missed" for check in rubric.checks()}


def _critique(call: Redacted, week: str, verdicts: dict[str, LabelVerdict], grading: Grading) -> CallCritique:
    rubric = grading.playbook.rubric
    findings = tuple(
        Finding(
            check_id=check_id,
            stage_id=rubric.stage_of(check_id).id,
            verdict=Verdict(said),
            share=Verdict(said).value_of,
            opportunity=None,
            evidence=(),
            counter=(),
            reasoning="",
        )
        for check_id, said in verdicts.items()
    )
    stages = stage_scores(rubric, findings, ai=grading.engine.ai)
    empty = {
        name: ()
        for name, kind in CallCritique.model_fields.items()
        if kind.is_required() and "tuple" in str(kind.annotation)
    }
    return CallCritique(
        **{
            **empty,
            "call_id": call.call_id,
            "agent": call.agent,
            "team": call.team,
            "week": week,
            "started_at": call.started_at,
            "channel": "phone",
            "findings": findings,
            "stages": stages,
            "call": call_score(rubric, stages, ai=grading.engine.ai),
            "best_moment": None,
            "change_moment": None,
            "outcome": "unknown",
            "outcome_quote": None,
            "recurring_issue": "",
            "issue_quote": None,
            "urgency": "none",
            "signals": {},
            "close_quotes": 0,
            "quotes": 0,
            "provenance": grading.provenance(call),
        }
    )
