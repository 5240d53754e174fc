"""What a player is told at the end: the anger path beside the checks, one strength, one thing, and a second go.

The checks come from a critique like any call's, made by a grader that never saw the customer's state.  Where path and
checks disagree, it is said.  Nothing here is a score, and nothing of it enters the scores of calls.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from coach.calls.transcript import Redacted, Speaker
from coach.grading.critique import CallCritique, Finding, Known, Proven, Verdict
from coach.playbook.rubric import Rubric
from coach.practice.hints import better_than, hint_for
from coach.practice.moods import sentence
from coach.practice.session import Session
from coach.practice.staircase import Result
from coach.practice.words import HARMFUL, STOCK

CALM = 4.0  # anger at the end from which a run counts as strong
FELL_WELL = 3.0
HARDLY_FELL = 0.5
DISAGREES = 2.0
MOST_RAISED = 3
FEWEST_JUDGED = 4  # checks from which their number is set against the path
_JUDGED = (Verdict.MET, Verdict.PARTIAL, Verdict.MISSED)


class CheckSeen(Known):
    """One judged check of the session, with the player's words and the number of their line (0: none)."""

    check_id: str
    plain: str
    verdict: Verdict
    quote: str = ""
    line: int = 0
    reasoning: str = ""


class Told(Known):
    """One thing said to the player, with their own words where there are some; `line` is the number of their line."""

    words: str
    quote: str = ""
    line: int = 0


class Feedback(Known):
    """The whole of it.

    `path` is the anger at the start and after each of the player's lines, `raised` what made it rise, the worst first.  `goal` is the card's success condition and
    `goal_met` whether the grader and the moves bear it out (None where neither could tell).  `again_from` is the line
    that a second go may start at, 0 where there is none; `next_level` the difficulty of the next session, 0 if unknown.
    """

    result: Result
    path: tuple[float, ...]
    ending: str
    checks: tuple[CheckSeen, ...]
    goal: str = ""
    goal_met: bool | None = None
    strength: Told
    one_thing: Told
    raised: tuple[Told, ...] = ()
    disagreements: tuple[str, ...] = ()
    again_from: int = 0
    next_level: int = 0
    graded_by: str
    ungraded: tuple[str, ...] = ()


def feedback_of(session: Session, critique: CallCritique, call: Redacted, rubric: Rubric) -> Feedback:
    """The feedback on a session, from its critique; `call` is the session as it was graded."""
    lines = _line_numbers(call, session)
    checks = tuple(_seen(f, lines, rubric) for f in critique.findings if f.verdict in _JUDGED and f.counts)
    goal_met = _goal_met(session, checks)
    return Feedback(
        result=_result(session, goal_met),
        path=session.anger_path,
        ending=session.ended,
        checks=checks,
        goal=session.card.success.words if session.card.success else "",
        goal_met=goal_met,
        strength=_strength(session, critique, lines, rubric),
        one_thing=_one_thing(session, checks, rubric),
        raised=tuple(one for one in _raised(session) if one.line != _one_thing(session, checks, rubric).line),
        disagreements=tuple(_disagreements(session, checks, goal_met)),
        again_from=_weakest(session),
        graded_by=critique.provenance.model if critique.provenance.ai else "the pattern check (no AI)",
        ungraded=tuple(f"{one.stage_id}: {one.reason}" for one in critique.ungraded),
    )


def _line_numbers(call: Redacted, session: Session) -> dict[str, int]:
    """Turn ids of the graded call to the numbers of the player's lines; a line cut in two keeps its number."""
    numbers: dict[str, int] = {}
    number, before = 0, Speaker.CUSTOMER
    for turn in call.turns:
        if turn.speaker is Speaker.AGENT:
            number += before is not Speaker.AGENT
            numbers[turn.id] = min(number, len(session.exchanges))
        before = turn.speaker
    return numbers


def _seen(finding: Finding, lines: dict[str, int], rubric: Rubric) -> CheckSeen:
    quotes = finding.evidence if finding.verdict is Verdict.MET else (*finding.counter, *finding.evidence)
    own = next((q for q in quotes if q.turn_id in lines), None)
    return CheckSeen(
        check_id=finding.check_id,
        plain=rubric.check(finding.check_id).reader.plain,
        verdict=finding.verdict,
        quote=own.text if own else "",
        line=lines[own.turn_id] if own else 0,
        reasoning=finding.reasoning,
    )


def _goal_met(session: Session, checks: Sequence[CheckSeen]) -> bool | None:
    """The grader's verdict on the rehearsed check decides; where it gave none, the moves that were seen."""
    success = session.card.success
    if success is None:
        return None
    verdict = next((c.verdict for c in checks if c.check_id == success.check_id), None)
    if verdict is not None:
        return verdict is Verdict.MET
    made = {one.move for exchange in session.exchanges for one in exchange.moves}
    if made & set(success.barred):
        return False
    return bool(made & set(success.wanted)) if success.wanted else None


