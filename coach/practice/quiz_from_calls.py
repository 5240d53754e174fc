"""Quiz items from an agent's own calls: a moment that fell short, and a line or a move that would have done more.

They stand on proven quotes of that agent's calls alone, name nobody, and carry the call they were made from, so that
they go when it goes.  A line that an engine suggests is used only where the caller says that it passed the gate.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import takewhile
from typing import Any, NamedTuple

from coach.calls.transcript import Redacted, RedactedTurn, Speaker
from coach.grading.critique import CallCritique, Finding, Proven, Verdict
from coach.grading.gate import place_of
from coach.playbook.rubric import Check, Polarity, Rubric
from coach.practice.quiz_items import BetterLine, Missing, Option, QuizItem

FEWEST_PRESENT = 2  # moves that a call must hold for the question which one it left out
LONGEST = 60  # words of a turn; of a longer one a part is shown
_IDS = re.compile(r"\b[GRK]\d{1,3}\b")
_SHORT = (Verdict.PARTIAL, Verdict.MISSED)
_BRACKETS = "Lines with brackets are the trainer's: fill the brackets with what this call holds."
_PATTERNS = "Pattern check, no AI: finds wording, does not judge meaning."

Gated = Mapping[tuple[str, str], str]
"""Lines that passed the gate, by call and check."""


def items_from_calls(
    agent: str,
    critiques: Iterable[CallCritique],
    calls: Mapping[str, Redacted],
    rubric: Rubric,
    gated: Gated | None = None,
) -> list[QuizItem]:
    """One item for every turn of these calls that fell short and can be shown, the missed ones of a call first.

    Words that did something else well are not held against their agent.  `calls` holds the calls by id; one whose words are not at hand gives none.  Raises ValueError for a call of another
    agent.
    """
    items: list[QuizItem] = []
    for critique in critiques:
        call = calls.get(critique.call_id)
        if agent != critique.agent or (call is not None and agent != call.agent):
            raise ValueError(f"call {critique.call_id} is not this agent's")
        if call is not None:
            items += _items_of(critique, call, rubric, gated or {})
    return items


def short_moments(critique: CallCritique, rubric: Rubric) -> list[Finding]:
    """The findings that an item can be made of: short of met, counted, proven, and about a check in force.

    What code decides from the order of other findings (`by_code`) has no words of its own.
    """
    known = {check.id for check in rubric.checks() if not check.by_code}
    found = [
        f
        for f in critique.findings
        if f.check_id in known and f.verdict in _SHORT and f.counts and (f.opportunity or f.counter or f.evidence)
    ]
    return sorted(found, key=lambda f: f.verdict is Verdict.PARTIAL)


class _Moment(NamedTuple):
    """What an item is made of: the finding, its check, the agent's turn, what the customer said before it, and the
    guidance that this check stands on more than others do."""

    critique: CallCritique
    finding: Finding
    check: Check
    own: RedactedTurn
    before: RedactedTurn
    guidance: tuple[str, ...]

    @property
    def span(self) -> tuple[int, int]:
        """From where to where the finding quotes the agent's turn; the whole turn where it quotes nothing of it."""
        quotes = self.finding.counter or self.finding.evidence
        here = [quote for quote in quotes if quote.turn_id == self.own.id]
        if not here:
            return 0, len(self.own.text)
        return min(quote.start for quote in here), max(quote.end for quote in here)

    @property
    def heard(self) -> str:
        """The customer's words, the end of a long line."""
        words = self.before.text.split()
        return self.before.text if len(words) <= LONGEST else "… " + " ".join(words[-LONGEST:])


def _first(text: str) -> str:
    words = text.split()
    return text if len(words) <= LONGEST else " ".join(words[:LONGEST]) + " …"


def _items_of(critique: CallCritique, call: Redacted, rubric: Rubric, gated: Gated) -> Iterator[QuizItem]:
    used: set[str] = set()
    for finding in short_moments(critique, rubric):
        moment = _moment(critique, finding, call, rubric)
        if moment is None or moment.own.id in used or _good_otherwise(moment):
            continue
        used.add(moment.own.id)
        line = gated.get((critique.call_id, finding.check_id), "")
        # A wording that was not found is no proof that the move was missing.
        absent = finding.verdict is Verdict.MISSED and moment.check.polarity is Polarity.PRESENCE
        present = _present(moment, rubric) if absent and critique.provenance.ai and not line else []
        if len(present) >= FEWEST_PRESENT:
            yield _missing(moment, present)
        else:
            yield from _better_line(moment, line, rubric)


def _moment(critique: CallCritique, finding: Finding, call: Redacted, rubric: Rubric) -> _Moment | None:
    turn_id = place_of(finding, call)
    own = call.turn(turn_id) if turn_id else None
    if own is None or not own.text.strip():
        return None
    earlier = takewhile(lambda turn: turn.id != own.id, call.turns)
    heard = [turn for turn in earlier if turn.speaker is Speaker.CUSTOMER and turn.text.strip()]
    if not heard:
        return None
    check = rubric.check(finding.check_id)
    return _Moment(critique, finding, check, own, heard[-1], _own_guidance(check, rubric))


