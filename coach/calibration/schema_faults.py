"""What lint says where a file is not of the shape its types ask for, in plain words; and what can be looked at still.

The rules of a rubric are written for what its types let pass.  Where they do not, ids, weights and names are taken from
the plain value, and each check that is whole by itself is looked at as any other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from coach.calibration.fault import LintFault, Place, Source
from coach.calibration.rubric_rules import LISTS, check_faults, known_faults, repeated, unknown, weight_faults
from coach.playbook.rubric import Check

THEN = "see docs/write-a-rubric.md; further rules are looked at once it is mended"
_SAYS: Mapping[str, str] = {
    "missing": "is missing",
    "extra_forbidden": "is not a field here",
    "string_too_short": "is empty",
    "string_type": "must be text",
    "string_pattern_mismatch": "is not written as such an id is",
    "int_parsing": "must be a whole number",
    "int_type": "must be a whole number",
    "bool_parsing": "must be true or false",
    "bool_type": "must be true or false",
    "tuple_type": "must be a list",
    "model_type": "must be a block of fields",
    "dict_type": "must be a block of fields",
    "greater_than_equal": "must be {ge} or more",
    "less_than_equal": "must be {le} or less",
    "too_short": "must have {min_length} or more entries",
    "too_long": "must have {max_length} entries at the most",
    "enum": "must be {expected}",
    "literal_error": "must be {expected}",
}
"""By pydantic's name for a fault, with its context's values."""


def schema_faults(error: ValidationError, source: Source, outer: int = 0) -> Iterator[LintFault]:
    """Every fault of a validation at its line: whose it is, which field, and what is wrong with it.

    `outer` parts of a place stand for no part of the file.  Values of the file are not repeated.
    """
    for one in error.errors(include_input=False, include_url=False):
        place: Place = tuple(one["loc"])[outer:]
        said = _SAYS.get(one["type"])
        says = one["msg"] if said is None else said.format(**one.get("ctx", {}))
        owner, field = _named(place, source.value)
        if field == "examples" and one["type"] in ("missing", "too_short", "too_long"):
            what = "give two examples, one that is met and one that is not"
        else:
            what = f"{field} {says}" if field else says
        yield source.fault(place, f"{owner}: {what}" if owner else what, THEN)


def _named(place: Place, value: Any) -> tuple[str, str]:
    """Whose field a place is (the nearest thing with an id around it, or its number), and the field in words."""
    owner, owned = "", 0
    for n, part in enumerate(place, 1):
        value = _at(value, part)
        if isinstance(part, int) and n >= 2 and place[n - 2] in (*LISTS, "stages", "checks", "items"):
            own = value.get("id") if isinstance(value, dict) else None
            kind = str(place[n - 2])
            named = isinstance(own, str) and bool(own.strip())
            owner = str(own) if named and kind in ("checks", "items") else f"{kind} {own if named else part + 1}"
            owned = n
    words = [str(part + 1) if isinstance(part, int) else part for part in place[owned:]]
    if len(words) > 1 and words[0] in ("grader", "reader"):
        words = words[1:]
    return owner, " ".join(words) or ("" if owner else "the file")


def _at(value: Any, part: int | str) -> Any:
    try:
        return value[part]
    except (KeyError, IndexError, TypeError):
        return None


def unsound_rubric_faults(source: Source, guidance: frozenset[str] | None) -> Iterator[LintFault]:
    """What rules can be held to in a rubric that its types do not let pass; `guidance` as in `rubric_faults`."""
    rubric = source.value
    stages = list(_entries(rubric, "stages"))
    checks = [found for place, stage in stages for found in _entries(stage, "checks", place)]
    yield from repeated(source, "stage", _ids(stages))
    yield from repeated(source, "check", _ids(checks))
    for name in LISTS:
        yield from repeated(source, f"entry of {name}", _ids(_entries(rubric, name)))
    weights = [str(stage.get("weight")) for _, stage in stages]
    if weights and all(weight.isascii() and weight.isdigit() for weight in weights):
        yield from weight_faults(source, [int(weight) for weight in weights])
    known = frozenset(name for _, name in _ids(checks))
    if checks:
        yield from known_faults(source, {name for _, name in _ids(stages)}, known)
    rulings = frozenset(name for _, name in _ids(_entries(rubric, "rulings")))
    for place, check in checks:
        owner = _named(place, rubric)[0]
        yield from unknown(source, (*place, "rulings"), owner, "ruling", _texts(check.get("rulings")), rulings)
        if guidance is not None:
            named = _texts(check.get("guidance"))
            yield from unknown(source, (*place, "guidance"), owner, "guidance item", named, guidance)
        needs = check.get("needs")
        if isinstance(needs, str) and needs not in known:
            yield source.fault((*place, "needs"), f"{owner}: there is no check {needs} to need", "correct the id")
        try:
            whole = Check.model_validate(check)
        except ValidationError:
            continue  # told as a fault of its shape
        yield from check_faults(source, place, whole)


Entry = tuple[Place, dict[str, Any]]


def _entries(value: Any, name: str, place: Place = ()) -> Iterator[Entry]:
    """The blocks of a list below a value, as far as it is a list of blocks."""
    found = _at(value, name)
    for i, entry in enumerate(found if isinstance(found, list) else ()):
        if isinstance(entry, dict):
            yield (*place, name, i), entry


def _ids(entries: Iterable[Entry]) -> list[tuple[Place, str]]:
    return [((*place, "id"), entry["id"]) for place, entry in entries if isinstance(entry.get("id"), str)]


def _texts(value: Any) -> list[str]:
    return [entry for entry in value if isinstance(entry, str)] if isinstance(value, list) else []
