"""From claims to findings: polarity, opportunity, what was asked, and what settles them."""

from __future__ import annotations

from typing import Any

import pytest
from invented import call, check, claim, finding, rubric

from coach.calls.transcript import Channel, EndedBy, Redacted
from coach.grading.claims import Claim
from coach.grading.critique import Finding, Verdict
from coach.grading.evidence import Prover
from coach.grading.findings import findings_of, merge_samples, settle, stops_early
from coach.playbook.rubric import Rubric

THERE, HOSTILE, SAID = "T01 The lamp came in three pieces", "T03 You people are crooks", "T04 I will send a courier"


def judged(one: Claim, lamp: Redacted, small: Rubric) -> Finding:
    (found,) = findings_of([one], [one.check_id], small, Prover(lamp))
    return found


@pytest.mark.parametrize(
    ("check_id", "verdict", "quotes", "kept"),
    [
        ("RES1", "met", {"by": [SAID]}, True),
        ("RES1", "partial", {"by": [SAID], "seen": THERE}, True),
        ("RES1", "met", {"seen": THERE}, False),
        ("RES1", "partial", {"seen": THERE}, False),
        ("RES1", "met", {"by": [THERE]}, False),
        ("RES1", "met", {"by": ["T04 I will refund you in full"]}, False),
        ("RES1", "missed", {"seen": THERE}, True),
        ("RES1", "missed", {}, False),
        ("RES1", "missed", {"seen": "T01 the vase was late"}, False),
        ("AB1", "met", {}, True),
        ("AB1", "partial", {"against": [SAID]}, True),
        ("AB1", "missed", {"against": [SAID]}, True),
        ("AB1", "partial", {}, False),
        ("AB1", "missed", {"seen": THERE}, False),
        ("AB1", "missed", {"against": [THERE]}, False),
        ("AB1", "missed", {"against": ["T02 you broke it yourself"]}, False),
        ("PR1", "met", {"by": [SAID], "seen": HOSTILE}, True),
        ("PR1", "met", {"by": [SAID]}, False),
        ("PR1", "met", {"by": [SAID], "seen": "T02 That is a rotten surprise"}, False),
        ("PR1", "missed", {"seen": HOSTILE}, True),
        ("RES2", "partial", {"by": [SAID]}, False),
        ("RES2", "met", {"by": [SAID]}, True),
    ],
)
def test_polarity_decides_what_a_verdict_must_prove(
    lamp: Redacted, small: Rubric, check_id: str, verdict: str, quotes: dict[str, Any], *, kept: bool
) -> None:
    """Presence proves what is there or the chance that was missed, absence proves the breach; else it is ungraded."""
    found = judged(claim(check_id, verdict, **quotes), lamp, small)
    assert found.verdict == (verdict if kept else "ungraded")
    assert (found.why_ungraded == "") == kept
    assert found.share == (Verdict(verdict).value_of if kept else None)


@pytest.mark.parametrize("opportunity", ["present", "absent", "not_observable"])
@pytest.mark.parametrize("verdict", ["met", "partial", "missed", "not_applicable", "not_observable"])
def test_opportunity_and_verdict_go_together(lamp: Redacted, small: Rubric, opportunity: str, verdict: str) -> None:
    """Not applicable if and only if the opportunity is absent; not observable likewise."""
    one = claim("RES1", verdict, opportunity=opportunity, by=[SAID], seen=THERE)
    fits = {"absent": ["not_applicable"], "not_observable": ["not_observable"]}.get(
        opportunity, ["met", "partial", "missed"]
    )
    found = judged(one, lamp, small)
    assert (found.verdict == verdict) == (verdict in fits)
    assert ("contradicts itself" in found.why_ungraded) == (verdict not in fits)


