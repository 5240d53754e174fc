"""Plain text: a line a turn, `[00:04-00:31] Customer: text`.

Optional `key: value` header lines stand before a blank line; in a file without times one of them must be another
field than agent and customer, since "Agent: hello" is a turn there.  Times may be `[mm:ss]`, `[mm:ss-mm:ss]`,
`[hh:mm:ss.mmm - ...]` or missing; a line that names no speaker continues the turn before it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from coach.calls.fields import Fields, field_name, fields_from
from coach.calls.formats.parsed import Format, ParsedCall, ParsedTurn, bad, call, seconds, turn
from coach.calls.roles import role_of
from coach.errors import BadCall

_CLOCK = r"\d{1,3}(?::\d{1,2}){1,2}(?:[.,]\d{1,3})?"
_TIMED = re.compile(rf"\[\s*({_CLOCK})\s*(?:(?:-|–|—|-->)\s*({_CLOCK})\s*)?\]\s*", re.ASCII)
_LABEL = re.compile(r"([^\s:\[\]][^:\[\]\n]{0,59}?)\s*:(?:\s+|$)")
_HEADER = re.compile(r"([A-Za-z][A-Za-z _-]{0,30}?)\s*:\s*(.*)")
_BRACKETED = re.compile(r"\[[\d:.,\s>–—-]{3,40}\]", re.ASCII)


def _header(lines: list[str]) -> tuple[Fields, int]:
    """The header's fields and the number of lines it takes; nothing where the file begins with a turn."""
    raw: dict[str, str] = {}
    for at, line in enumerate(lines):
        if not line.strip():
            sure = any(_TIMED.match(later) for later in lines[at:]) or any(role_of(key) is None for key in raw)
            return (fields_from(raw), at + 1) if raw and sure else (Fields(), 0)
        found = _HEADER.fullmatch(line.strip())
        if found is None or field_name(found[1]) is None or found[1] in raw:
            break
        raw[found[1]] = found[2]
    return Fields(), 0


def _labels(lines: list[str]) -> set[str] | None:
    """The labels that open a turn in a file without times: role words, and what stands there more than once.

    None where the file has times: then a turn opens with its time and a colon elsewhere is only a colon.
    """
    if any(_TIMED.match(line) for line in lines):
        return None
    seen = Counter(found[1] for line in lines if (found := _LABEL.match(line)))
    return {label for label, times in seen.items() if times > 1 or role_of(label) is not None}


def _open(line: str, number: int, labels: set[str] | None, source: str) -> ParsedTurn | None:
    """The turn that a line opens, or None where it continues one."""
    timed = _TIMED.match(line)
    if timed is None and _BRACKETED.match(line):
        raise bad(source, number, f"{line[:40]!r} does not begin with a time", "write times as [mm:ss-mm:ss]")
    rest = line[timed.end() :] if timed else line
    found = _LABEL.match(rest)
    if timed is None and (labels is None or found is None or found[1] not in labels):
        return None
    if found is None:
        raise bad(source, number, "a timed line names no speaker", "write [mm:ss-mm:ss] Agent: text")
    try:
        start = seconds(timed[1]) if timed else None
        end = seconds(timed[2]) if timed and timed[2] else None
    except ValueError:
        raise bad(source, number, f"{line[:40]!r} holds no time of a call", "write times as [mm:ss-mm:ss]") from None
    return turn(found[1], rest[found.end() :].strip(), start, end)


def parse(text: str, source: str) -> Iterator[ParsedCall | BadCall]:
    """The one call of a plain text file.  Raises BadCall with the line of what is wrong."""
    lines = text.split("\n")
    fields, skipped = _header(lines)
    body = [line.strip() for line in lines[skipped:]]
    labels = _labels(body)
    turns: list[ParsedTurn] = []
    tails: list[list[str]] = []
    for number, line in enumerate(body, start=skipped + 1):
        if not line:
            continue
        opened = _open(line, number, labels, source)
        if opened is not None:
            turns.append(opened)
            tails.append([opened.text])
        elif turns:
            tails[-1].append(line)
        else:
            raise bad(
                source, number, "the first line names no speaker", "write turns as Agent: text and Customer: text"
            )
    whole = [ParsedTurn(t.label, " ".join(tail), t.start, t.end) for t, tail in zip(turns, tails, strict=True)]
    yield call(fields, whole, source)


def sniff(text: str) -> bool:
    """True where one of the first lines is a turn."""
    return any(_TIMED.match(line) or _role_line(line) for line in text[:4_000].split("\n")[:40])


def _role_line(line: str) -> bool:
    found = _LABEL.match(line.strip())
    return found is not None and role_of(found[1]) is not None


FORMAT = Format("plain text (.txt)", (".txt", ".text", ".log"), sniff, parse)
