"""The order of acts: decided on places, inside one turn as well."""

from __future__ import annotations

from typing import Any

import pytest
from invented import call, finding, proven

from coach.calls.transcript import Redacted
from coach.grading.critique import Finding, Mark, Proven
from coach.grading.evidence import Prover
from coach.grading.flow import ack_before_fix, calm_until, flow_flags, marks_of

TWELVE = call(*(line for i in range(6) for line in (f"C: customer line {i}", f"A: agent line {i}")))
ACK = finding("ACK1", "met", evidence=(proven("T04 agent line 1"),), opportunity=proven("T03 customer", "customer"))


def ack2(ack: Finding | None, marks: dict[str, Proven], **how: Any) -> Finding:
    found = {} if ack is None else {"ACK1": ack}
    return ack_before_fix(found, marks, Prover(TWELVE), **{"calm_before_fix": False, **how})


@pytest.mark.parametrize(
    ("fix", "verdict"),
    [
        (proven("T02 agent line 0"), "missed"),
        (proven("T06 agent line 2"), "met"),
        (proven("T04 x", start=30), "met"),
        (None, "met"),
    ],
)
def test_the_acknowledgement_comes_before_the_first_fix(fix: Proven | None, verdict: str) -> None:
    """By turn; without a fix it stands before everything."""
    found = ack2(ACK, {"first_fix_or_policy": fix} if fix else {})
    assert (found.check_id, found.verdict) == ("ACK2", verdict)
    assert found.counter == ((fix, ACK.evidence[0]) if verdict == "missed" else ())
    assert found.opportunity == ACK.opportunity


@pytest.mark.parametrize(("ack_at", "fix_at", "verdict"), [(0, 20, "met"), (20, 0, "missed"), (7, 7, "met")])
def test_inside_one_turn_the_offset_decides(ack_at: int, fix_at: int, verdict: str) -> None:
    """The same turn holds both; which comes first is seen in it."""
    ack = finding("ACK1", "partial", evidence=(proven("T04 sorry to hear", start=ack_at),))
    assert ack2(ack, {"first_fix_or_policy": proven("T04 our rule", start=fix_at)}).verdict == verdict


def test_the_marked_acknowledgement_may_be_the_earlier_one() -> None:
    """Of the evidence and the mark the first counts."""
    marks = {"first_ack": proven("T02 agent"), "first_fix_or_policy": proven("T04 agent", start=0)}
    late = finding("ACK1", "met", evidence=(proven("T06 agent line 2"),))
    assert ack2(late, marks).verdict == "met"


@pytest.mark.parametrize(
    ("ack", "verdict"),
    [
        (None, "ungraded"),
        ("ungraded", "ungraded"),
        ("not_applicable", "not_applicable"),
        ("not_observable", "not_observable"),
        ("missed", "not_applicable"),
    ],
)
def test_without_an_acknowledgement_there_is_nothing_to_place(ack: str | None, verdict: str) -> None:
    """An omission is charged once; what nobody graded stays ungraded."""
    found = ack2(finding("ACK1", ack) if ack else None, {"first_fix_or_policy": proven("T02 agent")})
    assert found.verdict == verdict
    assert found.share is None


@pytest.mark.parametrize("how", ["calm_before_fix", "emergency"])
def test_a_fix_may_come_first_where_it_was_asked_for_or_safety_was_at_stake(how: str) -> None:
    """A customer who asked calmly for the fix got it; in an emergency it comes first."""
    assert ack2(ACK, {"first_fix_or_policy": proven("T02 agent")}, **{how: True}).verdict == "not_applicable"
    assert ack2(ACK, {"first_fix_or_policy": proven("T06 agent")}, **{how: True}).verdict == "met"


@pytest.mark.parametrize(
    ("heat", "calm"),
    [
        ([("T01", 0), ("T03", 0), ("T05", 4)], True),
        ([("T01", 0), ("T03", 1)], False),
        ([("T05", 0)], False),
        ([], False),
    ],
)
def test_calm_is_a_neutral_heat_of_every_turn_before_the_fix(heat: list[tuple[str, int]], *, calm: bool) -> None:
    """What comes after the fix, and a call that begins with it, say nothing."""
    assert calm_until(proven("T04 agent"), heat, TWELVE) is calm
    assert calm_until(None, heat, TWELVE) is False


def flags(findings: list[Finding], of: Redacted = TWELVE, **marks: Proven) -> tuple[str, ...]:
    return flow_flags({f.check_id: f for f in findings}, marks, of, Prover(of))


def test_a_call_in_good_order_has_no_flags() -> None:
    """Nothing is flagged for want of evidence."""
    assert flags([]) == ()
    assert flags([finding("ACK2", "met")], first_apology=proven("T04 a"), account_complete=proven("T03 c")) == ()


def test_a_fix_before_the_acknowledgement_is_flagged() -> None:
    """ACK2 missed is fix_before_ack."""
    assert flags([finding("ACK2", "missed")]) == ("fix_before_ack",)


def test_an_apology_before_the_account_is_complete_is_flagged() -> None:
    """Both places must be known."""
    heard, sorry = proven("T05 customer"), proven("T02 agent")
    assert flags([], account_complete=heard, first_apology=sorry) == ("apology_before_hearing",)
    assert flags([], first_apology=sorry) == ()


def relating(*turns: str, step: str = "T02 agent") -> list[Finding]:
    evidence = tuple(proven(f"{turn} agent") for turn in turns)
    return [finding("RES1", "met", evidence=(proven(step),)), finding("APO1", "met", evidence=evidence)]


@pytest.mark.parametrize(
    ("turns", "flagged"),
    [(("T04", "T06", "T08"), True), (("T04", "T06"), False), (("T04", "T04", "T06"), False), ((), False)],
)
def test_three_relational_turns_after_the_owned_step_are_over_relating(
    turns: tuple[str, ...], *, flagged: bool
) -> None:
    """Turns are counted, not quotes."""
    assert ("over_relating" in flags(relating(*turns))) is flagged


def test_a_new_escalation_calls_for_relating() -> None:
    """Where the customer grew angrier after the step, more empathy is right; before it, it excuses nothing."""
    turns = relating("T04", "T06", "T08")
    assert "over_relating" not in flags(turns, customer_escalation=proven("T05 customer"))
    assert "over_relating" in flags(turns, customer_escalation=proven("T01 customer"))
    assert flags([turns[1]]) == ()


@pytest.mark.parametrize(("turn", "flagged"), [("T04", True), ("T06", False), ("T12", False)])
def test_no_solving_in_the_last_three_fifths_is_flagged(turn: str, *, flagged: bool) -> None:
    """The last proven solving act decides, in calls of ten turns and more."""
    solved = [finding("RES2", "met", evidence=(proven("T02 agent"), proven(f"{turn} agent")))]
    assert (flags(solved) == ("late_solving",)) is flagged
    short = call("C: x", "A: agent")
    assert flags([finding("RES2", "met", evidence=(proven("T02 agent"),))], short) == ()


def test_the_first_of_several_marks_counts() -> None:
    """A mark given twice stands where it happened first."""
    first, second = proven("T02 a"), proven("T04 a")
    assert marks_of([Mark(kind="first_ack", quote=first), Mark(kind="first_ack", quote=second)]) == {"first_ack": first}
