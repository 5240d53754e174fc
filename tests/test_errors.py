"""The tree of errors: every one is a line for a user."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import pytest

from coach import errors
from coach.errors import BadPlaybook, CoachError


def every(kind: type[CoachError] = CoachError) -> Iterator[type[CoachError]]:
    """The error and all beneath it."""
    yield kind
    for beneath in kind.__subclasses__():
        yield from every(beneath)


def test_every_error_is_drawn_in_the_modules_tree() -> None:
    """The picture at the head of the module and the classes are the same."""
    drawn = errors.__doc__ or ""
    assert all(kind.__name__ in drawn for kind in every())
    assert len(set(every())) == sum(
        inspect.isclass(value) for value in vars(errors).values() if value is not errors.Path
    )


@pytest.mark.parametrize("kind", list(every()))
def test_every_error_says_what_and_what_to_do(kind: type[CoachError]) -> None:
    """`what; hint` in one line, exit code 1."""
    error = kind("the lamp is dark", "change the bulb")
    assert (str(error), error.exit_code) == ("the lamp is dark; change the bulb", 1)
    assert str(kind("the lamp is dark")) == "the lamp is dark"


def test_a_playbooks_error_begins_with_its_place() -> None:
    """File and line, or the file alone."""
    assert str(BadPlaybook("odd", "mend it", file="r.yaml", line=4)) == "r.yaml:4: odd; mend it"
    assert str(BadPlaybook("odd", file="r.yaml")) == "r.yaml: odd"
