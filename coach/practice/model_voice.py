"""The customer's words from a model: it speaks the act that code picked, is checked, asked again, and else replaced.

Hidden facts are not in a prompt until they are to be told, so that there is nothing to give away.  A line that code or
the checking model objects to is never shown; after two further tries a template line stands in.
"""

from __future__ import annotations

from collections.abc import Sequence

from coach.calls.clean import clean_line, neutralise
from coach.engines.exchange import Message
from coach.playbook.prompt import Templates
from coach.practice.as_call import masked_line
from coach.practice.asking import Model, Reply
from coach.practice.cast import LONGEST_LINE
from coach.practice.customer import State
from coach.practice.line_checks import KINDS, Fault, faults_of
from coach.practice.moods import ACT_TEXT, mood_of
from coach.practice.moves import Phrasebook
from coach.practice.session import Session, Spoken, Unshown, talk
from coach.practice.template_voice import template_line, told_by
from coach.practice.words import Act

TRIES = 3
READ_LINES = 24  # of the talk, as a model is shown it
READ_CHARS = 1_200  # of one line
KEPT_CHARS = 600  # of a line that was turned down


class LineReply(Reply):
    """The customer's next line."""

    line: str


class CheckReply(Reply):
    """Yes or no on a line; `why` names what was found."""

    out_of_band: bool
    calmed_early: bool
    speaks_as_agent: bool
    broke_character: bool
    invented: bool
    never_say: bool
    why: str


class ModelVoice:
    """A voice that a model lends.  `never_say` holds for every persona, besides the card's own list."""

    def __init__(self, model: Model, templates: Templates, phrasebook: Phrasebook, never_say: Sequence[str]) -> None:
        self._model = model
        self._templates = templates
        self._phrasebook = phrasebook
        self._never_say = tuple(never_say)

    async def say(self, session: Session, text: str, state: State, act: Act, fact: str) -> Spoken:  # noqa: ARG002
        """The model's line, or a template's where the model has none that passes."""
        messages = [
            Message("system", self._system(session)),
            Message("user", self._line(session, state, act, fact)),
        ]
        unshown: list[Unshown] = []
        for _ in range(TRIES):
            reply = await self._model.ask(messages, LineReply, "line")
            if isinstance(reply, str):
                break
            line = neutralise(clean_line(reply.line)).strip('"“” ')
            faults = faults_of(line, session, act, fact, self._phrasebook)
            faults = faults or await self._judged(line, session, state, act, fact)
            if not faults:
                return Spoken(text=line, voice="model", unshown=tuple(unshown))
            why = tuple(f"{kind}: {masked_line(session, why)}" for kind, why in faults)
            unshown.append(Unshown(line=masked_line(session, line[:KEPT_CHARS] or "(nothing)"), why=why))
            again = self._templates.render(
                "roleplay_again.j2", reasons=[why for _, why in faults], act_text=ACT_TEXT[act]
            )
            messages += [Message("assistant", reply.model_dump_json()), Message("user", again)]
        return Spoken(text=template_line(session, act, fact), voice="template", unshown=tuple(unshown))

    async def _judged(self, line: str, session: Session, state: State, act: Act, fact: str) -> list[Fault]:
        """What the checking model objects to; nothing where it does not answer."""
        prompt = self._templates.render(
            "roleplay_check.j2",
            known=[*_told(session), *_given(session), session.card.scene.situation],
            wanted=session.card.scene.wanted,
            talk=shown_talk(session),
            act_text=ACT_TEXT[act],
            mood=mood_of(state.anger),
            fact=fact,
            line=line,
            never_say=self._never(session),
        )
        reply = await self._model.ask([Message("user", prompt)], CheckReply, "check")
        if isinstance(reply, str):
            return []
        said = reply.model_dump()
        return [(kind, reply.why[:200] or kind.replace("_", " ")) for kind in KINDS if said.get(kind) is True]

    def _system(self, session: Session) -> str:
        persona = session.card.persona
        return self._templates.render(
            "roleplay_system.j2",
            about=persona.about,
            style=persona.style,
            told=_told(session),
            situation=session.card.scene.situation,
            wanted=session.card.scene.wanted,
            most_words=LONGEST_LINE,
            never_say=self._never(session),
        )

    def _line(self, session: Session, state: State, act: Act, fact: str) -> str:
        return self._templates.render(
            "roleplay_line.j2",
            talk=shown_talk(session),
            act_text=ACT_TEXT[act],
            mood=mood_of(state.anger),
            fact=fact,
        )

    def _never(self, session: Session) -> list[str]:
        return [*self._never_say, *session.card.persona.never_say]


def _told(session: Session) -> list[str]:
    return list(told_by(session.card))


def _given(session: Session) -> list[str]:
    return [hidden.says for hidden in session.card.scene.hidden if hidden.id in session.state.revealed]


def shown_talk(session: Session, *, pending: bool = True) -> list[str]:
    """The talk as a model is shown it, a line a turn, the latest lines alone and none at full length."""
    said = talk(session)
    if session.pending and not pending:
        said = said[:-1]
    lines = [f"{line.speaker.upper()}: {line.text}" for line in said]
    return [line if len(line) <= READ_CHARS else f"{line[:READ_CHARS]} …" for line in lines[-READ_LINES:]]
