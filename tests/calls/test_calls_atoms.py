"""Numbers said in words."""

from __future__ import annotations

import pytest

from coach.calls.atoms import atoms_of


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("oh seven seven double oh", ["0", "7", "7", "00"]),
        ("nine hundred one two", ["900", "1", "2"]),
        ("one hundred and twelve", ["112"]),
        ("a hundred and thirty-one quid", ["131"]),
        ("twelve hundred and forty", ["1240"]),
        ("two thousand and twenty six", ["2026"]),
        ("one thousand two hundred and five", ["1205"]),
        ("three thousand, a day", ["3000"]),
        ("twenty, three", ["20", "3"]),
        ("triple 4 and o 4", ["444", "0", "4"]),
        ("oh dear, a double bed and a thousandth", []),
        ("double", []),
    ],
)
def test_spoken_numbers(text, numbers):
    """Cardinals as British speakers read them, digits one by one, doubles and trebles."""
    assert [atom.value for atom in atoms_of(text) if atom.numeral] == numbers


def test_places_are_those_of_the_line():
    """An atom's start and end cut its words out of the line."""
    line = "Zoë's at one hundred and twelve, O'Brien Road"
    assert [line[a.start : a.end] for a in atoms_of(line)][3] == "one hundred and twelve"
    assert atoms_of(line)[0].value == "zoe"
