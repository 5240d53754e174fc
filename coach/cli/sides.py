"""What a comparison names: a playbook, an engine, a model, in one word or several: `patterns`, `shipped`, `my/playbook`,
`playbook=my/playbook,engine=live,model=NAME`, `playbook=my/playbook,replies=my/replies`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from coach.cli.bench import bench_settings
from coach.errors import BadSettings

if TYPE_CHECKING:
    from coach.settings import Settings

KEYS = ("playbook", "engine", "model", "base_url", "replies", "sample")
ENGINES = ("patterns", "recorded", "live")


@dataclass(frozen=True)
class Named:
    """One side as it was named: its settings, a folder of recorded replies or None, the number of the sample (0: first)."""

    text: str
    settings: Settings
    replies: Path | None
    sample: int


def named_side(text: str, *, sample: bool, engine: str | None, store: str | None, labels: str | None) -> Named:
    """A side of a comparison; what it leaves out is as in the settings in force.

    Raises BadSettings for a word that is neither an engine, `shipped`, a folder nor KEY=VALUE.
    """
    given: dict[str, str] = {}
    for word in text.split(","):
        key, value = _split(word.strip())
        if key in given:
            raise BadSettings(f"side {text!r} names its {key} twice", "name it once")
        given[key] = value
    chosen = given.get("engine", engine)
    if ("model" in given or "base_url" in given) and chosen in ("patterns", "recorded"):
        raise BadSettings(
            f"side {text!r}: the {chosen} engine asks no model", "leave the model out, or say engine=live"
        )
    if "model" in given and chosen is None:
        given["engine"] = "live"
    playbook = given.get("playbook")
    settings = bench_settings(
        sample,
        labels,
        given.get("engine", engine),
        given.get("model"),
        given.get("base_url"),
        "" if playbook == "shipped" else playbook,
        store,
    )
    number = given.get("sample", "0")
    if not number.isdecimal():
        raise BadSettings(f"{number!r} is no number of a sample", "give 1 for the replies asked once more")
    return Named(text, settings, Path(given["replies"]) if "replies" in given else None, int(number))


def _split(word: str) -> tuple[str, str]:
    key, equals, value = word.partition("=")
    if equals and key in KEYS and value:
        return key, value
    if word in ENGINES:
        return "engine", word
    if word == "shipped" or (word and not equals and Path(word).expanduser().is_dir()):
        return "playbook", word
    hint = f"use shipped, a playbook's folder, {', '.join(ENGINES)}, or KEY=VALUE with {', '.join(KEYS)}"
    raise BadSettings(f"{word!r} names no side of a comparison", hint)
