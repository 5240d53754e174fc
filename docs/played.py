"""The table of the kept practice sessions: who played, how anger went, what was turned down and what readers found.

Everything is counted from `fixtures/played/`; nothing is written here by hand.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

KINDS = ("good", "weak", "adversarial")
FAULTS = ("broke_character", "early_calming", "invented", "unasked_reveal", "speaks_as_agent")


def sessions(root: Path) -> dict[str, dict[str, Any]]:
    """The kept sessions by name (`good-plain`), as they were written."""
    files = sorted((root / "fixtures" / "played").glob("*-*.json"))
    return {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in files}


def played(root: Path) -> str:
    """A line a kind of player, then what readers objected to, then anger by persona."""
    kept = sessions(root)
    lines = [
        "| player | sessions | customer's lines | by the model | turned down before they were shown | anger at start and end, mean |",
        "|---|---|---|---|---|---|",
    ]
    for kind in KINDS:
        mine = [session for name, session in kept.items() if name.startswith(f"{kind}-")]
        said = [exchange for session in mine for exchange in session["exchanges"]]
        voices = Counter(one["customer"]["voice"] for one in said)
        down = sum(len(one["customer"]["unshown"]) for one in said)
        starts = sum(session["opening"]["anger"] for session in mine) / len(mine)
        ends = sum(session["exchanges"][-1]["state"]["anger"] for session in mine) / len(mine)
        lines.append(f"| {kind} | {len(mine)} | {len(said)} | {voices['model']} | {down} | {starts:.1f}, {ends:.1f} |")
    return "\n".join([*lines, "", *_readings(root), "", *_paths(kept)]) + "\n"


def _readings(root: Path) -> list[str]:
    found = json.loads((root / "fixtures" / "played" / "readings.json").read_text(encoding="utf-8"))["objections"]
    lines = ["| in a line that the player saw | certain, by either reader | by both | doubtful |", "|---|---|---|---|"]
    wants = [one for one in found if one["kind"] == "unasked_reveal" and "outcome" in one["why"]]
    rows = [
        (fault.replace("_", " "), [one for one in found if one["kind"] == fault and one not in wants])
        for fault in FAULTS
    ]
    for name, mine in [*rows, ("says what they want (no hidden fact: the model is told it)", wants)]:
        places = Counter((one["session"], one["line"]) for one in mine if not one["doubtful"])
        doubtful = {(one["session"], one["line"]) for one in mine if one["doubtful"]} - places.keys()
        both = sum(count > 1 for count in places.values())
        lines.append(f"| {name} | {len(places)} | {both} | {len(doubtful)} |")
    return lines


def _paths(kept: dict[str, dict[str, Any]]) -> list[str]:
    lines = ["| persona | good player | weak player |", "|---|---|---|"]
    for name in sorted(kept):
        kind, persona = name.split("-", 1)
        if kind == "good" and f"weak-{persona}" in kept:
            lines.append(f"| `{persona}` | {_path(kept[name])} | {_path(kept[f'weak-{persona}'])} |")
    return lines


def _path(session: dict[str, Any]) -> str:
    after = [one["state"]["anger"] for one in session["exchanges"]]
    return " ".join(f"{anger:.1f}" for anger in (session["opening"]["anger"], *after))
