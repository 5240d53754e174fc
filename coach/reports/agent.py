"""The agent's own report: one page a week that quotes their words and names one thing to do better.

Built from one agent's critiques alone; formats print it.  Private parts (wellbeing, reframing, self-review) are for
the agent: whoever hands the report to somebody else calls `without_private` first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from coach.calls.transcript import Redacted, Speaker
from coach.calls.weeks import parse_week, weeks_before
from coach.grading.critique import CallCritique, Mark, Verdict
from coach.grading.gate import TriedLine
from coach.playbook.rubric import Rubric
from coach.reports import agent_progress, agent_screen
from coach.reports.agent_calls import call_part, calls_of
from coach.reports.agent_parts import (
    AgentReport,
    Named,
    Reframing,
    StockNote,
    Unused,
    Wellbeing,
)
from coach.reports.agent_practice import Colleagues, Practised, RolePlay
from coach.reports.agent_view import your_view
from coach.reports.contested import Contest
from coach.reports.focus import WINDOW, Focus, FocusState, choose_focus, focus_moment, good_moment, one_source
from coach.reports.line import Line, shortened
from coach.reports.standing import disclaimer, engine_line

__all__ = ["AgentReport", "Contest", "StockPhrase", "agent_report", "agent_report_schema"]

HOSTILE = 3  # heat from which a customer line is hostile
ABUSE = 4
HOSTILE_TURNS = 3  # in one call, for the wellbeing card
HEATED = 2  # heat from which a line gets a thought beside it
MOST_UNUSED = 3
MOST_STOCK = 3
MOST_ROLE_PLAYS = 3
LESS_TEXT = 0.5  # share of chances earned under which a page says less, not more
MENTOR = (
    "If you would like to hear how a colleague makes this move, ask your team lead: their digest names colleagues who "
    "do it well. Nothing is arranged unless both of you say yes."
)


class StockPhrase(Protocol):
    """A phrase that an agent said in `calls` of `of` calls."""

    @property
    def phrase(self) -> str: ...
    @property
    def calls(self) -> int: ...
    @property
    def of(self) -> int: ...


def agent_report(
    *,
    agent: str,
    week: str,
    history: Sequence[CallCritique],
    calls: Mapping[str, Redacted],
    rubric: Rubric,
    stock: Sequence[StockPhrase] = (),
    focus_before: FocusState | None = None,
    tried: TriedLine | None = None,
    not_graded: Mapping[str, str] | None = None,
    confirmed_flags: Sequence[Mark] = (),
    contests: Sequence[Contest] = (),
    practice_command: str = "",
    contest_command: str = 'coach review contest {call_id} {check_id} --because "..."',
    role_plays: Sequence[RolePlay] = (),
    practised: Practised | None = None,
    colleagues: Colleagues | None = None,
) -> AgentReport:
    """The report of one agent for one week.

    `history` holds that agent's critiques of one engine and playbook, up to `week` (later ones are left out); `calls`
    the redacted calls by id, as far as they are at hand.  `tried` is the line from the gate for the focus's moment.
    `not_graded` gives the reason for each call of the week without grades.  `confirmed_flags` are those critical
    flags that a person has confirmed, `contests` what became of contested verdicts, shown beside them.  The commands may hold {call_id}, {turn_id} and {check_id}.
    `role_plays` are scenes to rehearse, the focus's first; `practised` says how practice on the focus went, and
    `colleagues` where others shared how they made that move.
    Raises ValueError where another agent's call or a second source of grades is in `history`, BadSettings for a
    `week` that is none.
    """
    week = parse_week(week)
    if any(c.agent != agent for c in history):
        raise ValueError("history holds calls of another agent")
    one_source(history)
    past = sorted((c for c in history if c.week <= week), key=lambda c: (c.started_at, c.call_id))
    this_week = [c for c in past if c.week == week]
    weeks = set(weeks_before(week, WINDOW))
    recent = [c for c in past if c.week in weeks]
    ai = all(c.provenance.ai for c in past)
    said = calls_of(calls, past)
    focus = choose_focus(past, rubric, week, focus_before)
    shown = focus_moment(focus, past) or good_moment(focus, past) if focus else None
    moment = agent_screen.moment_of(shown, said)
    less = _less(recent)
    return AgentReport(
        agent=agent,
        week=week,
        ai=ai,
        engine_line=engine_line(recent),
        disclaimer=disclaimer(ai=ai),
        calls_graded=len(this_week),
        calls_in_window=len(recent),
        worked=agent_screen.worked(this_week, said, rubric, ai=ai),
        one_thing=agent_screen.one_thing(focus, recent, rubric, ai=ai),
        moment=moment,
        try_instead=agent_screen.try_line(focus, moment, tried, rubric, this_week),
        why=rubric.check(focus.check_id).reader.why if focus else "",
        practise=agent_screen.practise(focus, moment, practice_command),
        your_view=your_view(focus, moment, contest_command, contests),
        self_review=agent_screen.turned(rubric.self_review, agent, week) if this_week else "",
        wellbeing=_wellbeing(this_week, rubric, agent, week),
        reframing=_reframing(this_week, said, rubric, agent, week),
        confirmed=_confirmed(confirmed_flags, rubric),
        unused=() if less else _unused(this_week),
        stock=() if less else _stock(stock),
        mentor=MENTOR if focus and ai else "",
        checks=agent_progress.check_lines(recent, rubric, ai=ai),
        stages=agent_progress.stage_lines(recent, rubric, ai=ai),
        trends=agent_progress.trends(past, week, focus, rubric, ai=ai),
        calls=tuple(
            call_part(
                c,
                said.get(c.call_id),
                rubric,
                suggest=_suggested(focus, less),
                contests=[x for x in contests if x.call_id == c.call_id],
            )
            for c in this_week
        ),
        not_graded=tuple(sorted((not_graded or {}).items())),
        role_plays=tuple(role_plays[: 1 if less else MOST_ROLE_PLAYS]),
        practised=practised if focus else None,
        colleagues=colleagues if focus else None,
    )


def agent_report_schema() -> dict[str, Any]:
    """The JSON schema of an agent's report."""
    return AgentReport.model_json_schema(mode="serialization")


