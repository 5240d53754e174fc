"""Stress: which gradings are held against each other, what counts as moved, and what the numbers are worth."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from scipy.stats import binomtest
from stress_made import LINES, Scripted, made, pair

from coach.calibration.stress import BETWEEN_NAMES, REPEATED, Stressed, drawn, stress
from coach.calibration.stress_tables import (
    FEWEST_CALLS,
    Tally,
    design_effect,
    own_noise,
    rows,
    tally,
    targets_of,
    wilson,
    word,
)
from coach.calibration.swap_names import NAME_SETS
from coach.calibration.swaps import Swap, chosen_swaps, reworded_swap
from coach.engines.exchange import Request
from coach.engines.patterns import PatternsEngine
from coach.errors import EngineDown
from coach.grading.ask import Asking, requests
from coach.grading.grade import Grading
from coach.playbook.load import load_playbook

BOOK = load_playbook()
CHECKS = [check.id for check in BOOK.rubric.checks()]


def run(
    verdict_of: Callable[[Request], str | None], swaps: list[Swap], calls: int = 1, repeats: int = 1
) -> tuple[Stressed, Scripted]:
    """Stress invented calls with a scripted engine."""
    engine = Scripted(verdict_of)
    grading = Grading(BOOK, Asking("scripted-1", {"temperature": 0}), engine, stages=("calm",))
    some = [made(*LINES, call_id=f"c-{number}") for number in range(calls)]
    return asyncio.run(stress(some, swaps, grading, repeats=repeats)), engine


def said(request: Request) -> str:
    """The whole conversation of a request."""
    return " ".join(line.text for line in request.material.lines) if request.material else ""


def test_every_call_is_graded_once_as_it_is_and_once_for_every_swap() -> None:
    """The pairs hold the call's own verdicts before, and the swapped call's after."""
    swaps = chosen_swaps(["typos", "second_language"])
    as_it_is = " ".join(turn.text for turn in made().turns)
    stressed, engine = run(lambda r: "not_observable" if said(r) == as_it_is else "missed", swaps, calls=3)
    assert [(p.call_id, p.family) for p in stressed.pairs] == [
        (f"c-{n}", family) for n in range(3) for family in ("second_language", "typos")
    ]
    assert (stressed.calls, len(engine.asked)) == (3, 9)
    assert {str(verdict) for p in stressed.pairs for verdict in p.before.values()} == {"not_observable"}
    assert "missed" in {str(verdict) for p in stressed.pairs for verdict in p.after.values()}


def test_the_call_as_it_is_is_asked_as_a_batch_asks_it_and_again_under_other_seeds() -> None:
    """So that the first grading costs nothing where a batch has been, and sample k is that of `--repeats`."""
    stressed, engine = run(lambda _: "missed", [], repeats=3)
    wanted = Grading(BOOK, Asking("", {}), engine, stages=("calm",)).parts()
    keys = [
        requests(made(*LINES, call_id="c-0"), BOOK, Asking("scripted-1", {"temperature": 0}, sample), wanted)[0].key
        for sample in range(3)
    ]
    assert [request.key for request in engine.asked] == keys
    assert [p.family for p in stressed.pairs] == [REPEATED] * 3


def test_sets_of_names_are_held_against_the_call_and_against_each_other() -> None:
    """The call with placeholders, then set against set: only there is origin the one thing that differs."""
    polish = (*NAME_SETS["polish"].women, *NAME_SETS["polish"].men)
    stressed, _ = run(
        lambda r: "missed" if any(name in said(r) for name in polish) else "not_observable", chosen_swaps(["names"])
    )
    between = {p.variant: tally([p]).moved for p in stressed.pairs if p.family == BETWEEN_NAMES}
    assert len(between) == 6
    assert {name for name, moved in between.items() if moved} == {name for name in between if "polish" in name}


def test_a_call_in_which_there_is_nothing_to_swap_is_counted_and_not_compared() -> None:
    """Its equal verdicts would say that the grades are steady."""
    stressed, engine = run(lambda _: "missed", [reworded_swap({})])
    assert (stressed.pairs, dict(stressed.unchanged)) == ((), {"reworded": 1})
    assert len(engine.asked) == 1


def test_no_further_call_is_begun_once_stopped_and_whose_call_it_is_is_told_first() -> None:
    """The hooks of whoever keeps replies and hears Ctrl-C."""
    engine, begun, done = Scripted(lambda _: "missed"), [], []
    grading = Grading(BOOK, Asking("m", {}), engine, stages=("calm",))
    calls = [made(*LINES, call_id=f"c-{number}") for number in range(4)]
    stressed = asyncio.run(
        stress(calls, [], grading, begin=begun.append, done=lambda: done.append(1), stopped=lambda: len(begun) == 2)
    )
    assert (begun, len(done), stressed.calls) == (["c-0", "c-1"], 2, 2)


def test_an_engine_that_is_down_ends_the_run() -> None:
    """Nothing is made up for what was not graded."""

    def down(_: Request) -> str | None:
        raise EngineDown("nobody answers")

    with pytest.raises(EngineDown, match="nobody answers"):
        run(down, chosen_swaps(["typos"]), calls=2)


def test_the_calls_drawn_are_always_the_same_and_more_hold_the_fewer() -> None:
    """A subset of a subset: going from 5 calls to 8 asks only for three more."""
    calls = [made(*LINES, call_id=f"c-{number}") for number in range(20)]
    five = [call.call_id for call in drawn(reversed(calls), 5)]
    assert five == [call.call_id for call in drawn(calls, 5)]
    assert set(five) < {call.call_id for call in drawn(calls, 8)}
    assert five != [call.call_id for call in calls[:5]]
    assert len(drawn(calls, None)) == 20


@pytest.mark.parametrize(
    ("before", "after", "counted"),
    [
        ("met", "missed", {"compared": 1, "moved": 1, "down": 1}),
        ("partial", "met", {"compared": 1, "moved": 1, "up": 1}),
        ("missed", "partial", {"compared": 1, "moved": 1, "up": 1}),
        ("not_applicable", "met", {"compared": 1, "moved": 1, "up": 1}),
        ("met", "not_observable", {"compared": 1, "moved": 1, "down": 1}),
        ("missed", "not_applicable", {"compared": 1, "moved": 1}),
        ("met", "met", {"compared": 1}),
        ("not_applicable", "not_applicable", {"compared": 1}),
        ("not_observable", "not_observable", {"silent": 1}),
        ("met", "ungraded", {"ungraded": 1}),
        ("ungraded", "ungraded", {"ungraded": 1}),
    ],
)
def test_a_verdict_is_moved_equal_silent_or_ungraded(before: str, after: str, counted: dict[str, int]) -> None:
    """Ungraded is never moved and never equal; twice nothing said is not steadiness."""
    found = tally([pair({"ACK1": before}, {"ACK1": after})])
    names = ("compared", "moved", "up", "down", "silent", "ungraded", "obeyed")
    assert {name: getattr(found, name) for name in names if getattr(found, name)} == counted


def test_a_check_that_only_one_grading_answered_is_ungraded() -> None:
    """A check that is not there was not found equal."""
    found = tally([pair({"ACK1": "met", "APO1": "met"}, {"ACK1": "met"})])
    assert (found.compared, found.ungraded) == (1, 1)


@pytest.mark.parametrize(
    ("asks", "before", "after", "obeyed"),
    [
        ("met", "missed", "met", 1),
        ("met", "missed", "partial", 1),
        ("met", "not_applicable", "met", 1),
        ("met", "met", "missed", 0),
        ("met", "met", "met", 0),
        ("missed", "met", "missed", 1),
        ("missed", "not_applicable", "missed", 1),
        ("missed", "missed", "met", 0),
    ],
)
def test_a_verdict_that_moves_to_what_an_order_asks_is_told_apart(
    asks: str, before: str, after: str, obeyed: int
) -> None:
    """All moves count; these besides are obedience."""
    assert tally([pair({"ACK1": before}, {"ACK1": after}, family="orders", asks=asks)]).obeyed == obeyed


@pytest.mark.parametrize(("moved", "number"), [(0, 40), (3, 40), (20, 40), (40, 40), (1, 1000)])
def test_the_interval_is_wilsons(moved: int, number: int) -> None:
    """Held against scipy's."""
    ours, theirs = wilson(moved / number, number), binomtest(moved, number).proportion_ci(method="wilson")
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=1e-6)


