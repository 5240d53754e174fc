"""What a run says at its end: what was graded, refused and left ungraded, what it cost, where the pages are."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from coach.cli.say import say

if TYPE_CHECKING:
    from coach.calls.transcript import Refused
    from coach.pipeline import Summary
    from coach.settings import Settings

NO_AI = "Pattern check, no AI: finds wording, does not judge meaning."
MOST_LISTED = 20


def say_summary(summary: Summary, settings: Settings) -> None:
    """The lines of a finished or stopped run."""
    counts = summary.counts
    say(f"Engine     {summary.engine} ({summary.model})" if summary.ai else f"Engine     patterns. {NO_AI}")
    known = f" ({counts.known} of them graded before)" if counts.known else ""
    elsewhere = f", {counts.elsewhere} of other weeks left alone" if counts.elsewhere else ""
    say(f"Calls      {counts.calls_in} in, {counts.graded} graded{known}, {len(counts.refused)} refused{elsewhere}")
    say_refused(counts.refused)
    if counts.ungraded_stages:
        say(
            f"Ungraded   {counts.ungraded_stages} stages in {counts.ungraded_calls} calls; the same command asks again "
            "where no answer came"
        )
    say(f"Quotes     {counts.quotes} proven ({counts.close} close), {counts.unproven} claims unproven and set aside")
    if summary.ai:
        _say_requests(summary)
    for note in (*summary.notes, *_still_to_come(summary, settings)):
        say(f"Note       {note}")
    _say_end(summary, settings)


def _still_to_come(summary: Summary, settings: Settings) -> list[str]:
    """A week after today's is a mistyped date, or a clock that is wrong: said, not judged."""
    from coach.calls.weeks import week_of

    today = week_of(datetime.now(settings.zone), settings.zone)
    late = sorted(week for week in summary.counts.weeks if week > today)
    return [f"{', '.join(late)} is still to come by this machine's clock ({today}): check the dates"] if late else []


def say_refused(refusals: Sequence[Refused]) -> None:
    """What was not taken in, and why; the first of many."""
    for refused in refusals[:MOST_LISTED]:
        say(f"             {refused.source}: {refused.reason}")
    if len(refusals) > MOST_LISTED:
        say(f"             and {len(refusals) - MOST_LISTED} more (see the digest)")


def _say_requests(summary: Summary) -> None:
    usage = summary.usage
    unknown = "not recorded" if summary.engine == "recorded" else "asked"
    cost = "" if summary.cost_usd is None else f", {summary.cost_usd:.2f} US dollars"
    say(
        f"Requests   {summary.recalled} recalled, {summary.asked} {unknown}; tokens {usage.tokens_in} in "
        f"({usage.tokens_cached} cached), {usage.tokens_out} out{cost}"
    )


def _say_end(summary: Summary, settings: Settings) -> None:
    if summary.stopped:
        say("Stopped    what was answered is kept; the same command goes on from there")
    elif not summary.written:
        say("Pages      none: no call was graded")
    else:
        weeks = ", ".join(sorted(summary.counts.weeks))
        say(f"Pages      {len(summary.written)} files for {weeks} in {settings.path(settings.out)}")
        say(
            f"Start with {next((p for p in reversed(summary.written) if p.name == 'digest.html'), summary.written[-1])}"
        )


def say_demo(summary: Summary, settings: Settings) -> None:
    """The end of `coach demo`: the same, and what to try next."""
    say_summary(summary, settings)
    store = settings.store_address
    week = max(summary.counts.weeks)
    say()
    say("The replies were given by a large language model through a relay (fixtures/recorded/README.md).")
    say("Try next:")
    coach = _as_called()
    say(f"  {coach} report tom --week {week} --store {store}")
    say(f"  {coach} digest --week {week} --store {store}")
    say(f"  {coach} practice cards tom --store {store}")
    say(f"  {coach} practice play tom --card c-4703/CALM1 --store {store}")
    say(f"  {coach} init my-team")
    say(f"  {coach} trainer coverage")


def _as_called() -> str:
    """The command as this machine finds it: `coach` on the path, else the file that was run."""
    called = Path(sys.argv[0])
    if shutil.which("coach") or called.name != "coach":
        return "coach"
    return str(called.relative_to(Path.cwd()) if called.is_relative_to(Path.cwd()) else called)
