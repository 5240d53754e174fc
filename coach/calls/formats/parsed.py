"""What a format gives back: the call's own fields and its turns, speakers still labels as written."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from coach.calls.fields import Fields
from coach.errors import BadCall

LONGEST_CALL = 24 * 3600.0
MOST_TURNS = 5_000
MOST_TEXT = 2_000_000


@dataclass(frozen=True, slots=True)
class ParsedTurn:
    """One turn as the file has it.  `label` is the speaker as written; times are seconds or None."""

    label: str
    text: str = field(repr=False)
    start: float | None = None
    end: float | None = None


@dataclass(frozen=True, slots=True)
class ParsedCall:
    """One call of a file: what the file itself says of it, and its turns."""

    fields: Fields
    turns: tuple[ParsedTurn, ...] = field(repr=False)


Parsed = ParsedCall | BadCall


@dataclass(frozen=True, slots=True)
class Format:
    """A way calls are written down.

    `sniff(text)` says whether content of unknown suffix is this format.  `parse(text, source)` yields calls; a call
    that is broken is yielded as its BadCall where the others can go on, and raised where they cannot.
    """

    name: str
    suffixes: tuple[str, ...]
    sniff: Callable[[str], bool]
    parse: Callable[[str, str], Iterator[Parsed]]


def bad(source: str, line: int | None, what: str, hint: str = "") -> BadCall:
    """A BadCall that names file and line."""
    place = f"{source}:{line}: " if line else f"{source}: "
    return BadCall(place + what, hint)


def seconds(text: str) -> float:
    """A time of a call in seconds: "12.5", "01:40", "00:01:40.250", "1:02,5".  Raises ValueError."""
    parts = text.strip().replace(",", ".").split(":")
    if not 1 <= len(parts) <= 3 or not all(part.replace(".", "", 1).isascii() for part in parts):
        raise ValueError(text)
    if any(not part.isdigit() for part in parts[:-1]) or not parts[-1].replace(".", "", 1).isdigit():
        raise ValueError(text)
    if len(parts) > 1 and float(parts[-1]) >= 60:
        raise ValueError(text)
    total = 0.0
    for part in parts:
        total = total * 60 + float(part)
    return checked(total)


def checked(value: float) -> float:
    """A number of seconds inside one day.  Raises ValueError for anything else, NaN included."""
    if not math.isfinite(value) or not 0 <= value <= LONGEST_CALL:
        raise ValueError(value)
    return round(float(value), 3)


def turn(label: str, text: str, start: float | None, end: float | None) -> ParsedTurn:
    """A turn; an end before its start is a slip of the recorder's clock and is dropped, so that no length is negative."""
    if start is not None and end is not None and end < start:
        end = None
    # JSON can spell half of a surrogate pair, which no encoding can write.
    whole = text.encode("utf-8", "ignore").decode("utf-8")
    return ParsedTurn(label.strip(), whole, start, end)


def call(fields: Fields, turns: list[ParsedTurn], source: str) -> ParsedCall:
    """The parsed call, if it is of a size that one call can have.  Raises BadCall otherwise."""
    if len(turns) > MOST_TURNS:
        raise BadCall(
            f"{source}: {len(turns):,} turns in one call", f"a call has at most {MOST_TURNS:,}; split the file"
        )
    size = sum(len(t.text) for t in turns)
    if size > MOST_TEXT:
        raise BadCall(f"{source}: {size:,} characters in one call", f"a call has at most {MOST_TEXT:,}; split the file")
    return ParsedCall(fields, tuple(turns))
