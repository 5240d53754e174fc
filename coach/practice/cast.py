"""Who may call and about what: the personas and invented scenes of `rubrics/practice/`, read and checked.

Everything in these files is the trainer's to edit.  A persona says how somebody behaves, never where they come from.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from coach.errors import NotFound
from coach.playbook.load import read_part, shipped
from coach.playbook.rubric import Part, Slug, Text
from coach.practice.words import Act, Move

Said = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=320)]
"""A line the customer could say: up to 45 words."""

LONGEST_LINE = 45  # words of one line of the customer's
_SLOT = re.compile(r"\{(.*?)\}")
SLOTS = frozenset(("told", "wanted", "problem", "fact"))


def _fits(line: str) -> str:
    if len(line.split()) > LONGEST_LINE:
        raise ValueError(f"a line of more than {LONGEST_LINE} words")
    if unknown := set(_SLOT.findall(line)) - SLOTS:
        raise ValueError(f"no slot is called {sorted(unknown)[0]!r} ({', '.join(sorted(SLOTS))})")
    return line


Template = Annotated[Said, AfterValidator(_fits)]
"""A template line of a persona's: up to 45 words, with known slots alone."""


class Hidden(Part):
    """A fact the customer gives only when asked: `asked_by` are words of which one must stand in the question."""

    id: Slug
    says: Said
    asked_by: tuple[Text, ...] = Field(min_length=1)


class Exaggeration(Part):
    """What the customer says against what the record shows (G68): arguing about it is the trap."""

    says: Said
    record: Text


class Scene(Part):
    """What the call is about.  Lines in the first person are the customer's own words.

    `problem` and `wanted` are noun phrases that fit into a sentence.  `told` may be said again at any time, `hidden`
    only when asked.  `can` and `cannot` say what the agent may grant; a commitment that holds one of `beyond` (phrases
    as in the lexicons) is a false promise.
    """

    id: Slug
    title: Text
    channel: Text = "phone"
    situation: Text
    problem: Text
    opening: Said
    told: tuple[Said, ...] = Field(min_length=1)
    hidden: tuple[Hidden, ...] = ()
    wanted: Text
    bottom_line: Text
    can: tuple[Text, ...] = Field(min_length=1)
    cannot: tuple[Text, ...] = ()
    beyond: tuple[Text, ...] = ()
    exaggeration: Exaggeration | None = None


class Persona(Part):
    """How somebody behaves on the line.

    `anger` is where they start (0 to 10), `patience` how many of the agent's lines they wait for something concrete,
    `calming` scales every fall of anger, `floor` is where it stops (5 or so for one who cannot be pleased).  `softens`
    are moves that count for more with them, `provokes` moves that make it worse.  `lines` holds their own template
    lines for each act, with the slots {told}, {wanted}, {problem} and, for answers, {fact}.
    """

    id: Slug
    name: Text
    about: Text
    style: Text
    scene: Slug
    anger: float = Field(ge=4, le=10)
    patience: int = Field(ge=2, le=8)
    calming: float = Field(default=1.0, ge=0.4, le=1.3)
    floor: float = Field(default=0.0, ge=0, le=8)
    softens: tuple[Move, ...] = ()
    provokes: tuple[Move, ...] = ()
    leaves_at: float = Field(default=9.5, ge=8, le=10)
    cannot_be_pleased: bool = False
    exaggerates: bool = False
    never_say: tuple[Text, ...] = Field(min_length=1)
    lines: Mapping[Act, tuple[Template, ...]]

    def said(self, act: Act) -> tuple[str, ...]:
        """The template lines for an act; those of a nearby one where a session was kept before there was this act."""
        return self.lines.get(act) or self.lines[_NEAR.get(act, Act.REPEAT)]


_NEAR = {Act.GO_ON: Act.REPEAT, Act.PRESS: Act.TEST}
FEWEST_LINES = 3


class _Personas(Part):
    never_say: tuple[Text, ...]
    personas: tuple[Persona, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _whole(self) -> _Personas:
        for persona in self.personas:
            few = [act.value for act in Act if len(persona.lines.get(act, ())) < FEWEST_LINES]
            if few:
                raise ValueError(f"persona {persona.id} has fewer than three lines for: {', '.join(few)}")
        return self


class _Scenes(Part):
    scenes: tuple[Scene, ...] = Field(min_length=1)


class Cast(Part):
    """All personas and scenes.  `never_say` holds for every persona, besides their own lists."""

    never_say: tuple[Text, ...]
    personas: tuple[Persona, ...]
    scenes: tuple[Scene, ...]

    def persona(self, persona_id: str) -> Persona:
        """A persona by its id.  Raises NotFound, naming those there are."""
        found = next((p for p in self.personas if p.id == persona_id), None)
        if found is None:
            raise NotFound(f"no persona {persona_id!r}", f"personas: {', '.join(p.id for p in self.personas)}")
        return found

    def scene(self, scene_id: str) -> Scene:
        """A scene by its id.  Raises NotFound, naming those there are."""
        found = next((s for s in self.scenes if s.id == scene_id), None)
        if found is None:
            raise NotFound(f"no scene {scene_id!r}", f"scenes: {', '.join(s.id for s in self.scenes)}")
        return found


def practice_folder(folder: Path) -> Path:
    """Where a playbook's practice files lie: its own, else the shipped ones (older playbooks have none)."""
    own = folder / "rubrics" / "practice"
    return own if own.is_dir() else shipped() / "rubrics" / "practice"


def load_cast(folder: Path) -> Cast:
    """The personas and scenes of a playbook's folder, the shipped ones where it has none of its own.

    Raises BadPlaybook with file and line for a fault.
    """
    place = practice_folder(folder)
    personas = read_part(place / "personas.yaml", _Personas)
    scenes = read_part(place / "scenes.yaml", _Scenes)
    return Cast(never_say=personas.never_say, personas=personas.personas, scenes=scenes.scenes)
