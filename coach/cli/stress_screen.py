"""What `coach trainer stress` prints: the tables as text, or as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from coach.cli.say import say

if TYPE_CHECKING:
    from coach.calibration.stress import Stressed
    from coach.calibration.stress_tables import Row, Tally
    from coach.grading.grade import Grading

MOST_CHECKS = 6  # on a line of what moved
WIDTH = 24


@dataclass(frozen=True)
class Shown:
    """What there is to print: what was graded and how, and what was left out, with its reason."""

    stressed: Stressed
    grading: Grading
    repeats: int
    left_out: list[str]

    @cached_property
    def rows(self) -> list[Row]:
        """A row a swap."""
        from coach.calibration.stress_tables import rows

        checks = [check.id for check in self.grading.playbook.rubric.checks()]
        return rows(self.stressed.pairs, checks, ai=self.grading.engine.ai)

    @cached_property
    def again(self) -> Row | None:
        """The row of the same calls asked again, if they were."""
        from coach.calibration.stress import REPEATED

        return next((row for row in self.rows if row.family == REPEATED), None)

    @property
    def over(self) -> list[str]:
        """The swaps that are over their go-live target for certain."""
        return [row.family for row in self.rows if row.go_live == "over"]

    def own_noise(self) -> str:
        """How many verdicts move by asking again, in a few words."""
        if self.again is not None:
            return percent(self.again.total.share)
        return "not measured" if self.grading.engine.ai else "none"


def percent(share: float | None) -> str:
    """A share in words."""
    return "-" if share is None else f"{100 * share:.1f} %"


def _interval(tally: Tally) -> str:
    interval = tally.interval
    return "" if interval is None else f"{100 * interval.low:.1f} to {100 * interval.high:.1f} %"


def say_tables(shown: Shown) -> None:
    """Print the tables as text."""
    engine = shown.grading.engine
    who = f"engine {engine.name} ({engine.model})" if engine.ai else "pattern check, no AI: finds wording, not meaning"
    count = shown.stressed.calls
    say(f"{count} call{'' if count == 1 else 's'}; {who}; playbook {shown.grading.version()}")
    say()
    _say_again(shown)
    say(f"{'swap':{WIDTH}} calls compared moved   share  95 % interval    up down  asked again  pilot, go-live")
    for row in shown.rows:
        if row is not shown.again:
            _say_row(row, shown.own_noise())
    say()
    _say_checks(shown)
    _say_notes(shown)
    if shown.over:
        say(f"Over the go-live target: {', '.join(shown.over)}")


def _say_again(shown: Shown) -> None:
    row = shown.again
    if row is None:
        say("Asked again: not measured (give --repeats 2 or more)")
    elif row.total.share is None:
        say("Asked again: nothing could be compared")
    else:
        interval = row.total.interval
        reach = f"{100 - 100 * interval.high:.1f} to {100 - 100 * interval.low:.1f} %" if interval else ""
        pilot, go_live = (f"{100 - 100 * target:.0f} %" for target in row.targets)
        say(
            f"Asked again: {percent(1 - row.total.share)} of {row.total.compared} verdicts equal ({reach}); "
            f"pilot {pilot} {row.pilot}, go-live {go_live} {row.go_live}"
        )
    say()


def _say_row(row: Row, noise: str) -> None:
    pilot, go_live = (f"{100 * target:.0f} %" for target in row.targets)
    words = f"{pilot} {row.pilot}, {go_live} {row.go_live}"
    total = row.total
    say(
        f"{row.family:{WIDTH}} {total.calls:5} {total.compared:8} {total.moved:5} {percent(total.share):>7}  "
        f"{_interval(total):15} {total.up:4} {total.down:4}  {noise:11}  {words}"
    )
    quiet = [name for name, tally in row.variants.items() if not tally.moved]
    for name, tally in row.variants.items():
        if tally.moved:
            obeyed = f", {tally.obeyed} towards what it asked" if row.family == "orders" else ""
            say(
                f"  {name:{WIDTH - 2}} {tally.calls:5} {tally.compared:8} {tally.moved:5} {percent(tally.share):>7}{obeyed}"
            )
    if quiet and len(row.variants) > 1:
        say(f"  none moved: {', '.join(quiet)}")


def _say_checks(shown: Shown) -> None:
    """Where it moved: the checks of each swap, those with most first."""
    for row in shown.rows:
        moved = sorted(((tally.moved, check) for check, tally in row.checks.items() if tally.moved), reverse=True)
        said = [f"{check} {n} of {row.checks[check].compared}" for n, check in moved[:MOST_CHECKS]]
        more = f", and {len(moved) - MOST_CHECKS} more checks" if len(moved) > MOST_CHECKS else ""
        if said:
            say(f"moved, {row.family}: {', '.join(said)}{more}")


def _say_notes(shown: Shown) -> None:
    silent = sum(row.total.silent for row in shown.rows)
    ungraded = sum(row.total.ungraded for row in shown.rows)
    say(f"Not counted: {silent} verdicts not observable both times, {ungraded} ungraded before or after.")
    for name, calls in shown.stressed.unchanged.items():
        say(f"Left out: {name} has nothing to swap in {calls} call{'' if calls == 1 else 's'}")
    for why in shown.left_out:
        say(f"Left out: {why}")


def say_json(shown: Shown) -> None:
    """Print the tables as JSON."""
    import orjson

    engine = shown.grading.engine
    body = {
        "engine": engine.name,
        "model": engine.model,
        "ai": engine.ai,
        "playbook": shown.grading.version(),
        "calls": shown.stressed.calls,
        "repeats": shown.repeats,
        "stages": list(shown.grading.stages),
        "swaps": [_row(row) for row in shown.rows if row is not shown.again],
        "asked_again": None if shown.again is None else _row(shown.again),
        "over": shown.over,
        "unchanged": dict(shown.stressed.unchanged),
        "left_out": shown.left_out,
    }
    print(orjson.dumps(body, option=orjson.OPT_INDENT_2).decode())


def _row(row: Row) -> dict[str, Any]:
    pilot, go_live = row.targets
    return {
        "swap": row.family,
        **_tally(row.total),
        "pilot": {"target": pilot, "word": row.pilot},
        "go_live": {"target": go_live, "word": row.go_live},
        "variants": _tallies(row.variants),
        "checks": _tallies(row.checks),
    }


def _tallies(tallies: Mapping[str, Tally]) -> dict[str, dict[str, Any]]:
    return {name: _tally(tally) for name, tally in tallies.items() if tally.compared or tally.silent or tally.ungraded}


def _tally(tally: Tally) -> dict[str, Any]:
    interval = tally.interval
    return {
        "calls": tally.calls,
        "compared": tally.compared,
        "moved": tally.moved,
        "share": tally.share,
        "low": interval.low if interval else None,
        "high": interval.high if interval else None,
        "up": tally.up,
        "down": tally.down,
        "obeyed": tally.obeyed,
        "silent": tally.silent,
        "ungraded": tally.ungraded,
    }
