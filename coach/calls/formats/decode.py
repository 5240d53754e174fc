"""Bytes of a call file to text, or a refusal that names the byte: never a guess, never mojibake."""

from __future__ import annotations

import codecs
import re

from coach.errors import BadCall

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def decode(data: bytes, source: str) -> str:
    """The text of a file: UTF-8 with or without a byte order mark, UTF-16 or UTF-32 with one.

    Line ends become newlines and control characters go, NUL among them.  Raises BadCall with the byte offset of what
    is not in that encoding, and for UTF-16 without its mark.
    """
    bom, encoding = next(((b, e) for b, e in _BOMS if data.startswith(b)), (b"", "utf-8"))
    body = data[len(bom) :]
    try:
        text = body.decode(encoding)
    except UnicodeDecodeError as error:
        place = len(bom) + error.start
        raise BadCall(
            f"{source}: byte 0x{body[error.start]:02x} at offset {place} is not {encoding.upper()}",
            "save the file as UTF-8",
        ) from None
    if text.count("\0") * 10 > len(text):
        raise BadCall(f"{source}: full of NUL bytes, so not text or UTF-16 without its mark", "save the file as UTF-8")
    return _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
