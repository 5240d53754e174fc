"""How contests are told: on the agent's page with what became of each, beside what the engine said."""

from __future__ import annotations

from collections.abc import Iterable

from coach.grading.critique import CallCritique, Finding
from coach.pipeline.contests import KIND, Upheld, upheld
from coach.playbook.rubric import Rubric
from coach.reports.contested import Contest
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
