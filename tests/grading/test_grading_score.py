"""From verdicts to numbers: formulas, thresholds, bands, and what may never lower a score."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from invented import check, finding, rubric

from coach.grading.critique import CallScore, Finding, StageScore
from coach.grading.findings import settle
from coach.grading.score import band_of, call_score, stage_score, stage_scores
from coach.playbook.load import load_playbook
from coach.playbook.rubric import Rubric

FOUR = rubric(
    (
        "one",
        60,
        (check("AA1", weight=3), check("AA2", weight=2), check("AA3", "absence", 2), check("AA4", weight=1)),
        {},
    ),
    ("two", 40, (check("BB1", weight=1), check("BB2", weight=1)), {}),
)


def one(*verdicts: str, ai: bool = True) -> StageScore:
    """The score of the first stage of FOUR under these verdicts, in order; "-" leaves a check without a finding."""
    found = {f"AA{i + 1}": finding(f"AA{i + 1}", v) for i, v in enumerate(verdicts) if v != "-"}
    return stage_score(FOUR.stages[0], FOUR.stages[0].checks, found, ai=ai)


@pytest.mark.parametrize(
    ("score", "band"),
    [
        (None, None), (1.0, "needs attention"), (2.4999, "needs attention"), (2.5, "building"), (3.7499, "building"),
        (3.75, "strong"), (5.0, "strong"),
    ],
)  # fmt: skip
def test_bands_begin_at_their_lower_edge(score: float | None, band: str | None) -> None:
    """Under 2.5, under 3.75, and the rest."""
    assert band_of(score) == band


def test_a_stages_share_is_weighted() -> None:
    """(3 x 1 + 2 x .5 + 2 x 0 + 1 x 1) / 8 = .625, and 1 + 4 p = 3.5."""
    scored = one("met", "partial", "missed", "met")
    assert (scored.p, scored.score, scored.band) == (0.625, 3.5, "building")
    assert (scored.judged, scored.coverage) == (4, 1.0)


@pytest.mark.parametrize(
    ("verdicts", "scored"),
    [
        (("met", "met", "not_applicable", "not_applicable"), True),
        (("met", "not_applicable", "not_applicable", "missed"), True),
        (("met", "not_applicable", "not_applicable", "not_applicable"), False),
        (("not_applicable", "met", "not_applicable", "met"), False),
        (("met", "met", "ungraded", "met"), True),
        (("met", "met", "ungraded", "ungraded"), False),
        (("met", "met", "-", "-"), False),
        (("met", "met", "not_observable", "not_observable"), True),
        (("not_applicable",) * 4, False),
    ],
)
def test_a_stage_needs_two_judged_checks_half_its_weight_and_few_ungraded(
    verdicts: tuple[str, ...], *, scored: bool
) -> None:
    """Too little is shown as too little; it is never filled in."""
    result = one(*verdicts)
    assert (result.score is not None) == scored
    assert (result.band is not None) == scored


def test_absence_checks_alone_make_no_score() -> None:
    """A call in which nothing wrong was said shows nothing that was done."""
    quiet = rubric(("one", 100, (check("AA1", "absence"), check("AA2", "absence"), check("AA3")), {}))
    found = {"AA1": finding("AA1", "met"), "AA2": finding("AA2", "met"), "AA3": finding("AA3", "not_applicable")}
    result = stage_score(quiet.stages[0], quiet.stages[0].checks, found, ai=True)
    assert (result.p, result.score, result.judged) == (1.0, None, 2)


def test_an_unstable_finding_does_not_count() -> None:
    """Samples that contradict each other leave the score."""
    found = {"AA1": finding("AA1", "met", unstable=True), "AA2": finding("AA2", "missed")}
    assert stage_score(FOUR.stages[0], FOUR.stages[0].checks, found, ai=True).p == 0.0


def test_the_mean_of_samples_enters_the_score() -> None:
    """A check met in four of five samples counts .8."""
    found = {"BB1": finding("BB1", "met", share=0.8), "BB2": finding("BB2", "met")}
    assert stage_score(FOUR.stages[1], FOUR.stages[1].checks, found, ai=True).p == pytest.approx(0.9)


def test_without_a_model_there_is_a_band_and_no_number() -> None:
    """Wording alone gives a partial view, marked as such."""
    result = one("met", "met", "met", "met", ai=False)
    assert (result.score, result.band, result.partial_view) == (None, "strong", True)
    assert not one("not_applicable", "-", "-", "-", ai=False).partial_view


def test_a_stage_whose_checks_are_all_switched_off_has_no_score() -> None:
    """Nothing in force, nothing covered."""
    result = stage_score(FOUR.stages[0], [], {}, ai=True)
    assert (result.p, result.score, result.coverage) == (None, None, 0.0)


def scored(findings: list[Finding], of: Rubric = FOUR, *, ai: bool = True) -> CallScore:
    return call_score(of, stage_scores(of, findings, ai=ai), ai=ai)


def test_a_calls_score_is_the_weighted_mean() -> None:
    """60 x 1 and 40 x 0 make .6: 3.4."""
    findings = [finding(f"AA{i}", "met") for i in range(1, 5)] + [finding(f"BB{i}", "missed") for i in (1, 2)]
    result = scored(findings)
    assert (result.score, result.coverage, result.band) == (pytest.approx(3.4), 1.0, "building")


@pytest.mark.parametrize(("prefix", "number", "shown"), [("AA", 4, True), ("BB", 2, False)])
def test_a_call_needs_sixty_in_a_hundred_of_its_weight_scored(prefix: str, number: int, *, shown: bool) -> None:
    """One stage of weight 60 is enough, one of 40 is not."""
    result = scored([finding(f"{prefix}{i}", "met") for i in range(1, number + 1)])
    assert (result.score is not None) == shown
    assert result.coverage == (0.6 if shown else 0.4)


def test_a_call_without_a_model_or_a_judged_check_has_no_score() -> None:
    """Both are withheld, with the coverage beside them."""
    everything = [finding(f"AA{i}", "met") for i in range(1, 5)]
    assert scored(everything, ai=False).score is None
    assert scored([]) == CallScore(score=None, coverage=0.0, band=None)


SHIPPED = load_playbook().rubric
VERDICTS = st.sampled_from(["met", "partial", "missed", "not_applicable", "not_observable", "ungraded"])


def of_call(verdicts: dict[str, str]) -> list[Finding]:
    return [finding(check_id, verdict, SHIPPED.stage_of(check_id).id) for check_id, verdict in verdicts.items()]


@given(st.fixed_dictionaries({c.id: VERDICTS for c in SHIPPED.checks()}), st.data())
def test_taking_away_a_missed_opportunity_never_lowers_a_score(verdicts: dict[str, str], data: st.DataObject) -> None:
    """Missed to not applicable: neither the stage's share nor the call's score falls while it is still scored."""
    missed = [check_id for check_id, verdict in verdicts.items() if verdict == "missed"]
    if not missed:
        return
    gone = data.draw(st.sampled_from(missed))
    before, after = of_call(verdicts), of_call({**verdicts, gone: "not_applicable"})
    stage = SHIPPED.stage_of(gone)
    shares = [
        stage_score(stage, list(SHIPPED.checks_of(stage)), {f.check_id: f for f in found}, ai=True).p
        for found in (before, after)
    ]
    assert shares[1] is None or shares[1] >= shares[0] - 1e-9
    scores = [scored(found, SHIPPED).score for found in (before, after)]
    assert None in scores or scores[1] >= scores[0] - 1e-9


@given(st.fixed_dictionaries({c.id: VERDICTS for c in SHIPPED.checks()}))
def test_scores_stay_between_one_and_five(verdicts: dict[str, str]) -> None:
    """Whatever the verdicts, numbers are on the scale, coverage is a share, and bands go with numbers."""
    stages = stage_scores(SHIPPED, of_call(verdicts), ai=True)
    whole = call_score(SHIPPED, stages, ai=True)
    for result in (*stages, whole):
        assert result.score is None or 1 <= result.score <= 5
        assert 0 <= result.coverage <= 1 + 1e-9
        assert result.band == band_of(result.score)


@given(st.fixed_dictionaries({c.id: VERDICTS for c in SHIPPED.checks()}))
def test_settling_makes_nothing_worse(verdicts: dict[str, str]) -> None:
    """What the record and the dependants change is never a new missed, and settling twice changes nothing more."""
    from invented import call

    from coach.calls.transcript import EndedBy

    cut = call("C: It broke.", "A: Yes.", "A: I will see.", ended_by=EndedBy.CUT)
    first = settle(of_call(verdicts), cut, SHIPPED)
    assert all(new.verdict == verdicts[new.check_id] or new.share is None for new in first)
    assert settle(first, cut, SHIPPED) == first