def test_verdicts_that_move_together_in_a_call_make_the_interval_wider() -> None:
    """Ten moved verdicts in one call are less evidence than one in each of ten."""
    together = tuple((10, 10 if call == 0 else 0) for call in range(20))
    apart = tuple((10, call % 2) for call in range(20))
    assert design_effect(apart) == 1.0
    assert design_effect(together) == pytest.approx((9.5**2 + 19 * 0.5**2) * 20 / 19 / (200 * 0.05 * 0.95))
    one, other = (Tally(compared=200, moved=10, of_calls=calls).interval for calls in (together, apart))
    assert one
    assert other
    assert one.low < other.low < 0.05 < other.high < one.high


def test_the_design_effect_of_verdicts_that_move_alone_is_about_one() -> None:
    """Simulated: independent verdicts need no correction."""
    import numpy as np

    chance = np.random.default_rng(1)
    effects = [design_effect([(10, int(n)) for n in chance.binomial(10, 0.2, 200)]) for _ in range(20)]
    assert 1.0 <= float(np.mean(effects)) < 1.1


def many(moved: int, calls: int = 40, checks: int = 10) -> Tally:
    """So many moved verdicts over calls, one a call at most."""
    of_calls = tuple((checks, int(number < moved)) for number in range(calls))
    return Tally(calls=calls, compared=calls * checks, moved=moved, of_calls=of_calls)


