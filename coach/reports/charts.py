"""Charts as inline SVG with a text alternative: the style, the anger arc and the trend.

matplotlib draws with marker colours, which become CSS variables here, so that a chart follows the page's light or
dark scheme.  Equal input gives equal bytes, and ids are unique on a page.  Nothing here counts or judges.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from html import escape
from typing import TYPE_CHECKING, Any, NamedTuple

from coach.grading.critique import Known
from coach.reports.safe import one_line

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Marker colours: drawn with, then replaced by the style sheet's variables.
INK, QUIET, RULE, ACCENT, HOT, PAPER, SOFT = (f"#01010{n}" for n in range(1, 8))
RAMP = tuple(f"#02020{n}" for n in range(5))
ON_RAMP = tuple(f"#03030{n}" for n in range(5))
VARIABLES = {
    INK: "ink",
    QUIET: "ink-2",
    RULE: "rule",
    ACCENT: "accent",
    HOT: "hot",
    PAPER: "bg",
    SOFT: "accent-soft",
    **{colour: f"ramp-{n}" for n, colour in enumerate(RAMP)},
    **{colour: f"on-ramp-{n}" for n, colour in enumerate(ON_RAMP)},
}

HEAT_WORDS = ("neutral", "annoyed", "complaint", "hostile", "abuse")
WIDTH = 7.2  # inches; the page scales it

_STYLE: dict[str, Any] = {
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 9.5,
    "text.color": INK,
    "axes.edgecolor": RULE,
    "axes.labelcolor": QUIET,
    "axes.facecolor": "none",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.axisbelow": True,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "grid.color": RULE,
    "grid.linewidth": 0.7,
    "xtick.color": RULE,
    "ytick.color": RULE,
    "xtick.labelcolor": QUIET,
    "ytick.labelcolor": QUIET,
    "ytick.major.size": 0,
    "xtick.major.size": 3,
    "figure.facecolor": "none",
    "text.parse_math": False,
}
_LINE: dict[str, Any] = {
    "linewidth": 1.8,
    "marker": "o",
    "markersize": 6,
    "markeredgecolor": PAPER,
    "markeredgewidth": 1.2,
}
_ROOT = re.compile(r"<svg\b[^>]*?viewBox=\"([^\"]+)\"[^>]*>")
_HEAD = re.compile(r"^.*?(?=<svg)", re.DOTALL)
_METADATA = re.compile(r"\s*<metadata>.*?</metadata>|\s*<defs>\s*<style.*?</style>\s*</defs>", re.DOTALL)
_FONT = re.compile(r" font-family: [^;]*;")
_IDENTITY = re.compile(r' id="([^"]+)"')
_REFERENCE = re.compile(r"(url\(#|href=\"#)([^)\"]+)")


class Chart(Known):
    """A picture and the same in words: `svg` is safe to put into a page, `columns` and `rows` are its table."""

    svg: str
    title: str
    description: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def drawn(
    identity: str,
    title: str,
    description: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    draw: Callable[[Figure], None],
    size: tuple[float, float] = (WIDTH, 2.4),
    margins: tuple[float, float, float, float] | None = None,
) -> Chart:
    """A chart drawn by `draw` on an empty figure of `size` inches.

    `identity` must be unique on its page: ids in the SVG are made of it.  Use the marker colours of this module.
    `margins` (left, bottom, right, top as shares of the figure) save half the time where labels are known in size;
    without them matplotlib finds room for the labels itself.
    """
    import matplotlib as mpl  # loading it costs a second, and most commands draw nothing
    from matplotlib.figure import Figure

    style: dict[Any, Any] = {**_STYLE, "svg.hashsalt": identity}
    with mpl.rc_context(style):
        figure = Figure(figsize=size, layout=None if margins else "constrained")
        if margins:
            figure.subplots_adjust(*margins)
        draw(figure)
        buffer = io.StringIO()
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    name = "chart-" + re.sub(r"[^A-Za-z0-9_-]", lambda m: f"_{ord(m[0]):x}_", identity)
    return Chart(
        svg=_for_page(buffer.getvalue(), name, one_line(title), one_line(description)),
        title=title,
        description=description,
        columns=tuple(columns),
        rows=tuple(tuple(row) for row in rows),
    )


def _for_page(svg: str, name: str, title: str, description: str) -> str:
    """matplotlib's SVG as part of a page: named for screen readers, in the page's colours, with ids of its own."""
    svg = _FONT.sub("", _METADATA.sub("", _HEAD.sub("", svg, count=1)))
    used = {found[2] for found in _REFERENCE.finditer(svg)}
    svg = _IDENTITY.sub(lambda m: f' id="{name}-{m[1]}"' if m[1] in used else "", svg)
    svg = _REFERENCE.sub(lambda m: f"{m[1]}{name}-{m[2]}", svg)
    for colour, variable in VARIABLES.items():
        svg = svg.replace(colour, f"var(--{variable})")
    head = (
        f'<svg viewBox="\\1" role="img" style="stroke-linejoin: round" aria-labelledby="{name}-title {name}-desc">'
        f'<title id="{name}-title">{_literal(title)}</title><desc id="{name}-desc">{_literal(description)}</desc>'
    )
    svg = _ROOT.sub(head, svg, count=1)
    return "\n".join(line.rstrip() for line in svg.strip().split("\n"))


def _literal(text: str) -> str:
    return escape(text).replace("\\", "\\\\")


def anger_arc(
    identity: str, title: str, heat: Sequence[tuple[str, int]], moves: Sequence[tuple[str, str]], turns: Sequence[str]
) -> Chart:
    """The heat of the customer's words through a call, with the agent's moves on it.

    `heat` holds (turn id, 0 to 4), `moves` (turn id, what the agent did), `turns` all turn ids in order.  What
    follows a move stands after it: the chart claims no cause.
    """
    place = {turn: i for i, turn in enumerate(turns)}
    points = [(place[turn], level) for turn, level in heat if turn in place]
    marks = [(place[turn], words) for turn, words in moves if turn in place]

    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        _moves(axes, marks, len(turns))
        x, y = [p for p, _ in points], [level for _, level in points]
        axes.fill_between(x, y, color=HOT, alpha=0.1, linewidth=0)
        axes.plot(x, y, color=HOT, **_LINE)
        axes.set_ylim(-0.25, 5.35)
        axes.set_xlim(-0.6, max(len(turns) - 0.4, 1))
        step = max(1, -(-len(turns) // 14))
        _scales(axes, list(enumerate(turns))[::step], list(enumerate(HEAT_WORDS)))

    rows = _arc_rows(heat, moves, turns)
    return drawn(
        identity,
        title,
        _arc_words(points, marks, turns),
        ("Turn", "Customer's words", "Agent's move"),
        rows,
        draw,
        (WIDTH, 2.7),
        (0.105, 0.1, 0.995, 0.985),
    )


def _scales(axes: Axes, across: Sequence[tuple[float, str]], up: Sequence[tuple[float, str]]) -> None:
    """Both scales within the limits set: places and labels, rules across, the line at the foot.

    Drawn by hand: matplotlib's own ticks take three quarters of a chart's time, and a week has a thousand charts.
    """
    axes.set_axis_off()
    (left, right), (foot, top) = axes.get_xlim(), axes.get_ylim()
    points = axes.bbox.transformed(axes.figure.dpi_scale_trans.inverted())
    x_point, y_point = (right - left) / (72 * points.width), (top - foot) / (72 * points.height)
    axes.hlines([y for y, _ in up], left, right, color=RULE, linewidth=0.7, zorder=0.5)
    axes.hlines([foot], left, right, color=RULE, linewidth=0.8, clip_on=False)
    axes.vlines([x for x, _ in across], foot - 3 * y_point, foot, color=RULE, linewidth=0.8, clip_on=False)
    for x, words in across:
        axes.text(x, foot - 6.5 * y_point, words, color=QUIET, ha="center", va="top")
    for y, words in up:
        axes.text(left - 3.5 * x_point, y, words, color=QUIET, ha="right", va="center")
    axes.set_xlim(left, right)
    axes.set_ylim(foot, top)


def _moves(axes: Axes, marks: Sequence[tuple[int, str]], turns: int) -> None:
    """Thin lines at the agent's moves, labelled above the arc on two levels so that neighbours keep apart."""
    together: dict[int, list[str]] = {}
    for x, words in marks:
        together.setdefault(x, []).append(words)
    for i, (x, said) in enumerate(sorted(together.items())):
        level = 5.0 if i % 2 == 0 else 4.5
        axes.plot([x, x], [-0.25, level - 0.12], color=ACCENT, linewidth=1, linestyle=(0, (2, 2)), zorder=1)
        late = x > 0.7 * turns
        axes.text(x, level, ", ".join(said), color=ACCENT, fontsize=9, ha="right" if late else "left", va="center")


