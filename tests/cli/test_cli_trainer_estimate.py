"""`coach trainer sample` and `coach trainer estimate`: what they print, write and refuse."""

from __future__ import annotations

import csv
import json
import shlex
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from cli_tools import Ran
from estimate_made import WEEK, Week, fill_week, label, note_run

from coach.calibration.sampling import FILE, read_samples
from coach.store import open_store

Coach = Callable[..., Ran]


@pytest.fixture
def week(here: Path) -> Week:
    """A graded week in the store of the current folder."""
    with open_store(here / "coach.db") as store:
        made = fill_week(store, 80)
        note_run(store)
    return made


@pytest.fixture
def small(here: Path) -> None:
    """A graded week of four calls: enough to refuse what cannot be done."""
    with open_store(here / "coach.db") as store:
        fill_week(store, 4)
        note_run(store)


@pytest.fixture
def labelled(here: Path, week: Week, coach: Coach) -> Week:
    """The same with a sample of 40 labelled calls."""
    assert coach("trainer", "sample", "--n", 40).code == 0
    label(here / "labels", week, read_samples(here / "labels")[0].drawn)
    return week


def test_a_sample_is_printed_in_order_with_what_to_do_next(here: Path, week: Week, coach: Coach) -> None:
    ran = coach("trainer", "sample")
    drawn = read_samples(here / "labels")[0].drawn
    lines = ran.out.splitlines()
    assert (ran.code, ran.err) == (0, "")
    assert lines[0].startswith(f"{WEEK}: 20 of 80 graded calls, drawn at random ")
    assert [line.split()[1] for line in lines[1:21]] == list(drawn)
    assert lines[-1] == f"20 of 20 wait; in this order: `coach trainer label --drawn --week {WEEK} --rater NAME`"


def test_a_period_that_can_never_have_enough_labels_says_to_draw_several_weeks(small: None, coach: Coach) -> None:
    too_few = "The period has 4 graded calls in all and an interval needs 20 labelled ones: draw several weeks together"
    assert too_few in coach("trainer", "sample").out
    assert too_few in " ".join(coach("trainer", "estimate", "--format", "md").out.split())


def test_drawing_again_says_that_it_is_the_same_sample(here: Path, week: Week, coach: Coach) -> None:
    first, again = coach("trainer", "sample"), coach("trainer", "sample", "--n", 5)
    assert "The same sample as before" in again.out
    assert "--n 5 is fewer than were drawn: none is taken back." in again.out
    assert first.out.splitlines()[1:] == again.out.splitlines()[3:]
    assert len((here / "labels" / FILE).read_text().splitlines()) == 1


def test_more_calls_come_in_the_same_order(here: Path, week: Week, coach: Coach) -> None:
    coach("trainer", "sample")
    assert "10 more in the same random order than on " in coach("trainer", "sample", "--n", 30).out
    assert "The period has 80 graded calls in all." in coach("trainer", "sample", "--n", 200).out
    short, longer, whole = (sample.drawn for sample in read_samples(here / "labels"))
    assert longer[:20] == short
    assert whole[:30] == longer


def test_what_is_labelled_in_part_says_which_stages_are_open(here: Path, week: Week, coach: Coach) -> None:
    coach("trainer", "sample", "--team", "north")
    drawn = read_samples(here / "labels")[0].drawn
    label(here / "labels", week, drawn[:1])
    label(here / "labels", week, drawn[1:2], checks=["CALM1", "CALM2", "CALM3", "CALM4"])
    out = coach("trainer", "sample", "--team", "north").out
    assert f"{drawn[0]:20}  labelled" in out
    assert f"{drawn[1]:20}  open: listen, acknowledge, apologise, clarify, resolve, close" in out
    assert "19 of 20 wait" in out


def test_the_command_that_a_sample_names_hands_its_calls_out_in_their_order(
    here: Path, week: Week, coach: Coach
) -> None:
    said = coach("trainer", "sample", "--team", "north", "--labels", "by hand").out.splitlines()[-1]
    command = shlex.split(said.split("`")[1].replace("NAME", "reader-a"))
    assert command[:1] == ["coach"]
    assert coach(*command[1:], "--export", "sheets").out.startswith("20 calls")
    with (here / "sheets" / "sheet.csv").open(encoding="utf-8-sig", newline="") as file:
        ids = list(dict.fromkeys(row["call_id"] for row in csv.DictReader(file)))
    assert ids == list(read_samples(here / "by hand")[0].drawn)


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--drawn"], "labels, so no sample; name --labels, or draw one with `coach trainer sample`"),
        (["--drawn", "--labels", ".", "--week", "2025-W01"], "no sample of 2025-W01 was drawn in "),
        (["--drawn", "--sample"], "--drawn names calls, and so do the others; give one of them"),
        (["--drawn", "calls"], "--drawn names calls, and so do the others; give one of them"),
        (["--team", "north"], "--team chooses a drawn sample; give it with --drawn"),
    ],
)
def test_a_drawn_sample_that_is_not_there_is_one_line(
    small: None, coach: Coach, arguments: list[str], line: str
) -> None:
    ran = coach("trainer", "label", "--rater", "reader-a", "--export", "sheets", *arguments)
    assert ran.code == 1
    assert line in ran.line


