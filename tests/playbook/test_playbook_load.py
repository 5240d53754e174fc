"""Loading a playbook: the shipped one, one's own, and broken ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from coach.errors import BadPlaybook
from coach.playbook import load
from coach.playbook.load import load_playbook, shipped


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_shipped_playbook_has_its_stages_checks_and_guidance() -> None:
    """Seven stages of weight 100, 27 checks and the hundred items."""
    book = load_playbook()
    assert [s.id for s in book.rubric.stages] == [
        "calm", "listen", "acknowledge", "apologise", "clarify", "resolve", "close",
    ]  # fmt: skip
    assert sum(s.weight for s in book.rubric.stages) == 100
    assert len(list(book.rubric.checks())) == 27
    assert len(book.guidance) == 100


def test_house_checks_can_be_switched_off() -> None:
    """CALM4 is our own addition: off, it is neither among the checks nor in the same version."""
    on, off = load_playbook(house_checks=True), load_playbook(house_checks=False)
    assert {c.id for c in on.rubric.checks()} - {c.id for c in off.rubric.checks()} == {"CALM4"}
    assert on.rubric_version != off.rubric_version


def test_comments_and_order_of_keys_do_not_change_the_rubric_version(folder: Path) -> None:
    """The version is of what the file says."""
    first = load_playbook(folder)
    edit(folder / "rubrics/deescalation.yaml", "id: deescalation\n", "")
    edit(folder / "rubrics/deescalation.yaml", "language: en\n", "# a note\nlanguage: en\nid: deescalation\n")
    assert load_playbook(folder).rubric_version == first.rubric_version


@pytest.mark.parametrize("what", ["rubric", "lexicon", "prompt", "schema"])
def test_each_part_changes_the_playbooks_version(folder: Path, what: str) -> None:
    """Rubric, word lists, prompts and schema are all in the one version that results carry."""
    first = load_playbook(folder).version("schema")
    if what == "rubric":
        edit(folder / "rubrics/deescalation.yaml", "language: en", "language: de")
    if what == "lexicon":
        edit(folder / "rubrics/lexicons.yaml", "that's not my", "that isn't my")
    if what == "prompt":
        edit(folder / "prompts/_shared/fairness.j2", "# Fairness", "# Being fair")
    assert load_playbook(folder).version("other" if what == "schema" else "schema") != first


def test_a_template_that_grading_does_not_reach_changes_no_version(folder: Path) -> None:
    """Editing a role-play prompt leaves grades comparable."""
    first = load_playbook(folder).version("schema")
    (folder / "prompts/roleplay_customer.j2").write_text("You are a customer.", encoding="utf-8")
    assert load_playbook(folder).version("schema") == first


@pytest.mark.parametrize("part", ["rubrics", "prompts"])
def test_a_folder_without_its_parts_is_refused(folder: Path, part: str) -> None:
    """The part that is missing is named."""
    (folder / part).rename(folder / "elsewhere")
    with pytest.raises(BadPlaybook, match=f"no {part}/ in it"):
        load_playbook(folder)


def test_a_missing_file_is_refused(folder: Path) -> None:
    """A playbook without word lists is not a playbook."""
    (folder / "rubrics/lexicons.yaml").unlink()
    with pytest.raises(BadPlaybook, match="the file is missing"):
        load_playbook(folder)


def test_a_file_that_is_not_text_is_refused(folder: Path) -> None:
    """Bytes that are no UTF-8 name the file and say what to do."""
    (folder / "rubrics/guidance.yaml").write_bytes(b"\xff\xfe")
    with pytest.raises(BadPlaybook, match=r"guidance\.yaml: cannot be read: UnicodeDecodeError"):
        load_playbook(folder)


def test_a_schema_fault_has_file_and_line(folder: Path) -> None:
    """An unknown field is refused at its line."""
    edit(folder / "rubrics/deescalation.yaml", "language: en", "langauge: en")
    with pytest.raises(BadPlaybook, match=r"deescalation\.yaml:\d+: "):
        load_playbook(folder)


def test_word_lists_are_validated_with_their_lines(folder: Path) -> None:
    """A list that is no list is refused at its own line."""
    (folder / "rubrics/lexicons.yaml").write_text("ok:\n  - a\nbad: word\n", encoding="utf-8")
    with pytest.raises(BadPlaybook, match=r"lexicons\.yaml:3: lists\.bad"):
        load_playbook(folder)


def test_the_wheels_own_folder_is_preferred(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Inside an installed wheel the playbook lies in the package; in a checkout beside it."""
    module = tmp_path / "coach" / "playbook" / "load.py"
    monkeypatch.setattr(load, "__file__", str(module))
    assert shipped() == tmp_path
    (tmp_path / "coach" / "_shipped").mkdir(parents=True)
    assert shipped() == tmp_path / "coach" / "_shipped"
