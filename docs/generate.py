"""Writes the generated parts of the documents: command help, settings, errors, sample output, the file tree.

    python docs/generate.py            write what is stale
    python docs/generate.py --check    write nothing; exit 1 with one line that names what is stale

A generated part stands between `<!-- make docs: NAME -->` and `<!-- made -->`.  NAME is one of `PARTS`, or `run`
with a command whose output is shown as it came (`run 12` keeps twelve lines), or `measured` with a command of the
trainer's bench whose Markdown is put in.  Commands of all documents run one
after the other, README.md first, in one empty folder that holds the sample calls; what they print must hold no time.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

DOCS = Path(__file__).resolve().parent
ROOT = DOCS.parent
sys.path.insert(0, str(DOCS))
sys.path.insert(0, str(ROOT))

from measured import measured  # noqa: E402
from played import played  # noqa: E402  (the folder of this file is on the path from here on)
from sandbox import Sandbox  # noqa: E402
from tree import tree  # noqa: E402

WIDTH = 96
PART = re.compile(r"(?P<open><!-- make docs: (?P<name>[^\n]+?) -->\n)(?P<body>.*?)(?P<close><!-- made -->)", re.DOTALL)


def documents() -> list[Path]:
    """Every document that may hold a generated part, README.md first."""
    return [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(DOCS.rglob("*.md"))]


def all_commands() -> Iterator[tuple[str, Any]]:
    """Every command with its full name ("coach trainer lint"), groups before what is in them."""
    import typer

    from coach.cli.app import app

    def below(name: str, command: Any) -> Iterator[tuple[str, Any]]:
        yield name, command
        for word, one in getattr(command, "commands", {}).items():
            yield from below(f"{name} {word}", one)

    return below("coach", typer.main.get_command(app))


def commands() -> str:
    """A heading and the help text for every command."""
    texts = []
    for name, command in all_commands():
        context = command.context_class(command, info_name=name, terminal_width=WIDTH)
        texts.append(f"## `{name}`\n\n```text\n{command.get_help(context).strip()}\n```\n")
    return "\n".join(texts)


def settings() -> str:
    """A table for every section of coach.toml."""
    from coach.settings import Settings, describe

    lines: list[str] = []
    section: str | None = None
    for row in describe():
        if row.section != section:
            section = row.section
            title = f"`[{section}]`" if section else "At the top of the file, before any section"
            lines += [
                "",
                f"### {title}",
                "",
                "| setting | default | environment | what it is for |",
                "|---|---|---|---|",
            ]
        kind: Any = Settings.model_fields[row.section].annotation if row.section else Settings
        default = "not set" if kind.model_fields[row.name].default is None else f"`{row.default}`"
        lines.append(f"| `{row.name}` | {default} | `{row.environment}` | {row.text} |")
    return "\n".join(lines[1:]) + "\n"


def all_errors() -> Iterator[tuple[type[Exception], int]]:
    """Every error class with its depth in the tree, in the order in which they are written."""
    from coach.errors import CoachError

    def below(kind: type[Exception], depth: int) -> Iterator[tuple[type[Exception], int]]:
        yield kind, depth
        for child in kind.__subclasses__():
            if child.__module__ == "coach.errors":
                yield from below(child, depth + 1)

    return below(CoachError, 0)


def errors() -> str:
    """The tree of errors as a table."""
    lines = ["| error | what it means | exit code |", "|---|---|---|"]
    for kind, depth in all_errors():
        what = " ".join((kind.__doc__ or "").split("\n\n")[0].split())
        lines.append(f"| {'&nbsp;&nbsp;' * depth}`{kind.__name__}` | {what} | {getattr(kind, 'exit_code', 1)} |")
    return "\n".join(lines) + "\n"


def faults() -> str:
    """Why a part of a call may stay ungraded, and what ends a run."""
    from coach.engines.exchange import FaultKind
    from coach.engines.faults import HALTS, TABLE, Action

    done = {
        Action.RETRY: "sent again after a wait, within the limits of the settings",
        Action.DOUBLE_LIMIT: "asked once more with twice the token limit",
        Action.PEOPLE: "left to a person",
        Action.REASK: "asked once more, with the error shown",
        Action.STOP: "not asked in this run; the next run asks it",
    }
    told = {kind: done[TABLE[kind]] for kind in FaultKind}
    lines = ["| reason | what is done about it |", "|---|---|"]
    lines += [f"| `{kind.value}` | {words} |" for kind, words in told.items()]
    lines += ["", "These end the run at once, because no other request would fare better:", ""]
    lines += ["| what | what to do |", "|---|---|"]
    lines += [f"| {what.format(host='HOST', model='MODEL')} | {hint} |" for what, hint in HALTS.values()]
    return "\n".join(lines) + "\n"


def formats() -> str:
    """The formats of calls and their suffixes."""
    from coach.calls.formats import FORMATS

    lines = ["| format | suffixes |", "|---|---|"]
    lines += [f"| {one.name} | {', '.join(f'`{suffix}`' for suffix in one.suffixes)} |" for one in FORMATS]
    return "\n".join(lines) + "\n"


def fields() -> str:
    """The fields of a call's record and the other names they may have."""
    from coach.calls.fields import NAMES

    lines = ["| field | also read as |", "|---|---|"]
    lines += [f"| `{name}` | {', '.join(f'`{alias}`' for alias in others) or ' '} |" for name, others in NAMES.items()]
    return "\n".join(lines) + "\n"