def _less(recent: Sequence[CallCritique]) -> bool:
    """True where little was earned so far: then one thing is enough, and further notes are left out."""
    shares = [f.share for c in recent for f in c.findings if f.counts and f.share is not None]
    return bool(shares) and sum(shares) < LESS_TEXT * len(shares)


def _suggested(focus: Focus | None, less: bool) -> frozenset[str] | None:
    return frozenset({focus.check_id} if focus else ()) if less else None


def _wellbeing(week: Sequence[CallCritique], rubric: Rubric, agent: str, this: str) -> Wellbeing | None:
    """After abuse or a threat, or three hostile lines in one call.  The customer's words decide, never a score."""
    hard = [c for c in week if _abused(c) or sum(heat >= HOSTILE for _, heat in c.heat) >= HOSTILE_TURNS]
    if not hard:
        return None
    first = agent_screen.turned(rubric.wellbeing, agent, this)
    rest = [s for s in rubric.wellbeing if s != first]
    return Wellbeing(
        call_ids=tuple(c.call_id for c in hard),
        why="Customers were hostile in this week's calls; that is hard work, however well it went.",
        suggestions=tuple(s for s in (first, agent_screen.turned(rest, this, agent)) if s),
    )


def _abused(critique: CallCritique) -> bool:
    """True where a line abused or threatened a person: a heat of 4, or a proven chance for a limit (CALM4)."""
    if any(heat >= ABUSE for _, heat in critique.heat):
        return True
    finding = critique.finding("CALM4")
    judged = finding is not None and finding.verdict in (Verdict.MET, Verdict.PARTIAL, Verdict.MISSED)
    return judged and finding is not None and finding.opportunity is not None


def _reframing(
    week: Sequence[CallCritique], calls: Mapping[str, Redacted], rubric: Rubric, agent: str, this: str
) -> Reframing | None:
    heated = [
        (heat, c.started_at, c.call_id, turn)
        for c in week
        for turn_id, heat in c.heat
        if heat >= HEATED and c.call_id in calls and (turn := calls[c.call_id].turn(turn_id))
    ]
    if not heated or not rubric.reframing:
        return None
    _, _, call_id, turn = max(heated, key=lambda h: h[:3])
    line = Line(turn_id=turn.id, speaker=Speaker.CUSTOMER.value, text=shortened(turn.text, 30))
    return Reframing(call_id=call_id, line=line, thought=agent_screen.turned(rubric.reframing, this, agent))


def _confirmed(flags: Sequence[Mark], rubric: Rubric) -> tuple[Named, ...]:
    names = {flag.id: flag.name for flag in rubric.critical_flags}
    return tuple(Named(name=names.get(f.kind, f.kind), text="confirmed by a person", quote=f.quote) for f in flags)


def _unused(week: Sequence[CallCritique]) -> tuple[Unused, ...]:
    """Particulars of the customer's that no reply took up."""
    found = [(c, f.opportunity) for c in week if (f := c.finding("LIS2")) and f.verdict is Verdict.MISSED and f.counts]
    lines = [Unused(call_id=c.call_id, line=agent_screen.line_of(quote, 30)) for c, quote in found if quote]
    return tuple(lines[-MOST_UNUSED:])


def _stock(stock: Sequence[StockPhrase]) -> tuple[StockNote, ...]:
    often = sorted(stock, key=lambda s: (-s.calls, s.phrase))[:MOST_STOCK]
    return tuple(StockNote(phrase=s.phrase, calls=s.calls, of=s.of) for s in often)
