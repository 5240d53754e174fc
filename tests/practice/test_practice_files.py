"""Faults of the practice files, told before anybody plays."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from practice_made import BOOK

from coach.playbook.load import Playbook, shipped
from coach.practice.files import practice_faults


@pytest.fixture
def book(tmp_path: Path) -> Playbook:
    """A playbook with practice files of its own."""
    shutil.copytree(shipped() / "rubrics" / "practice", tmp_path / "rubrics" / "practice")
    return replace(BOOK, folder=tmp_path)


def edit(book: Playbook, name: str, old: str, new: str) -> list[str]:
    """The faults after one change of one file."""
    file = book.folder / "rubrics" / "practice" / name
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return [str(fault) for fault in practice_faults(book.folder, book)]


def test_the_shipped_files_have_no_fault(book: Playbook) -> None:
    """Nor does a copy of them."""
    assert practice_faults(BOOK.folder, BOOK) == practice_faults(book.folder, book) == []


def test_a_broken_rubric_hides_no_fault_of_practice(book: Playbook) -> None:
    """What needs no rubric is told all the same."""
    edit(book, "personas.yaml", "scene: parcel", "scene: nowhere")
    assert "nowhere" in str(practice_faults(book.folder, None)[0])


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("personas.yaml", "scene: parcel", "scene: nowhere", "names the scene 'nowhere'"),
        ("personas.yaml", "id: cries", "id: abusive", "persona abusive stands twice"),
        ("personas.yaml", "talking about {problem}", "talking about {matter}", "no slot is called 'matter'"),
        ("personas.yaml", "talking about {problem}", "talking about {matter}", "lines.attack.2"),
        ("scenes.yaml", "id: hotel", "id: parcel", "scene parcel stands twice"),
        ("scenes.yaml", "asked_by: [neighbour", "asked_by: {neighbour", "scenes.yaml:"),
        ("moves.yaml", "policy_shield:", "policy_shield: 3\nmore:", "moves.yaml:"),
        ("quiz.yaml", "checks: [ACK1]", "checks: [ACK9]", "names the check ACK9"),
        ("quiz.yaml", "guidance: [G29, G31]", "guidance: [G29, G131]", "names the guidance G131"),
        ("quiz.yaml", "rulings: [R2, K3]", "rulings: [R2, K99]", "names the ruling K99"),
    ],
)
def test_a_fault_is_told_with_its_file_and_what_to_do(book: Playbook, name: str, old: str, new: str, said: str) -> None:
    """One line each."""
    found = edit(book, name, old, new)
    assert any(said in line for line in found), found
    assert all("; " in line for line in found)
