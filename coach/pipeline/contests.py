"""Contested verdicts: put before a person, upheld or denied, and what then holds for whoever is told of the call.

Joins rooms that do not know each other (store, calibration's versions, reports).  A decision holds for the words it was
made about: an upheld contest is set aside where the check or the call has changed since, and never laid on.  How
contests are told stands in `contests_told.py`.
"""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple, get_args

from coach.calibration.labels import check_definition, transcript_version
from coach.calls.transcript import Redacted
from coach.errors import BadSettings, NotFound
from coach.grading.critique import CallCritique, Finding, Verdict
from coach.grading.rulings import RuledVerdict, Ruling, can_rule, overrule
from coach.pipeline.intake import EVERYONE
from coach.playbook.load import Playbook
from coach.playbook.rubric import Check, Rubric
from coach.store import Review, ReviewState, Run, Scope, Store

KIND = "contest"
VERDICTS: tuple[RuledVerdict, ...] = get_args(RuledVerdict)
UNSHOWN = ("definition", "engine", "engine_verdict", "model", "playbook")
"""What the detail of a contest holds for later, and nobody needs to read in the queue."""
OLDER_CHECK = "an older wording of the check"
OLDER_CALL = "an older record of the call"
GONE = "a check that the playbook no longer has"


class Upheld(NamedTuple):
    """An upheld contest, its ruling, and why it is not laid on: one of the three above, or the `later` decision on the
    same check that took its place."""

    item: Review
    ruling: Ruling
    aside: str
    later: Review | None = None

    @property
    def holds(self) -> bool:
        """True where it is laid on."""
        return not self.aside and self.later is None


def upheld(
    store: Store, rubric: Rubric, scope: Scope, weeks: Collection[str] | None = None, *, call_id: str | None = None
) -> list[Upheld]:
    """The upheld contests of a scope, in the order of their decisions; of two about a check, the one decided last holds.

    It is the time of the decision that counts, not that of the contest: an older one that is decided anew comes last.
    """
    found = store.queue(scope, state=ReviewState.UPHELD, weeks=weeks, kind=KIND)
    items = [item for item in found if call_id in (None, item.call_id)]
    asked = {item.detail.get("check") for item in items}
    definitions = {check.id: check_definition(check) for check in rubric.checks() if check.id in asked}
    decided: list[Upheld] = []
    held: dict[tuple[str, str], int] = {}
    for item in sorted(items, key=lambda i: (str(i.decided_at), i.id)):
        ruling = ruling_of(item)
        aside = _aside(ruling, definitions, store)
        if not aside:
            earlier = held.get((ruling.call_id, ruling.check_id))
            if earlier is not None:
                decided[earlier] = decided[earlier]._replace(later=item)
            held[ruling.call_id, ruling.check_id] = len(decided)
        decided.append(Upheld(item, ruling, aside))
    return decided


def rulings_of(
    store: Store, rubric: Rubric, scope: Scope, weeks: Collection[str] | None = None, *, call_id: str | None = None
) -> dict[str, list[Ruling]]:
    """The rulings that hold in a scope, by call."""
    held: dict[str, list[Ruling]] = {}
    for each in upheld(store, rubric, scope, weeks, call_id=call_id):
        if each.holds:
            held.setdefault(each.ruling.call_id, []).append(each.ruling)
    return held


def laid_on(critique: CallCritique, rulings: Mapping[str, list[Ruling]], book: Playbook) -> CallCritique:
    """The critique with the rulings on its call; one of another rubric, whose weights nobody has, as it was."""
    mine = rulings.get(critique.call_id, ())
    same = critique.provenance.rubric == book.rubric_version[:12]
    return overrule(critique, mine, book.rubric) if mine and same else critique


def ruling_of(item: Review) -> Ruling:
    """The ruling of an upheld contest; ValueError for any other item."""
    if item.ruling is None:
        raise ValueError(f"item {item.id} holds no ruling")
    check_id = str(item.detail.get("check", ""))
    given = {name: item.ruling.get(name, "") for name in ("verdict", "definition", "transcript")}
    decided_at = item.decided_at.isoformat() if item.decided_at else ""
    who = {"by": item.decided_by, "reason": item.reason, "decided_at": decided_at}
    return Ruling.model_validate({"call_id": item.call_id, "check_id": check_id, **who, **given})


def _aside(ruling: Ruling, definitions: Mapping[str, str], store: Store) -> str:
    if ruling.check_id not in definitions:
        return GONE
    if ruling.definition != definitions[ruling.check_id]:
        return OLDER_CHECK
    call = store.call(EVERYONE, ruling.call_id)
    return "" if call is not None and transcript_version(call) == ruling.transcript else OLDER_CALL


