"""The customer's words without a model: a persona's own template lines, filled with the facts of the scene.

The same session says the same lines; no line comes twice in a session while there is another for its act.
"""

from __future__ import annotations

import hashlib
import re

from coach.practice.card import Card
from coach.practice.cast import Scene
from coach.practice.customer import State
from coach.practice.session import Session, Spoken
from coach.practice.words import Act

_SLOT = re.compile(r"\{(\w+)\}")


class TemplateVoice:
    """A voice that needs nobody."""

    async def say(self, session: Session, text: str, state: State, act: Act, fact: str) -> Spoken:  # noqa: ARG002
        """A template line for the act."""
        return Spoken(text=template_line(session, act, fact), voice="template")


def template_line(session: Session, act: Act, fact: str) -> str:
    """A line of the persona's for an act, other than those said before, with its slots filled.

    Lines that say a told fact again are passed over while nothing is left to tell.
    """
    card = session.card
    said = session.said_by_customer()
    lines = card.persona.said(act)
    fresh = [line for line in lines if not any(_same(line, before) for before in said)] or list(lines)
    told = _next_told(session)
    if told is None:
        fresh = [line for line in fresh if "{told}" not in line] or fresh
    line = fresh[_turn(session, act) % len(fresh)]
    return filled(line, card.scene, told or card.scene.told[0], fact)


def _same(line: str, said: str) -> bool:
    """True where `said` was made from this template."""
    pieces = [piece.strip() for piece in re.split(r"\{\w+\}", line) if piece.strip()]
    return bool(pieces) and all(piece in said for piece in pieces)


def told_by(card: Card) -> tuple[str, ...]:
    """What the customer says freely: the scene's facts, led by the exaggeration where the persona exaggerates (G68)."""
    scene = card.scene
    if card.persona.exaggerates and scene.exaggeration:
        return (scene.exaggeration.says, *scene.told)
    return scene.told


def _next_told(session: Session) -> str | None:
    """The told fact that was said least lately; None where each has been said twice."""
    said = " ".join(session.said_by_customer()[1:])
    counts = {told: said.count(told) for told in told_by(session.card)}
    least = min(counts.values())
    return None if least >= 2 else next(told for told, count in counts.items() if count == least)


def filled(template: str, scene: Scene, told: str, fact: str) -> str:
    """A template line with its slots filled from the scene, `told` and `fact` (the told fact where there is none)."""
    values = {"told": told, "wanted": scene.wanted, "problem": scene.problem, "fact": fact or told}
    line = _SLOT.sub(lambda slot: values[slot.group(1)], template)
    return line[:1].upper() + line[1:]


def _turn(session: Session, act: Act) -> int:
    matter = f"{session.seed}/{session.card.id}/{len(session.exchanges)}/{len(session.left)}/{act.value}"
    return int.from_bytes(hashlib.sha256(matter.encode()).digest()[:4], "big")
