"""Generated parts are made from what the program says, and a stale one is told."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

PART = "text\n<!-- make docs: formats -->\n{}<!-- made -->\nmore\n"


class _Silent:
    """Stands for the sandbox where no command is run."""

    def show(self, line: str) -> str:
        """The command itself."""
        return f"ran {line}"


def test_a_part_is_made_anew_and_nothing_else_is_touched(generate: ModuleType) -> None:
    """Only what stands between the markers changes."""
    new, stale = generate.remade(PART.format("old\n"), _Silent())
    assert stale == ["formats"]
    assert new.startswith("text\n<!-- make docs: formats -->\n\n| format")
    assert new.endswith("<!-- made -->\nmore\n")


def test_a_fresh_part_is_not_stale(generate: ModuleType) -> None:
    """Making a document twice changes nothing the second time."""
    once, _ = generate.remade(PART.format(""), _Silent())
    assert generate.remade(once, _Silent()) == (once, [])


def test_commands_are_shown_by_running_them(generate: ModuleType) -> None:
    """A part called run is what the sandbox makes of its command."""
    new, _ = generate.remade("<!-- make docs: run 3 coach x -->\n<!-- made -->", _Silent())
    assert "\nran 3 coach x\n" in new


def test_a_name_nobody_makes_is_an_error(generate: ModuleType) -> None:
    """A misspelt part does not pass silently."""
    with pytest.raises(ValueError, match="no part 'comands'"):
        generate.remade("<!-- make docs: comands -->\n<!-- made -->", _Silent())


def test_the_sandbox_shows_output_and_errors_without_its_own_path(sandbox: ModuleType, root: Path) -> None:
    """A failing command shows its one line; the temporary folder is written as a home folder."""
    with sandbox.Sandbox(root, 80) as place:
        shown = place.show("coach import nowhere")
        assert shown.splitlines()[1] == "$ coach import nowhere"
        assert shown.splitlines()[2].startswith("coach: nowhere: no such file")
        assert place.show("1 coach init here").splitlines()[2:] == ["written  here/coach.toml", "...", "```"]


def test_the_sandbox_runs_nothing_but_coach(sandbox: ModuleType, root: Path) -> None:
    """A document cannot have another program run."""
    with sandbox.Sandbox(root, 80) as place, pytest.raises(RuntimeError, match="only coach, cp, git are run"):
        place.show("ls")


def test_a_file_without_a_sentence_is_named(tree: ModuleType, tmp_path: Path) -> None:
    """Whoever adds a file is told to say what it is for."""
    (tmp_path / "strange.bin").write_bytes(b"")
    with pytest.raises(ValueError, match=r"strange\.bin has no sentence"):
        list(tree.entries(tmp_path))


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("a.py", '"""Reads files.  Nothing here judges."""\n', "Reads files."),
        ("a.py", '"""Names what is wrong:\n\nmore."""\n', "Names what is wrong"),
        ("a.py", "", "Makes the folder a package."),
        ("docs/a.md", "# Title\n\nWhat it says. More.\n", "What it says."),
        ("docs/decisions/0001-a.md", "# 0001 We do so\n\n## Context\n\nWords.\n", "We do so."),
    ],
)
def test_a_sentence_is_the_files_own_first(
    name: str, text: str, sentence: str, tree: ModuleType, tmp_path: Path
) -> None:
    """Docstrings, documents and decisions speak for themselves."""
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert tree.sentence_of(tmp_path, name) == sentence
