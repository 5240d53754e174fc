"""How well the heat of a customer's words follows people's ratings, beside VADER alone.

    python bench/heat.py RATED.jsonl [LEXICONS.yaml]

A line of the file is one dialogue: `{"turns": [{"speaker", "text"}, ...], "labels": {"frustration_ratings":
[[3, 2, 3], null, ...]}}`, a list of ratings for each rated turn.  Prints Spearman's rank correlation of each turn
with its mean rating: VADER alone, the heat score, and the heat 0 to 4 as shown; last the ratio to VADER alone.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import yaml

from coach.engines.exchange import Line
from coach.engines.patterns.heat import heat_levels, heat_scores, vader_heat
from coach.engines.patterns.reading import Spoken
from coach.engines.patterns.wording import Wording


def ranks(values: Sequence[float]) -> list[float]:
    """Ranks with ties at their mean."""
    order = sorted(range(len(values)), key=values.__getitem__)
    out = [0.0] * len(values)
    low = 0
    while low < len(order):
        high = low
        while high + 1 < len(order) and values[order[high + 1]] == values[order[low]]:
            high += 1
        for at in range(low, high + 1):
            out[order[at]] = (low + high) / 2
        low = high + 1
    return out


def spearman(a: Sequence[float], b: Sequence[float]) -> float:
    """Spearman's rank correlation."""
    x, y = ranks(a), ranks(b)
    mean = (len(x) - 1) / 2
    cross = sum((p - mean) * (q - mean) for p, q in zip(x, y, strict=True))
    spread = sum((p - mean) ** 2 for p in x) * sum((q - mean) ** 2 for q in y)
    return float(cross / spread**0.5)


def main(rated: Path, lexicons: Path) -> None:
    """Measure and print."""
    words = {name: tuple(phrases) for name, phrases in yaml.safe_load(lexicons.read_text("utf-8")).items()}
    wording = Wording(words)
    people: list[float] = []
    ours: dict[str, list[float]] = {"VADER alone": [], "heat score": [], "heat 0 to 4": []}
    for row in rated.read_text("utf-8").splitlines():
        call = json.loads(row)
        marks = call["labels"]["frustration_ratings"]
        lines = [
            Spoken(at, Line(f"T{at + 1:02d}", turn["speaker"], turn["text"], None, None), wording)
            for at, turn in enumerate(call["turns"])
        ]
        customer = [line for line in lines if line.speaker == "customer"]
        for line, score, level in zip(customer, heat_scores(customer), heat_levels(customer), strict=True):
            given = [mark for mark in marks[line.at] or () if mark is not None]
            if given:
                people.append(sum(given) / len(given))
                ours["VADER alone"].append(vader_heat(line.text))
                ours["heat score"].append(score)
                ours["heat 0 to 4"].append(level)
    found = {name: spearman(values, people) for name, values in ours.items()}
    print(f"{len(people)} rated turns")
    for name, value in found.items():
        print(f"{name:12} Spearman {value:.3f}   x {value / found['VADER alone']:.2f}")


if __name__ == "__main__":
    shipped = Path(__file__).resolve().parent.parent / "rubrics" / "lexicons.yaml"
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else shipped)
