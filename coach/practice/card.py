"""The role-play card: who calls, about what, why this scene, and what would make it go well.

A card is complete in itself: a session keeps its card, so that it can be resumed whatever happens to the playbook.
Cards are dealt from an agent's own moments in `deal.py` or from an invented scene here.
"""

from __future__ import annotations

from collections.abc import Mapping

from coach.errors import NotFound
from coach.grading.critique import Known
from coach.playbook.rubric import Rubric
from coach.practice.cast import Cast, Persona, Scene
from coach.practice.words import Move

LEVELS = (1, 2, 3, 4, 5)
MIDDLE = 3
ANGER_A_LEVEL = 0.6
"""How much hotter a customer starts one level up."""

WANTED_MOVES: Mapping[str, tuple[Move, ...]] = {
    "CALM2": (Move.CONCRETE_STEP_OWNED, Move.SPECIFIC_ACK),
    "CALM4": (Move.LIMIT_WITH_OFFER,),
    "LIS2": (Move.SPECIFIC_ACK,),
    "ACK1": (Move.SPECIFIC_ACK,),
    "ACK2": (Move.SPECIFIC_ACK,),
    "APO1": (Move.APOLOGY_SPECIFIC,),
    "APO2": (Move.APOLOGY_SPECIFIC,),
    "APO3": (Move.APOLOGY_SPECIFIC,),
    "CLA1": (Move.OPEN_QUESTION,),
    "CLA2": (Move.OPEN_QUESTION,),
    "CLA3": (Move.SUMMARY_CONFIRM,),
    "RES1": (Move.CONCRETE_STEP_OWNED,),
    "RES2": (Move.CONCRETE_STEP_OWNED,),
    "RES3": (Move.OPTIONS,),
    "RES4": (Move.OPTIONS,),
    "CLO2": (Move.CLOSE_WITH_NEXT_STEP,),
}
BARRED_MOVES: Mapping[str, tuple[Move, ...]] = {
    "CALM1": (Move.ARGUE_OR_BLAME,),
    "CALM3": (Move.ARGUE_OR_BLAME,),
    "ACK2": (Move.PREMATURE_FIX,),
    "APO4": (Move.OVER_APOLOGY,),
    "RES4": (Move.POLICY_SHIELD,),
    "RES1": (Move.FALSE_PROMISE,),
}


class CardLine(Known):
    """A line of the call that a scene starts from; redacted."""

    turn_id: str
    speaker: str
    text: str


class Success(Known):
    """What would make the scene go well, drawn from the missed check.

    `words` says it to the agent; one of `wanted` should be seen (where there are any), none of `barred`.
    """

    check_id: str
    words: str
    wanted: tuple[Move, ...] = ()
    barred: tuple[Move, ...] = ()


class Card(Known):
    """A scene to rehearse.

    `before` are the lines of the call up to where it slipped; the scene starts at the customer's last of them.
    `slipped` is what the agent said there.  For an invented scene both are empty, as are `call_id` and `turn_id`.
    """

    id: str
    title: str
    persona: Persona
    scene: Scene
    why: str
    success: Success | None = None
    call_id: str = ""
    turn_id: str = ""
    before: tuple[CardLine, ...] = ()
    slipped: CardLine | None = None

    @property
    def check_id(self) -> str:
        """The check that is rehearsed; empty where the card is about no check."""
        return self.success.check_id if self.success else ""

    @property
    def opening(self) -> str:
        """The customer's line that the agent answers first."""
        return next((line.text for line in reversed(self.before) if line.speaker == "customer"), self.scene.opening)

    def anger(self, level: int) -> float:
        """Where anger starts at a level of difficulty; level 3 is the persona's own."""
        return round(min(9.4, max(5.0, self.persona.anger + ANGER_A_LEVEL * (level - MIDDLE))), 2)

    def patience(self, level: int) -> int:
        """How many lines without a concrete step the customer bears at a level."""
        return max(2, self.persona.patience - (level - MIDDLE) // 2)


def success_of(check_id: str, rubric: Rubric) -> Success | None:
    """The success conditions of a check; None for an id that the rubric does not have."""
    try:
        reader = rubric.check(check_id).reader
    except KeyError:
        return None
    better = reader.better[:1].upper() + reader.better[1:]
    return Success(
        check_id=check_id,
        words=f"{better}.",
        wanted=WANTED_MOVES.get(check_id, ()),
        barred=BARRED_MOVES.get(check_id, ()),
    )


def invented_card(cast: Cast, persona_id: str, scene_id: str = "", *, check_id: str = "", rubric: Rubric) -> Card:
    """A card of an invented scene: the one named, else the persona's own.  Raises NotFound for an unknown id."""
    persona = cast.persona(persona_id)
    scene = cast.scene(scene_id or persona.scene)
    success = success_of(check_id, rubric) if check_id else None
    if check_id and success is None:
        raise NotFound(f"no check {check_id!r} in the playbook", f"checks: {', '.join(c.id for c in rubric.checks())}")
    return Card(
        id=f"{persona.id}/{scene.id}",
        title=f"{scene.title}: {persona.name.lower()}",
        persona=persona,
        scene=scene,
        why="An invented scene: nobody's call, and nobody's mistake.",
        success=success,
    )
