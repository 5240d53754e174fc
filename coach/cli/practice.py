"""Commands for rehearsing: cards, play, peer, quiz, sessions, show, and the moments colleagues share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from coach.cli.choices import (
    EngineName,
    PlaybookPath,
    StorePath,
    Week,
    open_filled_store,
    playbook_of,
    remembered_grading,
    settings_of,
)
from coach.cli.people import AsFormat, Format, ToFile, now, put_as
from coach.cli.quiz import quiz
from coach.cli.say import console, say
from coach.errors import BadSettings, NotFound

if TYPE_CHECKING:
    from coach.pipeline.rehearse import Cards
    from coach.practice.card import Card
    from coach.practice.cast import Cast
    from coach.settings import Settings
    from coach.store import Store

app = typer.Typer(help="Rehearse hard moments: role-play, peer kit, quiz.", no_args_is_help=True)
app.command("quiz")(quiz)

Agent = Annotated[str, typer.Argument(help="The agent's id.")]
PersonaId = Annotated[str | None, typer.Option("--persona", help="Who calls, in an invented scene.")]
SceneId = Annotated[str | None, typer.Option("--scene", help="What the invented scene is about.")]
CheckId = Annotated[str | None, typer.Option("--check", help="The check to rehearse in an invented scene.")]
CardId = Annotated[str | None, typer.Option("--card", help="A card of your own calls: CALL/CHECK.")]


@contextmanager
def _cards(settings: Settings, engine: str | None) -> Iterator[tuple[Cards, Store, Cast]]:
    """The dealer of what was graded last, its store and the cast."""
    from coach.pipeline.rehearse import Cards
    from coach.practice.cast import load_cast

    book = playbook_of(settings)
    cast = load_cast(book.folder)
    with open_filled_store(settings) as store:
        yield Cards(store, remembered_grading(settings, book, store, engine), cast), store, cast


def chosen_card(
    settings: Settings,
    agent: str,
    card: str | None,
    persona: str | None,
    scene: str | None,
    check: str | None,
    engine: str | None = None,
) -> Card:
    """The card that the options name: one of the agent's own, else an invented scene (the plain persona's by default).

    Raises BadSettings for options that contradict one another, NotFound for what is not there.
    """
    from coach.practice.card import invented_card
    from coach.practice.cast import load_cast

    if card and (persona or scene or check):
        raise BadSettings("a card of your own calls has its own persona, scene and check", "give --card alone")
    if card:
        with _cards(settings, engine) as (cards, _, _):
            return cards.named(agent, card)
    book = playbook_of(settings)
    return invented_card(
        load_cast(book.folder), persona or "plain", scene or "", check_id=(check or "").upper(), rubric=book.rubric
    )


@app.command()
def cards(
    agent: Agent,
    week: Week = None,
    as_format: AsFormat = Format.TERMINAL,
    to: ToFile = None,
    engine: EngineName = None,
    store: StorePath = None,
    playbook: PlaybookPath = None,
) -> None:
    """Role-plays from an agent's own missed moments: the card, why this one, and how to start it."""
    from coach.calls.weeks import parse_week
    from coach.pipeline import sheets

    settings = settings_of(store=store, playbook=playbook)
    with _cards(settings, engine) as (dealer, _, _):
        dealt = dealer.of(agent, None if week is None else parse_week(week))
    if as_format is Format.TERMINAL and to is None:
        console().print(sheets.cards_terminal(agent, dealt))
    else:
        put_as(
            as_format,
            to,
            html=lambda: sheets.cards_html(agent, dealt, now()),
            md=lambda: sheets.cards_markdown(agent, dealt),
            json=lambda: sheets.cards_json(agent, dealt),
        )


@app.command()
def personas(playbook: PlaybookPath = None) -> None:
    """Who may call, and the invented scenes."""
    from coach.practice.cast import load_cast

    cast = load_cast(playbook_of(settings_of(playbook=playbook)).folder)
    say("Personas (--persona)")
    for persona in cast.personas:
        say(f"  {persona.id:20} {persona.about}")
    say()
    say("Scenes (--scene)")
    for scene in cast.scenes:
        say(f"  {scene.id:20} {scene.title}")


@app.command()
def sessions(
    agent: Annotated[str | None, typer.Argument(help="The agent's id; none: everyone's.")] = None,
    store: StorePath = None,
) -> None:
    """The practice sessions that are kept: what they were about, where they stand, how they went."""
    from coach.store import Scope

    with open_filled_store(settings_of(store=store)) as opened:
        rows = opened.sessions(Scope.of_agent(agent) if agent else Scope.everyone())
    for row in rows:
        where = f"call {row.call_id}" if row.call_id else "invented scene"
        about = f", {row.check_id}" if row.check_id else ""
        how = row.result or ("can be resumed" if row.state == "open" else row.state)
        day = f"{row.started_at:%Y-%m-%d}"
        say(f"{row.id:>4}  {day}  {row.agent}  {row.persona}, {where}{about}, level {row.level}: {how}")
    if not rows:
        say("no practice sessions yet; start one with `coach practice play`")


