"""Grading a whole call with scripted engines, on the small rubric and on the shipped one."""

from __future__ import annotations

import asyncio
from importlib.metadata import PackageNotFoundError
from typing import Any

import pytest
from invented import ScriptedEngine, broken, call, claim, text_of, view

from coach.calls.transcript import Redacted
from coach.engines.exchange import Fault, FaultKind
from coach.errors import EngineDown
from coach.grading import grade
from coach.grading.ask import Asking
from coach.grading.critique import CallCritique
from coach.grading.grade import Grading, grade_call
from coach.playbook.load import Playbook

SAID = "T02 Three pieces, and the party is tonight"
COURIER = "T04 I will send a courier to you"
CHANCE = "T01 The lamp came in three pieces"


def q(turn: str, text: str) -> dict[str, str]:
    return {"turn_id": turn, "text": text}


def script(**changes: Any) -> dict[str, list[Any]]:
    """A good grading of the lamp call; a changed part stands for the whole of that part."""
    parts: dict[str, Any] = {
        "steady": text_of(
            "steady",
            claim("AB1", "met"),
            claim("PR1", "met", seen="T03 You people are crooks", by=[COURIER]),
            best_moment=q("T04", "I will send a courier"),
        ),
        "acknowledge": text_of(
            "acknowledge",
            claim("ACK1", "met", seen=CHANCE, by=[SAID]),
            claim("ACK3", "met"),
            timeline=[{"mark": "first_fix_or_policy", "quote": q("T04", "I will send a courier")}],
        ),
        "resolve": text_of(
            "resolve",
            claim("RES1", "met", by=[COURIER]),
            claim("RES2", "missed", seen=CHANCE, words="I'll book it."),
            change_moment=q("T06", "It is booked"),
        ),
        "close": text_of(
            "close", claim("CLO1", "met", by=["T06 Does that meet what you need"]), claim("CLO2", "not_applicable")
        ),
        "overview": text_of("overview", overview=view()),
    }
    parts.update(changes)
    return {name: said if isinstance(said, list) else [said] for name, said in parts.items()}


@pytest.fixture
def graded(book: Playbook, asking: Asking, lamp: Redacted) -> Any:
    """Grades the lamp call with a script: the critique."""

    def run(
        said: dict[str, list[Any]] | None = None, of: Redacted = lamp, *, ai: bool = True, **how: Any
    ) -> CallCritique:
        engine = ScriptedEngine(script() if said is None else said, ai=ai)
        return asyncio.run(grade_call(of, "2026-W10", Grading(book, asking, engine, **how)))

    return run


def test_a_call_is_graded_whole(graded: Any) -> None:
    """Findings in the rubric's order, scores, moments, marks and provenance."""
    result = graded()
    assert [(f.check_id, f.verdict.value) for f in result.findings] == [
        ("AB1", "met"), ("PR1", "met"), ("ACK1", "met"), ("ACK2", "met"), ("ACK3", "met"), ("RES1", "met"),
        ("RES2", "missed"), ("CLO1", "met"), ("CLO2", "not_applicable"),
    ]  # fmt: skip
    assert (result.unproven, result.ungraded, result.week) == ((), (), "2026-W10")
    assert [stage.score for stage in result.stages] == [5.0, 5.0, 3.0, None]
    assert result.best_moment.text == "I will send a courier"
    assert result.change_moment.text == "It is booked."
    assert [mark.kind for mark in result.timeline] == ["first_fix_or_policy"]
    assert result.finding("RES2").try_words == "I'll book it."
    assert result.finding("NONE1") is None


def test_a_planted_false_quote_leaves_its_check_ungraded_and_is_counted(graded: Any) -> None:
    """The invented apology is no finding; the critique shows what was claimed and lowers nothing else."""
    false = text_of(
        "acknowledge", claim("ACK1", "met", seen=CHANCE, by=["T02 I do apologise for all of it"]), claim("ACK3", "met")
    )
    result = graded(script(acknowledge=false))
    assert result.finding("ACK1").verdict == "ungraded"
    assert result.finding("ACK2").verdict == "ungraded"
    assert [(u.where, u.claimed) for u in result.unproven] == [("ACK1", "I do apologise for all of it")]
    assert [s.score for s in result.stages if s.stage_id == "acknowledge"] == [None]
    assert result.quotes + len(result.unproven) == graded().quotes - 1  # its timeline mark is left out here


def test_close_quotes_are_counted(graded: Any) -> None:
    """They hold, and the critique says how many there were."""
    slip = text_of("resolve", claim("RES1", "met", by=["T04 I will send the courier to you with a whole lamp"]),
                   claim("RES2", "not_applicable"))  # fmt: skip
    assert graded(script(resolve=slip)).close_quotes == 1


