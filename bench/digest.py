"""How long a digest takes over many stored calls, beside a floor measured in the same run.

    python bench/digest.py [CALLS] [WEEKS]

A few calls are graded by the patterns engine; their critiques, under other ids, fill the store.  Prints seconds for:
streaming and parsing all the critiques that the digest rests on (the floor), the digest of the newest week (which
looks at four weeks, so in one week it is over all the calls), and the floor's ratio.
"""

from __future__ import annotations

import asyncio
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

from made_calls import write_calls

from coach.calls.read import Defaults, open_calls
from coach.calls.redact import redact
from coach.calls.transcript import Redacted, Refused
from coach.calls.weeks import week_of, weeks_before
from coach.engines.patterns import PatternsEngine
from coach.grading.ask import Asking
from coach.grading.critique import CallCritique
from coach.grading.grade import Grading, grade_call
from coach.pipeline.tell import Teller
from coach.playbook.load import load_playbook
from coach.store import Scope, Store, open_store

MODELS = 50  # calls that are really graded


def timed(name: str, work: Callable[[], object]) -> float:
    """Do it; print and give the seconds."""
    began = time.perf_counter()
    work()
    took = time.perf_counter() - began
    print(f"{name:40} {took:7.2f} s")
    return took


def fill(store: Store, calls: list[Redacted], critiques: list[CallCritique], count: int) -> None:
    """Keep so many calls and critiques, each under an id of its own."""
    for number in range(count):
        call, critique = calls[number % len(calls)], critiques[number % len(calls)]
        again = call.model_copy(update={"call_id": f"{call.call_id}-{number}"})
        made = critique.provenance.model_copy(update={"calls_digest": again.digest()})
        store.keep_call(again, critique.week, again.call_id)
        store.keep_critique(critique.model_copy(update={"call_id": again.call_id, "provenance": made}))


def main(count: int, weeks: int) -> None:
    """Measure and print."""
    book, engine, zone = load_playbook(), PatternsEngine(), ZoneInfo("UTC")
    grading = Grading(book, Asking(engine.model, {}), engine)
    with tempfile.TemporaryDirectory() as name:
        write_calls(Path(name) / "calls", MODELS, agents=25, weeks=weeks)
        found = open_calls([Path(name) / "calls"], Defaults())
        calls = [redact(call) for call in found if not isinstance(call, Refused)]

        async def grade() -> list[CallCritique]:
            return [await grade_call(call, week_of(call.started_at, zone), grading) for call in calls]

        critiques = asyncio.run(grade())
        newest = max(critique.week for critique in critiques)
        with open_store(Path(name) / "coach.db") as store:
            timed(f"filling the store with {count} calls", lambda: fill(store, calls, critiques, count))
            seen = weeks_before(newest, 4)
            floor = timed(
                "floor: stream and parse the same rows",
                lambda: sum(1 for _ in store.critiques(Scope.everyone(), weeks=seen)),
            )
            took = timed(f"digest of {newest}", lambda: Teller(store, grading).digest(newest))
    print(
        f"digest / floor: {took / floor:.2f}; peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB"
    )


if __name__ == "__main__":
    numbers = [int(argument) for argument in sys.argv[1:]]
    main(*(numbers + [10_000, 1][len(numbers) :]))
