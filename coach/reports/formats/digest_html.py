"""The weekly digest as one self-contained HTML page."""

from __future__ import annotations

from coach.reports.digest_sections import sections
from coach.reports.digest_words import coverage_figures, recognition_moment, title
from coach.reports.formats.html import page
from coach.reports.heatmap import MOST_CHARTED, SHADES, heatmaps
from coach.reports.team import TeamDigest


def digest_html(digest: TeamDigest, *, made_at: str) -> str:
    """The page; `made_at` is printed as it is, so that equal digests give equal bytes."""
    return page(
        "digest.html.j2",
        digest=digest,
        heading=title(digest),
        sections=sections(digest),
        figures=coverage_figures(digest.coverage),
        charts=heatmaps(digest),
        shades=SHADES,
        most_charted=MOST_CHARTED,
        moment_of=recognition_moment,
        engine_line=digest.engine_line,
        disclaimer=digest.disclaimer,
        made_at=made_at,
    )
