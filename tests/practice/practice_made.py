"""Invented personas, scenes and sessions for the tests of practice."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from coach.calls.transcript import Channel, EndedBy, Redacted, RedactedTurn, Speaker
from coach.grading.critique import CallCritique, CallScore, Finding, Proven, Provenance, Verdict
from coach.playbook.load import load_playbook, shipped
from coach.practice.card import Card, Success
from coach.practice.cast import Exaggeration, Hidden, Persona, Scene, load_cast
from coach.practice.ears import PatternEars
from coach.practice.moves import Phrasebook
from coach.practice.playing import answer, begin, note
from coach.practice.session import Session
from coach.practice.template_voice import TemplateVoice
from coach.practice.words import Act, Move

BOOK = load_playbook()
CAST = load_cast(shipped())
NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)


def make_persona(**changes: Any) -> Persona:
    """A plain customer at anger 8 with three lines an act."""
    lines = {act: tuple(f"{act.value} {word} {{told}}" for word in ("one", "two", "three")) for act in Act}
    lines[Act.ANSWER] = tuple(f"{word}: {{fact}}" for word in ("Well", "Look", "Fine"))
    base: dict[str, Any] = {
        "id": "made",
        "name": "Made up",
        "about": "Somebody for tests.",
        "style": "Short sentences.",
        "scene": "made_scene",
        "anger": 8.0,
        "patience": 3,
        "never_say": ("thanks for nothing",),
        "lines": lines,
    }
    return Persona(**{**base, **changes})


def make_scene(**changes: Any) -> Scene:
    """A kettle that leaks, with one hidden fact."""
    base: dict[str, Any] = {
        "id": "made_scene",
        "title": "The leaking kettle",
        "situation": "A kettle leaks.",
        "problem": "the leaking kettle",
        "opening": "Your kettle has flooded my worktop twice since Tuesday, and I have rung four times!",
        "told": (
            "It flooded my worktop twice since Tuesday.",
            "I have rung four times.",
            "I boil water in a saucepan now.",
        ),
        "hidden": (
            Hidden(id="receipt", says="I threw the receipt away with the cardboard.", asked_by=("receipt", "proof")),
        ),
        "wanted": "a kettle that holds water",
        "bottom_line": "A new kettle this week.",
        "can": ("Send a new kettle within two days.",),
        "cannot": ("Pay for the worktop.",),
        "beyond": ("new worktop",),
        "exaggeration": Exaggeration(says="I waited an hour.", record="Nine minutes."),
    }
    return Scene(**{**base, **changes})


def make_card(**changes: Any) -> Card:
    """An invented card that rehearses RES1."""
    base: dict[str, Any] = {
        "id": "made/made_scene",
        "title": "The leaking kettle",
        "persona": make_persona(),
        "scene": make_scene(),
        "why": "For a test.",
        "success": Success(check_id="RES1", words="Say I.", wanted=(Move.CONCRETE_STEP_OWNED,)),
    }
    return Card(**{**base, **changes})


def make_session(card: Card | None = None, **changes: Any) -> Session:
    """A session that has just begun."""
    return begin(card or make_card(), "maya", NOON, **changes)


def ears_for(session: Session) -> PatternEars:
    """Ears of wording for a session's scene."""
    return PatternEars(Phrasebook(BOOK.lexicons, BOOK.folder, session.card.scene.beyond))


def play(session: Session, lines: Iterable[str]) -> Session:
    """A session after these lines, until it ends; wording is heard and templates are spoken."""
    ears, voice = ears_for(session), TemplateVoice()
    for line in lines:
        if session.ended:
            break
        session = asyncio.run(answer(note(session, line), ears, voice))
    return session


def moves_of(session: Session) -> Sequence[set[Move]]:
    """The moves of each line."""
    return [{one.move for one in exchange.moves} for exchange in session.exchanges]


LINES = (
    ("customer", "The oven has been dead since the third. I have cooked on a camping stove for two weeks."),
    ("agent", "Okay. What's your order number?"),
    ("customer", "I gave it to you twice already. My two children eat cold food every evening."),
    ("agent", "It was only ten days, to be fair."),
    ("customer", "Ten days! I can count. I took Monday off for your engineer."),
    ("agent", "I'll send somebody."),
    ("customer", "The last one said the fan was missing. He left after five minutes."),
)


def make_call(call_id: str = "c-1", agent: str = "maya", lines: Sequence[tuple[str, str]] = LINES) -> Redacted:
    """A call that slipped at T04."""
    turns = tuple(
        RedactedTurn(id=f"T{n:02d}", speaker=Speaker(who), text=text) for n, (who, text) in enumerate(lines, 1)
    )
    return Redacted(
        call_id=call_id,
        agent=agent,
        team="north",
        started_at=NOON,
        channel=Channel.PHONE,
        ended_by=EndedBy.CUSTOMER,
        translated=False,
        turns=turns,
    )


def quoted(call: Redacted, turn_id: str) -> Proven:
    """A proven quote of a whole turn."""
    turn = call.turn(turn_id)
    assert turn is not None
    return Proven(
        turn_id=turn_id, speaker=turn.speaker.value, text=turn.text, start=0, end=len(turn.text), match="exact"
    )


def make_finding(call: Redacted, check_id: str, verdict: str, own: str, chance: str | None = None) -> Finding:
    """A finding with the agent's words in turn `own`, for it where met, else against it."""
    quote = quoted(call, own)
    return Finding(
        check_id=check_id,
        stage_id=BOOK.rubric.stage_of(check_id).id,
        verdict=Verdict(verdict),
        share=Verdict(verdict).value_of,
        opportunity=quoted(call, chance) if chance else None,
        evidence=(quote,) if verdict == "met" else (),
        counter=() if verdict == "met" else (quote,),
        reasoning="As the words show.",
    )


def make_critique(call: Redacted, *findings: Finding) -> CallCritique:
    """A critique of a call with these findings and nothing else."""
    empty = ("unproven", "ungraded", "stages", "timeline", "critical_flags", "flow_flags", "heat", "turning_points")
    more = ("promises", "blockers", "goodwill", "note", "problems")
    return CallCritique(
        call_id=call.call_id,
        agent=call.agent,
        team=call.team,
        week="2026-W47",
        started_at=call.started_at,
        channel=call.channel.value,
        findings=findings,
        call=CallScore(score=None, coverage=0.0, band=None),
        best_moment=None,
        change_moment=None,
        outcome="open",
        outcome_quote=None,
        recurring_issue="",
        issue_quote=None,
        urgency="none",
        signals={},
        close_quotes=0,
        quotes=0,
        provenance=Provenance(
            engine="live",
            model="m",
            ai=True,
            playbook="p",
            rubric="r",
            prompts="q",
            schema_hash="s",
            repeats=1,
            calls_digest=call.digest(),
            program="0",
        ),
        **dict.fromkeys((*empty, *more), ()),  # type: ignore[arg-type]
    )
