"""`coach batch --dry-run`: how many calls, requests and tokens, and what they would cost; nothing is asked or written."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from coach.cli.choices import live_options, parameters_of, playbook_of, prices_of
from coach.cli.say import say

if TYPE_CHECKING:
    from coach.calls.read import Defaults
    from coach.engines.exchange import Request
    from coach.settings import Settings

CHARACTERS_A_TOKEN = 4  # rough for English; the server's own count is on every reply
TOKENS_OUT = 900  # a stage's reply, the mean of the recorded ones


@dataclass
class _Sum:
    calls: int = 0
    refused: int = 0
    requests: int = 0
    fresh: int = 0
    shared: int = 0


def forecast(settings: Settings, paths: tuple[Path, ...], defaults: Defaults, week: str | None) -> None:
    """Print what a batch over these calls would ask."""
    from coach.engines.choose import choose_name

    live = live_options(settings)
    name = choose_name(settings.engine.name or None, live)
    total = _sum(settings, paths, defaults, week)
    say(f"Calls      {total.calls} to grade, {total.refused} refused")
    if name != "live":
        say(f"Engine     {name}: no requests to a server, no cost")
        return
    out = total.requests * TOKENS_OUT
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


def _sum(settings: Settings, paths: tuple[Path, ...], defaults: Defaults, week: str | None) -> _Sum:
    from coach.calls.read import open_calls
    from coach.calls.redact import redact
    from coach.calls.transcript import Refused
    from coach.calls.weeks import week_of
    from coach.grading.ask import Asking, parts, render_transcript, requests, system_message

    book = playbook_of(settings)
    wanted = parts(book, settings.grading.stages_per_request)
    asking = Asking(settings.model, parameters_of(settings.engine))
    total = _Sum()
    for found in open_calls(paths, defaults):
        if isinstance(found, Refused):
            total.refused += 1
            continue
        call = redact(found)
        if week is None or week_of(call.started_at, settings.zone) == week:
            total.calls += 1
            shared = (len(system_message(book)) + len(render_transcript(call, book))) // CHARACTERS_A_TOKEN
            _add(total, requests(call, book, asking, wanted), shared, settings.grading.repeats)
    return total


def _add(total: _Sum, asked: list[Request], shared: int, repeats: int) -> None:
    """Count a call's requests: what they begin with alike may come from the server's cache from the second on."""
    total.requests += len(asked) * repeats
    for index, request in enumerate(asked * repeats):
        tokens = sum(len(m.content) for m in request.messages) // CHARACTERS_A_TOKEN
        cached = shared if index else 0
        total.shared += cached
        total.fresh += tokens - cached
