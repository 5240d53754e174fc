"""A folder of its own in which the documents' sample commands really run, with the pattern check and no key."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

SHOWN_AS = "~/week"  # the folder as the documents show it


class Sandbox:
    """A temporary folder that holds the sample calls as `fixtures/`; commands see no key and no coach.toml."""

    def __init__(self, root: Path, width: int) -> None:
        self._root = root
        self._width = width
        self._holder = tempfile.TemporaryDirectory()
        self._folder = Path(self._holder.name).resolve()

    def __enter__(self) -> Sandbox:
        # A copy: what the trainer's guide labels and logs must not land among the fixtures.
        shutil.copytree(self._root / "fixtures", self._folder / "fixtures", ignore=shutil.ignore_patterns("*.pyc"))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._holder.cleanup()

    def show(self, line: str) -> str:
        """Run a command and show it with what it printed; a leading number keeps so many lines of that.

        A command that fails shows its error line.  Raises RuntimeError for one that fails without a line of ours.
        """
        first, _, rest = line.partition(" ")
        most, command = (int(first), rest) if first.isdigit() else (None, line)
        printed = self.printed(shlex.split(command))
        if most is not None and len(printed) > most:
            printed = [*printed[:most], "..."]
        return "\n".join(["```console", f"$ {command}", *printed, "```"])

    def printed(self, words: list[str]) -> list[str]:
        """The lines that a command printed; see `show`."""
        programs = {"coach": [sys.executable, "-m", "coach"], "cp": ["cp"], "git": ["git"]}
        if words[0] not in programs:
            raise RuntimeError(f"{words[0]}: only {', '.join(programs)} are run")
        done = subprocess.run(
            [*programs[words[0]], *words[1:]],
            cwd=self._folder,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=300,
            check=False,
        )
        text = done.stdout
        if done.returncode:
            said = [line for line in done.stderr.splitlines() if line.startswith("coach: ")]
            # An alarm or a gate fails after it has printed what it found.
            if not said and (not text.strip() or "Traceback" in done.stderr):
                raise RuntimeError(f"{shlex.join(words)}: {(done.stderr.strip().splitlines() or ['no word why'])[-1]}")
            text += "\n".join(said)
        text = text.replace(str(self._root), "~/coach").replace(str(self._folder), SHOWN_AS)
        # What is kept today is dated today, and a document that names the day would be stale tomorrow.
        text = text.replace(f"{datetime.now(UTC):%Y-%m-%d}", "YYYY-MM-DD")
        return [line.rstrip() for line in text.rstrip().splitlines()]

    def _environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
        return {
            **kept,
            "HOME": str(self._folder),
            "PYTHONPATH": str(self._root),
            "PYTHONIOENCODING": "utf-8",
            "COLUMNS": str(self._width),
            "NO_COLOR": "1",
            "TERM": "dumb",
        }
