"""How long a turn of practice takes without a model, against reading and redacting the same lines.

    python bench/practice.py [SESSIONS]

Plays the scripted agents again and again and prints milliseconds a turn, the floor (redacting and reading the talk once
a turn, which no session can do without) and their ratio.  Nothing is stored.
"""

from __future__ import annotations

import asyncio
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from coach.calls.redact import redact
from coach.calls.transcript import Record, Speaker, Transcript, Turn
from coach.playbook.load import load_playbook, shipped
from coach.practice.card import invented_card
from coach.practice.cast import load_cast
from coach.practice.ears import PatternEars
from coach.practice.moves import Phrasebook
from coach.practice.playing import answer, begin, note
from coach.practice.scripts import read_script
from coach.practice.session import talk
from coach.practice.template_voice import TemplateVoice

SCRIPTS = sorted((Path(__file__).parents[1] / "fixtures" / "practice").glob("*.txt"))
NOW = datetime(2026, 11, 16, 12, tzinfo=UTC)


def main(sessions: int) -> None:
    book = load_playbook()
    card = invented_card(load_cast(shipped()), "plain", rubric=book.rubric)
    phrasebook = Phrasebook(book.lexicons, book.folder, card.scene.beyond)
    ears, voice = PatternEars(phrasebook), TemplateVoice()
    turns, played, floor = 0, 0.0, 0.0
    for number in range(sessions):
        session = begin(card, "bench", NOW)
        for line in read_script(SCRIPTS[number % len(SCRIPTS)]):
            if session.ended:
                break
            started = time.perf_counter()
            session = asyncio.run(answer(note(session, line), ears, voice))
            played += time.perf_counter() - started
            turns += 1
            lines = [Turn(speaker=Speaker(one.speaker), text=one.text) for one in talk(session)]
            record = Record(call_id="bench", agent="bench", started_at=NOW)
            started = time.perf_counter()
            redact(Transcript(record=record, turns=tuple(lines)))
            phrasebook.read(talk(session))
            floor += time.perf_counter() - started
    print(
        f"{turns} turns: {1000 * played / turns:.1f} ms a turn, floor {1000 * floor / turns:.1f} ms, {played / floor:.1f} x"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50)
