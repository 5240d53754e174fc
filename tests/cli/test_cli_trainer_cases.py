"""`coach trainer keep-case` and `regress`: a decided contest becomes a file, and every grader can be held to it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from cli_tools import Ran, Server

Coach = Callable[..., Ran]
CASE = Path("labels/cases/c-00.RES1.json")


@pytest.fixture
def upheld(calls: Path, batch: Coach, coach: Coach) -> Coach:
    """Four calls graded by wording; item 1 says that RES1 of c-00 was missed, where wording found it met."""
    batch()
    coach("review", "contest", "c-00", "RES1", "--because", "she never said when")
    done = coach("review", "uphold", "1", "--verdict", "missed", "--by", "Sam", "--reason", "T04 names no hour")
    assert done.code == 0
    return coach


def test_one_command_keeps_a_case(upheld: Coach) -> None:
    """A file in the folder of labels; again it says that it is there; and that a purge does not reach it."""
    done = upheld("trainer", "keep-case", "1")
    assert (done.code, CASE.exists()) == (0, True)
    assert "c-00.RES1.json: missed" in done.out
    assert "redacted call" in done.out
    assert "`coach purge` does not reach it" in done.out
    again = upheld("trainer", "keep-case", "1")
    assert (again.code, again.out.startswith("item 1 is kept already")) == (0, True)
    upheld("purge", "--everything", "--yes")
    assert json.loads(CASE.read_text("utf-8"))["verdict"] == "missed"


def test_a_case_that_fails_is_told_with_its_quotes(upheld: Coach) -> None:
    """Expected and given verdict, the words it rests on, the counts, and code 1."""
    upheld("trainer", "keep-case", "1")
    done = upheld("trainer", "regress", "--engine", "patterns")
    assert done.code == 1
    assert "FAIL      c-00 RES1  expected missed, given met" in done.out
    assert "T04 agent: “" in done.out
    assert "0 passed, 1 failed, 0 ungraded, 0 stale; patterns" in done.out


def test_a_case_that_passes_ends_with_nought(upheld: Coach) -> None:
    """Once the grader says what people settled on."""
    upheld("trainer", "keep-case", "1")
    CASE.write_text(CASE.read_text("utf-8").replace('"verdict": "missed"', '"verdict": "met"', 1), encoding="utf-8")
    done = upheld("trainer", "regress", "--engine", "patterns")
    assert (done.code, done.out.startswith("pass      c-00 RES1")) == (0, True)


def test_the_outcome_is_given_as_json(upheld: Coach) -> None:
    """Counts, who graded, and every case; nothing else on the output."""
    upheld("trainer", "keep-case", "1")
    done = upheld("trainer", "regress", "--engine", "patterns", "--format", "json")
    told = json.loads(done.out)
    assert (done.code, told["fail"], told["pass"], told["engine"]) == (1, 1, 0, "patterns")
    (case,) = told["cases"]
    assert (case["call_id"], case["check_id"], case["state"]) == ("c-00", "RES1", "fail")
    assert (case["expected"], case["given"], case["engine_said"]) == ("missed", "met", "met")
    assert case["quotes"][0]["turn_id"].startswith("T")
    assert case["reason"] in upheld("trainer", "regress", "--engine", "patterns").out
    assert len({(q["turn_id"], q["text"]) for q in case["quotes"]}) == len(case["quotes"])


def test_what_was_not_recorded_is_ungraded_and_no_pass(upheld: Coach) -> None:
    """Said so, counted apart, and code 1."""
    upheld("trainer", "keep-case", "1")
    done = upheld("trainer", "regress", "--engine", "recorded")
    assert done.code == 1
    assert "ungraded  c-00 RES1  expected missed (not_recorded: no reply was recorded for this" in done.out
    assert "0 passed, 0 failed, 1 ungraded, 0 stale" in done.out


def test_a_reworded_check_makes_its_case_stale(upheld: Coach, here: Path) -> None:
    """It is listed, nothing is asked, and a run without a case is no success."""
    upheld("trainer", "keep-case", "1")
    upheld("init", "team", "--with-playbook")
    rubric = here / "team/playbook/rubrics/deescalation.yaml"
    text = rubric.read_text("utf-8")
    at = text.index("name:", text.index("- id: RES1"))
    rubric.write_text(f"{text[:at]}name: Reworded {text[at:].removeprefix('name: ')}", encoding="utf-8")
    done = upheld("trainer", "regress", "--engine", "patterns", "--playbook", "team/playbook")
    assert "stale     c-00 RES1  expected missed (the check's definition has changed)" in done.out
    assert "no case was run" in done.out
    assert done.code == 1


def test_a_model_is_asked_only_for_the_stage_and_only_once(upheld: Coach, serve: Callable[..., Server]) -> None:
    """The second run recalls the reply; no grade of it is in the store."""
    upheld("trainer", "keep-case", "1")
    rows = upheld("export").out
    server = serve()
    live = ("trainer", "regress", "--engine", "live", "--model", "m", "--base-url", server.url)
    first = upheld(*live)
    assert "FAIL      c-00 RES1  expected missed, given met" in first.out
    assert server.asked.total() == 1
    assert upheld(*live).out == first.out
    assert server.asked.total() == 1
    assert upheld("export").out == rows


def test_cases_live_where_the_labels_are(upheld: Coach, monkeypatch: pytest.MonkeyPatch) -> None:
    """The option and the setting name the folder."""
    upheld("trainer", "keep-case", "1", "--labels", "golden")
    assert Path("golden/cases/c-00.RES1.json").exists()
    assert "no cases in" in upheld("trainer", "regress", "--engine", "patterns").line
    monkeypatch.setenv("COACH_LABELS", "golden")
    assert "FAIL" in upheld("trainer", "regress", "--engine", "patterns").out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("keep-case", "9"), "no item 9 in the queue"),
        (("keep-case", "2"), "item 2 is a contest that is open; only an upheld contest becomes a case"),
        (("regress", "--engine", "patterns"), "keep one with `coach trainer keep-case NUMBER`"),
        (("regress", "--engine", "live", "--base-url", "http://127.0.0.1:1"), "no model is named"),
    ],
)
def test_what_is_no_case_is_one_line(upheld: Coach, arguments: tuple[str, ...], said: str) -> None:
    """What is missing and what to do."""
    upheld("review", "contest", "c-01", "RES1", "--because", "so")
    if "live" in arguments:
        upheld("trainer", "keep-case", "1")
    done = upheld("trainer", *arguments)
    assert done.code == 1
    assert said in done.line


def test_a_broken_case_is_one_line(upheld: Coach) -> None:
    """The file is named; nothing is graded."""
    upheld("trainer", "keep-case", "1")
    CASE.write_text("{}", encoding="utf-8")
    done = upheld("trainer", "regress", "--engine", "patterns")
    assert (done.code, done.out) == (1, "")
    assert "c-00.RES1.json" in done.line


def test_a_case_without_a_store_is_one_line(here: Path, coach: Coach) -> None:
    """There is nothing to keep."""
    assert "there is no store at" in coach("trainer", "keep-case", "1").line