def contest(
    store: Store,
    book: Playbook,
    call_id: str,
    check_id: str,
    because: str,
    *,
    wanted: RuledVerdict | None = None,
    by: str = "",
) -> Review:
    """Put a verdict before a person, with what it was and the words it was given under.

    Raises NotFound for a call or check that is not there and for a check that was never graded in that call,
    BadSettings for a contest that is open or decided already, or that wants the verdict there is.
    """
    check = check_of(book.rubric, check_id)
    call = store.call(EVERYONE, call_id)
    if call is None:
        raise NotFound(f"no call {call_id!r} in the store", "take its id from the report")
    critique, finding = _graded(store, book, call, check)
    if wanted is not None:
        _ensure_can_rule(check, wanted)
        if wanted == finding.verdict:
            raise BadSettings(f"{check.id} in {call_id} is {wanted} already", "name another --verdict, or none")
    waiting = store.queue(EVERYONE, state=ReviewState.OPEN, kind=KIND)
    same = next((i for i in waiting if (i.call_id, i.detail.get("check")) == (call_id, check.id)), None)
    if same is not None:
        raise BadSettings(f"{check.id} in {call_id} is contested already: item {same.id}", "it waits for a person")
    detail = {
        "check": check.id,
        "verdict": finding.verdict.value,
        **({"wanted": wanted} if wanted else {}),
        "because": because,
        **({"by": by} if by else {}),
        "definition": check_definition(check),
        "engine_verdict": finding.engine_verdict.value,
        "engine": critique.provenance.engine,
        "model": critique.provenance.model,
        "playbook": critique.provenance.playbook,
    }
    number = store.enqueue(call_id, KIND, detail)
    item = store.review(EVERYONE, number)
    if item is None or item.state is not ReviewState.OPEN:
        what = f"item {number} is the very same contest"
        decided = f", {item.state.value} by {item.decided_by}" if item else ""
        raise BadSettings(f"{what}{decided}", "say what is new with --because, or have that item opened again")
    return item


def in_force(store: Store, rubric: Rubric, item: Review) -> Review | None:
    """The upheld contest whose ruling holds for an item's check of its call, that item itself or another; None for none."""
    found = upheld(store, rubric, EVERYONE, call_id=item.call_id)
    return next((u.item for u in found if u.holds and u.ruling.check_id == item.detail.get("check")), None)


def uphold(store: Store, book: Playbook, number: int, verdict: RuledVerdict, *, by: str, reason: str) -> Review:
    """Decide that a contest is right: the verdict is the person's from now on, for the words in force today.

    Raises NotFound for an item, check or call that is not there, BadSettings for a verdict that the check does not
    know or that stands already, StoreError for an item that is no open contest.
    """
    item = store.review(EVERYONE, number)
    if item is None:
        raise NotFound(f"no item {number} in the queue", "see `coach review list --all`")
    ruling = {"verdict": str(verdict)}
    if item.kind == KIND:
        check = check_of(book.rubric, str(item.detail.get("check", "")))
        _ensure_can_rule(check, verdict)
        call = store.call(EVERYONE, item.call_id)
        if call is None:
            raise NotFound(f"no call {item.call_id!r} in the store", "it may have been erased")
        now = finding_now(store, book, call, check)
        if item.state is ReviewState.OPEN and now is not None and verdict == now.verdict:
            raise BadSettings(
                f"{check.id} in {item.call_id} is {verdict} now, so nothing would change",
                f'`coach review deny {number} --by {shlex.quote(by)} --reason "..."` keeps it; to uphold, name another --verdict',
            )
        ruling |= {"definition": check_definition(check), "transcript": transcript_version(call)}
    return store.decide(number, ReviewState.UPHELD, by=by, reason=reason, ruling=ruling)


def finding_now(store: Store, book: Playbook, call: Redacted, check: Check) -> Finding | None:
    """The finding that a call's pages have for a check, rulings laid on; None where it is in no grades."""
    try:
        return _graded(store, book, call, check)[1]
    except NotFound:
        return None


def reworded(item: Review, rubric: Rubric) -> bool:
    """True where the check of a contest was worded otherwise when it was contested."""
    before = item.detail.get("definition")
    check = next((c for c in rubric.checks() if c.id == item.detail.get("check")), None)
    return before is not None and check is not None and before != check_definition(check)


def check_of(rubric: Rubric, check_id: str) -> Check:
    """The check of that id, in small letters too; NotFound with those there are."""
    known = {check.id: check for check in rubric.checks()}
    if check_id.upper() not in known:
        named = "; ".join(f"{check.id} {check.name}" for check in known.values())
        raise NotFound(f"no check {check_id.upper()!r} in the playbook", f"checks: {named}")
    return known[check_id.upper()]


def _ensure_can_rule(check: Check, verdict: RuledVerdict) -> None:
    if not can_rule(check, verdict):
        ways = ", ".join(v for v in VERDICTS if v != "partial")
        raise BadSettings(f"{check.id} has no partial", f"choose one of {ways}")


def _graded(store: Store, book: Playbook, call: Redacted, check: Check) -> tuple[CallCritique, Finding]:
    """The newest grades of a call with a verdict on a check, as its agent reads them: rulings laid on."""
    why = "no batch has graded it"
    rulings = rulings_of(store, book.rubric, EVERYONE, call_id=call.call_id)
    for run in _ways(store):
        critique = store.critique(
            EVERYONE,
            call.call_id,
            playbook=run.playbook,
            engine=run.engine,
            model=run.model,
            repeats=int(run.counts.get("repeats", 1)),
            digest=call.digest(),
        )
        if critique is None:
            continue
        critique = laid_on(critique, rulings, book)
        finding = critique.finding(check.id)
        if finding is not None and finding.verdict is not Verdict.UNGRADED:
            return critique, finding
        why = (finding and finding.why_ungraded) or "it was not asked"
    raise NotFound(f"{check.id} was never graded in call {call.call_id}: {why}", "contest a verdict of the report")


def _ways(store: Store) -> Iterable[Run]:
    """One run for each way of grading there was, the latest first."""
    runs = [run for run in store.runs(EVERYONE) if run.counts.get("graded")]
    ways = {(r.playbook, r.engine, r.model, r.counts.get("repeats")): r for r in runs}
    return sorted(ways.values(), key=lambda run: run.id, reverse=True)
