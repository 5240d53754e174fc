"""The random sample of a period: drawn once, kept, and random still when calls come or go."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from labels_made import AT

from coach.calibration.sampling import FILE, Drawing, Sample, ensure_sample, members, read_samples, sample_of
from coach.errors import BadLabels, BadSettings, NotFound

WEEK = "2026-W10"
CALLS = [f"c-{number:03d}" for number in range(60)]


def drawn(
    folder: Path, n: int = 20, calls: list[str] = CALLS, team: str | None = None, seed: int | None = None
) -> Drawing:
    """A draw of the week."""
    return ensure_sample(folder, calls, [WEEK], team, n, at=AT, seed=seed)


def test_a_period_drawn_again_gives_the_same_sample_whatever_the_seed(tmp_path: Path) -> None:
    first = drawn(tmp_path, seed=1)
    text = (tmp_path / FILE).read_text()
    again = drawn(tmp_path, seed=2)
    assert again.before == again.sample == first.sample
    assert (tmp_path / FILE).read_text() == text


def test_asking_for_more_goes_on_in_the_same_order_and_for_fewer_changes_nothing(tmp_path: Path) -> None:
    first, more, fewer = drawn(tmp_path, 10), drawn(tmp_path, 25), drawn(tmp_path, 5)
    assert more.sample.drawn[:10] == first.sample.drawn
    assert len(more.sample.drawn) == 25
    assert fewer.sample == more.sample


def test_a_line_holds_frame_seed_and_the_calls_in_the_order_drawn(tmp_path: Path) -> None:
    sample = drawn(tmp_path, 20, team="north", seed=7).sample
    row = json.loads((tmp_path / FILE).read_text())
    assert (row["seed"], row["frame"], row["team"], row["weeks"]) == (7, 60, "north", [WEEK])
    assert row["drawn"] == list(sample.drawn)
    assert sample.period == "2026-W10, team north"
    assert sorted(sample.drawn) != list(sample.drawn)


def test_every_call_is_drawn_about_equally_often(tmp_path: Path) -> None:
    """Over 400 seeds a call of 60 is among the first 20 in one of three, give or take five standard errors."""
    often = Counter(
        call
        for seed in range(400)
        for call in ensure_sample(tmp_path / str(seed), CALLS, [WEEK], None, 20, at=AT, seed=seed).sample.drawn
    )
    assert len(often) == 60
    assert all(86 <= count <= 181 for count in often.values())


def test_two_draws_without_a_seed_differ(tmp_path: Path) -> None:
    assert drawn(tmp_path / "one").sample.drawn != drawn(tmp_path / "two").sample.drawn


def test_a_call_that_comes_later_takes_its_place_in_the_order(tmp_path: Path) -> None:
    """The sample then is how the order of all calls begins, as if they had been there from the first."""
    later = [f"late-{number}" for number in range(60)]
    first = drawn(tmp_path, 20, seed=3).sample
    now = members(first, CALLS + later)
    assert now.came
    assert set(now.order) == set(first.drawn) | set(now.came)
    whole = ensure_sample(tmp_path / "new", CALLS + later, [WEEK], None, len(now.order), at=AT, seed=3)
    assert now.order == whole.sample.drawn
    assert drawn(tmp_path, 20, CALLS + later).sample.drawn == now.order


def test_calls_that_are_gone_leave_the_order_of_the_others(tmp_path: Path) -> None:
    first = drawn(tmp_path, 20, seed=3).sample
    now = members(first, [call for call in CALLS if call != first.drawn[4]])
    assert now.gone == (first.drawn[4],)
    assert now.order == first.drawn[:4] + first.drawn[5:]


def test_a_call_taken_out_by_hand_belongs_to_the_sample_as_before(tmp_path: Path) -> None:
    first = drawn(tmp_path, 20, seed=3).sample
    row = json.loads((tmp_path / FILE).read_text())
    row["drawn"].remove(first.drawn[2])
    (tmp_path / FILE).write_text(json.dumps(row) + "\n")
    kept = sample_of(tmp_path, [WEEK], None)
    assert kept is not None
    assert members(kept, CALLS).order == first.drawn


def test_a_small_period_is_drawn_whole(tmp_path: Path) -> None:
    assert set(drawn(tmp_path, 20, CALLS[:7]).sample.drawn) == set(CALLS[:7])


def test_periods_and_teams_have_samples_of_their_own(tmp_path: Path) -> None:
    drawn(tmp_path, seed=1)
    drawn(tmp_path, team="north", seed=2)
    ensure_sample(tmp_path, CALLS, ["2026-W11", WEEK], None, 5, at=AT, seed=3)
    assert [sample.seed for sample in read_samples(tmp_path)] == [1, 2, 3]
    both = sample_of(tmp_path, [WEEK, "2026-W11"], None)
    assert both is not None
    assert both.period == "2026-W10, 2026-W11"
    assert sample_of(tmp_path, ["2026-W11"], None) is None


@pytest.mark.parametrize("damage", ["{}", "drawn", '{"seed": -1}', '{"at": "2026-03-02"'])
def test_a_damaged_line_is_named(tmp_path: Path, damage: str) -> None:
    drawn(tmp_path)
    with (tmp_path / FILE).open("a") as file:
        file.write(damage + "\n")
    with pytest.raises(BadLabels, match="jsonl:2: no sample as it was drawn"):
        drawn(tmp_path)


def test_calls_in_another_order_than_their_seed_gives_are_refused(tmp_path: Path) -> None:
    """Whoever moves an easy call to the front, or writes one in twice, is told."""
    sample = drawn(tmp_path, seed=1).sample
    for calls in (sample.drawn[::-1], (sample.drawn[0], *sample.drawn)):
        moved = Sample.model_construct(**{**dict(sample), "drawn": calls})
        (tmp_path / FILE).write_text(moved.model_dump_json() + "\n")
        with pytest.raises(BadLabels, match="no sample as it was drawn"):
            read_samples(tmp_path)


def test_a_second_draw_under_another_seed_is_refused(tmp_path: Path) -> None:
    drawn(tmp_path, seed=1)
    drawn(tmp_path / "other", seed=2)
    with (tmp_path / FILE).open("a") as file:
        file.write((tmp_path / "other" / FILE).read_text())
    with pytest.raises(BadLabels, match="2026-W10 was drawn anew"):
        sample_of(tmp_path, [WEEK], None)


def test_nothing_to_draw_from_and_no_number_to_draw_are_one_line_each(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no graded call in 2026-W10, team north"):
        drawn(tmp_path, calls=[], team="north")
    with pytest.raises(BadSettings, match="a sample needs a call"):
        drawn(tmp_path, 0)
    assert not (tmp_path / FILE).exists()


def test_a_file_in_another_encoding_is_one_error(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadLabels, match="cannot be read"):
        read_samples(tmp_path)
