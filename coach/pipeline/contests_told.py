"""How contests are told: on the agent's page with what became of each, in the digest's queue, in an export."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from coach.errors import NotFound
from coach.grading.critique import CallCritique, Finding, Proven
from coach.pipeline.contests import KIND, Upheld, check_of, finding_now, upheld
from coach.pipeline.intake import EVERYONE
from coach.playbook.load import Playbook
from coach.playbook.rubric import Check, Rubric
from coach.reports.contested import Contest, grader_of, spoken
from coach.reports.team_parts import ReviewItem
from coach.store import Review, ReviewState, Scope, Store


def told_contests(
    store: Store, rubric: Rubric, scope: Scope, week: str, critiques: Iterable[CallCritique]
) -> tuple[Contest, ...]:
    """The contests of a week as its agent reads them, with what the engine said where a person decided otherwise.

    `critiques` are the week's, rulings laid on.
    """
    rulings = upheld(store, rubric, scope, [week])
    found = {(c.call_id, f.check_id): (f, c.provenance.ai) for c in critiques for f in c.findings}
    told = []
    for item in store.queue(scope, weeks=[week], kind=KIND):
        finding, ai = found.get((item.call_id, str(item.detail.get("check", ""))), (None, True))
        told.append(contest_told(item, rulings, finding, ai=ai))
    return tuple(told)


def all_contests(
    store: Store, rubric: Rubric, scope: Scope, weeks: Collection[str] | None = None
) -> tuple[Contest, ...]:
    """The contests of a scope beside no critique: each engine's own verdict is left to whoever holds its critique."""
    rulings = upheld(store, rubric, scope, weeks)
    items = store.queue(scope, weeks=weeks, kind=KIND)
    return tuple(contest_told(item, rulings, None, ai=_by_model(item)) for item in items)


def review_items(
    store: Store, rubric: Rubric, scope: Scope, week: str, *, unshown: Collection[str]
) -> list[ReviewItem]:
    """A week's queue as the digest lists it; contests in the words of the pages."""
    contests = {item.id: contest for item, contest in _contests(store, rubric, scope, week)}
    return [_review_item(item, contests.get(item.id), unshown) for item in store.queue(scope, weeks=[week])]


def _contests(store: Store, rubric: Rubric, scope: Scope, week: str) -> Iterator[tuple[Review, Contest]]:
    rulings = upheld(store, rubric, scope, [week])
    for item in store.queue(scope, weeks=[week], kind=KIND):
        yield item, contest_told(item, rulings, None, ai=_by_model(item))


def _review_item(item: Review, told: Contest | None, unshown: Collection[str]) -> ReviewItem:
    values = {"id": str(item.id), "kind": item.kind, "call_id": item.call_id, "agent": item.agent}
    if told is None:
        words = "; ".join(f"{name}: {value}" for name, value in item.detail.items() if name not in unshown)
        return ReviewItem.model_validate({**values, "detail": words, "state": item.state.value})
    state = "changed" if told.state == "upheld" and not told.granted else told.state
    decided = "" if told.state == "open" else told.outcome
    return ReviewItem.model_validate(
        {**values, "detail": contested_words(item, told), "state": state, "decided": decided}
    )


class Shown(NamedTuple):
    """What a contest is about: the check, its finding with rulings laid on (None in no grades), its quotes by role."""

    check: Check
    finding: Finding | None
    quotes: tuple[tuple[str, Proven], ...]


def shown_item(store: Store, book: Playbook, number: int) -> tuple[Review, Shown | None]:
    """An item and, of a contest, what its decision needs.

    Raises NotFound for a number nobody has, and for a check or call that is gone.
    """
    item = store.review(EVERYONE, number)
    if item is None:
        raise NotFound(f"no item {number} in the queue", "see `coach review list --all`")
    if item.kind != KIND:
        return item, None
    check = check_of(book.rubric, str(item.detail.get("check", "")))
    call = store.call(EVERYONE, item.call_id)
    if call is None:
        raise NotFound(f"no call {item.call_id!r} in the store", "it may have been erased")
    finding = finding_now(store, book, call, check)
    return item, Shown(check, finding, tuple(_roles(finding)) if finding is not None else ())


def _roles(finding: Finding) -> Iterator[tuple[str, Proven]]:
    if finding.opportunity is not None:
        yield "chance", finding.opportunity
    yield from (("for it", quote) for quote in finding.evidence)
    dropped = finding.overruled.counter if finding.overruled is not None else ()
    yield from (("against it", quote) for quote in (*finding.counter, *dropped))


def contested_words(item: Review, told: Contest) -> str:
    """What a contest is about, in a line: "CALM4: the model said “done”; tom, as “in part”: “I asked first”"."""
    engine = str(item.detail.get("engine_verdict", told.before))
    who = grader_of(ai=told.ai) if engine == told.before else "a person"
    says = f"{who} said “{spoken(told.before, ai=told.ai)}”; " if told.before else ""
    wanted = f", as “{spoken(told.wanted)}”" if told.wanted else ""
    return f"{told.check_id}: {says}{told.contested_by or told.agent}{wanted}: “{told.because}”"


def _by_model(item: Review) -> bool:
    """Whether a model gave the verdict; true for an older contest, which does not say."""
    return "engine" not in item.detail or bool(item.detail.get("model"))


def contest_told(item: Review, rulings: Iterable[Upheld], finding: Finding | None, *, ai: bool) -> Contest:
    """One contest in the words of the pages; `rulings` are the upheld ones of its scope, `finding` the check's own."""
    mine = next((u for u in rulings if u.item.id == item.id), None)
    verdict = mine.ruling.verdict if mine is not None else ""
    laid = finding.overruled if finding is not None and mine is not None and mine.holds else None
    later = mine.later if mine is not None else _outlived(item, rulings)
    detail = {name: str(item.detail.get(name, "")) for name in ("check", "because", "wanted", "by", "verdict")}
    return Contest(
        call_id=item.call_id,
        check_id=detail["check"],
        because=detail["because"],
        wanted=detail["wanted"],
        state=item.state.value,
        decided_by=item.decided_by,
        reason=item.reason,
        verdict=verdict,
        engine_verdict=laid.verdict.value if laid else "",
        aside=mine.aside if mine is not None else "",
        ai=ai,
        agent=item.agent,
        contested_by=detail["by"],
        before=detail["verdict"],
        replaced_by=later.decided_by if later is not None else "",
        decided_at=item.decided_at.isoformat() if item.decided_at else "",
    )


def _outlived(item: Review, rulings: Iterable[Upheld]) -> Review | None:
    """The later decision that holds for the verdict that a denial kept."""
    if item.state is not ReviewState.DENIED or item.decided_at is None:
        return None
    same = (u.item for u in rulings if u.holds and _matter(u.item) == _matter(item))
    return next((i for i in same if i.decided_at is not None and i.decided_at > item.decided_at), None)


def _matter(item: Review) -> tuple[str, object]:
    return item.call_id, item.detail.get("check")
