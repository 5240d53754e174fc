"""agree, compare and drift on the sample team's golden set, and what they say of labels that cannot count."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from cli_tools import Ran

from coach.playbook.load import shipped

Coach = Callable[..., Ran]
CALLS = shipped() / "fixtures" / "calls"
TRIALS = Path(__file__).resolve().parents[2] / "fixtures" / "trials"


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


LOCKED = ("--sample", "--part", "holdout", "--stage", "close")


def test_the_holdout_opens_three_times_and_each_opening_is_logged(coach: Coach, here: Path) -> None:
    for engine in ("recorded", "patterns", "recorded"):
        ran = coach("trainer", "agree", *LOCKED, "--engine", engine)
        assert ran.code == 0, ran.err
    assert "21 holdout calls (opening 1 of 3 for this rubric, logged)" in words(ran)
    assert coach("trainer", "agree", *LOCKED, "--people").code == 0  # no grader is looked at
    assert coach("trainer", "compare", "patterns", "recorded", *LOCKED).code == 0
    refused = coach("trainer", "agree", "--sample", "--part", "all", "--engine", "patterns", "--stage", "calm")
    assert refused.code == 0  # the same measurement again, of other stages
    refused = coach("trainer", "compare", "recorded", "patterns", *LOCKED)
    assert refused.code == 1
    assert "the holdout was opened 3 times for rubric" in refused.line
    log = [json.loads(line) for line in (here / "labels" / "bench.jsonl").read_text().splitlines()]
    assert [entry["kind"] for entry in log].count("opening") == 3


def test_compare_says_worse_shows_both_sides_and_fails_a_gate(coach: Coach) -> None:
    ran = coach("trainer", "compare", "recorded", "patterns", "--sample", "--fail-on-worse")
    assert ran.code == 3
    assert "B is worse." in words(ran)
    assert "variants were tried" not in words(ran)
    assert "reader-a: " in words(ran)


def test_compare_with_itself_cannot_tell_and_passes_the_gate(coach: Coach) -> None:
    ran = coach("trainer", "compare", "shipped", "recorded", "--sample", "--fail-on-worse", "--stage", "close")
    assert ran.code == 0
    assert "Cannot tell whether B is better or worse." in words(ran)
    assert "0 of 48 verdicts flip" in words(ran)


def test_compare_counts_the_variants_that_were_tried(coach: Coach) -> None:
    coach("trainer", "compare", "recorded", "patterns", "--sample", "--stage", "close")
    again = f"sample=1,replies={TRIALS / 'again'}"
    ran = coach("trainer", "compare", "recorded", again, "--sample", "--stage", "close")
    assert "2 variants were tried on these calls" in words(ran)


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
        (("engine=patterns,model=gpt", "recorded"), "the patterns engine asks no model"),
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
    assert other.code == 3
    assert "ALARM" in words(other)


def test_no_labels_is_one_line(coach: Coach) -> None:
    ran = coach("trainer", "agree", CALLS / "c-4503.txt")
    assert ran.code == 1
    assert "no labels in" in ran.line


SPOILT = {
    "unknown call": (lambda rows: rows[0].update(call_id="c-9999"), "the call is not among these (c-9999"),
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


def test_an_edit_of_the_rubric_brings_no_openings_of_its_own(coach: Coach, labels: Path, here: Path) -> None:
    """The holdout opens three times for the rubric that stands, however many candidates there are."""
    coach("init", ".", "--with-playbook")
    rubric = here / "playbook/rubrics/deescalation.yaml"
    text = rubric.read_text()
    codes = []
    for number in range(4):
        rubric.write_text(text.replace('title: "', f'title: "{number} '))
        side = "playbook=playbook,engine=patterns"
        run = ("recorded,playbook=shipped", side, CALLS, "--part", "holdout", "--stage", "close")
        codes.append(coach("trainer", "compare", *run).code)
    assert codes == [0, 0, 0, 1]


def test_wordings_are_not_compared_with_an_engine_that_reads_none(coach: Coach, here: Path) -> None:
    coach("init", ".", "--with-playbook")
    rubric = here / "playbook/rubrics/deescalation.yaml"
    rubric.write_text(rubric.read_text().replace('title: "', 'title: "My '))
    ran = coach("trainer", "compare", "shipped", "playbook", CALLS, "--engine", "patterns")
    assert ran.code == 1
    assert "the pattern check reads neither the rubric's texts nor prompts" in ran.line


def test_a_check_that_is_not_graded_is_one_line(coach: Coach) -> None:
    ran = coach("trainer", "compare", "recorded", "patterns", "--sample", "--check", "LIS1", "--stage", "close")
    assert ran.code == 1
    assert "LIS1 is in none of these stages; add --stage listen" in ran.line


def test_one_rater_alone_is_no_agreement_of_people_and_brings_nobody_live(coach: Coach, labels: Path) -> None:
    (labels / "reader-b.labels.jsonl").unlink()
    alone = coach("trainer", "agree", CALLS, "--people")
    assert "there is one rater alone" in alone.err
    run = ("--engine", "recorded", "--stage", "listen", "--format", "json")
    found = json.loads(coach("trainer", "agree", CALLS, *run).out)
    assert "go-live" not in {check["level"] for check in found["checks"]}
    assert any("there is one rater alone" in check["why"] for check in found["checks"])


def test_results_say_what_they_were_measured_with_and_which_labels_do_not_count(coach: Coach, labels: Path) -> None:
    spoil(labels, lambda rows: rows[0].update(definition="0" * 12))
    found = json.loads(coach("trainer", "agree", CALLS, "--people", "--stage", "acknowledge", "--format", "json").out)
    assert found["context"]["part"] == "dev"
    assert "1 label of reader-a not counted" in found["context"]["not_counted"][0]
    assert "1 label of reader-a not counted" in words(coach("trainer", "agree", CALLS, "--people"))
    compared = json.loads(coach("trainer", "compare", "recorded", "patterns", "--sample", "--format", "json").out)
    assert compared["context"]["a"]["name"].startswith("recorded, playbook ")
    assert compared["context"]["b"]["tokens_in"] == 0


def test_a_split_is_told_when_it_is_made(coach: Coach, labels: Path) -> None:
    (labels / "split.jsonl").unlink()
    ran = coach("trainer", "agree", CALLS, "--people")
    assert "37 calls split for good: 16 dev, 21 locked" in ran.err
    assert "split for good" not in coach("trainer", "agree", CALLS, "--people").err


def test_a_locked_call_alone_is_said_to_be_locked(coach: Coach, labels: Path) -> None:
    split = [json.loads(line) for line in (labels / "split.jsonl").read_text().splitlines()]
    locked = next(row["call_id"] for row in split if row["part"] == "holdout")
    (file,) = CALLS.glob(f"{locked}.*")
    ran = coach("trainer", "agree", file, "--people")
    assert "none of these calls is dev: the one call is holdout; name more, or --part holdout" in ran.err


def test_a_baseline_with_a_strange_verdict_is_no_baseline(coach: Coach, here: Path) -> None:
    coach("trainer", "drift", "--sample", "--keep", "--engine", "patterns")
    file = here / "labels" / "baseline.json"
    file.write_text(file.read_text().replace('"not_observable"', '"great"', 1))
    assert "not a baseline" in coach("trainer", "drift", "--sample", "--engine", "patterns").line


def test_an_edited_playbook_has_no_recorded_replies_and_says_why(coach: Coach, labels: Path, here: Path) -> None:
    coach("init", ".", "--with-playbook")
    prompt = here / "playbook/prompts/_shared/verdicts.j2"
    prompt.write_text(prompt.read_text().replace("Do not be lenient.", "Be strict."))
    ran = coach("trainer", "compare", "shipped", "playbook", CALLS, "--engine", "recorded", "--stage", "close")
    assert ran.code == 1
    assert "no reply was recorded for this" in ran.err


def test_a_playbook_with_faults_is_measured_with_a_warning(coach: Coach, labels: Path, here: Path) -> None:
    coach("init", ".", "--with-playbook")
    rubric = here / "playbook/rubrics/deescalation.yaml"
    rubric.write_text(rubric.read_text().replace("weight: 15", "weight: 16", 1))
    ran = coach("trainer", "agree", CALLS, "--people", "--playbook", "playbook")
    assert "the weights of the stages add up to 101" in ran.err


def test_of_a_store_the_labelled_calls_are_measured(coach: Coach, labels: Path) -> None:
    """Without paths the store's calls are taken; a labelled call that it lacks is said and left out."""
    files = [next(CALLS.glob(f"c-{number}.*")) for number in (4501, 4502, 4503, 4504, 4505)]
    assert coach("import", *files, CALLS / "manifest.csv", "--agent", "ann", "--started-at", "2026-03-02").code == 0
    ran = coach("trainer", "agree", "--people", "--part", "all", "--stage", "close", "--format", "json")
    assert ran.code == 0, ran.err
    assert json.loads(ran.out)["calls"] == 5
    assert "864 labels of reader-a not counted, the call is not among these" in ran.err
