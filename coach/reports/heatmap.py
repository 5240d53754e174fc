"""The heat-map of who needs what: checks down, agents across in alphabetical order, darker where more is open.

A cell says its count beside its shade, and cells below three chances stay empty.  Nothing here counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from coach.reports.charts import INK, ON_RAMP, PAPER, QUIET, RAMP, Chart, drawn
from coach.reports.team import TeamDigest
from coach.reports.team_parts import FEWEST_CHANCES, NeedCell, NeedRow

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_CHARTED = 48  # agents; a chart takes half a second, and a larger page is read by team
ACROSS = 12  # agents on one chart: it stays readable, and fits a printed page
LONGEST_NAME = 12  # characters of an agent's id above a column; the table holds all of it
CELL = (0.66, 0.3)  # inches
LABELS = 2.75  # inches for the names of the checks
SHADES = ("nearly all done", "most done", "about half done", "some done", "hardly any done")


def heatmaps(digest: TeamDigest) -> tuple[tuple[Chart, float], ...]:
    """The charts, twelve agents each, with their natural width in rem; empty where nothing has three chances.

    Empty too for more than 48 agents: the section's table holds them all.
    """
    if len(digest.needs.rows) > MOST_CHARTED:
        return ()
    charts = []
    parts = list(_in_parts(digest.needs.rows))
    for n, rows in enumerate(parts, 1):
        title = f"Done of the chances there were, by check and agent, {digest.needs.since} to {digest.needs.until}"
        if len(parts) > 1:
            title += f", part {n} of {len(parts)}"
        charts.append(_chart(digest, rows, f"needs-{n}", title))
    return tuple(charts)


def shade(rate: float) -> int:
    """0 to 4 for a rate of 0 to 1: the darker, the more is open."""
    return min(4, int((1 - rate) * 5 + 1e-9))


def _in_parts(rows: Sequence[NeedRow]) -> list[tuple[NeedRow, ...]]:
    return [tuple(rows[i : i + ACROSS]) for i in range(0, len(rows), ACROSS)]


def _chart(digest: TeamDigest, rows: Sequence[NeedRow], identity: str, title: str) -> tuple[Chart, float]:
    checks = digest.needs.checks
    labels = [f"{digest.check(c).name}  {c}" for c in checks]
    stages = [digest.check(c).stage for c in checks]
    table = [(c, digest.check(c).name, *(_words(row.cells[i]) for row in rows)) for i, c in enumerate(checks)]
    width = LABELS + CELL[0] * len(rows)

    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        _cells(figure, rows)
        axes.set_xlim(-0.5, len(rows) - 0.5)
        axes.set_ylim(len(checks) - 0.5, -0.5)
        axes.grid(visible=False)
        axes.spines[:].set_visible(False)
        axes.tick_params(length=0, labelcolor=INK)
        axes.xaxis.tick_top()
        axes.set_yticks(range(len(checks)), labels)
        slant = max(len(row.agent) for row in rows) > 7
        axes.set_xticks(
            range(len(rows)),
            [_short(row.agent) for row in rows],
            rotation=35 if slant else 0,
            ha="left" if slant else "center",
        )
        for i in range(1, len(checks)):
            if stages[i] != stages[i - 1]:
                axes.axhline(i - 0.5, color=QUIET, linewidth=0.6, xmin=-0.6, clip_on=False)

    chart = drawn(
        identity,
        title,
        _description(digest, rows),
        ("Check", "What it is", *(row.agent for row in rows)),
        table,
        draw,
        (width, 0.75 + CELL[1] * len(checks)),
    )
    return chart, round(width * 6, 1)


def _cells(figure: Figure, rows: Sequence[NeedRow]) -> None:
    from matplotlib.patches import Rectangle

    axes = figure.axes[0]
    for x, row in enumerate(rows):
        for y, cell in enumerate(row.cells):
            if cell.rate is None:
                words, ink = "·", QUIET
            else:
                words, ink = f"{cell.earned:g}/{cell.chances}", ON_RAMP[shade(cell.rate)]
                tone = RAMP[shade(cell.rate)]
                box = Rectangle((x - 0.5, y - 0.5), 1, 1, facecolor=tone, edgecolor=PAPER, linewidth=1.6)
                axes.add_artist(box).set_in_layout(False)
            text = axes.text(x, y, words, color=ink, ha="center", va="center", fontsize=8.5)
            # The cells lie inside the axes: the layout need not measure them.
            text.set_in_layout(False)


def _words(cell: NeedCell) -> str:
    if cell.rate is None:
        return "too few chances" if cell.chances else "no chance"
    return f"{cell.earned:g} of {cell.chances}"


def _short(agent: str) -> str:
    return agent if len(agent) <= LONGEST_NAME else agent[: LONGEST_NAME - 1] + "…"


def _description(digest: TeamDigest, rows: Sequence[NeedRow]) -> str:
    """The picture in words: for each check the agents with less than half done, in alphabetical order."""
    parts = []
    for i, check_id in enumerate(digest.needs.checks):
        low = [r.agent for r in rows if r.cells[i].rate is not None and (r.cells[i].rate or 0) < 0.5]
        if low:
            parts.append(f"{digest.check(check_id).name}: {', '.join(low)}")
    told = "; ".join(parts) or "none"
    return f"Cells from {FEWEST_CHANCES} chances up. Less than half done: {told}."