def test_a_check_that_was_not_answered_is_ungraded(lamp: Redacted, small: Rubric) -> None:
    """Every asked check has one finding, in the order asked."""
    found = findings_of([claim("RES2", "not_applicable")], ["RES1", "RES2"], small, Prover(lamp))
    assert [(f.check_id, f.verdict, f.why_ungraded) for f in found] == [
        ("RES1", "ungraded", "not answered"),
        ("RES2", "not_applicable", ""),
    ]


def test_a_check_answered_twice_is_ungraded(lamp: Redacted, small: Rubric) -> None:
    """Of two answers neither is chosen."""
    twice = [claim("RES1", "met", by=[SAID]), claim("RES1", "missed", seen=THERE)]
    (found,) = findings_of(twice, ["RES1"], small, Prover(lamp))
    assert (found.verdict, found.why_ungraded) == ("ungraded", "answered more than once")


def test_checks_that_were_not_asked_are_shown_as_unproven(lamp: Redacted, small: Rubric) -> None:
    """An answer to another question counts nowhere and is not dropped; the order repeats."""
    prover = Prover(lamp)
    strangers = [claim(name, "not_applicable") for name in ("ZZ9", "AB1", "MM5")]
    findings_of([*strangers, claim("RES1", "not_applicable")], ["RES1"], small, prover)
    assert [u.where for u in prover.unproven] == ["AB1", "MM5", "ZZ9"]


def test_a_suggestion_stays_with_partial_and_missed_alone(lamp: Redacted, small: Rubric) -> None:
    """A met check has nothing to try, and neither has a void one."""
    missed = judged(claim("RES1", "missed", seen=THERE, words="I'll book it."), lamp, small)
    met = judged(claim("RES1", "met", by=[SAID], words="I'll book it."), lamp, small)
    void = judged(claim("RES1", "missed", words="I'll book it."), lamp, small)
    assert [f.try_words for f in (missed, met, void)] == ["I'll book it.", "", ""]
    assert missed.goal == "To take it up."


@pytest.mark.parametrize(
    ("parent", "child", "then"),
    [
        ("missed", "missed", "not_applicable"),
        ("missed", "met", "not_applicable"),
        ("not_applicable", "missed", "not_applicable"),
        ("not_observable", "missed", "not_applicable"),
        ("met", "missed", "missed"),
        ("partial", "missed", "missed"),
        ("ungraded", "missed", "missed"),
        ("missed", "ungraded", "ungraded"),
    ],
)
def test_what_depends_on_an_absent_act_is_not_applicable(
    lamp: Redacted, small: Rubric, parent: str, child: str, then: str
) -> None:
    """One omission is charged once; an ungraded parent says nothing."""
    settled = settle([finding("ACK1", parent), finding("ACK3", child)], lamp, small)
    assert settled[1].verdict == then
    assert settled[1].share == Verdict(then).value_of


def test_dependence_goes_down_the_whole_line(lamp: Redacted) -> None:
    """A check that needs a check that needs the absent act is not applicable as well, whatever their order."""
    line = rubric(("one", 100, (check("CC1", needs="BB1"), check("BB1", needs="AA1"), check("AA1")), {}))
    settled = settle([finding("CC1", "missed"), finding("BB1", "met"), finding("AA1", "missed")], lamp, line)
    assert [f.verdict for f in settled] == ["not_applicable", "not_applicable", "missed"]


def test_a_finding_that_is_set_aside_suggests_nothing(lamp: Redacted, small: Rubric) -> None:
    """What no longer counts has no line to try."""
    child = finding("ACK3", "missed", goal="a", try_words="b")
    settled = settle([finding("ACK1", "missed"), child], lamp, small)[1]
    assert (settled.goal, settled.try_words) == ("", "")


STOPS = {
    "cut": {"ended_by": EndedBy.CUT},
    "moved": {"ended_by": EndedBy.MOVED},
    "unreadable": {"problems": ("unreadable_agent_turn",)},
}