@pytest.mark.parametrize("kind", FaultKind)
def test_a_fault_costs_its_own_stage_alone(graded: Any, kind: FaultKind) -> None:
    """Every kind: one ungraded stage with its reason, the others as they were."""
    result = graded(script(resolve=Fault("k", kind, "one line")))
    assert [(u.stage_id, u.reason) for u in result.ungraded] == [("resolve", kind.value)]
    assert {f.check_id for f in result.findings if f.verdict == "ungraded"} == {"RES1", "RES2"}
    assert result.finding("RES1").why_ungraded == f"{kind.value}: one line"
    assert [stage.score for stage in result.stages] == [5.0, 5.0, None, None]


def test_an_unusable_stage_is_ungraded_after_one_repair(graded: Any) -> None:
    """Extra fields twice: a value, not an exception."""
    bad = broken("resolve", score=5)
    result = graded(script(resolve=[bad, bad]))
    assert [(u.stage_id, u.reason) for u in result.ungraded] == [("resolve", "invalid")]


def test_without_an_overview_the_grades_stand(graded: Any) -> None:
    """Outcome unknown, heat from wording, scores as ever."""
    result = graded(script(overview=Fault("k", FaultKind.TIMEOUT, "")))
    assert (result.outcome, result.call) == ("unknown", graded().call)
    assert [turn for turn, _ in result.heat] == ["T01", "T03", "T05"]


@pytest.mark.parametrize("outcome", ["resolved", "partly", "open", "unknown"])
@pytest.mark.parametrize("heat", [0, 4])
def test_outcome_and_heat_never_move_a_score(graded: Any, outcome: str, heat: int) -> None:
    """The same findings give the same scores, however the call ended and however hot it was."""
    marks = [{"turn_id": turn, "heat": heat, "third_party": False} for turn in ("T01", "T03", "T05")]
    said = text_of("overview", overview=view(outcome={"outcome": outcome, "quote": None}, heat=marks))
    result, plain = graded(script(overview=said)), graded()
    assert (result.outcome, dict(result.heat)["T05"]) == (outcome, heat)
    assert (result.call, result.stages, result.findings) == (plain.call, plain.stages, plain.findings)


def early_fix(**changes: Any) -> dict[str, list[Any]]:
    return script(
        acknowledge=text_of(
            "acknowledge",
            claim("ACK1", "met", seen="T01 It leaks", by=["T02 a wet floor is no fun"]),
            claim("ACK3", "met"),
            timeline=[{"mark": "first_fix_or_policy", "quote": q("T02", "I'll send a plumber")}],
        ),
        **changes,
    )


LEAK = call("C: It leaks again and again!", "A: I'll send a plumber; a wet floor is no fun.", "C: Fine.", "A: Done.")


@pytest.mark.parametrize(
    ("urgency", "verdict", "flags"),
    [
        ("none", "missed", ("fix_before_ack",)),
        ("money", "missed", ("fix_before_ack",)),
        ("safety", "not_applicable", ()),
    ],
)
def test_a_fix_before_the_acknowledgement_inside_one_turn(
    graded: Any, urgency: str, verdict: str, flags: tuple[str, ...]
) -> None:
    """Places decide inside the turn as well, and in an emergency the fix may come first."""
    result = graded(early_fix(overview=text_of("overview", overview=view(urgency=urgency))), of=LEAK)
    assert result.finding("ACK2").verdict == verdict
    assert result.flow_flags == flags


def test_marks_are_proven_by_the_right_speaker(graded: Any) -> None:
    """A customer's mark in the agent's mouth is unproven; proven marks come in the order of the call."""
    marks = [
        {"mark": "first_owned_step", "quote": q("T04", "I will send a courier")},
        {"mark": "account_complete", "quote": q("T01", "the lamp came in three pieces")},
        {"mark": "customer_escalation", "quote": q("T02", "Three pieces")},
    ]
    result = graded(script(close=text_of("close", timeline=marks)))
    assert [m.kind for m in result.timeline] == ["account_complete", "first_fix_or_policy", "first_owned_step"]
    assert [u.where for u in result.unproven] == ["timeline customer_escalation"]


def test_a_moment_that_nobody_said_is_no_moment(graded: Any) -> None:
    """No quote, no praise."""
    said = script(steady=text_of("steady", claim("AB1", "met"), best_moment=q("T03", "You people are crooks")))
    result = graded(said)
    assert result.best_moment is None
    assert [u.where for u in result.unproven] == ["best moment"]


