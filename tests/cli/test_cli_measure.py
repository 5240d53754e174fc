"""agree, compare and drift on the sample team's golden set, and what they say of labels that cannot count."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from cli_tools import Ran

from coach.playbook.load import shipped

Coach = Callable[..., Ran]
GOLDEN = shipped() / "fixtures" / "golden"
CALLS = shipped() / "fixtures" / "calls"


@pytest.fixture
def labels(here: Path) -> Path:
    """The golden labels in the workspace's own folder, to be spoiled."""
    folder = here / "labels"
    folder.mkdir()
    for file in GOLDEN.glob("*.jsonl"):
        (folder / file.name).write_bytes(file.read_bytes())
    return folder


def words(ran: Ran) -> str:
    """What was printed, however it was wrapped."""
    return " ".join(ran.out.split())


def spoil(labels: Path, change: Callable[[list[dict[str, object]]], None]) -> None:
    """Change reader a's labels."""
    file = labels / "reader-a.labels.jsonl"
    rows = [json.loads(line) for line in file.read_text().splitlines()]
    change(rows)
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))


def test_agree_prints_levels_pairs_and_stages(coach: Coach) -> None:
    ran = coach("trainer", "agree", "--sample")
    assert ran.code == 0
    assert "16 dev calls" in words(ran)
    for shown in ("reader-a : reader-b", "reader-b : recorded", "Stage scores", "go-live"):
        assert shown in words(ran)


def test_agree_as_json_has_a_reason_for_every_number_that_is_not_there(coach: Coach) -> None:
    found = json.loads(coach("trainer", "agree", "--sample", "--format", "json").out)
    assert len(found["checks"]) == 27
    assert found["raters"] == ["reader-a", "reader-b"]
    for check in found["checks"]:
        for pair in check["pairs"]:
            for name in ("kappa", "ac1"):
                assert (pair[name]["value"] is None) == bool(pair[name]["why"])


def test_agree_writes_a_page(coach: Coach, here: Path) -> None:
    assert coach("trainer", "agree", "--sample", "--people", "--format", "html", "--to", "a.html").code == 0
    page = (here / "a.html").read_text()
    assert "<h1>Agreement</h1>" in page
    assert "reader-a : reader-b" in page


def test_the_holdout_opens_three_times_and_each_opening_is_logged(coach: Coach, here: Path) -> None:
    for engine in ("recorded", "patterns", "recorded"):
        ran = coach("trainer", "agree", "--sample", "--part", "holdout", "--engine", engine)
        assert ran.code == 0, ran.err
    assert "21 holdout calls (opening 1 of 3 for this rubric, logged)" in words(ran)
    assert coach("trainer", "agree", "--sample", "--part", "holdout", "--people").code == 0
    refused = coach("trainer", "agree", "--sample", "--part", "all", "--engine", "patterns", "--stage", "calm")
    assert refused.code == 0  # the same measurement again, of fewer stages
    refused = coach("trainer", "compare", "recorded", "patterns", "--sample", "--part", "holdout")
    assert refused.code == 1
    assert "the holdout was opened 3 times for rubric" in refused.line
    log = [json.loads(line) for line in (here / "labels" / "bench.jsonl").read_text().splitlines()]
    assert [entry["kind"] for entry in log] == ["opening"] * 3


def test_compare_says_worse_shows_both_sides_and_fails_a_gate(coach: Coach) -> None:
    ran = coach("trainer", "compare", "recorded", "patterns", "--sample", "--fail-on-worse")
    assert ran.code == 1
    assert "B is worse." in words(ran)
    assert "1 variant tried on these calls" in words(ran)
    assert "reader-a: " in words(ran)


def test_compare_with_itself_cannot_tell_and_passes_the_gate(coach: Coach) -> None:
    ran = coach("trainer", "compare", "shipped", "recorded", "--sample", "--fail-on-worse", "--stage", "close")
    assert ran.code == 0
    assert "Cannot tell whether B is better or worse." in words(ran)
    assert "0 of 48 verdicts flip" in words(ran)


def test_compare_counts_the_variants_that_were_tried(coach: Coach) -> None:
    coach("trainer", "compare", "recorded", "patterns", "--sample", "--stage", "close")
    ran = coach("trainer", "compare", "patterns", "recorded", "--sample", "--stage", "close")
    assert "2 variants tried on these calls" in words(ran)


