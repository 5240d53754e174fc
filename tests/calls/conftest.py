"""Builders for calls of the tests: everything in them is invented."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from coach.calls.redact import redact
from coach.calls.transcript import Record, Redacted, Transcript, Turn

START = datetime(2026, 11, 3, 10, 42, tzinfo=UTC)

TALK = (
    "Agent: Larkfield Home, good morning, how can I help you today?\n"
    "Customer: My washing machine has been leaking all over the kitchen floor since Tuesday and nobody rings back.\n"
    "Agent: I am sorry about that floor, let me see what we can do about it today.\n"
    "Customer: Please do, I have been waiting for a week.\n"
)


def transcript_of(*turns: tuple[Any, ...], **record: Any) -> Transcript:
    """A transcript of (speaker, text[, start, end]) turns."""
    made = tuple(
        Turn(speaker=t[0], text=t[1], start=t[2] if len(t) > 2 else None, end=t[3] if len(t) > 3 else None)
        for t in turns
    )
    return Transcript(record=Record(**{"call_id": "c-1", "agent": "maya", "started_at": START, **record}), turns=made)


@pytest.fixture
def make() -> Callable[..., Transcript]:
    """`transcript_of`, as a fixture."""
    return transcript_of


@pytest.fixture
def masked() -> Callable[..., str]:
    """Redact one customer turn and give its text back."""

    def run(text: str, who: str = "customer", **record: Any) -> str:
        return redact(transcript_of((who, text), **record)).turns[0].text

    return run


@pytest.fixture
def answered() -> Callable[..., str]:
    """Redact a question of the agent and the customer's answer; give the answer back."""

    def run(question: str, answer: str, **record: Any) -> str:
        return redact(transcript_of(("agent", question), ("customer", answer), **record)).turns[1].text

    return run


@pytest.fixture
def again() -> Callable[[Transcript, Redacted], Redacted]:
    """Redact what came out of a redaction once more, under the same record."""

    def run(transcript: Transcript, first: Redacted) -> Redacted:
        turns = tuple(Turn(speaker=t.speaker, text=t.text, start=t.start, end=t.end) for t in first.turns)
        record = transcript.record.model_copy(update={"note": first.note})
        return redact(Transcript(record=record, turns=turns))

    return run


@pytest.fixture
def talk() -> str:
    """The words of a short gradable call in plain text."""
    return TALK


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str | bytes], Path]:
    """Write a file into the test's folder and give its path back."""

    def run(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return run
