"""What a supervisor may do with the week: the 1:1 agendas, pairings, training, and who moved on their own focus.

Everybody is compared with nobody but themselves, and stands in alphabetical order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from coach.playbook.rubric import Check, Rubric
from coach.reports.standing import landing
from coach.reports.team_parts import (
    FEWEST_CHANCES,
    FEWEST_FOR_NUMBER,
    AgendaItem,
    FocusMove,
    Improved,
    Pairing,
    Recognition,
    Training,
)
from coach.reports.team_tally import Judged, Tally

DOES_WELL = 0.8  # rate from which somebody may be asked to help
WEAK = 0.6  # team rate under which an exercise is suggested
MOST_PARTNERS = 2
MOST_TRAINING = 3
MOVED = 0.05  # a smaller difference of rates is "about the same"

Focuses = Mapping[str, FocusMove]


def checks_by_id(rubric: Rubric) -> dict[str, Check]:
    """The checks in force by id, in the rubric's order."""
    return {check.id: check for check in rubric.checks()}


def improved(focuses: Focuses, judged: Judged, checks: Mapping[str, Check]) -> tuple[Improved, ...]:
    """Whose own focus went up, over five chances or more before and in the week."""
    found = []
    for agent, move in sorted(focuses.items()):
        chances = judged.chances(agent, move.check_id)
        if move.check_id not in checks or move.rate_then is None or move.rate_now is None:
            continue
        if movement(move, chances)[1]:
            found.append(
                Improved(
                    agent=agent,
                    check_id=move.check_id,
                    since=move.since,
                    rate_then=move.rate_then,
                    rate_now=move.rate_now,
                    chances=chances[1],
                )
            )
    return tuple(found)


def agenda(
    tally: Tally,
    judged: Judged,
    focuses: Focuses,
    recognitions: tuple[Recognition, ...],
    checks: Mapping[str, Check],
) -> tuple[AgendaItem, ...]:
    """One 1:1 for every agent with a call in the week."""
    first: dict[str, Recognition] = {}
    for recognition in recognitions:
        first.setdefault(recognition.agent, recognition)
    return tuple(
        _one_to_one(agent, tally, judged, focuses.get(agent), first.get(agent), checks) for agent in sorted(tally.calls)
    )


def _one_to_one(
    agent: str,
    tally: Tally,
    judged: Judged,
    move: FocusMove | None,
    open_with: Recognition | None,
    checks: Mapping[str, Check],
) -> AgendaItem:
    check = checks.get(move.check_id) if move is not None else None
    blocked = tally.blocked[agent]
    ask = "Which call would you like to look at together?"
    if blocked:
        things = "1 thing" if blocked == 1 else f"{blocked} things"
        ask = f"{things} outside their control stood in the way (see the blockers): ask about that first."
    if move is None or check is None:
        last = "None on record."
        moved = f"No focus on record; one needs {FEWEST_CHANCES} chances at a check in four weeks."
        say = "Ask what they would like to work on."
    else:
        last = f"{check.reader.plain} ({check.id}), since {move.since}."
        moved, up = movement(move, judged.chances(agent, move.check_id))
        earned, chances = judged.in_week(agent, move.check_id)
        say = landing(check.reader, earned, chances)
        if up and earned == chances:
            say = f"Say that it moved, and ask what they did differently. {say}"
        elif up:
            say = "Say that it moved, and ask what they did differently. The aim stays: " + _lower(check.reader.aim)
    return AgendaItem(
        agent=agent,
        calls=tally.calls[agent],
        open_with=open_with,
        check_id=check.id if check is not None else None,
        last_action=last,
        moved=moved,
        say=say,
        ask=ask,
    )


def movement(move: FocusMove, chances: tuple[int, int]) -> tuple[str, bool]:
    """Whether a focus moved, in words, and whether it went up.

    `chances` are those before the week and in it; with fewer than five in either there is no direction.
    """
    if move.rate_then is None or move.rate_now is None:
        return "No earlier rate to compare with yet.", False
    before, now = chances
    if min(before, now) < FEWEST_FOR_NUMBER:
        word = "chance" if now == 1 else "chances"
        return f"{now} {word} this week, {before} in the weeks before: too few to say whether it moved.", False
    span = f"{percent(move.rate_then)} of {before} chances before, {percent(move.rate_now)} of {now} this week"
    change = move.rate_now - move.rate_then
    if change >= MOVED:
        return f"It moved up: {span}.", True
    if change <= -MOVED:
        return f"It went the other way: {span}.", False
    return f"About the same: {span}.", False


def pairings(focuses: Focuses, judged: Judged, checks: Mapping[str, Check]) -> tuple[Pairing, ...]:
    """For every focus up to two colleagues who do it well, so that nobody is asked much more often than others."""
    asked: Counter[str] = Counter()
    found = []
    for agent, move in sorted(focuses.items()):
        if move.check_id not in checks:
            continue
        able = [a for a in sorted(judged.cells) if a != agent and _does_well(judged, a, move.check_id)]
        partners = sorted(sorted(able, key=lambda a: (asked[a], a))[:MOST_PARTNERS])
        asked.update(partners)
        if partners:
            found.append(Pairing(agent=agent, check_id=move.check_id, partners=tuple(partners)))
    return tuple(found)


def training(judged: Judged, rubric: Rubric) -> tuple[Training, ...]:
    """The exercises for up to three checks that are weak across the team, the one that weighs most first."""
    totals: dict[str, list[float]] = {}
    for cells in judged.cells.values():
        for check_id, (earned, chances) in cells.items():
            total = totals.setdefault(check_id, [0.0, 0])
            total[0] += earned
            total[1] += chances
    weak = []
    for order, check in enumerate(rubric.checks()):
        earned, chances = totals.get(check.id, (0.0, 0))
        if chances >= FEWEST_FOR_NUMBER and earned / chances < WEAK:
            stage = rubric.stage_of(check.id)
            weight = stage.weight * check.weight / sum(c.weight for c in rubric.checks_of(stage))
            weak.append((-weight * (1 - earned / chances), order, check, earned, int(chances)))
    return tuple(
        Training(check_id=check.id, earned=earned, chances=chances, text=check.reader.training)
        for _, _, check, earned, chances in sorted(weak, key=lambda w: w[:2])[:MOST_TRAINING]
    )


def percent(rate: float) -> str:
    """A rate of 0 to 1 as a whole per cent."""
    return f"{rate * 100:.0f} %"


def _does_well(judged: Judged, agent: str, check_id: str) -> bool:
    earned, chances = judged.cells[agent].get(check_id, (0.0, 0))
    return chances >= FEWEST_FOR_NUMBER and earned / chances >= DOES_WELL


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
