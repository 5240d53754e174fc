"""What the trainer's bench measures on the golden set, as Markdown for the documents: run anew each time, good or bad."""

from __future__ import annotations

import re
import shlex

from sandbox import Sandbox


def measured(line: str, sandbox: Sandbox) -> str:
    """The Markdown that a coach command prints with `--format md`, its headings two levels down.

    Raises RuntimeError where the command fails.
    """
    printed = sandbox.printed([*shlex.split(line), "--format", "md"])
    text = "\n".join(printed)
    text = re.sub(r"^# .*\n+", "", text, count=1)
    return f"`{line}`\n\n" + re.sub(r"^(#+) ", r"#\1 ", text, flags=re.MULTILINE)
