"""Team means from the store and the labels folder: what they rest on, and how they reach the digest."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest
from estimate_made import BOOK, GRADING, START, WEEK, Silent, Week, fill_week, label

from coach.calibration import sampling
from coach.calibration.calibrated import Method
from coach.calibration.estimate import Interval
from coach.errors import NotFound
from coach.pipeline.estimate_told import estimate_page, estimate_values, no_scores, score_rows
from coach.pipeline.estimating import (
    Estimated,
    calibrate_period,
    corrections,
    estimate_period,
    frame_of,
    graded_calls,
)
from coach.pipeline.tell import Teller
from coach.reports.digest_sections import sections
from coach.reports.team import TeamDigest
from coach.store import Store

STAGES = [stage.id for stage in BOOK.rubric.stages]


class Patterns(Silent):
    """An engine without a model: it gives no numbers."""

    name, model, ai = "patterns", "", False


def draw(store: Store, folder: Path, n: int = 30, team: str | None = None, seed: int = 4) -> tuple[str, ...]:
    """Draw a sample of the week; gives its calls in order."""
    calls = graded_calls(store, [WEEK], team)
    return sampling.ensure_sample(folder, calls, [WEEK], team, n, at=START, seed=seed).sample.drawn


def labelled_week(store: Store, folder: Path, calls: int = 120, labels: int = 30) -> tuple[Week, tuple[str, ...]]:
    """A week with a labelled sample."""
    week = fill_week(store, calls)
    drawn = draw(store, folder, labels)
    label(folder, week, drawn)
    return week, drawn


def estimated(store: Store, folder: Path, team: str | None = None) -> Estimated:
    """The week's estimate."""
    return estimate_period(store, GRADING, folder, [WEEK], team)


def stage_words(digest: TeamDigest) -> str:
    """The section of the stages, as one text."""
    section = next(s for s in sections(digest) if s.id == "stages")
    return section.lead + " ".join(cell for table in section.tables for row in table.rows for cell in row)


def test_a_lenient_judges_means_are_brought_down_to_peoples(tmp_path: Path, store: Store) -> None:
    """Every stage's interval holds what people would give all the calls; no raw mean comes near."""
    week, _ = labelled_week(store, tmp_path)
    for stage in estimated(store, tmp_path).stages:
        truth = week.people_mean(stage.stage_id)
        assert stage.corrected is not None
        assert stage.raw is not None
        assert stage.corrected.low <= truth <= stage.corrected.high
        assert stage.raw - truth > 0.4
        assert (stage.calls, stage.labels, stage.waiting) == (120, 30, 0)


def test_only_the_beginning_of_the_order_counts_stage_by_stage(tmp_path: Path, store: Store) -> None:
    week = fill_week(store)
    drawn = draw(store, tmp_path)
    label(tmp_path, week, drawn[:22])
    label(tmp_path, week, drawn[23:25])
    first = [check.id for check in BOOK.rubric.checks_of(BOOK.rubric.stages[0])]
    label(tmp_path, week, drawn[22:23], checks=first)
    one, *others = estimated(store, tmp_path).stages
    assert (one.labels, one.waiting, one.beyond) == (25, 5, 0)
    assert {(o.labels, o.waiting, o.beyond) for o in others} == {(22, 6, 2)}


def test_labels_of_calls_that_were_not_drawn_or_not_kept_are_said_and_left_out(tmp_path: Path, store: Store) -> None:
    week, drawn = labelled_week(store, tmp_path, calls=60, labels=20)
    before = estimated(store, tmp_path).stages
    rest = [call.call_id for call in week.calls if call.call_id not in drawn]
    label(tmp_path, week, rest[:7], rater="bob")
    (tmp_path / "cy.labels.jsonl").write_text(
        (tmp_path / "bob.labels.jsonl").read_text().replace(rest[0], "gone-1").replace('"bob"', '"cy"')
    )
    found = estimated(store, tmp_path)
    assert found.stages == before
    assert (found.undrawn, found.unknown) == (tuple(sorted(rest[:7])), ("gone-1",))
    remarks = " ".join(estimate_page(GRADING, found, ()).remarks)
    assert f"Labelled but not drawn, so no part of the means: {', '.join(sorted(rest[:5]))} and 2 more." in remarks
    assert "Labelled, but not in the store: gone-1." in remarks


