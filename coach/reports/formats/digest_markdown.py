"""The weekly digest in Markdown."""

from __future__ import annotations

from coach.reports.digest_sections import sections
from coach.reports.digest_words import title
from coach.reports.formats.markdown import text
from coach.reports.team import TeamDigest


def digest_markdown(digest: TeamDigest, *, made_at: str) -> str:
    """The digest as Markdown text; `made_at` is printed as it is."""
    return text(
        "digest.md.j2",
        digest=digest,
        heading=title(digest),
        sections=sections(digest),
        made_at=made_at,
    )
