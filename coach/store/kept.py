"""The plain values that the store takes and gives beside calls, critiques and replies.

No database here, so that these names cost nothing to import.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class Kept(StrEnum):
    """What keeping a call did: a new call, the same as the newest version, or a new version of a known call."""

    NEW = "new"
    SAME = "same"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class WeekCount:
    """One week's calls (newest versions): how many, how many of them hold a critique, and of how many agents."""

    week: str
    calls: int
    graded: int
    agents: int


@dataclass(frozen=True, slots=True)
class Run:
    """One batch: what it graded with and what it counted.  `finished_at` is None while it runs or where it was killed.

    `zone` is the IANA name of the time zone in which its weeks were reckoned.
    """

    id: int
    week: str
    engine: str
    model: str
    playbook: str
    zone: str
    started_at: datetime
    finished_at: datetime | None
    counts: Mapping[str, int | float]


@dataclass(frozen=True, slots=True)
class Focus:
    """The one thing an agent works on in a week, under one playbook and engine.

    `rate` is 0 to 1 over `chances` opportunities; `since` is the week in which this focus was chosen.
    """

    agent: str
    team: str
    week: str
    playbook: str
    engine: str
    check_id: str
    rate: float
    chances: int
    since: str


class ReviewState(StrEnum):
    """Where an item of the review queue stands.

    A contest is upheld or denied, every other item confirmed or dismissed.  A contest of an older store may be
    confirmed or dismissed: somebody agreed with it or not, and no verdict changed.
    """

    OPEN = "open"
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"
    UPHELD = "upheld"
    DENIED = "denied"


@dataclass(frozen=True, slots=True)
class Review:
    """Something a person has to look at.  `kind` says why (critical_flag, low_confidence, contest, ...).

    `detail` holds what the reviewer needs, the quote among it.  `agent`, `team` and `week` are the call's, as its
    newest version says.  What follows `queued_at` is empty while the item is open.  `ruling` is what an upheld contest
    came to, `seen_by` who has noted that they saw the decision.
    """

    id: int
    call_id: str
    agent: str
    team: str
    week: str
    kind: str
    detail: Mapping[str, Any]
    state: ReviewState
    queued_at: datetime
    decided_by: str
    decided_at: datetime | None
    reason: str
    ruling: Mapping[str, str] | None = None
    seen_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PracticeRow:
    """One practice session as it is kept: what it is about, where it stands, and the session itself as JSON.

    `call_id` is empty for an invented scene.  `state` is open (it can be resumed), done or broken_off; `result` is
    empty until it is done, then strong, steady or weak.  `level` is the difficulty it was played at.
    """

    id: int
    agent: str
    team: str
    call_id: str
    check_id: str
    persona: str
    state: str
    result: str
    level: int
    started_at: datetime
    session: bytes


@dataclass(frozen=True, slots=True)
class QuizRow:
    """One answer to a quiz item: `memory` is the scheduler's own JSON after this answer."""

    agent: str
    item_id: str
    correct: bool
    answered_at: datetime
    memory: str


@dataclass(frozen=True, slots=True)
class Exemplar:
    """A moment that its agent lets colleagues read: a met check, and the turn; with their name only if `named`."""

    id: int
    call_id: str
    agent: str
    team: str
    check_id: str
    turn_id: str
    named: bool
    shared_at: datetime


@dataclass(frozen=True, slots=True)
class Purged:
    """How many rows a purge removed.  `calls` counts versions, `replies` also those that belonged to no call.

    `practice` counts sessions, quiz answers and shared moments that rested on the calls, or were the agent's.
    """

    calls: int
    critiques: int
    reviews: int
    focuses: int
    replies: int
    refusals: int
    practice: int = 0
