"""Dev and holdout: by call, each agent's share kept, and never changed again."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from labels_made import made_call

from coach.calibration.split import FILE, Part, ensure_split, extended, read_split
from coach.errors import BadLabels


def test_two_in_five_calls_of_every_agent_are_dev() -> None:
    calls = [made_call(f"c-{agent}-{n}", agent) for agent in "abcdef" for n in range(20)]
    split = extended({}, calls)
    dev = Counter(call.agent for call in calls if split[call.call_id] is Part.DEV)
    assert dev == dict.fromkeys("abcdef", 8)


def test_agents_with_a_single_call_are_not_all_on_one_side() -> None:
    split = extended({}, [made_call(f"c-{n}", f"agent{n}") for n in range(100)])
    assert 25 <= sum(part is Part.DEV for part in split.values()) <= 55


def test_a_call_keeps_its_part_when_others_come() -> None:
    first = extended({}, [made_call(f"c-{n}", "ann") for n in range(5)])
    more = extended(first, [made_call(f"c-{n}", "ann") for n in range(50)])
    assert {call_id: more[call_id] for call_id in first} == first
    assert sum(part is Part.DEV for part in more.values()) in (19, 20, 21)


def test_what_was_said_in_a_call_plays_no_part() -> None:
    one = extended({}, [made_call(f"c-{n}", "ann", said="Calm.") for n in range(9)])
    other = extended({}, [made_call(f"c-{n}", "ann", said="Furious!") for n in range(9)])
    assert one == other


def test_the_split_is_kept_and_extended_in_its_file(tmp_path: Path) -> None:
    first = ensure_split(tmp_path, [made_call("c-1"), made_call("c-2")])
    both = ensure_split(tmp_path, [made_call("c-3")])
    assert read_split(tmp_path) == both
    assert both.items() > first.items()


def test_nothing_is_written_where_nothing_is_new(tmp_path: Path) -> None:
    ensure_split(tmp_path, [made_call("c-1")])
    before = (tmp_path / FILE).stat().st_mtime_ns
    ensure_split(tmp_path, [made_call("c-1")])
    assert (tmp_path / FILE).stat().st_mtime_ns == before


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"call_id": "c-1", "part": "test"}\n', "split.jsonl:1: not a call with its part"),
        ('{"call_id": "c-1", "part": "dev"}\n' * 2, "split.jsonl:2: c-1 stands twice"),
        ("dev\n", "split.jsonl:1: not a call with its part"),
    ],
)
def test_a_damaged_split_is_named_by_line(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / FILE).write_text(text)
    with pytest.raises(BadLabels, match=said):
        read_split(tmp_path)


def test_a_split_in_another_encoding_is_one_error(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadLabels, match="cannot be read"):
        read_split(tmp_path)
