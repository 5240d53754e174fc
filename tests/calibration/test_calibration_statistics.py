"""Measures of agreement against published examples, the libraries that show them, and where they have no meaning."""

from __future__ import annotations

import builtins
from typing import Any

import krippendorff
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from coach.calibration.difference import expected_inflation
from coach.calibration.intervals import measured
from coach.calibration.statistics import (
    SHARES,
    Counts,
    Level,
    Measure,
    alpha_point,
    coincidences,
    count_by_call,
    gwet_ac1,
    interval_alpha,
    kappa,
    ordinal_alpha,
    point,
    prevalence,
    quadratic_kappa,
    raw_agreement,
    tnr,
    tpr,
)
from coach.errors import BadLabels, BadSettings

NONE = np.nan
FOUR_OBSERVERS = np.array(
    [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, NONE, NONE, NONE],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NONE, 3],
        [NONE, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, NONE],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NONE],
    ]
)
"""Krippendorff, "Computing Krippendorff's alpha-reliability" (2011), section C: 4 observers, 12 units."""
SEXUAL_FUN = [[7, 7, 2, 3], [2, 8, 3, 7], [1, 5, 4, 9], [2, 8, 9, 14]]
"""Hout, Duncan and Sobel 1987, in Agresti, Categorical Data Analysis: 91 couples; SexualFun in R's package vcd."""

EXAMPLES: dict[str, tuple[Measure, list[list[float]], float, float]] = {
    "Cohen 1968, table 1: 200 diagnoses": (kappa, [[88, 14, 18], [10, 40, 10], [2, 6, 12]], 0.492, 5e-4),
    "Fleiss 1981, table 13.1: 100 patients": (kappa, [[75, 1, 4], [5, 4, 1], [0, 0, 10]], 0.68, 5e-3),
    "Feinstein and Cicchetti 1990, balanced": (kappa, [[40, 9], [6, 45]], 0.70, 5e-3),
    "Feinstein and Cicchetti 1990, the paradox": (kappa, [[80, 10], [5, 5]], 0.32, 5e-3),
    "Gwet 2008, 125 subjects, kappa": (kappa, [[118, 5], [2, 0]], -0.0234, 5e-5),
    "Gwet 2008, 125 subjects, AC1": (gwet_ac1, [[118, 5], [2, 0]], 0.9408, 5e-5),
    "vcd, Kappa(SexualFun)": (kappa, SEXUAL_FUN, 0.1293, 5e-5),
    "vcd, Kappa(SexualFun, weights = 'Fleiss-Cohen')": (quadratic_kappa, SEXUAL_FUN, 0.3320, 5e-5),
}


@pytest.mark.parametrize("example", EXAMPLES)
def test_published_examples_come_out_as_published(example: str) -> None:
    """To the digits that the source prints, by the measure and by what is shown."""
    measure, table, published, digits = EXAMPLES[example]
    assert float(measure(np.array(table, dtype=float))) == pytest.approx(published, abs=digits)
    assert point(np.array([table], dtype=float), measure) == pytest.approx(published, abs=digits)


THREE = [[20, 5, 1], [3, 15, 6], [0, 4, 12]]
FOUR = [[75, 1, 4, 0], [5, 4, 1, 0], [0, 0, 10, 2], [1, 0, 0, 9]]
FIVE = [[30, 4, 1, 0, 0], [3, 20, 5, 1, 0], [0, 4, 15, 3, 1], [0, 1, 2, 9, 2], [1, 0, 0, 3, 7]]
IRR_CAC: list[tuple[Measure, list[list[int]], float]] = [
    (gwet_ac1, [[40, 9], [6, 45]], 0.700748129676),
    (gwet_ac1, [[80, 10], [5, 5]], 0.808),
    (gwet_ac1, [[45, 15], [25, 15]], 0.266055045872),
    (gwet_ac1, [[25, 35], [5, 35]], 0.207920792079),
    (gwet_ac1, THREE, 0.5704376124),
    (gwet_ac1, FOUR, 0.85261772723),
    (gwet_ac1, FIVE, 0.657319104312),
    (quadratic_kappa, THREE, 0.734260614934),
    (quadratic_kappa, FOUR, 0.85487804878),
    (quadratic_kappa, FIVE, 0.847116968699),
]