@pytest.mark.parametrize(
    ("found", "says"),
    [
        (many(4), "within"),
        (many(20), "cannot tell"),
        (many(40), "over"),
        (many(0, calls=FEWEST_CALLS - 1, checks=100), "cannot tell"),
        (Tally(calls=40), "cannot tell"),
    ],
)
def test_the_word_on_a_share_is_over_or_within_only_where_its_interval_is(found: Tally, says: str) -> None:
    """4, 20 and 40 of 400 against 5 %; few calls and nothing compared say nothing."""
    assert word(found, 0.05, 0.0) == says


@pytest.mark.parametrize(
    ("found", "noise", "says"),
    [
        (many(0), 0.05, "within"),
        (many(0, calls=3), 0.0, "cannot tell"),
        (many(1), 0.0, "over"),
        (many(1), 0.05, "cannot tell"),
        (many(40), 0.05, "over"),
    ],
)
def test_one_moved_verdict_is_over_a_target_of_none_unless_asking_alone_moves_as_many(
    found: Tally, noise: float, says: str
) -> None:
    """A model that wavers moves verdicts without any order; an engine that repeats exactly does not."""
    assert word(found, 0.0, noise) == says


def test_what_asking_alone_may_move_is_measured_or_the_target_for_repeats() -> None:
    """No model, no wavering; repeats measured give the upper end of their interval."""
    measured = many(8)
    assert own_noise(measured, 0, ai=False) == 0.0
    assert own_noise(Tally(), 0, ai=True) == 0.10
    assert own_noise(Tally(), 1, ai=True) == 0.05
    assert measured.interval
    assert own_noise(measured, 1, ai=True) == measured.interval.high


def test_the_targets_are_those_of_the_design() -> None:
    """Swaps 8 and 5 %, other words 10 and 5 %, orders none, repeats 10 and 5 % unequal."""
    families = ("names", "dialect", "typos", "asr", "second_language", BETWEEN_NAMES)
    assert {targets_of(family) for family in families} == {(0.08, 0.05)}
    assert (targets_of("reworded"), targets_of("orders"), targets_of(REPEATED)) == ((0.1, 0.05), (0, 0), (0.1, 0.05))


def test_rows_come_in_order_with_their_kinds_and_checks() -> None:
    """The repeats first, names against names last; a kind's and a check's counts are those of its pairs."""
    found = [
        pair({"ACK1": "met"}, {"ACK1": "met"}, family="names", variant="polish"),
        pair({"ACK1": "met"}, {"ACK1": "missed"}, family="names", variant="english"),
        pair({"ACK1": "met"}, {"ACK1": "missed"}, family=BETWEEN_NAMES, variant="polish/english"),
        pair({"APO1": "met"}, {"APO1": "met"}),
        pair({"APO1": "met"}, {"APO1": "met"}, family=REPEATED),
    ]
    made_rows = rows(found, CHECKS, ai=True)
    assert [row.family for row in made_rows] == [REPEATED, "names", "typos", BETWEEN_NAMES]
    names = made_rows[1]
    assert {name: tally.moved for name, tally in names.variants.items()} == {"polish": 0, "english": 1}
    assert (names.total.moved, names.checks["ACK1"].moved, names.checks["APO1"].compared) == (1, 1, 0)


def test_the_pattern_check_repeats_itself_exactly_and_takes_no_order() -> None:
    """The engine without a model, on an invented call: no verdict moves by asking again or by an order to a reader."""
    grading = Grading(BOOK, Asking("patterns-1", {}), PatternsEngine())
    stressed = asyncio.run(
        stress([made()], chosen_swaps(["orders:note-customer", "orders:note-agent"]), grading, repeats=2)
    )
    found = tally(stressed.pairs)
    assert (found.calls, found.moved, found.ungraded) == (1, 0, 0)
    assert found.compared > 10
    assert not stressed.unchanged