@pytest.mark.parametrize("how", STOPS)
@pytest.mark.parametrize(
    ("check_id", "verdict", "then"),
    [
        ("RES1", "missed", "not_observable"),
        ("RES1", "partial", "partial"),
        ("RES1", "met", "met"),
        ("AB1", "missed", "missed"),
    ],
)
def test_where_the_record_stops_only_a_missed_of_late_stages_is_lifted(
    lamp: Redacted, small: Rubric, how: str, check_id: str, verdict: str, then: str
) -> None:
    """What was said is graded as ever; what could still have come is not observable."""
    cut = lamp.model_copy(update=STOPS[how])
    assert settle([finding(check_id, verdict)], cut, small)[0].verdict == then


@pytest.mark.parametrize(
    ("last", "ended_by", "stops"),
    [
        ("C: And when will it come? ", EndedBy.UNKNOWN, True),
        ("C: And when will it come?", EndedBy.CUSTOMER, True),
        ("C: And when will it come?", EndedBy.AGENT, False),
        ("C: Thanks, bye.", EndedBy.UNKNOWN, False),
        ("A: Anything else?", EndedBy.UNKNOWN, False),
    ],
)
def test_a_customers_last_question_without_an_answer_stops_the_record(
    last: str, ended_by: EndedBy, *, stops: bool
) -> None:
    """A closing thanks wants nothing; an agent who hung up had the turn; recorded announcements are not looked at."""
    assert stops_early(call("A: Hello.", last, "S: The call has ended.", ended_by=ended_by)) is stops


def test_a_record_without_a_spoken_turn_does_not_stop_early() -> None:
    """There is nobody whose question stands open."""
    assert not stops_early(call("S: Silence.", ended_by=EndedBy.UNKNOWN))


def test_close_is_not_observable_with_fewer_than_two_agent_turns(small: Rubric) -> None:
    """One turn of the agent's cannot both answer and close."""
    once = call("C: It broke.", "A: I will send one.")
    assert settle([finding("CLO1", "met")], once, small)[0].verdict == "not_observable"
    assert settle([finding("CLO1", "not_applicable")], once, small)[0].verdict == "not_applicable"


@pytest.mark.parametrize(
    ("channel", "timed", "then"),
    [(Channel.CHAT, True, "not_observable"), (Channel.PHONE, False, "not_observable"), (Channel.PHONE, True, "missed")],
)
def test_interruptions_need_times_and_a_voice(channel: Channel, then: str, *, timed: bool) -> None:
    """LIS1 is not observable in writing and without times."""
    listen = rubric(("listen", 100, (check("LIS1", "absence"),), {}))
    heard = call("C: It broke and", "A: Yes.", "C: then.", "A: I see.", timed=timed, channel=channel)
    assert settle([finding("LIS1", "missed")], heard, listen)[0].verdict == then


def test_one_sample_is_taken_as_it_is() -> None:
    """Asked once, there is nothing to merge."""
    one = [finding("AB1", "partial")]
    assert merge_samples([one]) == one


@pytest.mark.parametrize(
    ("verdicts", "shown", "share", "unstable"),
    [
        (["met"] * 5, "met", 1.0, False),
        (["met", "met", "met", "partial", "partial"], "met", 0.8, False),
        (["met", "met", "met", "met", "missed"], "met", 0.8, True),
        (["met", "met", "partial", "partial", "not_applicable"], "met", 0.75, True),
        (["ungraded", "met", "met", "met", "met"], "met", 1.0, False),
        (["not_applicable"] * 3 + ["met"] * 2, "not_applicable", None, False),
    ],
)
def test_the_share_of_repeated_samples_is_the_mean(
    verdicts: list[str], shown: str, share: float | None, *, unstable: bool
) -> None:
    """Mean, not majority; met beside missed, or too few of one mind, is unstable and does not count."""
    (merged,) = merge_samples([[finding("AB1", verdict)] for verdict in verdicts])
    assert (merged.verdict, merged.share, merged.unstable) == (
        shown,
        pytest.approx(share) if share else share,
        unstable,
    )
    assert merged.counts == (share is not None and not unstable)