@pytest.mark.parametrize(("measure", "table", "given"), IRR_CAC)
def test_values_are_those_that_irrcac_gave(measure: Measure, table: list[list[int]], given: float) -> None:
    """irrCAC 0.4.4 cannot be installed beside the other tools; it was asked once, for twelve digits."""
    assert float(measure(np.array(table, dtype=float))) == pytest.approx(given, abs=1e-10)


@pytest.mark.parametrize(("level", "published"), [("ordinal", 0.815), ("interval", 0.849)])
def test_krippendorffs_own_example_comes_out_as_published(level: Level, published: float) -> None:
    """Four observers, twelve units, missing values; by the library and by the measure of coincidences."""
    values = [1, 2, 3, 4, 5]
    measure = ordinal_alpha if level == "ordinal" else interval_alpha
    assert alpha_point(FOUR_OBSERVERS, values, level) == pytest.approx(published, abs=5e-4)
    assert float(measure(coincidences(FOUR_OBSERVERS, values).sum(0))) == pytest.approx(published, abs=5e-4)


tables = st.integers(2, 5).flatmap(
    lambda k: st.lists(st.lists(st.integers(0, 30), min_size=k, max_size=k), min_size=k, max_size=k)
)


@given(tables)
@settings(max_examples=150, deadline=None)
def test_kappas_equal_scikit_learns(table: list[list[int]]) -> None:
    """To 1e-9, for tables of two to five categories, wherever scikit-learn gives a number."""
    counts = np.array(table, dtype=float)
    first, second = (each.ravel() for each in np.indices(counts.shape))
    labels = list(range(len(counts)))
    for measure, weights in ((kappa, None), (quadratic_kappa, "quadratic")):
        ours = float(measure(counts))
        assume(not np.isnan(ours))
        theirs = cohen_kappa_score(first, second, labels=labels, weights=weights, sample_weight=counts.ravel())
        assert ours == pytest.approx(theirs, abs=1e-9)
        assert point(counts[None], measure) == pytest.approx(theirs, abs=1e-9)


ratings = st.tuples(st.integers(2, 4), st.integers(1, 15)).flatmap(
    lambda shape: st.lists(
        st.lists(st.sampled_from([1.0, 2.0, 3.0, 4.0, 5.0, NONE]), min_size=shape[1], max_size=shape[1]),
        min_size=shape[0],
        max_size=shape[0],
    )
)


@given(ratings)
@settings(max_examples=150, deadline=None)
def test_alphas_equal_those_of_krippendorff(given_ratings: list[list[float]]) -> None:
    """To 1e-9, for two to four raters with missing values, wherever two different values were paired."""
    data, values = np.array(given_ratings), [1, 2, 3, 4, 5]
    together = coincidences(data, values).sum(0)
    for measure, level in ((ordinal_alpha, "ordinal"), (interval_alpha, "interval")):
        ours = float(measure(together))
        if np.isnan(ours):
            assert np.count_nonzero(together.sum(0)) < 2
            assert np.isnan(alpha_point(data, values, level))
        else:
            theirs = krippendorff.alpha(data, value_domain=values, level_of_measurement=level)
            assert ours == pytest.approx(theirs, abs=1e-9)
            assert alpha_point(data, values, level) == theirs


@given(tables)
@settings(max_examples=50, deadline=None)
def test_two_raters_coincidences_are_their_counts_both_ways(table: list[list[int]]) -> None:
    """What alpha is made of and what kappa is made of agree with each other."""
    counts = np.array(table)
    first, second = (np.repeat(each.ravel(), counts.ravel()) for each in np.indices(counts.shape))
    assume(len(first))
    made = coincidences(np.array([first, second], dtype=float), list(range(len(counts)))).sum(0)
    assert made.tolist() == (counts + counts.T).tolist()


