"""Writing the pages of a week: a folder a week, in it the digests and a folder of agents' pages.  Beside the weeks:
the moments that agents share.

    pages/2026-W47/digest.html .md .json, needs.csv, promises.csv      (and digest-<team>.* with two teams or more)
    pages/2026-W47/agents/maya.html .md .json .csv
    pages/exemplars.html .md                                           (where moments are shared)

File names come from ids, never from names in a transcript.  A page replaces the one before in one step.
"""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from coach.errors import CannotWrite
from coach.pipeline.practice_told import EXEMPLARS
from coach.pipeline.tell import ToldAgent
from coach.reports.exemplars import Exemplars
from coach.reports.formats.csv_ import findings_csv
from coach.reports.formats.digest_csv import needs_csv, promises_csv
from coach.reports.formats.digest_html import digest_html
from coach.reports.formats.digest_json import digest_json
from coach.reports.formats.digest_markdown import digest_markdown
from coach.reports.formats.html import agent_html
from coach.reports.formats.json_ import as_json
from coach.reports.formats.markdown import agent_markdown
from coach.reports.formats.practice_html import exemplars_html
from coach.reports.formats.practice_markdown import exemplars_markdown
from coach.reports.safe import file_name
from coach.reports.team import TeamDigest


class Pages:
    """The pages of one week under `out`.  `made_at` is the one thing on a page that a second run changes."""

    def __init__(self, out: Path, week: str, made_at: datetime) -> None:
        self._folder = out / week
        self._made_at = _printed(made_at)

    def write_agent(self, told: ToldAgent) -> list[Path]:
        """One agent's page in every format, and the CSV of their findings."""
        name = told.report.agent
        texts = {
            "html": agent_html(told.report, self._made_at),
            "md": agent_markdown(told.report),
            "json": as_json(told.report),
            "csv": findings_csv(told.critiques, told.contests),
        }
        folder = self._folder / "agents"
        return [_write(folder / file_name(name, ending), text, private=True) for ending, text in texts.items()]

    def write_digest(self, digest: TeamDigest) -> list[Path]:
        """One digest in every format."""
        team = f"-{file_name(digest.team, '').rstrip('.')}" if digest.team else ""
        texts = {
            f"needs{team}.csv": needs_csv(digest),
            f"promises{team}.csv": promises_csv(digest),
            f"digest{team}.json": digest_json(digest),
            f"digest{team}.md": digest_markdown(digest, made_at=self._made_at),
            f"digest{team}.html": digest_html(digest, made_at=self._made_at),
        }
        return [_write(self._folder / name, text) for name, text in texts.items()]


def write_exemplars(out: Path, shared: Exemplars | None, made_at: datetime) -> list[Path]:
    """The page of shared moments in every format; where nothing is shared, one that is there is taken away."""
    html, markdown = out / f"{EXEMPLARS}.html", out / f"{EXEMPLARS}.md"
    if shared is None:
        for page in (html, markdown):
            _take_away(page)
        return []
    return [_write(markdown, exemplars_markdown(shared)), _write(html, exemplars_html(shared, _printed(made_at)))]


def _take_away(page: Path) -> None:
    try:
        page.unlink(missing_ok=True)
    except OSError as fault:
        raise CannotWrite(
            f"{page}: {fault.strerror or fault}", "delete it yourself: nothing on it is shared any more"
        ) from None


def _printed(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"


def _write(path: Path, text: str, *, private: bool = False) -> Path:
    """Write a page beside its place and move it there.  An agent's page is readable by its owner alone."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text(text, encoding="utf-8", newline="\n")
        if private:
            draft.chmod(0o600)
        draft.replace(path)
    except OSError as fault:
        with suppress(OSError):
            draft.unlink()
        raise CannotWrite(
            f"{path}: {fault.strerror or fault}", "free some space or name another folder with --out; grades are kept"
        ) from None
    return path
