"""Items of the review queue in words: one line in a list, and all that a decision needs.

What people typed is quoted, so that no reason can be read as an item or a decision of its own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from coach.pipeline.contests_told import Shown
    from coach.store import Review

ORDER = ("check", "verdict", "wanted", "by", "because")
_PLAIN = re.compile(r"[\w.'-]+( [\w.'-]+)*")
_TYPED = ("because", "quote", "text")


def item_line(item: Review) -> str:
    """An item of the queue in one line, with its decision and who has seen it."""
    from coach.pipeline.contests import UNSHOWN

    given = {name: str(value) for name, value in item.detail.items() if name not in UNSHOWN}
    names = [*(name for name in ORDER if name in given), *(name for name in given if name not in ORDER)]
    words = "; ".join(f"{name} {_value(name, given[name])}" for name in names)
    return f"{item.id:>4}  {item.week}  {item.kind}  {item.call_id} ({item.agent})  {words}{_decision(item)}"


def _decision(item: Review) -> str:
    state = item.state.value
    if state == "open":
        return ""
    verdict = f" as {item.ruling.get('verdict', '')}" if item.ruling else ""
    why = f": {quoted(item.reason)}" if item.reason else ""
    seen = f"; seen by {', '.join(map(named, item.seen_by))}" if item.seen_by else ""
    return f" [{state}{verdict} by {named(item.decided_by)}{why}{seen}]"


def short_ruling(item: Review) -> str:
    """An upheld contest's decision in short: "upheld as met by Kim"."""
    return f"upheld as {(item.ruling or {}).get('verdict', '')} by {named(item.decided_by)}"


def item_lines(item: Review, found: Shown | None) -> Iterator[str]:
    """An item, what the grades in force say of it, and how it is decided; `found` is None where it is no contest."""
    yield item_line(item).strip()
    number, rest = item.id, '--by NAME --reason "..."'
    if found is not None:
        yield from _check_lines(found)
    if item.state.value != "open":
        yield f"`coach review reopen {number} --by NAME` takes the decision back"
    elif item.kind == "contest":
        yield f"to change the verdict: coach review uphold {number} --verdict VERDICT {rest}"
        yield f"to keep it: coach review deny {number} {rest}"
    else:
        yield f"to decide: coach review confirm {number} --by NAME, or coach review dismiss {number} --by NAME"


def _check_lines(found: Shown) -> Iterator[str]:
    check = found.check
    yield f"{check.id} {check.name}: {check.reader.plain}"
    texts = (("chance", check.grader.opportunity), ("not applicable", check.grader.not_applicable))
    levels = (("met", check.grader.met), ("partial", check.grader.partial), ("missed", check.grader.missed))
    for name, text in (*texts, *levels):
        if text:
            yield f"  {name}: {text}"
    if found.finding is None:
        yield "no grades in force have this check"
        return
    yield f"the grades in force say {found.finding.verdict.value}; the engine said {found.finding.engine_verdict.value}"
    for role, quote in found.quotes:
        yield f"  {role}, {quote.turn_id} {quote.speaker}: {quoted(quote.text)}"
    if found.finding.reasoning:
        yield f"the engine's reasoning: {quoted(found.finding.reasoning)}"


def quoted(text: str) -> str:
    """What somebody typed or said, in quotation marks that it cannot close."""
    return json.dumps(text, ensure_ascii=False)


def named(name: str) -> str:
    """A name as it is, or quoted where it holds more than words."""
    return name if _PLAIN.fullmatch(name) else quoted(name)


def _value(name: str, value: str) -> str:
    return quoted(value) if name in _TYPED else named(value)
