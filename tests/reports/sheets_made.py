"""Invented practice for the reports' tests: scenes to rehearse, cards, a peer kit and shared moments, of any words."""

from __future__ import annotations

from coach.reports.agent_practice import Colleagues, RolePlay
from coach.reports.exemplars import Exemplars, SharedCheck, SharedMoment
from coach.reports.line import Line
from coach.reports.peer_kit import (
    AgentCard,
    CustomerCard,
    Hidden,
    Mood,
    ObserverSheet,
    Overstated,
    PeerKit,
    Steer,
    TickRow,
)
from coach.reports.practice_cards import NO_GRADE, CardSheet, CardSheets
from coach.reports.practice_session import PlayedCheck, PlayedLine, SessionSheet

SAID = "I have waited in four mornings for the fitter."


def line(words: str = SAID, speaker: str = "customer", turn_id: str = "T03") -> Line:
    """A line of a call; without a turn id it stands in none."""
    return Line(turn_id=turn_id, speaker=speaker, text=words)


def role_play(number: int = 1, words: str = SAID, own: bool = True) -> RolePlay:
    """A scene to rehearse."""
    return RolePlay(
        title=f"Call c-{number}, from T03: {words}",
        why=words,
        start=line(words, turn_id="T03" if own else ""),
        slipped=line(words, "agent", "T04") if own else None,
        better=words,
        command=f"coach practice play a-07 --card c-{number}/ACK1",
        peer_command=f"coach practice peer a-07 --card c-{number}/ACK1 --format html --to peer.html",
        own=own,
    )


def colleagues(href: str = "../../exemplars") -> Colleagues:
    """Two shared moments, on a page beside or behind a command."""
    return Colleagues(moments=2, href=href, anchor="check-ack1", command="coach practice exemplars --check ACK1")


def cards(words: str = SAID, own: bool = True) -> CardSheets:
    """Two cards."""
    card = CardSheet(
        id="c-1/ACK1",
        title=f"Call c-1: {words}",
        why=words,
        situation=words,
        before=(line(words, "agent", "T02"), line(words), line("On hold.", "system", "T05"))
        if own
        else (line(words, turn_id=""),),
        slipped=line(words, "agent", "T06") if own else None,
        better=words if own else "",
        wanted=(words,),
        barred=(words,),
        told=(words,),
        hidden=(words,),
        command="coach practice play a-07 --card c-1/ACK1",
        peer_command="coach practice peer a-07 --card c-1/ACK1",
    )
    return CardSheets(agent="a-07", lead=words, disclaimer=NO_GRADE, cards=(card, card.model_copy(update={"id": "2"})))


def kit(words: str = SAID, fact: str = "The key is under the mat.") -> PeerKit:
    """A kit with something in every part; `fact` is the hidden one."""
    customer = CustomerCard(
        name="Plain",
        about=words,
        style=words,
        situation=words,
        so_far=(line(words, "agent", "T01"), line(words, turn_id="T02")),
        opening=line(words),
        told=(words,),
        hidden=(Hidden(says=fact, asked_by=("key", words)),),
        wanted=words,
        bottom_line=words,
        anger="7½",
        softens=(Steer(points="1", moves=(words, f"{words} ●")),),
        provokes=(Steer(points="½", moves=(words,)),),
        rules=(words,),
        ends=(words,),
        overstated=Overstated(says=words, record=words),
        never_pleased=words,
        never_say=(words,),
        ladder=(Mood(anger="10 to 8", sound=words, line=words),),
    )
    agent = AgentCard(
        situation=words,
        start=line(words),
        slipped=line(words, "agent", "T04"),
        can=(words,),
        cannot=(words,),
        move=words,
        aim=words,
        lines=(words,),
        wanted=(words,),
        barred=(words,),
    )
    rows = (
        TickRow(check_id="ACK1", plain=words, aim=words, rehearsed=True),
        TickRow(check_id="RES1", plain=words, aim=words),
    )
    return PeerKit(
        card_id="c-1/ACK1",
        title=words,
        scene=words,
        source=words,
        disclaimer=NO_GRADE,
        customer=customer,
        agent=agent,
        observer=ObserverSheet(situation=words, rows=rows),
    )


def shared(words: str = SAID, who: str = "A colleague") -> Exemplars:
    """Moments of two checks; the last one stands alone."""
    whole = SharedMoment(number=3, who=who, before=line(words), own=line(words, "agent", "T04"), after=line(words))
    alone = SharedMoment(number=4, who=who, before=None, own=line(words, "agent", "T04"), after=None)
    return Exemplars(
        ai=True,
        engine_line=words,
        disclaimer="A person decides.",
        checks=(
            SharedCheck(check_id="ACK1", plain=words, aim=words, moments=(whole,)),
            SharedCheck(check_id="RES1", plain=words, aim=words, moments=(alone,)),
        ),
    )


def session(words: str = SAID) -> SessionSheet:
    """A session of two lines with every kind of feedback."""
    played = tuple(
        PlayedLine(
            number=number,
            said=line(words, "agent", str(number)),
            moves=(words,),
            anger=6.5,
            answer=line(words, turn_id=""),
            hint=words,
        )
        for number in (1, 2)
    )
    return SessionSheet(
        number=7,
        agent="a-07",
        title=words,
        situation=words,
        goal=words,
        level=3,
        opening=line(words, turn_id=""),
        anger=8.0,
        lines=played,
        ending="The customer agreed to the next step.",
        went_back=1,
        notes=(words,),
        result="strong",
        goal_met="Done.",
        strength=words,
        strength_quote=words,
        one_thing=words,
        one_thing_quote=words,
        raised=(words,),
        checks=(PlayedCheck(check_id="ACK1", plain=words, verdict="met", quote=words),),
        disagreements=(words,),
        graded_by="m",
        again="coach practice play --again 7",
    )
