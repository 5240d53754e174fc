"""The review queue on the command line: what waits for a person, contests and how they are decided, critical flags."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coach.cli.choices import PlaybookPath, StorePath, Week, open_filled_store, playbook_of, settings_of
from coach.cli.review_words import item_line, item_lines, short_ruling
from coach.cli.say import say, say_wrapped
from coach.errors import BadSettings, NotFound

if TYPE_CHECKING:
    from coach.grading.rulings import RuledVerdict
    from coach.settings import Settings
    from coach.store import Review, Store

app = typer.Typer(help="What a person has to look at: critical flags, contests.", no_args_is_help=True)

Number = Annotated[int, typer.Argument(help="The item's number.")]
By = Annotated[str, typer.Option("--by", help="Who decides.")]
Reason = Annotated[str, typer.Option("--reason", help="Why.")]
VERDICTS = "met, partial, missed, not_applicable or not_observable"


@app.command("list")
def list_(
    everything: Annotated[bool, typer.Option("--all", help="Decided items too.")] = False,
    week: Week = None,
    store: StorePath = None,
) -> None:
    """The items that wait for a person, oldest first."""
    from coach.calls.weeks import parse_week
    from coach.store import ReviewState, Scope

    weeks = None if week is None else [parse_week(week)]
    with open_filled_store(settings_of(store=store)) as opened:
        state = None if everything else ReviewState.OPEN
        items = opened.queue(Scope.everyone(), state=state, weeks=weeks)
    for item in items:
        say_wrapped(item_line(item), 6)
    if not items:
        say("nothing waits for a person")


@app.command()
def show(number: Number, store: StorePath = None, playbook: PlaybookPath = None) -> None:
    """One item with all that its decision needs: the check's text, the quotes, the engine's reasoning, the commands."""
    from coach.pipeline.contests_told import shown_item

    settings = settings_of(store=store, playbook=playbook)
    with open_filled_store(settings) as opened:
        _ensure_there(opened, number)
        item, found = shown_item(opened, playbook_of(settings), number)
    for line in item_lines(item, found):
        say_wrapped(line, 2)


@app.command()
def contest(
    call_id: Annotated[str, typer.Argument(help="The call.")],
    check_id: Annotated[str, typer.Argument(help="The check whose verdict seems unfair.")],
    because: Annotated[str, typer.Option("--because", help="What the verdict misses.")],
    verdict: Annotated[str | None, typer.Option("--verdict", help=f"What would be right: {VERDICTS}.")] = None,
    by: Annotated[str, typer.Option("--by", help="Who contests.")] = "",
    store: StorePath = None,
    playbook: PlaybookPath = None,
) -> None:
    """Put a verdict before a person: it is shown in the digest's review queue until somebody decides."""
    if not because.strip():
        raise BadSettings("no reason is given", "say what the verdict misses with --because")
    from coach.pipeline import contests

    wanted = None if verdict is None else _verdict(verdict)
    settings = settings_of(store=store, playbook=playbook)
    book = playbook_of(settings)
    contests.check_of(book.rubric, check_id)
    with open_filled_store(settings) as opened:
        item = contests.contest(opened, book, call_id, check_id, because.strip(), wanted=wanted, by=by.strip())
    say(f"item {item.id}: {item.detail['check']} in {call_id} waits for a person")


@app.command()
def uphold(
    number: Number,
    verdict: Annotated[str, typer.Option("--verdict", help=f"The verdict that is right: {VERDICTS}.")],
    by: By,
    reason: Annotated[str, typer.Option("--reason", help="Why; the agent reads it.")],
    store: StorePath = None,
    playbook: PlaybookPath = None,
) -> None:
    """Decide that a contest is right: your verdict counts from now on, the engine's stays visible beside it."""
    _ensure_said(by, reason)
    from coach.pipeline import contests
    from coach.pipeline.intake import EVERYONE

    ruled = _verdict(verdict)
    settings = settings_of(store=store, playbook=playbook)
    book = playbook_of(settings)
    with open_filled_store(settings) as opened:
        waiting = opened.review(EVERYONE, number)
        before = waiting and contests.in_force(opened, book.rubric, waiting)
        item = contests.uphold(opened, book, number, ruled, by=by, reason=reason.strip())
    _say_decided(item)
    if before is not None:
        say(f"it takes the place of item {before.id}, {short_ruling(before)}")
    if contests.reworded(item, book.rubric):
        say("the check was worded otherwise when it was contested; this decision is about today's wording")
    say(f"`coach trainer keep-case {number}` makes a regression case of it")


