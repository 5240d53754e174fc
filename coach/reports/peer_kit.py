"""The peer kit: a role-play on paper for two colleagues and an observer (G83).

Three sheets: the customer's, the agent's and the observer's.  Hidden facts and anger stand on the customer's alone.
Values and the words that never change; what a card says comes from elsewhere.
"""

from __future__ import annotations

from typing import Any

from coach.grading.critique import Known
from coach.reports.line import Line

TURNS = 12
"""Lines of the agent's that a sheet has room for."""

TIPS = (
    "Stand up, feet apart; one slow breath out before the first word.",
    "Smile once the customer's mood allows it: it softens a voice (G07). It is heard, and nobody grades it.",
    "Nod only where you see each other (G19); on the phone say a short word instead.",
)
FIRST_FEEDBACK = (
    "Two minutes each, no discussion yet. First the one who played the agent: what went well, what next.",
    "Then the customer: at which words did your anger move? Then the observer, with the words written down.",
    "Then swap roles and play the same scene again.",
)
QUESTIONS = (
    "One strength. Which words were it, and what did the customer do next?",
    "One thing to say in another way. How would it sound?",
    "What next: in which call this week will it be tried?",
)


class Steer(Known):
    """Moves that move the customer's anger by so many `points`, in plain words; ● marks those that show they were heard."""

    points: str
    moves: tuple[str, ...]


class Mood(Known):
    """A band of the mood ladder: the anger, how the customer then sounds, and a line of theirs."""

    anger: str
    sound: str
    line: str


class Hidden(Known):
    """A fact given only if asked; `asked_by` are words of a question that asks for it, where they are known."""

    says: str
    asked_by: tuple[str, ...] = ()


class Overstated(Known):
    """What the customer puts too high, and what the record shows: arguing about it is the trap (G68)."""

    says: str
    record: str


class CustomerCard(Known):
    """The sheet of whoever plays the customer.

    `so_far` are lines of a real call before the scene, empty for an invented one.  `anger` is where it starts (0 to
    10).  `rules` and `ends` are whole sentences; `never_pleased` is empty for a customer who can be pleased.
    """

    name: str
    about: str
    style: str
    situation: str
    so_far: tuple[Line, ...]
    opening: Line
    told: tuple[str, ...]
    hidden: tuple[Hidden, ...]
    wanted: str
    bottom_line: str
    anger: str
    softens: tuple[Steer, ...]
    provokes: tuple[Steer, ...]
    rules: tuple[str, ...]
    ends: tuple[str, ...]
    overstated: Overstated | None
    never_pleased: str
    never_say: tuple[str, ...]
    ladder: tuple[Mood, ...]


class AgentCard(Known):
    """The sheet of whoever takes the call: no hidden fact, no anger.

    `start` is the line to answer, `slipped` what was said to it in the real call.  `move` is the move to try, with
    `lines` that could make it; `wanted` and `barred` are moves in plain words.
    """

    situation: str
    start: Line
    slipped: Line | None
    can: tuple[str, ...]
    cannot: tuple[str, ...]
    move: str
    aim: str
    lines: tuple[str, ...]
    wanted: tuple[str, ...]
    barred: tuple[str, ...]
    tips: tuple[str, ...] = TIPS


class TickRow(Known):
    """A check to tick, and what it is for; `rehearsed` marks the one that the card is about."""

    check_id: str
    plain: str
    aim: str
    rehearsed: bool = False


class ObserverSheet(Known):
    """The sheet of whoever watches: no hidden fact either."""

    situation: str
    rows: tuple[TickRow, ...]
    turns: int = TURNS
    feedback: tuple[str, ...] = FIRST_FEEDBACK
    questions: tuple[str, ...] = QUESTIONS


class PeerKit(Known):
    """A whole kit; `scene` is its title without the persona, `source` says whose call it is from, or nobody's."""

    card_id: str
    title: str
    scene: str
    source: str
    disclaimer: str
    customer: CustomerCard
    agent: AgentCard
    observer: ObserverSheet


def peer_kit_schema() -> dict[str, Any]:
    """The JSON schema of a peer kit."""
    return PeerKit.model_json_schema(mode="serialization")
