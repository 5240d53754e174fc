"""The difficulty of the next session: two strong runs in a row lead a level up, one weak run a level down."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from coach.practice.card import LEVELS, MIDDLE

Result = Literal["strong", "steady", "weak"]
STRONG_UP = 2


def level_after(results: Iterable[str]) -> int:
    """The level (1 to 5) after these results, oldest first; 3 before the first.  Other words change nothing."""
    level, strong = MIDDLE, 0
    for result in results:
        if result == "weak":
            level, strong = max(LEVELS[0], level - 1), 0
        elif result == "strong":
            strong += 1
            if strong == STRONG_UP:
                level, strong = min(LEVELS[-1], level + 1), 0
        elif result == "steady":
            strong = 0
    return level