def _arc_rows(
    heat: Sequence[tuple[str, int]], moves: Sequence[tuple[str, str]], turns: Sequence[str]
) -> list[tuple[str, str, str]]:
    levels, done = dict(heat), {turn: ", ".join(w for t, w in moves if t == turn) for turn, _ in moves}
    return [
        (turn, HEAT_WORDS[levels[turn]] if turn in levels else "", done.get(turn, ""))
        for turn in turns
        if turn in levels or turn in done
    ]


def _arc_words(points: Sequence[tuple[int, int]], marks: Sequence[tuple[int, str]], turns: Sequence[str]) -> str:
    if not points:
        return "No customer turn with a heat."
    top = max(points, key=lambda p: p[1])
    words = (
        f"Starts {HEAT_WORDS[points[0][1]]}, highest {HEAT_WORDS[top[1]]} at {turns[top[0]]}, "
        f"ends {HEAT_WORDS[points[-1][1]]}."
    )
    return words + "".join(f" {turns[x]}: {what}." for x, what in sorted(marks))


class WeekPoint(NamedTuple):
    """A week of a trend: `earned` of `chances` over `calls` calls, and the share with its interval, or None.

    The share is None where a week has too few calls for one; its mark is then hollow and has no interval.
    """

    week: str
    calls: int
    earned: float
    chances: int
    share: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def words(self) -> tuple[str, str, str, str]:
        """Week, calls, what was done of the chances, and the interval."""
        done = f"{self.earned:g} of {self.chances} chances" if self.chances else "no chance"
        if self.share is None or self.low is None or self.high is None:
            return self.week, str(self.calls), done, "too few calls for one"
        done += f" ({100 * self.share:.0f} %)"
        return self.week, str(self.calls), done, f"{100 * self.low:.0f} to {100 * self.high:.0f} %"


