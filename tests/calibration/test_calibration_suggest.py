"""Proposals for a rubric: what the model is shown, and what becomes of its edits on a copy."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from labels_made import made_call

from coach.calibration.board import Disagreement, Said
from coach.calibration.suggest import RUBRIC, Edit, apply, check_source, suggest_request, try_out
from coach.errors import BadPlaybook
from coach.playbook.load import load_playbook

BOOK = load_playbook()
OLD = "Such a line is left standing, or there is more than one of the lines named under partial."


def case(call_id: str = "c-1") -> Disagreement:
    """A rater and a grader who differ on LIS2."""
    said = (
        Said("ann", "met", (("T02", "It leaks again?"),), "a repeat of the fact"),
        Said("grader", "partial", (("T02", "It leaks again?"),), "no particular"),
    )
    return Disagreement(call_id, "LIS2", said, raters_differ=False)


def edit(file: str = RUBRIC, old: str = OLD, new: str = "Such a line is left standing.") -> Edit:
    """An edit of CALM1's text."""
    return Edit(file=file, old=old, new=new, why="shorter")


def asked(call_text: str = "The kettle leaks again.") -> str:
    """The words of the question."""
    calls = {"c-1": made_call("c-1", agent="zebedee", said=call_text)}
    request = suggest_request(BOOK, "LIS2", [case()], calls, model="m", parameters={})
    return request.messages[0].content


def test_the_model_sees_the_check_as_it_stands_and_what_everybody_says() -> None:
    words = asked()
    assert check_source(BOOK, "LIS2") in words
    assert "- ann says met (T02): a repeat of the fact" in words
    assert "- grader says partial (T02): no particular" in words
    assert "T01 | CUSTOMER | The kettle leaks again." in words


def test_readers_texts_weights_and_agents_are_not_shown_as_words_to_change() -> None:
    words = asked()
    assert "reader:" not in check_source(BOOK, "LIS2")
    assert BOOK.rubric.check("LIS2").reader.why not in words
    assert "zebedee" not in words


def test_template_signs_in_a_conversation_stay_text() -> None:
    assert "The {{ 7*7 }} kettle {% raw %}" in asked("The {{ 7*7 }} kettle {% raw %}")


def test_every_check_can_be_cut_out_of_the_file() -> None:
    for check in BOOK.rubric.checks():
        source = check_source(BOOK, check.id)
        assert source.lstrip().startswith(f"- id: {check.id}\n")
        assert source.count("- id:") == 1
        assert "missed:" in source


def test_an_edit_that_fits_is_shown_as_a_diff_and_changes_nothing(own: Path) -> None:
    before = (own / RUBRIC).read_bytes()
    tried = try_out(own, [edit()])
    assert f'-          missed: "{OLD}"' in tried.diff
    assert '+          missed: "Such a line is left standing."' in tried.diff
    assert tried.unfit == ()
    assert tried.faults == ()
    assert (own / RUBRIC).read_bytes() == before


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (edit(old="words that stand nowhere"), "stand in it 0 times"),
        (edit(old="met:"), "stand in it"),
        (edit(old=" "), "stand in it 0 times"),
        (edit(file="prompts/grade_system.j2", old="# The checks"), "not one of the files that may change"),
        (edit(file="../secrets.yaml"), "not one of the files that may change"),
        (edit(file="prompts/_shared/../grade_stage.j2"), "not one of the files that may change"),
    ],
)
def test_an_edit_that_does_not_fit_is_told_and_left_out(own: Path, wrong: Edit, said: str) -> None:
    tried = try_out(own, [wrong])
    assert said in tried.unfit[0]
    assert tried.diff == ""
    assert tried.texts == {}


def test_an_edit_that_breaks_the_playbook_shows_lints_faults(own: Path) -> None:
    tried = try_out(own, [edit(new='oh: "no')])
    assert any(fault.file == RUBRIC for fault in tried.faults)


def test_only_new_faults_are_laid_to_an_edit(own: Path, edit_file: Callable[[str, str, str], None]) -> None:
    edit_file(RUBRIC, "weight: 15", "weight: 16")
    assert try_out(own, [edit()]).faults == ()


@pytest.fixture
def edit_file(edit: Callable[[str, str, str], None]) -> Callable[[str, str, str], None]:
    """The folder's own editing, under a name that `edit` here does not hide."""
    return edit


def test_applying_writes_exactly_what_was_shown(own: Path) -> None:
    tried = try_out(own, [edit()])
    (written,) = apply(own, tried)
    assert written == own / RUBRIC
    assert try_out(own, [edit()]).unfit
    assert load_playbook(own).rubric.check("CALM1").grader.missed == "Such a line is left standing."


def test_a_rubric_that_cannot_be_cut_is_one_error(own: Path, edit_file: Callable[[str, str, str], None]) -> None:
    edit_file(RUBRIC, "- id: CALM1\n", '- {"id": "CALM1", \n')
    book = load_playbook()
    with pytest.raises(BadPlaybook, match="no line `- id: CALM1`"):
        check_source(type(book)(own, book.rubric, book.lexicons, book.guidance, book.templates), "CALM1")