@app.command()
def deny(
    number: Number,
    by: By,
    reason: Annotated[str, typer.Option("--reason", help="Why; the agent reads it.")],
    store: StorePath = None,
    playbook: PlaybookPath = None,
) -> None:
    """Decide that a contested verdict stays; the agent's page says by whom and why."""
    _ensure_said(by, reason)
    _settle(number, by, reason.strip(), store, "denied", playbook)


@app.command()
def ack(
    number: Number, by: Annotated[str, typer.Option("--by", help="Who has seen it.")], store: StorePath = None
) -> None:
    """Note that you have seen how a contest was decided; `coach review list --all` shows it."""
    if not by.strip():
        raise BadSettings("nobody is named", "say who has seen it with --by")
    with open_filled_store(settings_of(store=store)) as opened:
        _ensure_there(opened, number)
        item = opened.acknowledge(number, by=by.strip())
    say_wrapped(item_line(item), 6)


@app.command()
def confirm(number: Number, by: By, reason: Reason = "", store: StorePath = None) -> None:
    """Confirm an item: a critical flag then stands on the agent's page with its quote.  Contests are upheld or denied."""
    _settle(number, by, reason, store, "confirmed")


@app.command()
def dismiss(number: Number, by: By, reason: Reason = "", store: StorePath = None) -> None:
    """Dismiss an item: a critical flag then never reaches the agent.  Contests are upheld or denied."""
    _settle(number, by, reason, store, "dismissed")


@app.command()
def reopen(number: Number, by: By, store: StorePath = None, playbook: PlaybookPath = None) -> None:
    """Take a decision back: the item waits again, a confirmed flag leaves the page, the engine's verdict counts again."""
    _settle(number, by, "", store, "open", playbook)


def _settle(number: int, by: str, reason: str, store: str | None, state: str, playbook: str | None = None) -> None:
    """Decide an item; of a contest, say which other decision about the same verdict holds."""
    if not by.strip():
        raise BadSettings("nobody is named", "say who decides with --by")
    from coach.pipeline import contests
    from coach.pipeline.intake import EVERYONE

    settings = settings_of(store=store, playbook=playbook)
    with open_filled_store(settings) as opened:
        _ensure_there(opened, number)
        before = opened.review(EVERYONE, number)
        if state == "open" and before is not None and before.state.value == "open":
            raise BadSettings(f"item {number} is open already", f"see it with `coach review show {number}`")
        item = _decide(opened, number, state, by, reason)
        of_contest = item.kind == contests.KIND
        other = contests.in_force(opened, playbook_of(settings).rubric, item) if of_contest else None
    _say_decided(item)
    if other is not None:
        say(f"item {other.id}, {short_ruling(other)}, decides about this verdict")
    if state == "open" and of_contest and (kept := _case_of(item, settings)) is not None:
        say(f"{kept} was kept of a decision about this verdict: delete it, or keep the next decision in its place")


def _case_of(item: Review, settings: Settings) -> Path | None:
    """The regression case of a contest's check and call, where one was kept."""
    from coach.calibration.cases import FOLDER

    file = settings.path(settings.labels) / FOLDER / f"{item.call_id}.{item.detail.get('check', '')}.json"
    return file if file.is_file() else None


def _decide(opened: Store, number: int, state: str, by: str, reason: str) -> Review:
    from coach.store import ReviewState

    _ensure_there(opened, number)
    return opened.decide(number, ReviewState(state), by=by, reason=reason)


def _ensure_there(opened: Store, number: int) -> None:
    from coach.store import Scope

    if opened.review(Scope.everyone(), number) is None:
        raise NotFound(f"no item {number} in the queue", "see `coach review list --all`")


def _say_decided(item: Review) -> None:
    say_wrapped(item_line(item), 6)
    say(f"`coach report {item.agent} --week {item.week}` shows it at once, the page files after the next batch")


def _ensure_said(by: str, reason: str) -> None:
    if not by.strip():
        raise BadSettings("nobody is named", "say who decides with --by")
    if not reason.strip():
        raise BadSettings("no reason is given", "say why with --reason; the agent reads it")


def _verdict(word: str) -> RuledVerdict:
    from coach.pipeline.contests import VERDICTS as KNOWN

    wanted = word.strip().lower().replace(" ", "_").replace("-", "_")
    found = next((verdict for verdict in KNOWN if verdict == wanted), None)
    if found is None:
        raise BadSettings(f"{word!r} is no verdict", f"choose {VERDICTS}")
    return found
