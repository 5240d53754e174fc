"""How the digest puts things: the shape of a section, and the words that more than one section uses.

Text of a transcript passes through as it is: each format neutralises it where it prints.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from coach.grading.critique import Proven
from coach.reports.team import TeamDigest
from coach.reports.team_parts import Covered, Recognition

NEEDS_MEANING = "This needs a grader that judges meaning; the pattern check does not."
QUOTED = 240  # characters of a quote in a list; the call holds the rest


class Table(NamedTuple):
    """Columns as (heading, kind) and rows of text; a kind is `num`, `id` (kept on one line) or empty."""

    caption: str
    columns: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str, ...], ...]


class Moment(NamedTuple):
    """A quote with the line above it and its call; `then` is the customer's next words."""

    head: str
    call_id: str
    said: Proven
    then: Proven | None


class Section(NamedTuple):
    """One section; `lines` are single remarks, printed after the tables and before the moments."""

    id: str
    title: str
    lead: str
    tables: tuple[Table, ...] = ()
    lines: tuple[str, ...] = ()
    moments: tuple[Moment, ...] = ()


def title(digest: TeamDigest) -> str:
    """The digest's heading."""
    return f"{digest.team or 'All teams'}, week {digest.week}"


def chances(earned: float, of: int) -> str:
    """A count of chances as people read it: "2.5 of 4"."""
    return f"{earned:g} of {of}"


def clipped(quote: Proven) -> Proven:
    """The quote, cut at a word where it is long."""
    return quote if len(quote.text) <= QUOTED else quote.model_copy(update={"text": shortened(quote.text, QUOTED)})


def shortened(text: str, most: int) -> str:
    """Text of at most so many characters, cut at a word where it is longer."""
    return text if len(text) <= most else text[:most].rsplit(" ", 1)[0] + " …"


def plural(n: int, word: str) -> str:
    """ "1 call", "2 calls"."""
    return f"{n:,} {word}" if n == 1 else f"{n:,} {word}s"


def coverage_figures(covered: Covered) -> tuple[tuple[str, str, str], ...]:
    """(name, value, remark) of the coverage, in order."""
    refused = sum(r.count for r in covered.refused)
    ungraded = sum(r.count for r in covered.ungraded)
    exact = covered.quotes - covered.close
    return (
        ("Calls in", f"{covered.calls_in:,}", ""),
        ("Graded", f"{covered.graded:,}", f"{covered.unscored:,} with too little to score" if covered.unscored else ""),
        ("Refused", f"{refused:,}", "see below" if refused else ""),
        ("Ungraded stages", f"{ungraded:,}", "see below" if ungraded else ""),
        ("Unproven claims", f"{covered.unproven:,}", "not in the transcript; they do not count"),
        ("Quotes proven", f"{covered.quotes:,}", f"{exact:,} exact, {covered.close:,} close"),
        _cost(covered),
    )


def _cost(covered: Covered) -> tuple[str, str, str]:
    if not covered.tokens:
        return ("Cost", "none", "no model was asked")
    tokens = f"{covered.tokens:,} tokens"
    if covered.cost is None:
        return ("Cost", "not known", f"{tokens}; prices are not set")
    return ("Cost", f"${covered.cost:,.2f}", tokens)


def recognition_moment(recognition: Recognition) -> Moment:
    """A recognition as a quoted moment."""
    then = clipped(recognition.then) if recognition.then is not None else None
    link = ":" if recognition.why.startswith("the ") else ""
    return Moment(f"{recognition.agent}{link} {recognition.why}", recognition.call_id, clipped(recognition.quote), then)


def listed(ids: Iterable[str], of: int) -> str:
    """Call ids, and how many more there are."""
    shown = list(ids)
    more = of - len(shown)
    return ", ".join(shown) + (f" and {more:,} more" if more > 0 else "")
