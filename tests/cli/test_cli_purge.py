"""`coach purge` around the erasing itself: what it asks, what it refuses, and which files it names."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from cli_tools import Ran

Coach = Callable[..., Ran]


def test_purge_of_a_call_that_is_not_there_asks_nothing(calls: Path, batch: Coach, coach: Coach) -> None:
    """One line, and no question first; without any choice the setting is named that would be one."""
    batch()
    assert "the store holds no call c-99" in coach("purge", "--call", "c-99").line
    assert "set retention_days in coach.toml" in coach("purge").line


def test_purge_names_the_cases_that_hold_erased_calls(calls: Path, batch: Coach, coach: Coach) -> None:
    """The files stay; those of other calls, and of calls that are there, are not named."""
    batch()
    for call_id in ("c-00", "c-01"):
        coach("review", "contest", call_id, "RES1", "--because", "so")
    for number in ("1", "2"):
        coach("review", "uphold", number, "--verdict", "missed", "--by", "Sam", "--reason", "so")
        coach("trainer", "keep-case", number)
    done = coach("purge", "--call", "c-00", "--yes").out
    assert "not touched, though it holds an erased call: " in done
    assert "c-00.RES1.json" in done
    assert "c-01.RES1.json" not in done