def _result(session: Session, goal_met: bool | None) -> Result:
    path, persona = session.anger_path, session.card.persona
    fell = path[0] - path[-1]
    if session.ended == "leave" or fell < HARDLY_FELL or len(path) < 2:
        return "weak"
    settled = path[-1] <= max(CALM, persona.floor + HARDLY_FELL) or fell >= FELL_WELL
    return "strong" if settled and goal_met is not False else "steady"


def _falls(session: Session) -> list[float]:
    """By how much anger fell at each of the player's lines; negative where it rose."""
    path = session.anger_path
    return [round(a - b, 2) for a, b in pairwise(path)]


def _strength(session: Session, critique: CallCritique, lines: dict[str, int], rubric: Rubric) -> Told:
    """A met check with the player's words, the one at whose line the customer calmed most; else the best move.

    A line after which anger rose is no strength here, whatever it met.
    """
    falls = _falls(session)
    met: list[tuple[float, Finding, Proven]] = [
        (falls[lines[quote.turn_id] - 1], finding, quote)
        for finding in critique.findings
        if finding.verdict is Verdict.MET and finding.counts
        for quote in finding.evidence
        if 0 < lines.get(quote.turn_id, 0) <= len(falls) and falls[lines[quote.turn_id] - 1] > 0
    ]
    if met:
        _, finding, quote = max(met, key=lambda m: m[0])
        plain = rubric.check(finding.check_id).reader.plain
        return Told(words=f"{plain}.", quote=quote.text, line=lines[quote.turn_id])
    if falls and max(falls) > 0:
        best = falls.index(max(falls))
        made = [one for one in session.exchanges[best].moves if one.move not in HARMFUL]
        if made:
            return Told(words=sentence(made[0].move), quote=made[0].quote, line=best + 1)
    return Told(words="No line to quote as a strength in this run; a second go is the place for one.")


def _one_thing(session: Session, checks: Sequence[CheckSeen], rubric: Rubric) -> Told:
    """The rehearsed check while it is not met; else the line that did most harm; else the first missed check."""
    success = session.card.success
    focus = next((c for c in checks if success and c.check_id == success.check_id), None)
    if success and focus and focus.verdict is not Verdict.MET:
        return Told(words=success.words, quote=focus.quote, line=focus.line)
    falls = _falls(session)
    if falls and min(falls) < 0:
        worst = falls.index(min(falls))
        harm = [one for one in session.exchanges[worst].moves if one.move in HARMFUL]
        if harm:
            better = better_than(harm[0], rubric)
            return Told(words=f"{sentence(harm[0].move)} {better}".strip(), quote=harm[0].quote, line=worst + 1)
    for verdict in (Verdict.MISSED, Verdict.PARTIAL):
        found = next((c for c in checks if c.verdict is verdict), None)
        if found:
            better = rubric.check(found.check_id).reader.better
            return Told(words=f"It would land better to {better}.", quote=found.quote, line=found.line)
    hint = hint_for(session.model_copy(update={"ended": "", "test_mode": False}), rubric)
    return Told(words=hint or "Nothing stands out to change in what was said.")


def _raised(session: Session) -> tuple[Told, ...]:
    """The lines after which anger rose, with the harm that was heard in them; the worst three."""
    falls = _falls(session)
    worst = sorted((at for at, fall in enumerate(falls) if fall < 0), key=lambda at: falls[at])
    found = []
    for at in worst:
        harm = [one for one in session.exchanges[at].moves if one.move in HARMFUL or one.move in STOCK]
        found += [Told(words=sentence(one.move), quote=one.quote, line=at + 1) for one in harm[:1]]
    return tuple(found[:MOST_RAISED])


def _disagreements(session: Session, checks: Sequence[CheckSeen], goal_met: bool | None) -> list[str]:
    path = session.anger_path
    fell = path[0] - path[-1]
    found = []
    where = f"from {path[0]:.1f} to {path[-1]:.1f}"
    if fell >= DISAGREES and goal_met is False:
        found.append(
            f"The customer calmed ({where}), and the rehearsed check is not met. Both are true: other moves calmed them. "
            "The check is what was rehearsed."
        )
    missed = sum(c.verdict is Verdict.MISSED for c in checks)
    met = sum(c.verdict is Verdict.MET for c in checks)
    if fell >= DISAGREES and missed > met and missed + met >= FEWEST_JUDGED:
        found.append(f"The customer calmed ({where}), and more checks were missed ({missed}) than met ({met}).")
    if abs(fell) < HARDLY_FELL and met > missed and met + missed >= FEWEST_JUDGED and goal_met is not False:
        why = (
            "This customer cannot be pleased; what was done still counts."
            if session.card.persona.cannot_be_pleased
            else "A customer may stay angry after good work; the checks say what was done, the path what it did here."
        )
        found.append(f"Most checks are met ({met} against {missed} missed), and anger hardly fell ({where}). {why}")
    return found


def _weakest(session: Session) -> int:
    """The number of the line after which anger rose most, or hardly fell; 0 where every line moved something."""
    falls = _falls(session)
    return falls.index(min(falls)) + 1 if falls and min(falls) < HARDLY_FELL else 0
