"""The values a weekly digest is made of: one frozen class for each line of each section.

Agents stand in alphabetical order everywhere; nothing here orders people by a score.  Nothing here counts
(`team_tally.py`) or chooses words (`digest_words.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from coach.grading.critique import Known, Proven

FEWEST_CHANCES = 3  # chances a check needs before a rate of it is shown for one agent
FEWEST_FOR_NUMBER = 5  # calls or chances below which a number is not shown as a result


class Coverage(Known):
    """What only the run knows: calls handed in, what was refused as (source, reason), and what tokens cost.

    `cost_of` gives US dollars for (tokens in, of which cached, out); None where nobody named the prices.  Graded
    calls, tokens, quotes, unproven claims and ungraded stages are counted from the critiques themselves.
    """

    calls_in: int
    refused: tuple[tuple[str, str], ...] = ()
    cost_of: Callable[[int, int, int], float] | None = None


class Reason(Known):
    """A reason with its count and the first sources it struck."""

    reason: str
    count: int
    examples: tuple[str, ...] = ()


class Covered(Known):
    """Coverage as it is printed.  `apart` counts calls of another engine, model or playbook than the rates rest on."""

    calls_in: int
    graded: int
    refused: tuple[Reason, ...]
    ungraded: tuple[Reason, ...]
    unproven: int
    quotes: int
    close: int
    unscored: int
    apart: int
    cost: float | None
    tokens: int
    outcomes: tuple[tuple[str, int], ...]


class NeedCell(Known):
    """One check of one agent: `earned` of `chances` (a partial counts one half).

    `rate` is None below three chances.
    """

    check_id: str
    earned: float
    chances: int
    rate: float | None


class NeedRow(Known):
    """An agent's cells, in the order of the digest's `checks`."""

    agent: str
    cells: tuple[NeedCell, ...]


class Needs(Known):
    """Who needs what: check x agent over the weeks `since` to `until`; `thin` names checks nobody had three chances at."""

    since: str
    until: str
    checks: tuple[str, ...]
    rows: tuple[NeedRow, ...]
    thin: tuple[str, ...]


class Recognition(Known):
    """A moment worth naming, in the agent's own words; `then` is the customer's line that came after it."""

    agent: str
    call_id: str
    why: str
    quote: Proven
    then: Proven | None


class IssueCount(Known):
    """A recurring issue: this week's calls, last week's, and the first call ids.  `listed` is False for a new name."""

    issue: str
    name: str
    listed: bool
    calls: int
    before: int | None
    call_ids: tuple[str, ...]
    example: Proven | None


class BlockerEntry(Known):
    """What stood in the way in one call."""

    call_id: str
    what: str
    quote: Proven


class BlockerKind(Known):
    """Policy, tool or authority: how often, and the latest entries."""

    kind: str
    name: str
    count: int
    entries: tuple[BlockerEntry, ...]


class PromiseEntry(Known):
    """A promise of one call, with who and when as they were said."""

    call_id: str
    agent: str
    who: str
    what: str
    when: str | None
    outcome: str
    quote: Proven


class Promises(Known):
    """How many promises the week holds, how many without a time, and those to look at first."""

    total: int
    without_when: int
    entries: tuple[PromiseEntry, ...]


class ReviewItem(Known):
    """One thing that a person decides: kind, call, and what is to be looked at.

    `id` is the queue's own; it is empty for an item that is not in the queue yet.  `state` is the queue's, `changed`
    where a contest was decided and not as it was wanted; `decided` is that decision in words.
    """

    id: str
    kind: str
    call_id: str
    agent: str
    detail: str
    state: str = "open"
    decided: str = ""


class ReviewKind(Known):
    """The queue of one kind: `due` counts all of it, `items` holds those shown."""

    kind: str
    name: str
    due: int
    items: tuple[ReviewItem, ...]


class DecidedContests(Known):
    """How many contested verdicts of the week people changed as was wanted, changed otherwise, and kept; and which."""

    upheld: int = 0
    changed: int = 0
    denied: int = 0
    items: tuple[ReviewItem, ...] = ()


class FocusMove(NamedTuple):
    """An agent's focus: the check, its first week, its rate (0 to 1) in the weeks before and in this week, or None."""

    check_id: str
    since: str
    rate_then: float | None
    rate_now: float | None


class Improved(Known):
    """Somebody whose own focus went up, against nobody but themselves.  `chances` are this week's."""

    agent: str
    check_id: str
    since: str
    rate_then: float
    rate_now: float
    chances: int


class AgendaItem(Known):
    """One 1:1: how to open, last week's action, whether it moved, what to say, what to ask."""

    agent: str
    calls: int
    open_with: Recognition | None
    check_id: str | None
    last_action: str
    moved: str
    say: str
    ask: str


class Pairing(Known):
    """Who works on a check, and colleagues who do it well (.8 or more over five chances); both are asked first."""

    agent: str
    check_id: str
    partners: tuple[str, ...]


class Training(Known):
    """A check that is weak across the team, and the exercise for it."""

    check_id: str
    earned: float
    chances: int
    text: str


class HardRun(Known):
    """Hard calls of one agent that followed one another without a gap: when, how many, how far apart at most."""

    agent: str
    started: str
    calls: int
    call_ids: tuple[str, ...]


class Corrected(Known):
    """A stage's mean corrected by so many of people's labels, with its 90 % interval, 1 to 5."""

    mean: float
    low: float
    high: float
    labels: int


class StageMean(Known):
    """A stage over the team's calls, 1 to 5: the grader's own mean with its 95 % interval, None below five calls.

    `corrected` stands beside it where people's labels correct it (PPI++); else `uncorrected` may say why not.
    """

    stage_id: str
    calls: int
    mean: float | None
    low: float | None
    high: float | None
    corrected: Corrected | None = None
    uncorrected: str = ""


class WeightCheck(Known):
    """How much the weights decide: Spearman's rank correlation of agents' means under equal weights."""

    agents: int
    spearman: float | None
    warn: bool
