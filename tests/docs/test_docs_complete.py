"""Everything a user can type, set or meet is documented, and every file stands in the tree."""

from __future__ import annotations

import fnmatch
import re
from pathlib import Path
from types import ModuleType

from coach.calls.fields import NAMES
from coach.engines.exchange import FaultKind
from coach.playbook.load import load_playbook
from coach.settings import describe

LINE = re.compile(r"^(\S+)  +\S", re.MULTILINE)


def _tree(documents: dict[str, str]) -> list[str]:
    """The names in the README's tree."""
    text = documents["README.md"].split("<!-- make docs: tree -->")[1]
    return LINE.findall(text.split("<!-- made -->")[0])


def test_every_command_is_documented(documents: dict[str, str], generate: ModuleType) -> None:
    """Each command and group has its heading in commands.md."""
    for name, _ in generate.all_commands():
        assert f"## `{name}`\n" in documents["docs/commands.md"]


def test_every_option_is_documented(documents: dict[str, str], generate: ModuleType) -> None:
    """Each option of each command stands in the text under its heading."""
    for name, command in generate.all_commands():
        section = documents["docs/commands.md"].split(f"## `{name}`\n")[1].split("\n## ")[0]
        for option in (word for parameter in command.params for word in parameter.opts if word.startswith("--")):
            assert option in section, name


def test_every_setting_is_documented(documents: dict[str, str]) -> None:
    """Each setting stands in settings.md with its name in the environment and what it is for."""
    for row in describe():
        assert f"| `{row.name}` |" in documents["docs/settings.md"]
        assert f"| `{row.environment}` | {row.text} |" in documents["docs/settings.md"]


def test_every_error_is_documented(documents: dict[str, str], generate: ModuleType) -> None:
    """Each class of the tree of errors stands in errors.md."""
    kinds = [kind.__name__ for kind, _ in generate.all_errors()]
    assert len(kinds) > 10
    for name in kinds:
        assert f"`{name}` |" in documents["docs/errors.md"]


def test_every_reason_for_an_ungraded_part_is_documented(documents: dict[str, str]) -> None:
    """Each kind of fault stands in errors.md with what is done about it."""
    for kind in FaultKind:
        assert f"| `{kind.value}` |" in documents["docs/errors.md"]


def test_every_field_of_a_record_is_documented(documents: dict[str, str]) -> None:
    """Each column a manifest may have stands in calls.md."""
    for name in NAMES:
        assert f"`{name}`" in documents["docs/calls.md"]


def test_every_template_is_documented(documents: dict[str, str]) -> None:
    """Each template that is shipped stands in prompts.md."""
    for name in load_playbook().templates.names():
        assert f"`{name}`" in documents["docs/prompts.md"]


def test_every_check_is_documented(documents: dict[str, str]) -> None:
    """Each shipped check stands in write-a-rubric.md."""
    for check in load_playbook().rubric.checks():
        assert f"| `{check.id}` | {check.name}" in documents["docs/write-a-rubric.md"]


def test_every_source_file_stands_in_the_tree(documents: dict[str, str], tree: ModuleType, root: Path) -> None:
    """A tracked file without its line in the README would be one that nobody explains."""
    listed = _tree(documents)
    for name in tree.tracked(root):
        assert any(fnmatch.fnmatch(name, line) for line in listed), name


def test_every_file_of_the_tree_is_there(documents: dict[str, str], root: Path) -> None:
    """A line of the tree names a file, or a pattern that some file answers to."""
    listed = _tree(documents)
    assert len(listed) > 100
    for line in listed:
        assert any(root.glob(line)), line


def test_every_sentence_of_tree_toml_is_used(tree: ModuleType, root: Path) -> None:
    """A sentence for a file that is gone is taken out; patterns may wait for their files."""
    words = tree.tomllib.loads(tree.WORDS.read_text(encoding="utf-8"))
    waiting = {"fixtures/recorded/README.md"}
    assert [name for name in words if "*" not in name and name not in waiting and not (root / name).is_file()] == []