def test_a_wholly_labelled_sample_sends_on_to_the_estimate(labelled: Week, coach: Coach) -> None:
    assert coach("trainer", "sample").out.splitlines()[-1] == "all are labelled: `coach trainer estimate`"


def test_an_estimate_is_printed_in_every_format(labelled: Week, coach: Coach) -> None:
    for form in ("terminal", "md", "html"):
        ran = coach("trainer", "estimate", "--format", form)
        assert (ran.code, ran.err) == (0, "")
        assert f"Team means, {WEEK}" in ran.out
        assert "Not for ranking, pay or discipline" in " ".join(ran.out.split())
    values = json.loads(coach("trainer", "estimate", "--format", "json").out)
    assert values["calls"] == 80
    assert all(stage["corrected"]["low"] < stage["corrected"]["mean"] < stage["raw"] for stage in values["stages"])
    assert {one["method"] for one in values["calibration"]} == {"line"}


def test_scores_are_written_raw_and_calibrated(here: Path, labelled: Week, coach: Coach) -> None:
    ran = coach("trainer", "estimate", "--scores", "scores.csv")
    assert ran.err == "coach: written scores.csv\n"
    with (here / "scores.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 80 * 7
    assert {row["method"] for row in rows} == {"line"}
    assert all(1 <= float(row["calibrated"]) <= 5 and 1 <= float(row["raw"]) <= 5 for row in rows)


def test_where_no_score_is_calibrated_it_says_why_and_writes_nothing(here: Path, week: Week, coach: Coach) -> None:
    coach("trainer", "sample")
    ran = coach("trainer", "estimate", "--scores", "scores.csv")
    assert ran.code == 0
    assert ran.line.startswith("coach: no score is calibrated, scores.csv is not written (calm: 0 of 30 labels; ")
    assert not (here / "scores.csv").exists()


def test_a_file_that_cannot_be_written_is_one_line(labelled: Week, coach: Coach) -> None:
    ran = coach("trainer", "estimate", "--scores", "no/such/folder.csv")
    assert ran.code == 1
    assert ran.line == "coach: no/such/folder.csv: No such file or directory; name a file that can be written"


def test_the_digest_command_reads_the_labels_of_the_settings(here: Path, labelled: Week, coach: Coach) -> None:
    assert "corrected with 40 labels" in coach("digest", "--format", "md").out
    (here / "coach.toml").write_text('labels = "elsewhere"\n')
    out = coach("digest", "--format", "md").out
    assert "corrected with" not in out
    assert "| uncorrected |" in out


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["sample", "--week", "2025-W01"], "no graded calls in 2025-W01; weeks with calls: 2025-W47"),
        (["sample", "--week", "soon"], "'soon' is not a week"),
        (["sample", "--team", "west"], "no team 'west' in the store; teams: north, south"),
        (["sample", "--n", "0"], "a sample needs a call"),
        (["sample", "--store", "none.db"], "there is no store at "),
        (["estimate", "--store", "none.db"], "there is no store at "),
        (["estimate"], "labels, so no sample; name --labels, or draw one with `coach trainer sample`"),
        (["estimate", "--labels", "mistyped"], "mistyped, so no sample; name --labels"),
        (["estimate", "--labels", "."], ", then label it"),
        (["estimate", "--engine", "recorded"], "no finished batch of engine recorded in the store"),
    ],
)
def test_what_cannot_be_done_is_one_line(small: None, coach: Coach, arguments: list[str], line: str) -> None:
    ran = coach("trainer", *arguments)
    assert (ran.code, ran.out) == (1, "")
    assert line in ran.line


def test_a_damaged_sample_or_label_is_named_by_line(here: Path, labelled: Week, coach: Coach) -> None:
    (here / "labels" / "bob.labels.jsonl").write_text("no label\n")
    for command in ("sample", "estimate"):
        assert "bob.labels.jsonl:1: " in coach("trainer", command).line
    (here / "labels" / FILE).write_text("no sample\n")
    assert f"{FILE}:1: no sample as it was drawn; restore the line from Git" in coach("trainer", "estimate").line


def test_without_the_extra_it_says_what_to_install(
    labelled: Week, coach: Coach, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ppi_py", None)
    ran = coach("trainer", "estimate")
    assert ran.code == 1
    assert ran.line == "coach: an estimate needs packages that are not installed; pip install 'coach[trainer]'"


def test_several_weeks_are_one_period(here: Path, week: Week, coach: Coach) -> None:
    with open_store(here / "coach.db") as store:
        fill_week(store, 20, week="2025-W48", prefix="n")
    ran = coach("trainer", "sample", "--week", "2025-W48", "--week", "2025w47")
    assert ran.out.startswith("2025-W47, 2025-W48: 20 of 100 graded calls")
