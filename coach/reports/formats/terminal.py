"""The agent's report for a terminal: the first screen whole, the folded part in short.

Everything from a transcript is cleaned of control sequences and printed as text, never as rich's markup.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from coach.reports.agent_parts import AgentReport, CallPart
from coach.reports.contested import Contest
from coach.reports.line import Line
from coach.reports.safe import one_line

ACCENT = "cyan"


def plain(text: str, style: str = "") -> Text:
    """Text as it stands, without control sequences and without rich's markup."""
    return Text(one_line(text), style=style)


def agent_terminal(report: AgentReport) -> Group:
    """The report as one rich renderable: `Console().print(agent_terminal(report))`."""
    parts = (_head, _screen, _private, _rehearse, _behind, _foot)
    return Group(*(shown for part in parts for shown in part(report)))


def _head(report: AgentReport) -> Iterator[RenderableType]:
    yield plain(f"Week {report.week}, agent {report.agent}, calls graded: {report.calls_graded}", "bold")
    yield plain(report.engine_line, "dim")
    if report.self_review:
        yield plain(f"Before you read on: {report.self_review}", "italic")


def _screen(report: AgentReport) -> Iterator[RenderableType]:
    yield title("What worked" if report.ai else "Wording seen")
    yield body(report.worked.lead)
    yield from said(report.worked.quote, "You")
    yield from said(report.worked.after, "Customer, next")
    one = report.one_thing
    more = (one.aim, one.better, one.decided, report.practised.words if report.practised else "")
    words = [plain(one.lead, "bold"), *(plain(line) for line in more if line)]
    yield Panel(Group(*words), title="One thing this week", title_align="left", border_style=ACCENT)
    if report.moment:
        yield title(f"The moment (call {report.moment.call_id}, {report.moment.started_at:%d %b})")
        yield from said(report.moment.situation, "Customer")
        yield from said(report.moment.own, "You")
        yield from said(report.moment.impact, "Customer, next")
        if report.moment.decided:
            yield body(report.moment.decided, "dim")
    if report.try_instead:
        yield title("Try instead")
        yield body(f"“{report.try_instead.words}”")
        yield body(report.try_instead.lead, "dim")
    if report.why:
        yield title("Why")
        yield body(report.why)
    if report.practise:
        yield title("Practise")
        yield body(report.practise.steps)
        if report.practise.command:
            yield body(report.practise.command, ACCENT)
    yield title("Your view")
    yield body(" / ".join(report.your_view.options))
    yield body(report.your_view.contest, "dim")


def _private(report: AgentReport) -> Iterator[RenderableType]:
    lines: list[RenderableType] = []
    if report.wellbeing:
        lines += [plain(report.wellbeing.why), *(plain(f"- {s}") for s in report.wellbeing.suggestions)]
    if report.reframing:
        lines += [*said(report.reframing.line, "Customer"), plain(report.reframing.thought)]
    if lines:
        yield Panel(Group(*lines), title="For you alone", title_align="left")
    for flag in report.confirmed:
        yield title("To talk over with your team lead")
        yield body(f"{flag.name}: {flag.text}. {flag.quote.turn_id} “{flag.quote.text}”")


def _rehearse(report: AgentReport) -> Iterator[RenderableType]:
    if report.role_plays:
        yield title("Rehearse your own moments")
    for play in report.role_plays:
        yield body(play.title)
        yield body(play.command, ACCENT)
    if report.colleagues:
        yield body(f"How colleagues made this move: {report.colleagues.command}", "dim")


def _behind(report: AgentReport) -> Iterator[RenderableType]:
    yield Rule(style="dim")
    if report.checks:
        table = Table(box=SIMPLE_HEAD, title="Checks, last four weeks", title_justify="left", title_style="bold")
        table.add_column("Check")
        table.add_column("Done" if report.ai else "Wording seen")
        for check in report.checks:
            table.add_row(_named(check.plain, check.check_id), plain(check.words))
        yield table
    for trend in report.trends:
        arrow = {"up": "↑ ", "down": "↓ "}.get(trend.change, "")
        yield plain(f"{trend.label}. {arrow}{trend.words}")
    for note in report.stock:
        yield plain(f"You said “{note.phrase}” in {note.calls} of {note.of} calls.")
    for call in report.calls:
        yield from _call(call)
    for call_id, reason in report.not_graded:
        yield plain(f"Not graded, {call_id}: {reason}", "yellow")


def _call(call: CallPart) -> Iterator[RenderableType]:
    band = call.band or ("partial view" if call.partial_view else "not enough to score")
    yield title(f"Call {call.call_id}, {call.started_at:%d %b}, {band}, {call.outcome}")
    if call.handled_well:
        yield body("Handled well, customer still unhappy.", "green")
    for finding in call.findings:
        if finding.verdict != "met" or finding.contests:
            head = _named(finding.plain, finding.check_id)
            yield Padding(Text.assemble(head, plain(f": {finding.words}. {finding.reasoning}")), (0, 0, 0, 2))
            if finding.decided:
                yield Padding(plain(finding.decided, "dim"), (0, 0, 0, 4))
            yield from _contested(finding.contests)
    for contest in call.contests:
        yield body(f"{contest.plain} ({contest.check_id})")
        yield from _contested((contest,))
    if call.unproven_words:
        yield body(call.unproven_words, "yellow")
    if call.ungraded:
        yield body(f"Stages nobody graded: {'; '.join(call.ungraded)}", "yellow")
    for blocker in call.blockers:
        yield body(f"Outside the score, {blocker.name}: {blocker.text}")


def _contested(contests: Iterable[Contest]) -> Iterator[RenderableType]:
    for contest in contests:
        for words in (contest.said, contest.outcome):
            yield Padding(plain(words, "dim"), (0, 0, 0, 4))


def _named(words: str, check_id: str) -> Text:
    return Text.assemble(plain(words), " ", plain(f"({check_id})", "dim"))


def _foot(report: AgentReport) -> Iterator[RenderableType]:
    yield Rule(style="dim")
    yield plain(report.disclaimer, "dim")


def title(text: str) -> RenderableType:
    """A heading, after an empty line."""
    return Padding(plain(text, f"bold {ACCENT}"), (1, 0, 0, 0))


def body(text: str, style: str = "") -> RenderableType:
    """A paragraph under a heading."""
    return Padding(plain(text, style), (0, 0, 0, 2))


def said(line: Line | None, who: str) -> Iterator[RenderableType]:
    """A line of a transcript with its turn id and speaker; nothing for None."""
    if line is None:
        return
    row = Table.grid(padding=(0, 1))
    row.add_column(style="dim", no_wrap=True)
    row.add_column()
    row.add_row(plain(line.turn_id), Text.assemble((f"{who}: ", "dim"), f"“{one_line(line.text)}”"))
    yield Padding(row, (0, 0, 0, 2))