def _own_guidance(check: Check, rubric: Rubric) -> tuple[str, ...]:
    """Two guidance items of a check: those that its reason names, then those that the fewest other checks share."""
    shared = Counter(item for other in rubric.checks() for item in other.guidance)
    return tuple(sorted(check.guidance, key=lambda item: (item not in _named(check), shared[item]))[:2])


def _named(check: Check) -> set[str]:
    """The ids of guidance and rulings that the check's reason names."""
    return set(_IDS.findall(check.reader.why))


def _good_otherwise(moment: _Moment) -> bool:
    """True for the call's best moment, and for words that prove another check."""
    turn, critique = moment.own.id, moment.critique
    if critique.best_moment is not None and critique.best_moment.turn_id == turn:
        return True
    start, end = moment.span
    met = (quote for f in critique.findings if f.verdict is Verdict.MET and f.counts for quote in f.evidence)
    return any(quote.turn_id == turn and quote.start < end and start < quote.end for quote in met)


def _better_line(moment: _Moment, gated: str, rubric: Rubric) -> Iterator[BetterLine]:
    """The agent's own words beside a line that does more for the aim, and one that is good for another aim."""
    reader, finding = moment.check.reader, moment.finding
    own = _first(moment.own.text[slice(*moment.span)])
    bank = sorted(reader.bank, key=lambda line: "[" in line)
    better = next((line for line in (gated, *bank) if line and line != own), "")
    if not better:
        return
    other = _other_aim(moment.check, rubric, "[" in better)
    begun = finding.verdict is Verdict.PARTIAL and moment.check.polarity is Polarity.PRESENCE
    half = ", and half of it is there" if begun else ""
    notes = [f"Put back into this call and graded again, it holds: “{gated}”"] if gated else []
    notes += [_BRACKETS] if "[" in better else []
    yield BetterLine(
        kind="better_line",
        **_common(moment),
        note=" ".join(notes if moment.critique.provenance.ai else [*notes, _PATTERNS]),
        ask="Which line does more for the aim?",
        situation=f"From your call {moment.critique.call_id}, {moment.own.id}. The aim: {_small(reader.aim)}",
        customer=moment.heard,
        options=(
            Option(text=own, weaker=f"Your own words{half}. {finding.reasoning}".strip()),
            Option(text=better, right=True),
            *other,
        ),
    )


def _other_aim(check: Check, rubric: Rubric, bracketed: bool) -> tuple[Option, ...]:
    """A bank line of another stage's weightiest check, with brackets where the better line has some; often the next one."""
    stages = [stage.id for stage in rubric.stages]
    at = stages.index(rubric.stage_of(check.id).id)
    for stage in (*rubric.stages[at + 1 :], *rubric.stages[:at]):
        other = max(rubric.checks_of(stage), key=lambda c: c.weight, default=None)
        line = next((b for b in other.reader.bank if ("[" in b) == bracketed), "") if other else ""
        if other and line:
            return (Option(text=line, weaker=f"A line for another aim: {_small(other.reader.aim)}"),)
    return ()


def _missing(moment: _Moment, present: list[tuple[Check, Proven]]) -> Missing:
    return Missing(
        kind="missing",
        **_common(moment),
        note=moment.finding.reasoning,
        ask=f"From your call {moment.critique.call_id}, {moment.own.id}: which of these did the call leave out?",
        lines=(f"CUSTOMER: {moment.heard}", f"AGENT: {_first(moment.own.text)}"),
        options=(
            Option(text=moment.check.reader.plain, right=True),
            *(
                Option(text=check.reader.plain, weaker=f"The call has it: “{_first(quote.text)}”")
                for check, quote in present
            ),
        ),
    )


def _present(moment: _Moment, rubric: Rubric) -> list[tuple[Check, Proven]]:
    """Up to three other moves that the call has in proven words, of a stage each, those of the same turn first."""
    here = moment.own.id
    found: dict[str, tuple[Check, Proven]] = {}
    moves = {c.id: c for c in rubric.checks() if c.polarity is Polarity.PRESENCE and not c.by_code}
    for finding in sorted(moment.critique.findings, key=lambda f: all(q.turn_id != here for q in f.evidence)):
        if (
            finding.proves_met
            and finding.evidence
            and finding.check_id in moves
            and finding.stage_id != moment.finding.stage_id
        ):
            quote = next((q for q in finding.evidence if q.turn_id == here), finding.evidence[0])
            found.setdefault(finding.stage_id, (moves[finding.check_id], quote))
    return list(found.values())[:3]


def _small(text: str) -> str:
    return text[:1].lower() + text[1:]


def _common(moment: _Moment) -> Any:
    check = moment.check
    return {
        "id": f"call:{moment.critique.call_id}:{moment.own.id}:{check.id}",
        "checks": (check.id,),
        "guidance": moment.guidance,
        "rulings": sorted(check.rulings, key=lambda ruling: ruling not in _named(check))[:1],
        "why": f"It would land better to {check.reader.better.rstrip('.')}. {check.reader.why}",
        "call_id": moment.critique.call_id,
    }
