"""Self-contained HTML pages: one file, no script, no network.

Every value is escaped; only charts, which `charts.py` draws itself, are put in as they are.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from coach.reports.agent_parts import AgentReport
from coach.reports.charts import WeekPoint, anger_arc, trend
from coach.reports.safe import without_controls


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("coach.reports", "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_clean,
    )
    environment.filters["day"] = day
    return environment


def _clean(value: Any) -> Any:
    """Transcript text without control characters or marks that turn the reading direction."""
    return without_controls(value) if type(value) is str else value


def day(moment: Any) -> str:
    """A date as people write it: "Mon 16 Nov"."""
    return f"{moment:%a} {moment.day} {moment:%b}"


def page(template: str, **values: Any) -> str:
    """A page of `pages/` rendered with `values`; a value the template asks for and does not get is an error."""
    return _environment().get_template(template).render(**values)


def agent_html(report: AgentReport, made_at: str) -> str:
    """The agent's page.  `made_at` is printed as it is: equal input gives equal bytes."""
    return page(
        "agent.html.j2",
        report=report,
        charts=_charts(report),
        engine_line=report.engine_line,
        disclaimer=report.disclaimer,
        made_at=made_at,
    )


MOST_ARCS = 10  # drawn on a page, the hottest calls first: a chart takes as long to draw as a call to grade


def _hottest(report: AgentReport) -> set[str]:
    """The calls whose arc is drawn; a page of many calls says the others' heat in words."""
    heats = {c.call_id: [level for _, level in c.arc.heat] for c in report.calls}
    hot = [call_id for call_id, levels in heats.items() if any(levels)]
    return set(sorted(hot, key=lambda c: (-max(heats[c]), -sum(heats[c]), c))[:MOST_ARCS])


def _charts(report: AgentReport) -> dict[str, Any]:
    """The trends over two weeks or a number (None for the others) and the arcs of the hottest calls."""
    drawn = _hottest(report)
    return {
        "trends": [
            trend(
                f"trend-{i}",
                shown.label,
                [WeekPoint(p.week, p.calls, p.earned, p.chances, p.share, p.low, p.high) for p in shown.points],
            )
            if sum(p.chances > 0 for p in shown.points) > 1 or any(p.share is not None for p in shown.points)
            else None
            for i, shown in enumerate(report.trends)
        ],
        "arcs": {
            call.call_id: anger_arc(
                f"arc-{call.call_id}",
                f"Heat of the customer's words in call {call.call_id}",
                call.arc.heat,
                call.arc.moves,
                call.arc.turns,
            )
            if call.call_id in drawn
            else None
            for call in report.calls
        },
    }