@app.command()
def show(
    number: Annotated[int, typer.Argument(help="The session's number.")],
    as_format: AsFormat = Format.TERMINAL,
    to: ToFile = None,
    store: StorePath = None,
) -> None:
    """A session's transcript with its anger path and, once it is done, its feedback."""
    from coach.cli.practice_screen import shown_record
    from coach.pipeline.rehearse import kept_session, record_of
    from coach.pipeline.session_sheet import session_html, session_markdown

    with open_filled_store(settings_of(store=store)) as opened:
        record = record_of(kept_session(opened, None, number))
    if as_format is Format.TERMINAL and to is None:
        console().print(shown_record(record, number))
    else:
        put_as(
            as_format,
            to,
            html=lambda: session_html(record, number, now()),
            md=lambda: session_markdown(record, number),
            json=lambda: record.model_dump_json(indent=1) + "\n",
        )


@app.command()
def peer(
    agent: Annotated[str, typer.Argument(help="The agent's id (for cards of own calls).")] = "me",
    card: CardId = None,
    persona: PersonaId = None,
    scene: SceneId = None,
    check: CheckId = None,
    as_format: AsFormat = Format.MD,
    to: ToFile = None,
    engine: EngineName = None,
    store: StorePath = None,
    playbook: PlaybookPath = None,
) -> None:
    """A kit on paper for two colleagues and an observer: customer card, agent card, observer sheet."""
    from coach.pipeline import sheets
    from coach.practice.cast import load_cast

    settings = settings_of(store=store, playbook=playbook)
    chosen = chosen_card(settings, agent, card, persona, scene, check, engine)
    book = playbook_of(settings)
    kit = sheets.peer_kit(chosen, book.rubric, load_cast(book.folder))
    put_as(
        as_format,
        to,
        html=lambda: sheets.peer_html(kit, now()),
        md=lambda: sheets.peer_markdown(kit),
        json=lambda: sheets.peer_json(kit),
    )


@app.command()
def share(
    card: Annotated[str, typer.Argument(help="The moment, as CALL/CHECK: a check that was met in your own call.")],
    named: Annotated[bool, typer.Option("--named", help="Show your name beside it; else it says a colleague.")] = False,
    engine: EngineName = None,
    store: StorePath = None,
    playbook: PlaybookPath = None,
) -> None:
    """Let colleagues read one of your best moments (redacted); nothing is shared unless its agent does this."""
    from coach.pipeline.exemplars import held_moments, share_moment

    settings = settings_of(store=store, playbook=playbook)
    with open_filled_store(settings) as opened:
        grading = remembered_grading(settings, playbook_of(settings), opened, engine)
        number = share_moment(opened, grading, card, named=named)
        words = next(
            (held.moment.own.text for held in held_moments(opened, grading) if held.moment.number == number), ""
        )
    say(f"“{words}”")
    say(
        f"shared as moment {number}, {'with your name' if named else 'without your name'}; take it back with `coach practice unshare {number}`"
    )


@app.command()
def unshare(
    number: Annotated[int, typer.Argument(help="The moment's number.")],
    store: StorePath = None,
) -> None:
    """Take a shared moment back; pages written before hold it until the next batch."""
    with open_filled_store(settings_of(store=store)) as opened:
        opened.unshare(number)
    say(f"moment {number} is shared no more; pages written before hold it until the next batch")


@app.command()
def exemplars(
    check: CheckId = None,
    as_format: AsFormat = Format.MD,
    to: ToFile = None,
    engine: EngineName = None,
    store: StorePath = None,
    playbook: PlaybookPath = None,
) -> None:
    """The moments that colleagues share, check by check: how the move was made, and what came next."""
    from coach.pipeline import sheets
    from coach.pipeline.exemplars import shared_moments

    settings = settings_of(store=store, playbook=playbook)
    with open_filled_store(settings) as opened:
        book = playbook_of(settings)
        moments = shared_moments(opened, remembered_grading(settings, book, opened, engine), check)
    if not moments:
        raise NotFound("no moments are shared yet", "an agent shares one with `coach practice share CALL/CHECK`")
    put_as(
        as_format,
        to,
        html=lambda: sheets.exemplars_html(moments, now()),
        md=lambda: sheets.exemplars_markdown(moments),
        json=lambda: sheets.exemplars_json(moments),
    )
