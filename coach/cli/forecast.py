"""`coach batch --dry-run`: how many calls, requests and tokens, and what they would cost; nothing is asked or written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from coach.cli.choices import (
    engine_name,
    live_options,
    open_filled_store,
    open_grading,
    playbook_of,
    prices_of,
)
from coach.cli.running import run_async
from coach.cli.say import say
from coach.cli.summary import say_refused

if TYPE_CHECKING:
    from coach.calls.read import Defaults
    from coach.calls.transcript import Redacted, Refused
    from coach.grading.grade import Grading
    from coach.settings import Settings
    from coach.store import Store

CHARACTERS_A_TOKEN = 4  # rough for English; the server's own count is on every reply
TOKENS_OUT = 520  # a reply, the mean of the recorded ones at four characters a token


@dataclass
class _Sum:
    calls: int = 0
    refused: list[Refused] = field(default_factory=list)
    known: int = 0
    requests: int = 0
    fresh: int = 0
    shared: int = 0


def forecast(settings: Settings, paths: tuple[Path, ...], defaults: Defaults, week: str | None) -> None:
    """Print what a batch over these calls (the store's, where `paths` are none) would ask."""
    name = engine_name(settings)
    total = run_async(_sum(settings, paths, defaults, week))
    known = f", {total.known} of them graded before" if total.known else ""
    say(f"Calls      {total.calls} to grade{known}, {len(total.refused)} refused")
    say_refused(total.refused)
    if name != "live":
        say(f"Engine     {name}: no requests to a server, no cost")
        return
    live, out = live_options(settings), total.requests * TOKENS_OUT
    say(f"Requests   {total.requests} to {settings.model} at {live.host if live else ''}; nothing was sent")
    say(
        f"Tokens     about {total.fresh + total.shared} in, of which {total.shared} may come from the server's cache, "
        f"and about {out} out (estimates: {CHARACTERS_A_TOKEN} characters a token, {TOKENS_OUT} tokens a reply)"
    )
    prices = prices_of(settings)
    if prices is None:
        say("Cost       unknown: set price_in, price_cached and price_out in coach.toml (US dollars a million tokens)")
        return
    most = prices.cost(total.fresh + total.shared, 0, out)
    least = prices.cost(total.fresh + total.shared, total.shared, out)
    say(f"Cost       about {least:.2f} to {most:.2f} US dollars; what was answered before is not asked again")


async def _sum(settings: Settings, paths: tuple[Path, ...], defaults: Defaults, week: str | None) -> _Sum:
    from coach.calls.transcript import Refused
    from coach.calls.weeks import week_of
    from coach.pipeline.work import known_critique

    total = _Sum()
    async with open_grading(settings, playbook_of(settings), lambda: None) as (grading, _):
        with _store(settings, paths) as store:
            for call in _calls(paths, defaults, store, week):
                if isinstance(call, Refused):
                    total.refused.append(call)
                elif week is None or week_of(call.started_at, settings.zone) == week:
                    total.calls += 1
                    if store is not None and known_critique(store, call, grading) is not None:
                        total.known += 1
                    else:
                        _add(total, call, grading)
    return total


def _store(settings: Settings, paths: tuple[Path, ...]) -> AbstractContextManager[Store | None]:
    """The store where there is one; without paths there must be."""
    address = settings.store_address
    if paths and isinstance(address, Path) and not address.exists():
        return nullcontext()
    return open_filled_store(settings)


def _calls(
    paths: tuple[Path, ...], defaults: Defaults, store: Store | None, week: str | None
) -> Iterator[Redacted | Refused]:
    from coach.calls.read import open_calls
    from coach.calls.redact import redact
    from coach.calls.transcript import Refused
    from coach.store import Scope

    if not paths and store is not None:
        yield from store.calls(Scope.everyone(), weeks=None if week is None else [week])
    for found in open_calls(paths, defaults):
        yield found if isinstance(found, Refused) else redact(found)


def _add(total: _Sum, call: Redacted, grading: Grading) -> None:
    """Count a call's requests: what they begin with alike may come from the server's cache from the second on."""
    from coach.grading.ask import render_transcript, requests, system_message

    book = grading.playbook
    asked = requests(call, book, grading.asking, grading.parts())
    prefix = (len(system_message(book)) + len(render_transcript(call, book))) // CHARACTERS_A_TOKEN
    total.requests += len(asked) * grading.repeats
    for index, request in enumerate(asked * grading.repeats):
        tokens = sum(len(m.content) for m in request.messages) // CHARACTERS_A_TOKEN
        cached = prefix if index else 0
        total.shared += cached
        total.fresh += tokens - cached