def test_problems_of_the_record_and_the_reader_stand_together_once(graded: Any, lamp: Redacted) -> None:
    """What the importer saw comes first, repeated words once."""
    of = lamp.model_copy(update={"problems": ("instruction_like_text",)})
    said = script(close=text_of("close", transcript_problems=["instruction_like_text", "T05 is cut"]))
    assert graded(said, of=of).problems == ("instruction_like_text", "T05 is cut")


def test_repeated_samples_are_asked_apart_and_averaged(book: Playbook, asking: Asking, lamp: Redacted) -> None:
    """Three samples, three seeds; one partial among mets makes the share of the mean."""
    half = text_of("resolve", claim("RES1", "partial", by=[COURIER]), claim("RES2", "missed", seen=CHANCE))
    whole = script()["resolve"][0]
    said = {part: text * 3 for part, text in script().items()} | {"resolve": [whole, half, whole]}
    engine = ScriptedEngine(said)
    result = asyncio.run(grade_call(lamp, "2026-W10", Grading(book, asking, engine, repeats=3)))
    assert result.finding("RES1").share == pytest.approx(5 / 6)
    assert result.finding("RES1").verdict == "met"
    assert result.provenance.repeats == 3
    assert len({request.key for request in engine.asked}) == len(engine.asked) == 15


def test_an_engine_that_is_down_passes_through(graded: Any) -> None:
    """The run must stop where nobody can be asked; the other answers were awaited first."""
    with pytest.raises(EngineDown):
        graded(script(steady=EngineDown("no key", "set one")))


def test_without_a_model_numbers_are_withheld(graded: Any) -> None:
    """Bands of wording alone, marked as a partial view."""
    result = graded(ai=False)
    assert result.call.score is None
    assert all(stage.score is None for stage in result.stages)
    assert [stage.partial_view for stage in result.stages] == [True, True, True, False]
    assert result.provenance.ai is False


def test_stages_asked_together_earn_the_same(graded: Any) -> None:
    """How many stages share a request changes what is asked, not what follows from the same claims."""
    import json

    groups = (("steady", "acknowledge"), ("resolve", "close"))
    said: dict[str, list[Any]] = {"overview": script()["overview"]}
    for group in groups:
        replies = [json.loads(script()[name][0]) for name in group]
        joined = {**replies[0], "stage_id": "+".join(group)}
        for name in ("findings", "timeline"):
            joined[name] = [entry for reply in replies for entry in reply[name]]
        said["+".join(group)] = [json.dumps(joined)]
    assert graded(said, stages_per_request=2).findings == graded().findings


def test_a_rubric_without_the_order_check_has_no_finding_for_it(
    shipped_playbook: Playbook, asking: Asking, lamp: Redacted
) -> None:
    """ACK2 is made where the rubric has it, and only there."""
    from invented import check, rubric

    other = rubric(("one", 100, (check("AA1"), check("AA2")), {}))
    book = Playbook(shipped_playbook.folder, other, shipped_playbook.lexicons, (), shipped_playbook.templates)
    result = asyncio.run(grade_call(lamp, "2026-W10", Grading(book, asking, ScriptedEngine())))
    assert [f.check_id for f in result.findings] == ["AA1", "AA2"]


def test_the_shipped_playbook_grades_a_call_without_opportunities(
    shipped_playbook: Playbook, asking: Asking, lamp: Redacted
) -> None:
    """Nothing called for: 27 findings, none judged, nothing scored, nothing ungraded."""
    result = asyncio.run(grade_call(lamp, "2026-W10", Grading(shipped_playbook, asking, ScriptedEngine())))
    assert len(result.findings) == 27
    assert {f.verdict.value for f in result.findings} == {"not_applicable"}
    assert (result.call.score, result.ungraded, result.unproven) == (None, (), ())


def test_the_same_answers_give_the_same_critique(graded: Any) -> None:
    """After the one await everything is code and repeats exactly."""
    assert graded().model_dump_json() == graded().model_dump_json()


def test_provenance_names_all_that_a_trend_must_hold_fixed(graded: Any, book: Playbook, lamp: Redacted) -> None:
    """Engine, model, playbook, schema and the call's own digest."""
    said = graded().provenance
    assert (said.engine, said.model, said.ai) == ("scripted", "scripted-1", True)
    assert said.playbook == book.version(said.schema_hash)
    assert said.calls_digest == lamp.digest()


def test_an_uninstalled_program_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run from bare files, the version is unknown."""

    def missing(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(grade, "version", missing)
    assert grade.program_version() == "unknown"