@given(tables)
@settings(max_examples=50, deadline=None)
def test_a_stack_of_tables_gets_the_number_of_each(table: list[list[int]]) -> None:
    """A bootstrap measures thousands of tables at once; each is as if alone."""
    one = np.array(table, dtype=float)
    stack = np.array([[one, one.T], [np.zeros_like(one), one + 1]])
    for measure in (kappa, quadratic_kappa, gwet_ac1, *SHARES, interval_alpha, ordinal_alpha):
        alone = [[measure(stack[a, b]) for b in range(2)] for a in range(2)]
        np.testing.assert_allclose(measure(stack), alone, atol=1e-12)


def test_shares_read_rows_as_the_truth() -> None:
    """Ten truly met, of which eight found; thirty not met, of which three were called met."""
    counts = np.array([[8.0, 2], [3, 27]])
    assert float(tpr(counts)) == 0.8
    assert float(tnr(counts)) == 0.9
    assert float(prevalence(counts)) == 0.25
    assert float(raw_agreement(counts)) == 35 / 40


def test_a_confusion_of_two_other_classes_is_not_a_false_positive() -> None:
    """With three categories, TNR asks whether what is not met was kept from met."""
    counts = np.array([[5.0, 0, 0], [1, 2, 3], [0, 4, 0]])
    assert float(tnr(counts)) == 0.9


@pytest.mark.parametrize(
    ("measure", "table"),
    [
        (kappa, [[9, 0], [0, 0]]),
        (kappa, [[0, 0], [0, 4]]),
        (quadratic_kappa, [[0, 0, 0], [0, 9, 0], [0, 0, 0]]),
        (interval_alpha, [[18, 0], [0, 0]]),
        (ordinal_alpha, [[18, 0], [0, 0]]),
        (tpr, [[0, 0], [3, 4]]),
        (tnr, [[3, 4], [0, 0]]),
        *((each, [[0, 0], [0, 0]]) for each in (kappa, gwet_ac1, quadratic_kappa, ordinal_alpha, raw_agreement)),
        (prevalence, [[0, 0], [0, 0]]),
    ],
)
def test_a_measure_without_meaning_is_nan_never_a_number(measure: Measure, table: list[list[int]]) -> None:
    """One class alone, no such cases, nothing at all: and no warning is left to the reader."""
    counts = np.array(table, dtype=float)
    assert np.isnan(measure(counts))
    assert np.isnan(point(counts[None], measure))


def test_ac1_of_one_class_alone_is_its_own_kind_of_perfect() -> None:
    """By its definition chance plays no part there, which is why it is never shown alone."""
    assert float(gwet_ac1(np.array([[9.0, 0], [0, 0]]))) == 1


def test_pairs_are_counted_by_call_in_the_order_asked_for() -> None:
    """A call without pairs has a table of zeros, one that was not asked for is left out."""
    pairs = [("b", "met", "missed"), ("a", "met", "met"), ("b", "met", "missed"), ("x", "met", "met")]
    counts: Counts = count_by_call(pairs, ("met", "missed"), ["b", "empty", "a"])
    assert counts.tolist() == [[[0, 2], [0, 0]], [[0, 0], [0, 0]], [[1, 0], [0, 0]]]
    assert count_by_call(pairs, ("met", "missed")).shape == (3, 2, 2)


def test_a_verdict_of_no_category_is_refused_not_dropped() -> None:
    """Leaving out what does not apply is a decision; the caller makes it."""
    with pytest.raises(BadLabels, match=r"c1: 'not_applicable' is none of met, missed"):
        count_by_call([("c1", "met", "not_applicable")], ("met", "missed"))


@pytest.mark.parametrize("library", ["sklearn", "krippendorff", "scipy", "scipy.integrate"])
def test_without_the_library_one_line_says_what_to_install(library: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The statistics are an extra; the rest of coach does without."""
    real = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name.split(".")[0] == library.split(".")[0]:
            raise ImportError(name)
        return real(name, *rest, **more)

    ask = {
        "sklearn": lambda: point(np.array([THREE], dtype=float), kappa),
        "krippendorff": lambda: alpha_point(FOUR_OBSERVERS, [1, 2, 3, 4, 5], "ordinal"),
        "scipy": lambda: measured(np.tile(np.eye(2), (10, 1, 1)), gwet_ac1),
        "scipy.integrate": lambda: expected_inflation(777, 1.0),
    }[library]
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(BadSettings, match=r"pip install 'coach\[trainer\]'"):
        ask()
