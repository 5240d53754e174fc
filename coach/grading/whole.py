"""The call as a whole, beside the score: heat, turning points, promises, blockers, outcome, issue, goodwill, note.

Each with a verified quote; what is not proven is left out here and counted with the unproven claims.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from coach.calls.transcript import Redacted, Speaker
from coach.grading.claims import Overview, Quote, StageCritique
from coach.grading.critique import Blocker, Known, Mark, NoteFinding, Promise, Proven, Turning, Ungraded, Unproven
from coach.grading.evidence import Prover, locate
from coach.playbook.rubric import Rubric


class Whole(Known):
    """What the overview of a call comes to; the field names are those of CallCritique."""

    critical_flags: tuple[Mark, ...] = ()
    heat: tuple[tuple[str, int], ...] = ()
    turning_points: tuple[Turning, ...] = ()
    promises: tuple[Promise, ...] = ()
    blockers: tuple[Blocker, ...] = ()
    outcome: str = "unknown"
    outcome_quote: Proven | None = None
    recurring_issue: str = ""
    issue_quote: Proven | None = None
    urgency: str = "none"
    goodwill: tuple[Mark, ...] = ()
    note: tuple[NoteFinding, ...] = ()


def whole_of(
    heard: StageCritique | Ungraded, call: Redacted, rubric: Rubric, prover: Prover, wording: Sequence[tuple[str, int]]
) -> Whole:
    """What holds of an overview.  Where nobody answered, the heat read from wording alone."""
    view = heard.overview if isinstance(heard, StageCritique) else None
    if view is None or isinstance(heard, Ungraded):
        return Whole(heat=tuple(wording))
    flags = {flag.id for flag in rubric.critical_flags}
    outcome_quote = prover.prove(view.outcome.quote, "outcome")
    issue = view.recurring_issue
    issue_quote = prover.prove(issue.quote, "recurring issue", Speaker.CUSTOMER) if issue else None
    return Whole(
        critical_flags=_marks(
            (f.flag, prover.prove(f.quote, f"flag {f.flag}", Speaker.AGENT))
            for f in heard.critical_flags
            if _is_known(f.flag, flags, "critical flag", f.quote, prover)
        ),
        heat=_heat(view, wording),
        turning_points=_turning_points(view, prover),
        promises=_promises(view, prover),
        blockers=_blockers(view, rubric, prover),
        outcome=view.outcome.outcome,
        outcome_quote=outcome_quote,
        recurring_issue=_slug(issue.issue) if issue and issue_quote else "",
        issue_quote=issue_quote,
        urgency=view.urgency,
        goodwill=_marks(
            (
                f"{g.kind}_{'received' if g.received else 'ignored'}",
                prover.prove(g.quote, f"goodwill {g.kind}", Speaker.CUSTOMER),
            )
            for g in view.goodwill
        ),
        note=_note(view, call, rubric, prover),
    )


def _is_known(kind: str, kinds: set[str], where: str, quote: Quote, prover: Prover) -> bool:
    """True for a kind that the rubric has; any other is counted with the unproven claims."""
    if kind not in kinds:
        why = f"the rubric has no such {where}"
        prover.unproven.append(Unproven(where=where, turn_id=quote.turn_id, claimed=kind, why=why))
    return kind in kinds


def _marks(claims: Iterable[tuple[str, Proven | None]]) -> tuple[Mark, ...]:
    return tuple(Mark(kind=kind, quote=quote) for kind, quote in claims if quote is not None)


def _heat(view: Overview, wording: Sequence[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    """The engine's heat for every customer turn: neutral where it names none, and for anger at a third party."""
    said = {mark.turn_id: 0 if mark.third_party else mark.heat for mark in view.heat}
    return tuple((turn, said.get(turn, 0)) for turn, _ in wording)


def _turning_points(view: Overview, prover: Prover) -> tuple[Turning, ...]:
    return tuple(
        Turning(change=t.change, quote=quote, after=prover.prove(t.after_agent, "turning point", Speaker.AGENT))
        for t in view.turning_points
        if (quote := prover.prove(t.quote, "turning point", Speaker.CUSTOMER))
    )


def _promises(view: Overview, prover: Prover) -> tuple[Promise, ...]:
    return tuple(
        Promise(who=p.who, what=p.what, when=p.when, quote=quote)
        for p in view.promises
        if (quote := prover.prove(p.quote, "promise", Speaker.AGENT))
    )


def _blockers(view: Overview, rubric: Rubric, prover: Prover) -> tuple[Blocker, ...]:
    kinds = {blocker.id for blocker in rubric.blockers}
    return tuple(
        Blocker(kind=b.kind, what=b.what, quote=quote)
        for b in view.blockers
        if _is_known(b.kind, kinds, "blocker", b.quote, prover)
        and (quote := prover.prove(b.quote, "blocker", Speaker.AGENT))
    )


def _note(view: Overview, call: Redacted, rubric: Rubric, prover: Prover) -> tuple[NoteFinding, ...]:
    """The items of a supplied note; `present` needs words that stand in the note."""
    if not call.note:
        return ()
    items = {item.id for item in rubric.note_items}
    found = []
    for claim in view.note:
        if claim.item not in items:
            continue
        place = locate(call.note, claim.quote) if claim.quote else None
        if claim.present and place is None:
            prover.unproven.append(
                Unproven(where=f"note {claim.item}", turn_id="note", claimed=claim.quote or "", why="not in the note")
            )
            continue
        quote = call.note[place[0] : place[1]] if claim.present and place else ""
        found.append(NoteFinding(item=claim.item, present=claim.present, quote=quote))
    return tuple(found)


def _slug(text: str) -> str:
    return "_".join("".join(c if c.isalnum() else " " for c in text.lower()).split())[:40]
