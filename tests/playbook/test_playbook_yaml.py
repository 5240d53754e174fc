"""Strict YAML: what passes, what is refused, and on which line."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import BaseModel, ValidationError

from coach.errors import BadPlaybook
from coach.playbook import strict_yaml

FILE = Path("rubric.yaml")


def refused(text: str) -> BadPlaybook:
    with pytest.raises(BadPlaybook) as fault:
        strict_yaml.parse(text, FILE)
    return fault.value


def test_every_scalar_is_text_except_a_bare_null() -> None:
    """Country codes, numbers and dates stay text; null, ~ and an empty value are None."""
    value, _ = strict_yaml.parse('a: NO\nb: 007\nc: 2026-01-01\nd: null\ne: ~\nf:\ng: "null"\n', FILE)
    assert value == {"a": "NO", "b": "007", "c": "2026-01-01", "d": None, "e": None, "f": None, "g": "null"}


def test_the_line_of_every_path_is_kept() -> None:
    """A value in a list in a mapping knows its line."""
    _, lines = strict_yaml.parse("a:\n  - x\n  - b: y\n", FILE)
    assert lines[("a",)] == 1
    assert lines[("a", 0)] == 2
    assert lines[("a", 1, "b")] == 3


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("a: 1\na: 2\n", 2, "a stands twice"),
        ("a: &x 1\n", 1, "anchors"),
        ("a: 1\nb: *x\n", 2, "anchors"),
        ("a: !!python/object:os.system 1\n", 1, "tags"),
        ("a: !own 1\n", 1, "tags"),
        ("a: 1\n<<: {b: 2}\n", 2, "plain word"),
        ("? [a, b]\n: 1\n", 1, "plain word"),
        ("a: 1\n b: 2\n", 2, "not valid YAML"),
        ("a: 'open\n", 2, "not valid YAML"),
        ("a: 1\n---\nb: 2\n", 2, "not valid YAML"),
    ],
)
def test_what_is_beyond_plain_data_is_refused_with_its_line(text: str, line: int, says: str) -> None:
    """Duplicates, anchors, tags, merges, odd keys and broken YAML name file and line."""
    fault = refused(text)
    assert says in fault.what
    assert fault.what.startswith(f"rubric.yaml:{line}: ")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"),
        ("# only a comment\n", "empty"),
        ("a: \x01\n", "not valid YAML"),
        ("[" * 5000 + "]" * 5000, "too deeply"),
    ],
)
def test_a_file_without_matter_is_refused(text: str, says: str) -> None:
    """Empty files, control characters and endless nesting are one clear line, not a traceback."""
    fault = refused(text)
    assert says in fault.what
    assert fault.line is None


class _Shape(BaseModel):
    a: dict[str, int]


def test_a_broken_type_names_the_nearest_line_and_not_the_value() -> None:
    """The first fault of a validation carries path and line, counts the others, and repeats no value."""
    value, lines = strict_yaml.parse("a:\n  x: 1\n  y: SECRET\n  z: SECRET\n", FILE)
    with pytest.raises(ValidationError) as error:
        _Shape.model_validate(value)
    fault = strict_yaml.fault_of(error.value, lines, FILE)
    assert fault.what.startswith("rubric.yaml:3: a.y: ")
    assert "(and 1 more)" in fault.what
    assert "SECRET" not in str(fault)


def test_a_missing_field_is_placed_at_its_parent() -> None:
    """What is not in the file has no line of its own: the line of what should hold it is given."""
    value, lines = strict_yaml.parse("b: 1\n", FILE)
    with pytest.raises(ValidationError) as error:
        _Shape.model_validate(value)
    assert strict_yaml.fault_of(error.value, lines, FILE).line == 1
