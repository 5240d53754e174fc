"""A role-play card as a peer kit: three sheets for two colleagues and an observer.

Turns the rules that move the simulated customer into words and half points that a person can play by.  Hidden facts
and anger go on the customer's sheet alone.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from coach.playbook.rubric import Check, Rubric
from coach.practice.card import MIDDLE, Card, CardLine
from coach.practice.cast import Cast
from coach.practice.customer import (
    ANGERS,
    CALMS,
    FEWEST_BEFORE_AGREEING,
    FLOOR_NO_STEP,
    FLOOR_UNHEARD,
    MOST_FALL,
    PREFERRED,
    PROMISE_BROKEN,
    PROMISE_HOLDS,
    PROVOKED,
    SETTLED,
    STOCK_ALLOWED,
    band_of,
)
from coach.practice.moods import PLAIN, SOUND, plain
from coach.practice.template_voice import filled
from coach.practice.words import HEARING, Act, Move
from coach.reports.line import Line, shortened
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
from coach.reports.practice_cards import NO_GRADE

GENERAL = 6  # checks on the observer's sheet beside the rehearsed one
MOST_BEFORE = 6  # lines of the call
BEFORE_WORDS = 45
MOST_SO_FAR = 4  # of them on the customer's sheet, which has to hold much else
SO_FAR_WORDS = 24
MOST_TOLD = 7  # facts of an own call
MOST_ASKED_BY = 4
OWN_WANTED = "what this customer asks for in the lines above"
OWN_BOTTOM_LINE = "A next step that you can believe."
MOST_LINES = 2  # of the trainer's bank

_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
_COUNTS = {1: "one", 2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 7: "seven", 8: "eight"}


def peer_kit(card: Card, rubric: Rubric, cast: Cast, *, level: int = MIDDLE) -> PeerKit:
    """The three sheets of a card; `level` (1 to 5) moves where anger starts and how long patience lasts."""
    own = bool(card.call_id)
    return PeerKit(
        card_id=card.id,
        title=card.title,
        scene=card.title if own else card.scene.title,
        source="From a real call, redacted: what was said in it stays between the two of you." if own else card.why,
        disclaimer=NO_GRADE,
        customer=_customer(card, cast, level),
        agent=_agent(card, rubric),
        observer=ObserverSheet(
            situation=f"Call {card.call_id}, from {start_of(card).turn_id}." if own else card.scene.situation,
            rows=tuple(_rows(card, rubric)),
        ),
    )


def start_of(card: Card) -> Line:
    """The customer's line that the scene starts at."""
    found = next((line for line in reversed(card.before) if line.speaker == "customer"), None)
    return Line(turn_id=found.turn_id if found else "", speaker="customer", text=card.opening)


def lines_before(card: Card) -> tuple[Line, ...]:
    """The last lines of the call up to the one that the scene starts at, the long ones shortened."""
    return tuple(_line(line, BEFORE_WORDS) for line in card.before[-MOST_BEFORE:])


def _line(line: CardLine, words: int) -> Line:
    return Line(turn_id=line.turn_id, speaker=line.speaker, text=shortened(line.text, words))


def _customer(card: Card, cast: Cast, level: int) -> CustomerCard:
    persona, scene = card.persona, card.scene
    own = bool(card.call_id)
    return CustomerCard(
        name=persona.name,
        about=persona.about,
        style=persona.style,
        situation="You are the customer of this call: its words so far, its facts, its way of speaking."
        if own
        else scene.situation,
        so_far=tuple(_line(line, SO_FAR_WORDS) for line in card.before[:-1][-MOST_SO_FAR:]),
        opening=start_of(card),
        told=scene.told[-MOST_TOLD:] if own else scene.told,
        hidden=tuple(Hidden(says=h.says, asked_by=() if own else h.asked_by[:MOST_ASKED_BY]) for h in scene.hidden),
        wanted=OWN_WANTED if own else scene.wanted,
        bottom_line=OWN_BOTTOM_LINE if own else scene.bottom_line,
        anger=halves(card.anger(level)),
        softens=_softens(card),
        provokes=_provokes(card),
        rules=tuple(_rules(card, level)),
        ends=tuple(_ends(card)),
        overstated=_overstated(card),
        never_pleased=_never_pleased(card),
        never_say=tuple(dict.fromkeys((*persona.never_say, *cast.never_say))),
        ladder=tuple(_ladder(card)),
    )


def _overstated(card: Card) -> Overstated | None:
    said = card.scene.exaggeration if card.persona.exaggerates else None
    return None if said is None else Overstated(says=said.says, record=said.record)


def _softens(card: Card) -> tuple[Steer, ...]:
    """What calms this persona; a phrase that provokes them calms nobody on paper."""
    persona = card.persona
    worth = {m: by * (PREFERRED if m in persona.softens else 1) for m, by in CALMS.items() if m not in persona.provokes}
    return _steers({move: by * persona.calming for move, by in worth.items()})


def _provokes(card: Card) -> tuple[Steer, ...]:
    provokes = card.persona.provokes
    worth = {m: by * (PROVOKED if m in provokes else 1) for m, by in ANGERS.items()}
    return _steers({**dict.fromkeys(provokes, 0.0), **worth})


