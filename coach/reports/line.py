"""A line of a transcript as pages show it.

Shortened where it is long.  Nothing here chooses a line.
"""

from __future__ import annotations

from coach.grading.critique import Known


class Line(Known):
    """A line of the transcript; `turn_id` is empty for a line that stands in no call."""

    turn_id: str
    speaker: str
    text: str


def shortened(text: str, words: int) -> str:
    """The first words of a text, with an ellipsis where some are left out."""
    parts = text.split()
    return text if len(parts) <= words else " ".join(parts[:words]).rstrip(",;:.") + " …"
