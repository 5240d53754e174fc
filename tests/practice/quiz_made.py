"""Invented items, calls and critiques for the quiz's tests."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from pydantic import TypeAdapter

from coach.calls.transcript import Channel, EndedBy, Redacted, RedactedTurn, Speaker
from coach.grading.critique import CallCritique, CallScore, Finding, Proven, Provenance, Verdict
from coach.playbook.load import load_playbook
from coach.practice.quiz import Given, Shown
from coach.practice.quiz_items import Order, QuizItem, TrueFalse, load_quiz, options_of

BOOK = load_playbook()
BANK = load_quiz(BOOK.folder)
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
LINES = (
    ("customer", "Three mornings I waited in for the piano tuner and nobody came."),
    ("agent", "I completely understand. Let me check the diary."),
    ("customer", "And my pupils come at four, so when is she coming?"),
    ("agent", "It was two mornings, going by the diary. I am booking her for noon today."),
    ("customer", "Noon. Fine."),
    ("agent", "Anything else today?"),
)


def call_of(call_id: str = "c-1", agent: str = "ann", lines: Any = LINES) -> Redacted:
    """A call of (speaker, text) lines with turn ids T01, T02, ..."""
    return Redacted(
        call_id=call_id,
        agent=agent,
        team="north",
        started_at=NOW,
        channel=Channel.PHONE,
        ended_by=EndedBy.CUSTOMER,
        translated=False,
        turns=tuple(RedactedTurn(id=f"T{i:02}", speaker=Speaker(s), text=t) for i, (s, t) in enumerate(lines, 1)),
    )


def quote(turn_id: str, text: str = "", lines: Any = LINES) -> Proven:
    """A proven quote: a whole line, or a part of it."""
    speaker, whole = lines[int(turn_id[1:]) - 1]
    start = whole.index(text)
    text = text or whole
    return Proven(turn_id=turn_id, speaker=speaker, text=text, start=start, end=start + len(text), match="exact")


def finding(check_id: str, verdict: str, **changes: Any) -> Finding:
    """A finding on the first customer line, with nothing quoted of the agent unless it is given."""
    word = Verdict(verdict)
    values: dict[str, Any] = {
        "check_id": check_id,
        "stage_id": BOOK.rubric.stage_of(check_id).id,
        "verdict": word,
        "share": word.value_of,
        "opportunity": quote("T01"),
        "evidence": (),
        "counter": (),
        "reasoning": "As the words show.",
    }
    return Finding(**{**values, **changes})


MISSED = finding("APO1", "missed")
ARGUED = finding("CALM1", "missed", counter=(quote("T04", "It was two mornings, going by the diary."),))
MET = (
    finding("RES1", "met", evidence=(quote("T04", "I am booking her for noon today."),)),
    finding("LIS4", "met", opportunity=quote("T03"), evidence=(quote("T04", "for noon today."),)),
)


def critique_of(call: Redacted, *findings: Finding, ai: bool = True, week: str = "2026-W47") -> CallCritique:
    """A critique that holds these findings alone."""
    empty: tuple[Any, ...] = ()
    return CallCritique(
        call_id=call.call_id,
        agent=call.agent,
        team=call.team,
        week=week,
        started_at=call.started_at,
        channel=call.channel,
        findings=findings,
        unproven=empty,
        ungraded=empty,
        stages=empty,
        call=CallScore(score=None, coverage=0.0, band=None),
        timeline=empty,
        best_moment=None,
        change_moment=None,
        critical_flags=empty,
        flow_flags=empty,
        heat=empty,
        turning_points=empty,
        promises=empty,
        blockers=empty,
        outcome="partly",
        outcome_quote=None,
        recurring_issue="",
        issue_quote=None,
        urgency="none",
        goodwill=empty,
        note=empty,
        problems=empty,
        signals={},
        close_quotes=0,
        quotes=1,
        provenance=Provenance(
            engine="recorded" if ai else "patterns",
            model="m",
            ai=ai,
            playbook="p",
            rubric="r",
            prompts="q",
            schema_hash="s",
            repeats=1,
            calls_digest=call.digest(),
            program="0",
        ),
    )


def item_of(**changes: Any) -> QuizItem:
    """An item that picks the better line, or another kind with the fields given."""
    values: dict[str, Any] = {
        "id": "one_item",
        "kind": "better_line",
        "guidance": ["G29"],
        "why": "Because.",
        **changes,
    }
    if values["kind"] == "better_line":
        values = {
            "situation": "A call.",
            "options": [{"text": "This.", "right": True}, {"text": "That.", "weaker": "Says less."}],
            **values,
        }
    return TypeAdapter[QuizItem](QuizItem).validate_python(values)


def right_answer(shown: Shown) -> str:
    """What an agent types who knows it."""
    item = shown.item
    if isinstance(item, Order):
        return " ".join(str(shown.places.index(number - 1) + 1) for number in item.best)
    options = options_of(item)
    number = next(n for n, place in enumerate(shown.places, 1) if options[place].right)
    return f"{'t' if item.answer else 'f'} {number}" if isinstance(item, TrueFalse) else str(number)


def wrong_answer(shown: Shown) -> str:
    """What an agent types who does not."""
    item = shown.item
    if isinstance(item, Order):
        return " ".join(str(n) for n in range(1, len(shown.places) + 1))
    options = options_of(item)
    number = next(n for n, place in enumerate(shown.places, 1) if not options[place].right)
    return f"{'f' if item.answer else 't'} {number}" if isinstance(item, TrueFalse) else str(number)


def given(*numbers: int, verdict: bool | None = None) -> Given:
    """An answer of these numbers as shown."""
    return Given(tuple(number - 1 for number in numbers), verdict)