def test_stale_labels_make_their_call_wait(tmp_path: Path, store: Store) -> None:
    _, drawn = labelled_week(store, tmp_path, calls=60, labels=22)
    file = tmp_path / "ann.labels.jsonl"
    lines = file.read_text().splitlines(keepends=True)
    at = next(i for i, line in enumerate(lines) if f'"{drawn[21]}"' in line)
    definition = lines[at].rsplit('"', 2)[1]
    lines[at] = lines[at].replace(definition, "0" * 12)
    file.write_text("".join(lines))
    found = estimated(store, tmp_path)
    assert sorted({stage.labels for stage in found.stages}) == [21, 22]
    remarks = " ".join(estimate_page(GRADING, found, ()).remarks)
    assert "1 label not counted, stale: the check's definition has changed; label it again." in remarks
    assert f"The next one is {drawn[21]}: `coach trainer label --drawn --week {WEEK} --rater NAME`." in remarks


def test_calls_that_come_after_the_draw_take_their_places_and_are_said(tmp_path: Path, store: Store) -> None:
    labelled_week(store, tmp_path, calls=60, labels=30)
    fill_week(store, 30, prefix="late")
    found = estimated(store, tmp_path)
    assert found.members.came
    assert all(call.startswith("late") for call in found.members.came)
    assert max(stage.waiting for stage in found.stages) == len(found.members.came)
    remarks = " ".join(estimate_page(GRADING, found, ()).remarks)
    assert "60 then, 90 now" in remarks
    assert f"In the sample since, after the draw: {found.members.came[0]}" in remarks


def test_a_team_has_a_sample_and_means_of_its_own(tmp_path: Path, store: Store) -> None:
    week = fill_week(store, 80)
    drawn = draw(store, tmp_path, 20, team="north")
    label(tmp_path, week, drawn)
    found = estimated(store, tmp_path, "north")
    assert {stage.calls for stage in found.stages} == {40}
    assert estimate_page(GRADING, found, ()).title == f"Team means, {WEEK}, team north"
    with pytest.raises(NotFound, match="no sample of 2025-W47 was drawn"):
        estimated(store, tmp_path)


def test_what_is_not_there_is_one_line(tmp_path: Path, store: Store) -> None:
    fill_week(store, 5)
    with pytest.raises(NotFound, match="no graded calls in 2025-W46; weeks with calls: 2025-W47"):
        graded_calls(store, ["2025-W46"], None)
    with pytest.raises(NotFound, match="no team 'west' in the store; teams: north, south"):
        graded_calls(store, [WEEK], "west")
    with pytest.raises(NotFound, match="engine patterns"):
        frame_of(store, replace(GRADING, engine=Patterns()), [WEEK], None)  # type: ignore[arg-type]


def test_a_judge_without_numbers_is_said_to_have_none(tmp_path: Path, store: Store) -> None:
    patterns = replace(GRADING, engine=Patterns())  # type: ignore[arg-type]
    week = fill_week(store, 40, grading=patterns)
    label(tmp_path, week, draw(store, tmp_path, 25))
    found = estimate_period(store, patterns, tmp_path, [WEEK])
    assert {(s.corrected, s.why) for s in found.stages} == {(None, "the judge gave no call a number")}


def test_scores_are_calibrated_by_labels_of_every_week(tmp_path: Path, store: Store) -> None:
    """20 labels of the week and 15 of an earlier one make a line; the rows are the week's alone."""
    labelled_week(store, tmp_path, calls=60, labels=20)
    found = estimated(store, tmp_path)
    assert no_scores(calibrate_period(store, GRADING, found)).startswith(f"{STAGES[0]}: 20 of 30 labels; ")
    earlier = fill_week(store, 15, week="2025-W46", prefix="e")
    label(tmp_path, earlier, [call.call_id for call in earlier.calls], rater="bob")
    found = estimated(store, tmp_path)
    calibrated = calibrate_period(store, GRADING, found)
    assert {(one.method, one.labels) for one in calibrated} == {(Method.LINE, 35)}
    assert no_scores(calibrated) == ""
    rows = score_rows(found, calibrated)
    assert len(rows) == 60 * len(STAGES)
    assert {row.week for row in rows} == {WEEK}
    assert all(row.calibrated is not None and row.keep in ("raw", "calibrated") for row in rows)


def test_the_page_and_the_values_say_the_same(tmp_path: Path, store: Store) -> None:
    labelled_week(store, tmp_path, calls=60, labels=24)
    found = estimated(store, tmp_path)
    calibrated = calibrate_period(store, GRADING, found)
    page, values = estimate_page(GRADING, found, calibrated), estimate_values(GRADING, found, calibrated)
    for row, stage in zip(page.sections[0].tables[0].rows, values["stages"], strict=True):
        assert row[2] == f"{stage['raw']:.2f}"
        assert row[5] == f"{stage['corrected']['mean']:.2f}"
        assert float(row[7]) == pytest.approx(float(row[5]) - float(row[2]))
    assert [one["why"] for one in values["calibration"]] == ["24 of 30 labels"] * len(STAGES)
    assert page.remarks == ()


