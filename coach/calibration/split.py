"""Which labelled calls a trainer tunes on, and which stay locked: two in five dev, the rest holdout.

The split is by call and keeps each agent's share; once a call has its part it never changes it, so that what was seen
while tuning can never become proof.  It is kept beside the labels, in Git.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from enum import StrEnum
from pathlib import Path

from pydantic import BaseModel, ConfigDict, TypeAdapter

from coach.calibration.kept_lines import read_kept
from coach.calibration.labels import write_whole
from coach.calls.transcript import Id, Redacted
from coach.errors import BadLabels

DEV_SHARE = 0.4
FILE = "split.jsonl"


class Part(StrEnum):
    """What a call is for: `dev` is seen while tuning, `holdout` is locked."""

    DEV = "dev"
    HOLDOUT = "holdout"


Split = Mapping[str, Part]
"""Every call's part, by its id."""


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    call_id: Id
    part: Part


def read_split(folder: Path) -> dict[str, Part]:
    """The split kept in a labels folder; empty where there is none.  Raises BadLabels for a line that is none."""
    found: dict[str, Part] = {}
    for place, row in read_kept(folder / FILE, TypeAdapter(_Row), "not a call with its part"):
        if row.call_id in found:
            raise BadLabels(f"{place}: {row.call_id} stands twice", "restore the file from Git")
        found[row.call_id] = row.part
    return found


def extended(split: Split, calls: Iterable[Redacted]) -> dict[str, Part]:
    """The split with a part for every call; those that had one keep it.

    Each agent's calls are taken in the order of a hash of their ids, two in five of them dev; where the first of them
    falls is a hash of the agent.  So the part of a call depends on nothing that was said in it.
    """
    found = dict(split)
    by_agent: dict[str, list[str]] = defaultdict(list)
    for call in calls:
        by_agent[call.agent].append(call.call_id)
    for agent, ids in sorted(by_agent.items()):
        taken = sum(1 for call_id in ids if call_id in found)
        start = _hashed(f"agent {agent}") / 2**32
        for call_id in sorted((i for i in ids if i not in found), key=lambda i: _hashed(f"call {i}")):
            dev = math.floor(DEV_SHARE * (taken + 1) + start) > math.floor(DEV_SHARE * taken + start)
            found[call_id] = Part.DEV if dev else Part.HOLDOUT
            taken += 1
    return found


def ensure_split(folder: Path, calls: Iterable[Redacted]) -> dict[str, Part]:
    """The kept split, with calls that are new to it added and written.  Raises BadLabels and CannotWrite."""
    kept = read_split(folder)
    whole = extended(kept, calls)
    if len(whole) > len(kept):
        rows = (json.dumps({"call_id": call_id, "part": part.value}) for call_id, part in sorted(whole.items()))
        write_whole(folder / FILE, "".join(row + "\n" for row in rows))
    return whole


def _hashed(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")
