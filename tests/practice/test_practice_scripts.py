"""The five scripted agents, and skilled against weak play with every persona; no model anywhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from practice_made import BOOK, CAST, make_card, make_session, play

from coach.practice.card import invented_card
from coach.practice.cast import Persona
from coach.practice.scripts import read_script
from coach.practice.session import Session

SCRIPTS = Path(__file__).parents[2] / "fixtures" / "practice"
ORDER = ("skilled", "fix_first", "magic_line", "apology_loop", "defensive")
WEAK = (
    "I completely understand your frustration.",
    "I'm sorry for the inconvenience.",
    "Unfortunately that's our policy, there's nothing I can do.",
    "I do understand how frustrating that must be.",
    "Again, I'm sorry for any inconvenience.",
    "You'll have to contact the other department.",
)


def scripted(name: str) -> Session:
    """A script played with the plain persona and the parcel scene from anger 8."""
    persona = CAST.persona("plain").model_copy(update={"anger": 8.0})
    card = make_card(persona=persona, scene=CAST.scene("parcel"), success=None)
    return play(make_session(card), read_script(SCRIPTS / f"{name}.txt"))


def test_the_five_scripted_agents_end_in_order() -> None:
    """Skilled below fix-first, below the magic line, below the apology loop, below the defensive one, all from 8."""
    sessions = [scripted(name) for name in ORDER]
    assert all(session.anger_path[0] == 8.0 for session in sessions)
    ends = [session.anger_path[-1] for session in sessions]
    assert ends == sorted(set(ends)), dict(zip(ORDER, ends, strict=True))
    assert ends[0] < 3.0
    assert ends[1] >= 6.0


def test_the_same_script_is_the_same_session() -> None:
    """Nothing is left to chance."""
    assert scripted("skilled") == scripted("skilled")


def skilled(session: Session) -> Session:
    """A simple skilled agent: gives back the customer's own words, asks, sums up, owns a step and a next one."""
    told = _given_back(session.card.opening)
    session = play(session, [f"{told} That must be exhausting.", "What would put this right for you?"])
    last = _given_back(session.said_by_customer()[-1])
    return play(
        session,
        [
            f"I'm sorry. {last} I'm sorry that this happened to you, and that you had to ring about it.",
            f"Let me check I've got that right. {told} Is that right?",
            "I'm sending this to the team lead today with what you told me, and I'll ring you tomorrow at ten.",
            "Would you rather have the call in the morning, or should I send you a message first?",
            "I'll ring you tomorrow at ten with the answer. If you haven't heard by eleven, ask for me by name.",
            "So the next step is my call tomorrow at ten, whatever the answer is.",
        ],
    )


def _given_back(text: str) -> str:
    """What the customer said, turned round."""
    turned = re.sub(r"\b(?:I'm|I am)\b", "you are", text)
    turned = re.sub(r"\bI\b", "you", turned)
    turned = re.sub(r"\b[Mm]y\b", "your", turned)
    return re.sub(r"[!?]", ".", turned)


@pytest.mark.parametrize("persona", CAST.personas, ids=lambda p: p.id)
def test_skilled_play_ends_below_weak_play(persona: Persona) -> None:
    """With every persona but the one who cannot be pleased, by a clear margin; with that one never above."""
    card = invented_card(CAST, persona.id, rubric=BOOK.rubric)
    good, weak = skilled(make_session(card)).anger_path, play(make_session(card), WEAK).anger_path
    if persona.cannot_be_pleased:
        assert good[-1] >= persona.floor
        return
    assert good[-1] < weak[-1] - 2
    assert all(g <= w for g, w in zip(good[1:], weak[1:], strict=False))


@pytest.mark.parametrize("persona", CAST.personas, ids=lambda p: p.id)
def test_no_line_of_a_session_comes_twice(persona: Persona) -> None:
    """Template lines vary: a long bad session hears no line again."""
    card = invented_card(CAST, persona.id, rubric=BOOK.rubric)
    said = play(make_session(card), [*WEAK, *WEAK]).said_by_customer()
    assert len(said) == len(set(said))
    assert not any("{" in line for line in said)