def test_stages_that_lack_the_same_are_told_in_one_line(tmp_path: Path, store: Store) -> None:
    week = fill_week(store)
    label(tmp_path, week, draw(store, tmp_path, 20)[:7])
    lines = estimate_page(GRADING, estimated(store, tmp_path), ()).sections[0].lines
    assert lines == ("All stages: uncorrected, 7 of 20 labels; 13 drawn calls to label.",)


def test_the_digest_shows_the_corrected_mean_beside_the_raw_one(tmp_path: Path, store: Store) -> None:
    labelled_week(store, tmp_path)
    bare, told = Teller(store, GRADING).digest(WEEK), Teller(store, GRADING, tmp_path).digest(WEEK)
    assert [s.mean for s in bare.stages] == [s.mean for s in told.stages]
    assert "uncorrected" in stage_words(bare)
    assert "ncorrected" not in stage_words(told)
    assert "corrected with 30 labels" in stage_words(told)
    for stage, one in zip(told.stages, estimated(store, tmp_path).stages, strict=True):
        assert one.corrected is not None
        assert stage.corrected is not None
        assert stage.corrected.mean == pytest.approx(one.corrected.mean, abs=1e-6)


def test_a_digest_of_another_team_or_week_stays_uncorrected(tmp_path: Path, store: Store) -> None:
    labelled_week(store, tmp_path)
    fill_week(store, 10, week="2025-W48", prefix="n")
    teller = Teller(store, GRADING, tmp_path)
    assert {s.corrected for s in teller.digest(WEEK, "north").stages} == {None}
    assert {s.corrected for s in teller.digest("2025-W48").stages} == {None}


def test_a_digest_with_too_few_labels_says_how_many_there_are(tmp_path: Path, store: Store) -> None:
    week = fill_week(store)
    label(tmp_path, week, draw(store, tmp_path, 20)[:7])
    assert "uncorrected: 7 of 20 labels" in stage_words(Teller(store, GRADING, tmp_path).digest(WEEK))


def test_labels_that_cannot_be_used_cost_the_digest_nothing_else(tmp_path: Path, store: Store) -> None:
    labelled_week(store, tmp_path)
    (tmp_path / "bob.labels.jsonl").write_text("no label\n")
    assert "uncorrected: the labels cannot be used" in stage_words(Teller(store, GRADING, tmp_path).digest(WEEK))
    (tmp_path / sampling.FILE).write_text("no sample\n")
    assert "uncorrected: the labels cannot be used" in stage_words(Teller(store, GRADING, tmp_path).digest(WEEK))


def test_without_the_extra_the_digest_says_what_to_install(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    labelled_week(store, tmp_path)
    monkeypatch.setitem(sys.modules, "ppi_py", None)
    assert "uncorrected: correcting needs pip install 'coach[trainer]'" in stage_words(
        Teller(store, GRADING, tmp_path).digest(WEEK)
    )


def test_without_a_drawn_sample_the_labels_are_not_even_read(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    week = fill_week(store, 10)
    label(tmp_path, week, ["c-001"])
    monkeypatch.setattr("coach.pipeline.estimating.sample_of", None)
    monkeypatch.setattr("coach.pipeline.estimating.read_labels", None)
    assert corrections(store, GRADING, tmp_path, WEEK, None) == {}
    assert corrections(store, GRADING, None, WEEK, None) == {}


def test_what_moved_is_the_difference_of_the_numbers_as_printed(tmp_path: Path, store: Store) -> None:
    """4.0151 to 4.0049 is printed as 4.02 to 4.00, and the difference of those two beside them."""
    labelled_week(store, tmp_path)
    found = estimated(store, tmp_path)
    made = replace(found.stages[0], raw=4.0151, corrected=Interval(4.0049, 3.9, 4.1))
    (table,) = estimate_page(GRADING, replace(found, stages=(made,)), ()).sections[0].tables
    names = [name for name, _ in table.columns]
    row = dict(zip(names, table.rows[0], strict=True))
    assert (row["Raw"], row["Corrected"], row["Moved"]) == ("4.02", "4.00", "-0.02")
    assert f"{made.difference:+.2f}" == "-0.01"


def test_the_page_says_which_calls_and_which_labels_it_counts(tmp_path: Path, store: Store) -> None:
    """The judge may score fewer calls in a stage than people label."""
    labelled_week(store, tmp_path)
    lead = estimate_page(GRADING, estimated(store, tmp_path), ()).sections[0].lead
    assert "Calls are those that the judge scored in the stage, labels the drawn calls that people scored in it" in lead