def trend(identity: str, title: str, points: Sequence[WeekPoint]) -> Chart:
    """What was done of the chances through the weeks, with an interval where a week has calls enough for one."""
    seen = [(i, p.earned / p.chances, p) for i, p in enumerate(points) if p.chances]

    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        for i, _, p in seen:
            if p.low is not None and p.high is not None:
                axes.vlines([i], [p.low], [p.high], color=ACCENT, alpha=0.35, linewidth=5)
        axes.plot([i for i, *_ in seen], [y for _, y, _ in seen], color=ACCENT, **_LINE)
        few = [(i, y) for i, y, p in seen if p.share is None]
        axes.plot(
            [i for i, _ in few], [y for _, y in few], "o", color=PAPER, markeredgecolor=ACCENT, markersize=7, zorder=3
        )
        axes.set_ylim(-0.03, 1.05)
        axes.set_xlim(-0.5, len(points) - 0.5)
        weeks = [(i, f"{p.week[5:]}\nn = {p.calls}") for i, p in enumerate(points)]
        _scales(axes, weeks, [(0.0, "none"), (0.5, "half"), (1.0, "all")])

    rows = [p.words for p in points]
    words = "; ".join(
        f"{week}: {done}, {n} call{'' if n == '1' else 's'}, interval {span}" for week, n, done, span in rows
    )
    return drawn(
        identity,
        title,
        words + ".",
        ("Week", "Calls", "Done", "95 % interval"),
        rows,
        draw,
        (WIDTH, 2.2),
        (0.085, 0.17, 0.995, 0.985),
    )
