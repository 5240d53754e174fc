"""Reading the items: a fault is told with file and line, and what is not the trainer's is the shipped one's."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from quiz_made import BANK, BOOK, item_of

from coach.errors import BadPlaybook
from coach.playbook.load import shipped
from coach.practice.quiz_items import Order, QuizBank, load_quiz, options_of, texts_of

BETTER = """
  - id: good_item
    kind: better_line
    guidance: [G29]
    situation: "A call."
    options:
      - text: "This."
        right: true
      - text: "That."
        weaker: "Says less."
    why: "Because."
"""
ORDER = """
  - id: good_order
    kind: order
    guidance: [G36]
    situation: "A call."
    moves: ["Fix it", "Name it", "Check it"]
    best: [2, 1, 3]
    rules:
      - {first: 2, then: 1, because: "First heard."}
      - {first: 1, then: 3, because: "Then checked."}
    why: "Because."
"""


def own(folder: Path, text: str) -> Path:
    """A playbook's folder that holds this quiz."""
    (folder / "rubrics" / "practice").mkdir(parents=True)
    (folder / "rubrics" / "practice" / "quiz.yaml").write_text(f"items:\n{text}", encoding="utf-8")
    return folder


def test_a_folder_without_practice_files_has_the_shipped_items(tmp_path: Path) -> None:
    """A playbook that was copied before there was a quiz."""
    assert load_quiz(tmp_path) == load_quiz(shipped())


def test_a_trainers_own_items_are_read(tmp_path: Path) -> None:
    """Two kinds, in the order of the file."""
    bank = load_quiz(own(tmp_path, BETTER + ORDER))
    assert [item.id for item in bank.items] == ["good_item", "good_order"]
    assert texts_of(bank.items[1]) == ("Fix it", "Name it", "Check it")
    assert options_of(bank.items[1]) == ()


@pytest.mark.parametrize(
    ("old", "new", "said", "line"),
    [
        ("        right: true\n", '        weaker: "No."\n', "one option must be right", 3),
        ('        weaker: "Says less."\n', "", "an option is either right", 10),
        ('        weaker: "Says less."\n', "        right: true\n", "one option must be right", 3),
        ("    guidance: [G29]\n", "", "no guidance that it stands on", 3),
        ("id: good_item", "id: Good-Item", "small letters, digits and underscores", 3),
        ('"That."', '"this."', "two of its options are the same", 3),
        ('    why: "Because."\n', '    why: "Because."\n    call_id: c-1\n', "belongs to no call", 3),
        ("kind: better_line", "kind: essay", "kind", 3),
        ("G29", "29", "guidance", 5),
    ],
)
def test_a_fault_of_an_item_is_told_with_file_and_line(
    tmp_path: Path, old: str, new: str, said: str, line: int
) -> None:
    """The line of the value that is at fault, the item's first where the item as a whole is."""
    assert old in BETTER
    with pytest.raises(BadPlaybook) as raised:
        load_quiz(own(tmp_path, BETTER.replace(old, new, 1)))
    assert said in str(raised.value)
    assert f"quiz.yaml:{line}: " in str(raised.value)
    assert raised.value.line == line


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("best: [2, 1, 3]", "best: [1, 2, 3]", "stand in their best order already"),
        ("best: [2, 1, 3]", "best: [2, 1]", "each number from 1 to 3 once"),
        ("best: [2, 1, 3]", "best: [3, 2, 1]", "best breaks the rule 1 before 3"),
        ("then: 3", "then: 4", "a move that is not there"),
        ("first: 1, then: 3", "first: 2, then: 1", "no rule names move 3"),
    ],
)
def test_a_fault_of_an_order_is_told(tmp_path: Path, old: str, new: str, said: str) -> None:
    """Sorted in the file, not whole, against its own rules, or with a move that could stand anywhere."""
    with pytest.raises(BadPlaybook, match=said):
        load_quiz(own(tmp_path, ORDER.replace(old, new)))


def test_two_right_options_are_one_too_many_in_the_bank(tmp_path: Path) -> None:
    """Three options of which two are right: only a moment of an agent's own may have that."""
    text = BETTER.replace("    why:", '      - text: "Or this."\n        right: true\n    why:')
    with pytest.raises(BadPlaybook, match="good_item: exactly one option is right"):
        load_quiz(own(tmp_path, text))


def test_an_id_that_stands_twice_is_told_with_the_line_of_the_second(tmp_path: Path) -> None:
    """Answers are kept under ids."""
    with pytest.raises(BadPlaybook, match="stands twice") as raised:
        load_quiz(own(tmp_path, BETTER + BETTER))
    assert raised.value.line == 3 + BETTER.count("\n")


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    """A practice folder without its quiz."""
    (tmp_path / "rubrics" / "practice").mkdir(parents=True)
    with pytest.raises(BadPlaybook, match=r"quiz\.yaml: the file is missing"):
        load_quiz(tmp_path)


def test_items_about_a_check_that_is_off_are_left_out() -> None:
    """Without house checks nobody is asked about CALM4; items about no check stay."""
    rubric = BOOK.rubric.model_copy(update={"house_checks": False})
    kept = list(BANK.fitting(rubric))
    assert [item.id for item in BANK.items if item not in kept] == [i.id for i in BANK.items if "CALM4" in i.checks]
    assert list(BANK.fitting(BOOK.rubric)) == list(BANK.items)


def test_a_copy_of_the_shipped_file_reads_the_same(tmp_path: Path) -> None:
    """What `coach init` copies is what is shipped."""
    shutil.copytree(shipped() / "rubrics", tmp_path / "rubrics")
    assert load_quiz(tmp_path) == BANK


def test_items_are_frozen_and_compare_by_value() -> None:
    """Two readings of the same file are the same items."""
    assert item_of() == item_of()
    assert QuizBank(items=(item_of(),)) == QuizBank(items=(item_of(),))
    assert isinstance(next(item for item in BANK.items if item.kind == "order"), Order)