def checks() -> str:
    """The shipped rubric, a line a check."""
    from coach.playbook.load import load_playbook

    lines = ["| stage | check | what it looks for | polarity | weight in the stage |", "|---|---|---|---|---|"]
    for stage in load_playbook().rubric.stages:
        for check in stage.checks:
            by = " (by code)" if check.by_code else " (house check)" if check.house else ""
            name = f"{check.name}{by}"
            where = f"{stage.name} ({stage.weight})"
            lines.append(f"| {where} | `{check.id}` | {name} | {check.polarity.value} | {check.weight} |")
    return "\n".join(lines) + "\n"


PARTS: dict[str, Callable[[], str]] = {
    "commands": commands,
    "settings": settings,
    "errors": errors,
    "faults": faults,
    "formats": formats,
    "fields": fields,
    "checks": checks,
    "played": lambda: played(ROOT),
    "tree": lambda: tree(ROOT),
}


def made(name: str) -> str:
    """One generated part.  Raises ValueError for a name that nobody makes."""
    if name not in PARTS:
        raise ValueError(f"there is no part {name!r}; there are {', '.join(PARTS)}, run and measured")
    return PARTS[name]()


def part(name: str, sandbox: Sandbox) -> str:
    """One generated part, or what a command shows or measures.  Raises ValueError, RuntimeError."""
    kind, _, line = name.partition(" ")
    if kind == "run":
        return sandbox.show(line)
    return measured(line, sandbox) if kind == "measured" else made(name)


def remade(text: str, sandbox: Sandbox) -> tuple[str, list[str]]:
    """The document with its parts made anew, and the names of those that were stale."""
    stale: list[str] = []

    def make(found: re.Match[str]) -> str:
        name = found["name"]
        body = part(name, sandbox)
        body = f"\n{body.strip()}\n\n"
        if body != found["body"]:
            stale.append(name)
        return f"{found['open']}{body}{found['close']}"

    return PART.sub(make, text), stale


def main(arguments: list[str]) -> int:
    """Make every part; 1 where `--check` found a stale one."""
    stale: list[str] = []
    with Sandbox(ROOT, WIDTH) as sandbox:
        for path in documents():
            text = path.read_text(encoding="utf-8")
            new, names = remade(text, sandbox)
            stale += [f"{path.relative_to(ROOT)} ({name})" for name in names]
            if names and "--check" not in arguments:
                path.write_text(new, encoding="utf-8", newline="\n")
    if "--check" in arguments and stale:
        sys.stderr.write(f"stale: {', '.join(stale)}; run `make docs`\n")
        return 1
    sys.stdout.write(f"written: {', '.join(stale)}\n" if stale else "the documents are up to date\n")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (RuntimeError, ValueError) as fault:
        sys.exit(f"docs/generate.py: {fault}")
