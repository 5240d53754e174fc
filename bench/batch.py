"""How long a batch takes with the patterns engine, beside a floor measured in the same run.

    python bench/batch.py [CALLS] [AGENTS]

Prints seconds, calls a second and peak memory for: reading and redacting alone (the floor), a first batch over
invented calls (grading, store, pages), the same command again, and the first batch over a quarter of the calls, to
show that memory does not grow with their number.  Each measurement is a process of its own.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from made_calls import write_calls

FLOOR = """
import sys
from pathlib import Path
from coach.calls.read import Defaults, open_calls
from coach.calls.redact import redact
for call in open_calls([Path(sys.argv[1])], Defaults()):
    redact(call)
"""
BATCH = "import sys; from coach.cli.app import run; sys.exit(run(sys.argv[1:]))"


def measure(name: str, count: int, code: str, *arguments: object) -> float:
    """Run a piece of Python in its own process; print and give the seconds it took."""
    began = time.perf_counter()
    command = [sys.executable, "-W", "ignore", "-c", code, *map(str, arguments)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = status
    took = time.perf_counter() - began
    busy = used.ru_utime + used.ru_stime
    print(
        f"{name:32} {took:7.2f} s ({busy:.2f} of a processor) {count / took:8.1f} calls/s "
        f"{used.ru_maxrss / 1024:6.0f} MB, exit {status >> 8}"
    )
    return took


def main(count: int, agents: int) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        write_calls(work / "calls", count, agents=agents)
        write_calls(work / "few", count // 4, agents=agents)

        def batch(folder: str, where: str) -> tuple[object, ...]:
            return (
                "batch",
                work / folder,
                "--engine",
                "patterns",
                "--store",
                work / f"{where}.db",
                "--out",
                work / where,
            )

        floor = measure("floor: read and redact", count, FLOOR, work / "calls")
        first = measure("batch, first time", count, BATCH, *batch("calls", "a"))
        measure("batch, second time", count, BATCH, *batch("calls", "a"))
        measure("batch, a quarter of the calls", count // 4, BATCH, *batch("few", "b"))
        print(f"first batch / floor: {first / floor:.1f}")


if __name__ == "__main__":
    numbers = [int(argument) for argument in sys.argv[1:]]
    main(*(numbers + [1_000, 40][len(numbers) :]))
