"""Hard calls that followed one another without a breather, from the times of the record alone.

Hard is what the customer said, never how the agent felt: nothing here looks at an agent's words.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from coach.reports.team_parts import HardRun

BREATHER = timedelta(minutes=5)  # from the end of a hard call to the next
BREATHER_BY_START = timedelta(minutes=15)  # from start to start, where the record does not say how long a call took
MOST_RUNS = 3  # of one agent
LISTED = 8  # call ids of one run

HardCall = tuple[datetime, float, str]  # start, seconds (0 where unknown), call id


def hard_runs(agent: str, calls: Iterable[HardCall]) -> tuple[HardRun, ...]:
    """An agent's runs of two hard calls or more: the three longest, in the order of time.

    `calls` may come in any order.
    """
    runs: list[list[HardCall]] = []
    for call in sorted(calls):
        if runs and _close(runs[-1][-1], call):
            runs[-1].append(call)
        else:
            runs.append([call])
    long = sorted((run for run in runs if len(run) > 1), key=lambda run: (-len(run), run[0]))[:MOST_RUNS]
    return tuple(
        HardRun(
            agent=agent,
            started=f"{run[0][0]:%Y-%m-%d %H:%M}",
            calls=len(run),
            call_ids=tuple(call_id for _, _, call_id in run[:LISTED]),
        )
        for run in sorted(long)
    )


def _close(before: HardCall, after: HardCall) -> bool:
    start, seconds, _ = before
    if seconds > 0:
        return after[0] - (start + timedelta(seconds=seconds)) < BREATHER
    return after[0] - start < BREATHER_BY_START
