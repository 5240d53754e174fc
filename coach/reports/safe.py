"""Words of a transcript made harmless for the place where they are printed.

HTML is escaped by the page templates; this module serves the terminal, Markdown, CSV and file names.  It changes
how text is written, never what it says.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

_SEQUENCE = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # colours, cursor moves
    r"|\x1b[\]PX^_].*?(?:\x07|\x1b\\|$)"  # titles, links, clipboard
    r"|\x1b[ -/]*[0-~]"
    r"|\x9b[0-?]*[ -/]*[@-~]",
    re.DOTALL,
)
_HIDING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\u2028\u2029")
_MARKDOWN = re.compile(r"([\\`*_\[\]|~$])")
_BLOCK = re.compile(r"^(\d+(?=[.)](?:\s|$))|(?=[-+=#]))(.)")
_LINK = re.compile(r"(?i)(?<=:)(?=//)|(?<=www)(?=\.)|(?<=mailto)(?=:)")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "＝", "＋", "－", "＠")
_ID = re.compile(r"[^A-Za-z0-9._-]+")


def without_controls(text: str) -> str:
    """Text without control characters, terminal sequences or marks that turn the reading direction."""
    if text.isascii() and text.isprintable():
        return text
    text = _SEQUENCE.sub("", text)
    kept = (" " if c in "\t\n\r\v\f" else c for c in text if c not in _HIDING)
    return "".join(c for c in kept if unicodedata.category(c) not in ("Cc", "Cs"))


def one_line(text: str) -> str:
    """The same on one line, with single spaces."""
    return " ".join(without_controls(text).split())


def markdown_text(text: str) -> str:
    """Text that Markdown prints as it stands: no emphasis, link, table cell, list or HTML comes out of it."""
    line = _MARKDOWN.sub(r"\\\1", one_line(text))
    line = line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    line = _BLOCK.sub(r"\1\\\2", line)
    return _LINK.sub("&#8203;", line).replace("@", "&#64;")


def csv_cell(text: str) -> str:
    """Text that no spreadsheet takes for a formula: a leading apostrophe where it could be one."""
    line = one_line(text)
    return f"'{line}" if line.startswith(_FORMULA) else line


def file_name(identity: str, ending: str) -> str:
    """A file name made of an id, never of a name: `agent-07.html`.

    What does not belong into a file name is left out, and then a digest of the whole id keeps two ids apart.
    """
    stem = _ID.sub("-", identity).strip(".-")[:80]
    if stem != identity or stem.upper() in _RESERVED:
        stem = f"{stem or 'id'}-{hashlib.sha256(identity.encode()).hexdigest()[:8]}"
    return f"{stem}.{ending}"


_RESERVED = {"CON", "PRN", "AUX", "NUL", *(f"{port}{n}" for port in ("COM", "LPT") for n in range(1, 10))}
