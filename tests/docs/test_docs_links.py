"""Links lead somewhere, and no text names a place that only one machine has."""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType

import pytest

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
NAMED = re.compile(r"\bdocs/[a-z-]+\.md\b")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
MACHINE = re.compile(r"(?<![\w.])/(?:home|root|Users|work|mnt|srv)/[A-Za-z]")
INDEX = re.compile(
    r"(?:index-url|extra-index|find-links)[ =]+https?:|https?://[^\s\"'<>)]*(?:/simple\b|artifactory|devpi)"
)
EXAMPLES = ("tests/docs/test_docs_links.py", "tests/engines/test_engines_cassettes.py")  # hold made-up ones to find
TEXT = (".py", ".md", ".toml", ".yaml", ".yml", ".j2", ".css", ".txt", ".lock", ".json", ".jsonl", ".csv", ".vtt", "")


def _anchor(heading: str) -> str:
    """The anchor that a heading gets on the pages of a Git server."""
    return re.sub(r"\s", "-", re.sub(r"[^\w\s-]", "", heading.strip().lower()))


def _broken(root: Path, name: str, text: str) -> list[str]:
    broken = []
    for target in LINK.findall(FENCED.sub("", text)):
        if target.startswith(("https://", "http://", "mailto:")):
            continue
        path, _, anchor = target.partition("#")
        file = (root / name).parent / path if path else root / name
        if not file.exists() or (
            anchor and anchor not in map(_anchor, HEADING.findall(FENCED.sub("", file.read_text(encoding="utf-8"))))
        ):
            broken.append(target)
    return broken


def test_every_relative_link_resolves(documents: dict[str, str], root: Path) -> None:
    """Each link between documents names a file that is there, and a heading that stands in it."""
    assert {name: found for name, text in documents.items() if (found := _broken(root, name, text))} == {}


@pytest.mark.parametrize("text", ["[a](nowhere.md)", "[a](docs/calls.md#nothing)", "![a](docs/pictures/none.png)"])
def test_a_broken_link_is_found(text: str, root: Path) -> None:
    """A link to a missing file, heading or picture is told from a good one."""
    assert len(_broken(root, "README.md", text + " [b](docs/calls.md#formats)")) == 1


def test_every_document_is_reached_from_the_readme(documents: dict[str, str]) -> None:
    """A document that nothing links to is not read."""
    linked = {Path(target.partition("#")[0]).name for text in documents.values() for target in LINK.findall(text)}
    lonely = [name for name in documents if name.startswith("docs/") and Path(name).name not in linked]
    assert lonely == []


def test_every_document_that_the_program_names_is_there(root: Path) -> None:
    """Hints of errors say "see docs/..."; those files exist."""
    named = {found for path in (root / "coach").rglob("*.py") for found in NAMED.findall(path.read_text("utf-8"))}
    assert named
    assert [name for name in sorted(named) if not (root / name).is_file()] == []


def test_no_text_names_a_machine_or_a_registry(tree: ModuleType, root: Path) -> None:
    """Tracked text holds no absolute path of somebody's machine and no address of a package index."""
    found = []
    for name in tree.tracked(root):
        if Path(name).suffix in TEXT and name not in EXAMPLES:
            text = (root / name).read_text(encoding="utf-8", errors="replace")
            found += [(name, hit[0]) for pattern in (MACHINE, INDEX) for hit in pattern.finditer(text)]
    assert found == []


@pytest.mark.parametrize("text", ["/home/someone/x", "see /work/a.md", "--index-url https://x.invalid/simple"])
def test_such_an_address_is_found(text: str) -> None:
    """What must not stand in tracked text is recognised."""
    assert MACHINE.search(text) or INDEX.search(text)
