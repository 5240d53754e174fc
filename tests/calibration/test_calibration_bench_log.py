"""The bench's log: the holdout opens three times for a rubric, and every variant is counted."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from coach.calibration.bench_log import FILE, BenchLog, Opening, Tried
from coach.calibration.split import Part
from coach.errors import BadLabels, CannotWrite

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def opening(name: str, rubric: str = "r1") -> Opening:
    """An opening of the holdout."""
    return Opening(at=AT, rubric=rubric, what=f"agree {name}")


def tried(candidate: str, part: Part = Part.DEV) -> Tried:
    """A comparison with a candidate."""
    return Tried(at=AT, part=part, base="b", candidate=candidate, outcome="cannot tell")


def test_the_fourth_opening_for_a_rubric_is_refused(tmp_path: Path) -> None:
    log = BenchLog(tmp_path)
    assert [log.open_holdout(opening(name)) for name in "abc"] == [1, 2, 3]
    with pytest.raises(BadLabels, match=r"opened 3 times for rubric r1 \(2026-03-02, 2026-03-02, 2026-03-02\)"):
        log.open_holdout(opening("d"))
    assert len(log.openings("r1")) == 3


def test_the_same_measurement_again_is_the_same_opening(tmp_path: Path) -> None:
    log = BenchLog(tmp_path)
    assert [log.open_holdout(opening(name)) for name in "aabba"] == [1, 1, 2, 2, 1]


def test_another_version_of_the_rubric_has_openings_of_its_own(tmp_path: Path) -> None:
    log = BenchLog(tmp_path)
    for name in "abc":
        log.open_holdout(opening(name))
    assert log.open_holdout(opening("d", rubric="r2")) == 1


def test_a_refused_opening_leaves_no_trace(tmp_path: Path) -> None:
    log = BenchLog(tmp_path)
    for name in "abc":
        log.open_holdout(opening(name))
    before = log.file.read_bytes()
    with pytest.raises(BadLabels):
        log.open_holdout(opening("d"))
    assert log.file.read_bytes() == before


def test_variants_are_counted_once_each_and_by_part(tmp_path: Path) -> None:
    log = BenchLog(tmp_path)
    for candidate in ("x", "y", "x"):
        log.note_tried(tried(candidate))
    log.note_tried(tried("z", Part.HOLDOUT))
    log.note_tried(tried("b"))
    assert log.variants(Part.DEV, "b", "x") == 2
    assert log.variants(Part.DEV, "b", "new") == 3
    assert log.variants(Part.DEV, "another base", "x") == 1
    assert log.variants(Part.DEV, "b", "b") == 2
    assert log.variants(Part.HOLDOUT, "b", "z") == 1


def test_a_damaged_log_is_named_by_line(tmp_path: Path) -> None:
    BenchLog(tmp_path).note_tried(tried("x"))
    with (tmp_path / FILE).open("a") as file:
        file.write('{"kind": "closing"}\n')
    with pytest.raises(BadLabels, match=r"bench.jsonl:2: no entry of the log"):
        BenchLog(tmp_path).entries()


def test_the_holdout_stays_shut_where_its_opening_cannot_be_logged(tmp_path: Path) -> None:
    (tmp_path / "labels").write_text("a file, not a folder")
    with pytest.raises((CannotWrite, BadLabels)):
        BenchLog(tmp_path / "labels").open_holdout(opening("a"))
