"""What was said: a call as read, and the same call redacted.

`Transcript` holds what the file holds.  `Redacted` is the only form that may reach a prompt, a store, a page or a
log, and only `redact.py` makes it.  Nothing here reads files or judges.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints


class Speaker(StrEnum):
    """Who says a turn.  `system` is hold music, a transfer notice, a recorded announcement."""

    AGENT = "agent"
    CUSTOMER = "customer"
    SYSTEM = "system"


class Channel(StrEnum):
    """How they spoke.  Written channels have no overlaps and no holds to announce."""

    PHONE = "phone"
    CHAT = "chat"


class EndedBy(StrEnum):
    """Where the record stops and through whom."""

    AGENT = "agent"
    CUSTOMER = "customer"
    CUT = "cut"
    MOVED = "moved"
    UNKNOWN = "unknown"


Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._@-]{0,79}$")]


class Value(BaseModel):
    """Frozen, and strict about unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Turn(Value):
    """One line of a call.  `start` and `end` are seconds from its beginning, None where the record has none."""

    speaker: Speaker
    text: str
    start: float | None = None
    end: float | None = None


class Record(Value):
    """What is known of a call beside its words.

    `known` holds values of the customer's record that may be spoken (name, address, phone): they are masked in
    the text and kept nowhere else.  `started_at` carries its offset.  `note` is the agent's CRM note.
    """

    call_id: Id
    agent: Id
    team: str = ""
    agent_name: str = Field(default="", repr=False)
    started_at: datetime
    channel: Channel = Channel.PHONE
    ended_by: EndedBy = EndedBy.UNKNOWN
    translated: bool = False
    customer: str = Field(default="", repr=False)
    known: tuple[str, ...] = Field(default=(), repr=False)
    note: str = Field(default="", repr=False)


class Transcript(Value):
    """A call as read: the record and its turns, not yet safe to show to anything."""

    record: Record
    turns: tuple[Turn, ...] = Field(repr=False)


class RedactedTurn(Value):
    """A turn as a grader sees it: `id` is T01, T02, ... in the order of the record; `text` is one clean line."""

    id: str
    speaker: Speaker
    text: str
    start: float | None = None
    end: float | None = None


class Redacted(Value):
    """A call with personal data masked and every turn one clean line; made by `redact.redact` alone.

    `masked` counts what was masked by kind.  `problems` names what a reader of the grades should know
    (`instruction_like_text`, `unreadable_agent_turn`, ...).  `note` is the CRM note, masked as well.
    """

    call_id: Id
    agent: Id
    team: str
    started_at: datetime
    channel: Channel
    ended_by: EndedBy
    translated: bool
    turns: tuple[RedactedTurn, ...]
    note: str = ""
    masked: dict[str, int] = {}
    problems: tuple[str, ...] = ()

    @property
    def timed(self) -> bool:
        """True where turns carry both start and end, so that overlaps and silences can be seen."""
        spoken = [t for t in self.turns if t.speaker is not Speaker.SYSTEM]
        return bool(spoken) and all(t.start is not None and t.end is not None for t in spoken)

    def turn(self, turn_id: str) -> RedactedTurn | None:
        """The turn of that id, or None."""
        return next((t for t in self.turns if t.id == turn_id), None)

    def digest(self) -> str:
        """sha256 over all that grading can see: an equal digest is the same call."""
        return hashlib.sha256(self.model_dump_json(exclude={"masked"}).encode()).hexdigest()


class Refused(Value):
    """A file or call that was not taken in, and why: a value, so that the run goes on.

    `week` is the ISO week of its start, empty where that is unknown.
    """

    source: str
    call_id: str
    reason: str
    week: str = ""
