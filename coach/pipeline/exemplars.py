"""Moments that agents share with colleagues: shared by their own act, and shown only while they still hold.

Whether a moment is a good one is asked anew each time it is shown, of the critique in force.  A failure is never
shared, and no moment outlives its call.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from coach.calls.transcript import Redacted, RedactedTurn, Speaker
from coach.errors import BadSettings, NotFound
from coach.grading.critique import CallCritique, Proven
from coach.grading.grade import Grading
from coach.pipeline.graded import critique_of
from coach.pipeline.intake import EVERYONE
from coach.reports.agent_screen import FEWEST_PRAISED, next_line
from coach.reports.exemplars import Exemplars, SharedCheck, SharedMoment
from coach.reports.line import Line, shortened
from coach.reports.praise import Praise, place
from coach.reports.standing import disclaimer, engine_line
from coach.store import Exemplar, Store

AROUND_WORDS = 45
OWN_WORDS = 70
NOBODY = "A colleague"


class Held(NamedTuple):
    """A shared moment that still holds, whose it is, and the critique that says so."""

    agent: str
    check_id: str
    moment: SharedMoment
    critique: CallCritique


def share_moment(store: Store, grading: Grading, card: str, *, named: bool) -> int:
    """Share the moment `CALL/CHECK`, with its agent's name if `named`, and give its number.

    Raises BadSettings for a name of another form, NotFound where the call or its grades are not there, or where the
    check was not met in proven words that may be shown.
    """
    call_id, slash, check_id = card.partition("/")
    check_id = check_id.upper()
    if not slash or not check_id:
        raise BadSettings(f"{card!r} names no moment", "write CALL/CHECK, with the check in brackets on your page")
    call = store.call(EVERYONE, call_id)
    if call is None:
        raise NotFound(f"no call {call_id!r} in the store", "take its id from your page")
    critique = critique_of(store, grading, call)
    if critique is None:
        raise NotFound(f"call {call_id} has no grades of the last batch", "grade it with `coach batch`")
    quotes = list(_quotes(critique, check_id))
    if not quotes:
        raise NotFound(
            f"{check_id} was not met in call {call_id} in words that can be shown",
            "share a moment that your page marks as done, with a quote of yours",
        )
    return store.share(call_id, check_id, quotes[0].turn_id, named=named)


def shared_moments(store: Store, grading: Grading, check: str | None = None) -> Exemplars | None:
    """What is shared and still holds, of one check or of all; None where that is nothing.

    Raises NotFound for a check that the playbook does not have.
    """
    known = [c.id for c in grading.playbook.rubric.checks()]
    if check is not None and check.upper() not in known:
        raise NotFound(f"no check {check!r} in the playbook", f"checks: {', '.join(known)}")
    held = held_moments(store, grading)
    return exemplars_of([h for h in held if check is None or h.check_id == check.upper()], grading)


def held_moments(store: Store, grading: Grading) -> list[Held]:
    """The shared moments that still hold, oldest first."""
    return [held for each in store.exemplars(EVERYONE) if (held := _held(each, store, grading)) is not None]


def exemplars_of(held: Sequence[Held], grading: Grading) -> Exemplars | None:
    """These moments by check in the order of the rubric; None where there are none."""
    if not held:
        return None
    checks = [
        SharedCheck(
            check_id=check.id,
            plain=check.reader.plain,
            aim=check.reader.aim,
            moments=tuple(h.moment for h in held if h.check_id == check.id),
        )
        for check in grading.playbook.rubric.checks()
    ]
    ai = grading.engine.ai
    return Exemplars(
        ai=ai,
        engine_line=engine_line([h.critique for h in held]),
        disclaimer=disclaimer(ai=ai),
        checks=tuple(check for check in checks if check.moments),
    )


def _held(exemplar: Exemplar, store: Store, grading: Grading) -> Held | None:
    """The moment as it may be shown now; None where its call is another's, or the check is no longer met there."""
    call = store.call(EVERYONE, exemplar.call_id)
    if call is None or call.agent != exemplar.agent:
        return None
    critique = critique_of(store, grading, call)
    turn = call.turn(exemplar.turn_id)
    if critique is None or turn is None or turn.speaker is not Speaker.AGENT:
        return None
    quote = next((q for q in _quotes(critique, exemplar.check_id) if q.turn_id == exemplar.turn_id), None)
    if quote is None:
        return None
    return Held(exemplar.agent, exemplar.check_id, _moment(exemplar, call, turn, quote), critique)


def _quotes(critique: CallCritique, check_id: str) -> Iterator[Proven]:
    """The agent's proven words that met a check: those that stand best first, of equals the later.

    None of a few words ("Bye."), which teach nobody, and none that may not be praised.
    """
    finding = critique.finding(check_id)
    if finding is None or not finding.proves_met:
        return
    praise = Praise(critique)
    said = [q for q in finding.evidence if q.speaker == Speaker.AGENT and len(q.text.split()) >= FEWEST_PRAISED]
    found = [(s, q) for q in said if (s := praise.standing(q))]
    found.sort(key=lambda f: (f[0], place(f[1].turn_id)), reverse=True)
    yield from (quote for _, quote in found)


def _moment(exemplar: Exemplar, call: Redacted, turn: RedactedTurn, quote: Proven) -> SharedMoment:
    """The agent's whole line where it is short enough, else the proven words of it."""
    at = call.turns.index(turn)
    before = next((t for t in reversed(call.turns[:at]) if t.speaker is Speaker.CUSTOMER), None)
    own = turn.text if len(turn.text.split()) <= OWN_WORDS else shortened(quote.text, OWN_WORDS)
    return SharedMoment(
        number=exemplar.id,
        who=exemplar.agent if exemplar.named else NOBODY,
        before=before and _line(before.id, Speaker.CUSTOMER, shortened(before.text, AROUND_WORDS)),
        own=_line(turn.id, Speaker.AGENT, own),
        after=next_line(call, turn.id, Speaker.CUSTOMER, AROUND_WORDS),
    )


def _line(turn_id: str, speaker: Speaker, text: str) -> Line:
    return Line(turn_id=turn_id, speaker=speaker.value, text=text)
