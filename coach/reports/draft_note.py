"""A CRM note drafted for a call from what was proven in it: complaint, steps taken, follow-up.

Quotes and joins; writes no sentence of its own.  The agent checks it before use.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from coach.grading.critique import CallCritique, Proven
from coach.playbook.rubric import Rubric
from coach.reports.agent_parts import DraftNote
from coach.reports.praise import place

STEPS = ("RES1", "RES2")  # committing to an act; solved or handed over
MOST_STEPS = 4
NO_STEP = re.compile(
    r"(?:ok(?:ay)?|right|so|well|yeah|yes|sure|and|um|alright|if i|shall i|i'll just|can i just)?[\s,.]*"
    r"(?:hi|hello|good (?:morning|afternoon|evening)|thank(?:s| you) for (?:calling|holding|waiting)|bear with me|"
    r"looking now|just looking|i'm (?:just )?looking|(?:let me|i'll|i need to|i'll have to|i'm going to) (?:just )?"
    r"(?:look|check|see|find|pull|bring|pop you|put you on hold|ring the|have a look)|one (?:moment|sec|min)|"
    r"(?:would you|can you|could you) (?:be okay on hold|hold|wait|give me)|can i (?:leave|put) you on hold)\b",
    re.IGNORECASE,
)
_APART = re.compile(r"[\W_]+")


def draft_note(critique: CallCritique, rubric: Rubric) -> DraftNote:
    """The three things a note should hold, each from proven quotes alone."""
    issue = next(
        (i.name for i in rubric.recurring_issues if i.id == critique.recurring_issue), critique.recurring_issue
    )
    words = critique.issue_quote.text if critique.issue_quote else ""
    said = [q for f in critique.findings if f.check_id in STEPS for q in f.evidence if q.speaker == "agent"]
    return DraftNote(
        complaint=f"{issue.replace('_', ' ')}: “{words}”" if issue and words else words,
        steps=_steps(said),
        follow_up=tuple(f"{p.who}: {p.what} ({p.when or 'no time named'})" for p in critique.promises),
    )


def _steps(quotes: Iterable[Proven]) -> tuple[str, ...]:
    """At most four quotes in the call's order, without greetings, look-ups and what another quote says already."""
    kept: list[Proven] = []
    for quote in sorted(quotes, key=lambda q: -len(q.text)):
        if NO_STEP.match(quote.text.strip()) is None and not any(_folded(quote) in _folded(other) for other in kept):
            kept.append(quote)
    kept.sort(key=lambda q: (place(q.turn_id), q.start))
    return tuple(quote.text for quote in kept[-MOST_STEPS:])


def _folded(quote: Proven) -> str:
    return f" {_APART.sub(' ', quote.text.lower()).strip()} "