def _steers(worth: Mapping[Move, float]) -> tuple[Steer, ...]:
    """The strongest first, in half points: no less than one, no more than one line may move."""
    rounded = {move: min(MOST_FALL, max(0.5, round(2 * by) / 2)) for move, by in worth.items()}
    return tuple(
        Steer(
            points=halves(points),
            moves=tuple(f"{PLAIN[m]} ●" if m in HEARING else PLAIN[m] for m in Move if rounded.get(m) == points),
        )
        for points in sorted(set(rounded.values()), reverse=True)
    )


def _rules(card: Card, level: int) -> Iterator[str]:
    yield (
        "What calms counts in full the first time, half the second time, then hardly; "
        f"{halves(MOST_FALL)} a line at most."
    )
    heard = f"Stay at {halves(FLOOR_UNHEARD)} or above until two different moves marked ● were made"
    step = f", and at {halves(FLOOR_NO_STEP)} or above until there is an “I will ...” you could check"
    yield f"{heard}{step if card.persona.floor < FLOOR_NO_STEP else ''}."
    yield f"From the {_ORDINALS[STOCK_ALLOWED]} stock phrase on (a bare sorry, sympathy for any call): +½ each."
    yield f"You wait {_counted(card.patience(level))} lines for something concrete, then go up with every line."
    yield (
        f"{_counted(PROMISE_HOLDS).capitalize()} lines after a promise too good to be true, ask what it is worth: "
        f"+{halves(PROMISE_BROKEN)} unless it is taken back."
    )


def _ends(card: Card) -> Iterator[str]:
    persona = card.persona
    yield (
        f"You agree at {halves(max(SETTLED, persona.floor))} or below, once the agent owns a step and has said what "
        f"happens next, and not before their {_ORDINALS[FEWEST_BEFORE_AGREEING - 1]} line. One sentence, then the call is over: “{_said(card, Act.AGREE)}”"
    )
    yield (
        f"You hang up after two lines in a row at {halves(persona.leaves_at)} or above; out of patience, one is "
        f"enough: “{_said(card, Act.LEAVE)}”"
    )


def _never_pleased(card: Card) -> str:
    if not card.persona.cannot_be_pleased:
        return ""
    return (
        f"You stay dissatisfied whatever is done, and never go below {halves(card.persona.floor)}. "
        "Take the step in the end, without thanks: what counts is the agent's effort (G95)."
    )


def _ladder(card: Card) -> Iterator[Mood]:
    """The bands of anger in whole numbers, the hottest first, as far down as this persona ever comes."""
    bands: dict[Act, list[int]] = {}
    for anger in range(10, math.ceil(card.persona.floor) - 1, -1):
        bands.setdefault(band_of(anger), []).append(anger)
    for at, (act, angers) in enumerate(bands.items()):
        range_ = f"{angers[0]}" if len(angers) == 1 else f"{angers[0]} to {angers[-1]}"
        yield Mood(anger=range_, sound=SOUND[act], line=_said(card, act, at))


def _said(card: Card, act: Act, at: int = 0) -> str:
    """The persona's first line for an act with its slots filled from the scene; `at` takes another told fact."""
    told = card.scene.told[at % len(card.scene.told)]
    return filled(card.persona.said(act)[0], card.scene, told, card.scene.told[0])


def _agent(card: Card, rubric: Rubric) -> AgentCard:
    success, check = card.success, _rehearsed(card, rubric)
    start, slipped = start_of(card), card.slipped
    return AgentCard(
        situation=f"Your own call {card.call_id}: go on from {start.turn_id}, and find another line this time."
        if card.call_id
        else card.scene.situation,
        start=start,
        slipped=_line(slipped, BEFORE_WORDS) if slipped else None,
        can=card.scene.can,
        cannot=card.scene.cannot,
        move=success.words if success else "Take the call as you would; the observer ticks what was there.",
        aim=check.reader.aim if check else "",
        lines=check.reader.bank[:MOST_LINES] if check else (),
        wanted=plain(success.wanted) if success else (),
        barred=plain(success.barred) if success else (),
    )


def _rehearsed(card: Card, rubric: Rubric) -> Check | None:
    return next((check for check in rubric.checks() if check.id == card.check_id), None)


def _rows(card: Card, rubric: Rubric) -> Iterator[TickRow]:
    """The rehearsed check, then the weightiest of every other stage, without the lightest stages beyond six."""
    rehearsed = _rehearsed(card, rubric)
    if rehearsed is not None:
        yield TickRow(check_id=rehearsed.id, plain=rehearsed.reader.plain, aim=rehearsed.reader.aim, rehearsed=True)
    others = [s for s in rubric.stages if rehearsed is None or s.id != rubric.stage_of(rehearsed.id).id]
    kept = sorted(others, key=lambda stage: -stage.weight)[:GENERAL]
    for stage in (stage for stage in others if stage in kept):
        check = max(rubric.checks_of(stage), key=lambda c: c.weight, default=None)
        if check is not None:
            yield TickRow(check_id=check.id, plain=check.reader.plain, aim=check.reader.aim)


def halves(number: float) -> str:
    """A number in halves as people write it: 7½."""
    doubled = round(2 * number)
    whole, half = divmod(doubled, 2)
    return f"{whole or ''}½" if half else f"{whole}"


def _counted(number: int) -> str:
    return _COUNTS.get(number, str(number))
