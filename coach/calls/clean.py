"""Making any text one clean line, and breaking what could pass for a turn, a role or a chat token.

A transcript is data: whatever it says must stay inside its own turn.  Nothing here masks personal data.
"""

from __future__ import annotations

import re
import unicodedata

LONGEST = 4_000

_SPACES = re.compile(r"\s+")
_MOST_MARKS = 4
_FILLERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180e\u180f\u3164\uffa0")
_BRACKET_TAG = re.compile(r"\[\s{0,3}(/?\s{0,3}(?:INST|SYS|SYSTEM|ASSISTANT|USER|AGENT|CUSTOMER)\s{0,3}:?)\s{0,3}\]")
_ROLE_TAG = re.compile(
    r"\b(system|assistant|developer|user|human|tool|agent|customer|ai|turn)\s{0,3}[:\uff1a]", re.IGNORECASE
)
_BREAKS = str.maketrans({"|": "/", "\uff5c": "/", "\u2223": "/", "\u00a6": "/", "<": "\u2039", ">": "\u203a", "`": "'"})
# Our own placeholders look like the tags that are broken above and must pass.
PLACEHOLDER = re.compile(
    r"\[(?:AGENT|CUSTOMER|NAME|EMAIL|PHONE|CARD|IBAN|ACCOUNT|NUMBER|ADDRESS|POSTCODE|BIRTHDATE|LOGIN|LINK|PRIVATE)\]"
)


def _is_dropped(char: str) -> bool:
    code = ord(char)
    if 0xFE00 <= code <= 0xFE0F or 0xE0000 <= code <= 0xE0FFF or char in _FILLERS:
        return True
    return unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Cn")


def _clean_char(char: str) -> str:
    if char.isspace():
        return " "
    if _is_dropped(char):
        return ""
    return str(unicodedata.decimal(char)) if char.isdecimal() else char


def _kept(text: str) -> str:
    """The cleaned characters.  A run of combining marks is cut: sorting a long one costs the square of its length."""
    kept, marks = [], 0
    for char in map(_clean_char, text):
        marks = marks + 1 if char and unicodedata.combining(char[0]) else marks if not char else 0
        if marks <= _MOST_MARKS:
            kept.append(char)
    return "".join(kept)


def clean_line(text: str) -> str:
    """The text as one line in NFC: line breaks and runs of white space become one space, and control, zero-width,
    bidirectional and variation characters go.  Decimal digits of other scripts become 0 to 9.  Idempotent.
    """
    if not (text.isascii() and text.isprintable()):
        text = unicodedata.normalize("NFC", _kept(text))
    return _SPACES.sub(" ", text).strip()


def neutralise(line: str) -> str:
    """The line with our turn syntax, role tags and chat tokens broken visibly and readably.

    `|` becomes `/`, angle brackets become single guillemets, `[INST]` becomes `(INST)`, `system:` becomes `system -`.
    Placeholders such as `[AGENT]` stay.  Idempotent.
    """
    line = line.translate(_BREAKS)
    line = _BRACKET_TAG.sub(lambda tag: tag[0] if PLACEHOLDER.fullmatch(tag[0]) else f"({tag[1]})", line)
    return _ROLE_TAG.sub(r"\1 -", line)


def split_long(text: str, limit: int = LONGEST) -> list[str]:
    """The text in pieces of at most `limit` characters, cut at white space where there is some.

    Every regular expression of redaction sees such pieces alone: their cost is bounded by the limit.
    """
    pieces = []
    while len(text) > limit:
        cut = max(text.rfind(" ", 0, limit), text.rfind("\n", 0, limit))
        cut = cut if cut > limit // 2 else limit
        pieces.append(text[:cut])
        text = text[cut:].lstrip()
    return [*pieces, text]
