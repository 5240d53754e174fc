"""The values an agent's report is made of: what stands on the first screen, and what is folded away.

No part holds a number for a single call, another person's data or a rank.  Nothing here chooses or counts.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from coach.grading.critique import Known, NoteFinding, Proven, Unproven
from coach.reports.agent_practice import Colleagues, Practised, RolePlay
from coach.reports.contested import Contest
from coach.reports.focus import Focus
from coach.reports.line import Line


class Worked(Known):
    """What worked: praise only with a proven quote (`quoted`); else what was `attempted`, or `nothing` to show."""

    kind: Literal["quoted", "attempted", "nothing"]
    lead: str
    call_id: str = ""
    quote: Line | None = None
    after: Line | None = None


class OneThing(Known):
    """The one check of the week in plain words; `focus` is None where there is none, and `lead` then says why.

    `decided` says in which of the calls behind it a person decided about the check.
    """

    focus: Focus | None
    lead: str
    aim: str = ""
    better: str = ""
    decided: str = ""


class Moment(Known):
    """Situation, own words and the customer's next line.  Lines are None where the call's words are not at hand.

    `went_well` marks a moment in which the focus was met: it is shown where the week has none to change.  `decided`
    says so where the moment's verdict is a person's.
    """

    call_id: str
    started_at: datetime
    situation: Line | None
    own: Line | None
    impact: Line | None
    went_well: bool = False
    decided: str = ""


class TryLine(Known):
    """One or two lines to say instead, and where they come from."""

    words: str
    turn_id: str
    source: Literal["engine", "bank"]
    lead: str


class Practise(Known):
    """A role-play that starts at the moment's own line; `command` plays it alone."""

    start: Line | None
    steps: str
    command: str


class YourView(Known):
    """What the agent may answer, and how to contest."""

    options: tuple[str, ...]
    contest: str


class Wellbeing(Known):
    """A private card after hard calls; it never reaches the supervisor."""

    call_ids: tuple[str, ...]
    why: str
    suggestions: tuple[str, ...]


class Reframing(Known):
    """The week's hardest customer line with a thought beside it; private too."""

    call_id: str
    line: Line
    thought: str


class StockNote(Known):
    """A phrase said in several calls: a note, never a fail."""

    phrase: str
    calls: int
    of: int


class Unused(Known):
    """Something the customer told that no reply took up."""

    call_id: str
    line: Line


class CheckLine(Known):
    """One check over the last four weeks.  `words` is what people read: "4 of 6 chances", or no number at all."""

    check_id: str
    stage_id: str
    plain: str
    met: int
    partial: int
    chances: int
    words: str


class StageLine(Known):
    """A stage's band over the last four weeks; `score` (1 to 5) only over five calls or more."""

    stage_id: str
    name: str
    band: str | None
    score: float | None
    calls: int
    coverage: float
    partial_view: bool


class Point(Known):
    """One week of a trend: `earned` of `chances` over `calls` calls; `share`, `low` and `high` are None under five."""

    week: str
    calls: int
    earned: float
    chances: int
    share: float | None
    low: float | None
    high: float | None


class Trend(Known):
    """A share (0 to 1) against one's own past.

    `change` is "up" or "down" only where the interval of the difference leaves zero out, with five calls or more on
    either side; "none" where it does not; "unknown" under five calls.
    """

    label: str
    points: tuple[Point, ...]
    change: Literal["up", "down", "none", "unknown"]
    words: str
    method: str


class Arc(Known):
    """The heat of the customer's words per turn, and the agent's moves on it."""

    heat: tuple[tuple[str, int], ...]
    moves: tuple[tuple[str, str], ...]
    turns: tuple[str, ...]


class ShownQuote(Known):
    """A proven quote and the part it plays: the chance, what was done, or what counts against it.

    `found_by` names the grader where a person decided otherwise than it: the quote is still its own.
    """

    role: Literal["chance", "done", "against"]
    quote: Proven
    found_by: str = ""


class FindingLine(Known):
    """A finding as its agent reads it.

    `engine_verdict` is empty but where a person decided: then `verdict` is theirs, and this the engine's.  `decided`
    says which other check's decision took this one along.
    """

    check_id: str
    plain: str
    verdict: str
    words: str
    counts: bool
    quotes: tuple[ShownQuote, ...]
    reasoning: str
    goal: str = ""
    try_words: str = ""
    contests: tuple[Contest, ...] = ()
    engine_verdict: str = ""
    decided: str = ""


class Named(Known):
    """Something named with its quote: a blocker, a promise, a confirmed flag."""

    name: str
    text: str
    quote: Proven


class DraftNote(Known):
    """A CRM note drafted from what was proven; the agent checks it before use."""

    complaint: str
    steps: tuple[str, ...]
    follow_up: tuple[str, ...]


class CallPart(Known):
    """One call of the week, folded away: bands and quotes, never a number for the call.

    `contests` are those of checks that are not among `findings`, such as one without a chance.
    """

    call_id: str
    started_at: datetime
    channel: str
    band: str | None
    partial_view: bool
    outcome: str
    handled_well: bool
    arc: Arc
    findings: tuple[FindingLine, ...]
    no_chance: tuple[str, ...]
    not_observable: tuple[str, ...]
    unproven: tuple[Unproven, ...]
    unproven_words: str
    ungraded: tuple[str, ...]
    flow: tuple[str, ...]
    problems: tuple[str, ...]
    blockers: tuple[Named, ...]
    promises: tuple[Named, ...]
    goodwill: tuple[Named, ...]
    note: DraftNote
    note_found: tuple[NoteFinding, ...]
    contests: tuple[Contest, ...] = ()


class AgentReport(Known):
    """One agent's week, for that agent alone.

    `wellbeing`, `reframing`, `self_review`, `role_plays` and `practised` are private: `without_private` leaves them out
    for anybody else.  What was practised is in no score and no trend.
    """

    agent: str
    week: str
    ai: bool
    engine_line: str
    disclaimer: str
    calls_graded: int
    calls_in_window: int
    worked: Worked
    one_thing: OneThing
    moment: Moment | None
    try_instead: TryLine | None
    why: str
    practise: Practise | None
    your_view: YourView
    self_review: str
    wellbeing: Wellbeing | None
    reframing: Reframing | None
    confirmed: tuple[Named, ...]
    unused: tuple[Unused, ...]
    stock: tuple[StockNote, ...]
    mentor: str
    checks: tuple[CheckLine, ...]
    stages: tuple[StageLine, ...]
    trends: tuple[Trend, ...]
    calls: tuple[CallPart, ...]
    not_graded: tuple[tuple[str, str], ...]
    role_plays: tuple[RolePlay, ...] = ()
    practised: Practised | None = None
    colleagues: Colleagues | None = None

    def without_private(self) -> AgentReport:
        """The report as somebody other than its agent may see it."""
        private = {"wellbeing": None, "reframing": None, "self_review": "", "role_plays": (), "practised": None}
        return self.model_copy(update=private)
