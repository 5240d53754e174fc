"""The tree of the checkout with one sentence for every file, for README.md.

A Python file's sentence is the first of its docstring, a document's the first below its title, a decision's is its
title; all others stand in `tree.toml`, where a pattern may stand for many files of one kind.  A file without a sentence is an error.
"""

from __future__ import annotations

import ast
import fnmatch
import re
import subprocess
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

WORDS = Path(__file__).with_name("tree.toml")
FIRST = re.compile(r"(.+?[.!?])(?=\s|$)", re.DOTALL)
IGNORED = (".git", ".venv", "build", "dist", "out", "__pycache__")
OPEN = ("coach", "prompts", "rubrics")  # printed in this order, after the files at the top


def tracked(root: Path) -> list[str]:
    """The files of the checkout, as Git knows them or would take them; without Git, all but what is made by running."""
    try:
        done = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607
            cwd=root,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=True,
        )
        found = [name for name in done.stdout.split("\0") if name and (root / name).is_file()]
    except (OSError, subprocess.CalledProcessError):
        paths = (path.relative_to(root) for path in root.rglob("*") if path.is_file())
        found = [path.as_posix() for path in paths if not _made(path)]
    return sorted(found)


def _made(path: Path) -> bool:
    """True for what running the program or its tests leaves behind."""
    hidden = any(part.startswith(".") and part not in (".ci", ".github", ".gitignore") for part in path.parts)
    return hidden or any(part in IGNORED or part.endswith(".egg-info") for part in path.parts)


def sentence_of(root: Path, name: str) -> str:
    """What a file says of itself, or an empty string."""
    text = (root / name).read_text(encoding="utf-8") if name.endswith((".py", ".md")) else ""
    if name.endswith(".py"):
        if not text.strip():
            return "Makes the folder a package."
        return _first(ast.get_docstring(ast.parse(text)) or "")
    if fnmatch.fnmatch(name, "docs/decisions/[0-9]*.md"):
        return text.split("\n", 1)[0].removeprefix("# ").partition(" ")[2] + "."
    if name.startswith("docs/") and name.endswith(".md"):
        below = [block for block in text.split("\n\n") if block.strip() and not block.startswith(("#", "<!--"))]
        return _first(below[0] if below else "")
    return ""


def _first(text: str) -> str:
    """The first sentence, on one line."""
    paragraph = " ".join(text.split("\n\n")[0].split())
    found = FIRST.match(paragraph)
    return (found[1] if found else paragraph).rstrip(":")


def entries(root: Path) -> Iterator[tuple[str, str]]:
    """(path or pattern, sentence) for everything, sorted; raises ValueError for a file without a sentence."""
    words: dict[str, str] = tomllib.loads(WORDS.read_text(encoding="utf-8"))
    names = tracked(root)
    patterns = [name for name in words if "*" in name]
    said = {pattern for pattern in patterns if fnmatch.filter(names, pattern)}
    single = [name for name in names if not any(fnmatch.fnmatch(name, pattern) for pattern in patterns)]
    found = {pattern: words[pattern] for pattern in said}
    for name in single:
        found[name] = words.get(name) or sentence_of(root, name)
        if not found[name]:
            raise ValueError(f"{name} has no sentence: give it a docstring, or a line in docs/tree.toml")
    yield from sorted(found.items())


def tree(root: Path) -> str:
    """The tree in Markdown: the top files open, each folder folded."""
    all_entries = list(entries(root))
    top = [(name, text) for name, text in all_entries if "/" not in name]
    folders = sorted({name.split("/")[0] for name, _ in all_entries if "/" in name})
    order = [*OPEN, *(folder for folder in folders if folder not in OPEN)]
    parts = [_block(top)]
    for folder in order:
        inside = [(name, text) for name, text in all_entries if name.startswith(f"{folder}/")]
        parts.append(f"<details><summary><code>{folder}/</code></summary>\n\n{_block(inside)}\n\n</details>")
    return "\n\n".join(parts)


def _block(found: Iterable[tuple[str, str]]) -> str:
    """Paths and sentences as a block of text, sentences aligned."""
    rows = sorted(found, key=lambda row: (Path(row[0]).parent.as_posix(), row[0]))
    wide = max(len(name) for name, _ in rows)
    return "\n".join(["```text", *(f"{name:{wide}}  {text}" for name, text in rows), "```"])
