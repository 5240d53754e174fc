"""Rows of a table with the line each begins on, for tables of turns and for manifests.

Which delimiter a table has, and how a broken one is refused, is its reader's to say.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator


def rows_of(text: str, delimiter: str, refusal: Callable[[int, str], Exception]) -> Iterator[tuple[int, list[str]]]:
    """(line, cells) of every row with anything in it.

    An unclosed quote is refused, not read to the end: raises what `refusal` makes of the line and the reason.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                yield line, row
            line = reader.line_num + 1
    except csv.Error as error:
        raise refusal(line, f"not a table ({error})") from None