def test_calls_without_labels_are_compared_without_a_word(coach: Coach) -> None:
    ran = coach("trainer", "compare", "recorded", "patterns", CALLS / "c-4503.txt", "--stage", "close")
    assert ran.code == 0
    assert "nobody has labelled these calls" in words(ran)


@pytest.mark.parametrize(
    ("sides", "said"),
    [
        (("nowhere", "patterns"), "'nowhere' names no side of a comparison"),
        (("patterns,recorded", "patterns"), "names its engine twice"),
        (("sample=x", "patterns"), "'x' is no number of a sample"),
        (("playbook=", "patterns"), "'playbook=' names no side"),
    ],
)
def test_a_side_that_cannot_be_read_is_one_line(coach: Coach, sides: tuple[str, str], said: str) -> None:
    ran = coach("trainer", "compare", *sides, "--sample")
    assert ran.code == 1
    assert said in ran.line


def test_drift_keeps_a_baseline_is_silent_on_the_same_and_rings_on_another_engine(coach: Coach, here: Path) -> None:
    assert "no baseline" in coach("trainer", "drift", "--sample").line
    assert coach("trainer", "drift", "--sample", "--keep").code == 0
    assert (here / "labels" / "baseline.json").is_file()
    same = coach("trainer", "drift", "--sample")
    assert same.code == 0
    assert "no alarm: 37 calls, 999 verdicts compared, 0 flipped." in words(same)
    other = coach("trainer", "drift", "--sample", "--engine", "patterns")
    assert other.code == 1
    assert "ALARM" in words(other)


def test_no_labels_is_one_line(coach: Coach) -> None:
    ran = coach("trainer", "agree", CALLS / "c-4503.txt")
    assert ran.code == 1
    assert "no labels in" in ran.line


SPOILT = {
    "unknown call": (lambda rows: rows[0].update(call_id="c-9999"), "the call is unknown (c-9999"),
    "unknown check": (lambda rows: rows[0].update(check_id="XYZ9"), "the playbook has no such check"),
    "other wording": (lambda rows: rows[0].update(definition="0" * 12), "the check's definition has changed"),
    "other words": (lambda rows: rows[0].update(transcript="0" * 12), "the transcript has changed"),
    "graded twice": (lambda rows: rows.append(dict(rows[0])), "graded twice by this rater"),
}


@pytest.mark.parametrize("name", SPOILT)
def test_labels_that_cannot_count_are_said_and_left_out(coach: Coach, labels: Path, name: str) -> None:
    change, said = SPOILT[name]
    spoil(labels, change)  # type: ignore[arg-type]
    ran = coach("trainer", "agree", CALLS, "--people", "--format", "json")
    assert ran.code == 0
    assert said in ran.err
    assert "not counted" in ran.err
    assert json.loads(ran.out)["calls"] == 16


def test_a_single_class_and_too_few_labels_give_no_number(coach: Coach, labels: Path) -> None:
    def one_class(rows: list[dict[str, object]]) -> None:
        for row in rows:
            row["verdict"] = "met"

    spoil(labels, one_class)
    both = (labels / "reader-a.labels.jsonl").read_text()
    (labels / "reader-b.labels.jsonl").write_text(both.replace("reader-a", "reader-b"))
    found = json.loads(coach("trainer", "agree", CALLS, "--people", "--format", "json").out)
    whys = {pair["kappa"]["why"] for check in found["checks"] for pair in check["pairs"]}
    assert "a single class" in whys
    spoil(labels, lambda rows: rows.__delitem__(slice(30, None)))
    (labels / "reader-b.labels.jsonl").unlink()
    ran = coach("trainer", "agree", CALLS, "--engine", "patterns", "--format", "json", "--part", "all")
    assert {p["kappa"]["why"] for c in json.loads(ran.out)["checks"] for p in c["pairs"]} == {"fewer than 10 calls"}


def test_a_label_file_that_is_none_is_named_by_line(coach: Coach, labels: Path) -> None:
    file = labels / "reader-a.labels.jsonl"
    file.write_text(file.read_text() + "not a label\n")
    ran = coach("trainer", "agree", CALLS, "--people")
    assert ran.code == 1
    assert "reader-a.labels.jsonl:1000:" in ran.line
