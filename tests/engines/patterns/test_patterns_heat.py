"""Heat is read from the customer's words: anger heats, worry and sadness do not, thanks cool."""

from __future__ import annotations

from itertools import pairwise

import pytest
from patterns_made import LEXICONS

from coach.engines.exchange import Line
from coach.engines.patterns.heat import heat_levels, heat_scores, vader_heat
from coach.engines.patterns.reading import Spoken
from coach.engines.patterns.wording import Wording

WORDING = Wording(LEXICONS)


def customer(*texts: str) -> list[Spoken]:
    return [Spoken(at, Line(f"T{at:02d}", "customer", text, None, None), WORDING) for at, text in enumerate(texts)]


def level(text: str) -> int:
    return heat_levels(customer(text))[0]


@pytest.mark.parametrize(
    ("text", "heat"),
    [
        ("Thank you, that's sorted.", 0),
        ("LH-48213.", 0),
        ("This is ridiculous, you never rang me and you don't answer.", 2),
        ("You never ring me, you're lying about the van.", 3),
        ("Thank you, I thought I'd be robbed.", 0),
        ("Listen to me, you idiot.", 4),
        ("UNACCEPTABLE!! You never came, you never rang, you hate us, I hate this, ridiculous!!", 2),
        ("You never came, not once, and you will not come, terrible, horrible, awful, you never will.", 2),
    ],
)
def test_heat_levels(text: str, heat: int) -> None:
    """Neutral, complaint, accusation and abuse get their levels; 3 and 4 need words for it."""
    assert level(text) == heat


def test_heat_rises_with_each_sharper_line() -> None:
    """Sharper wording scores higher than milder wording."""
    texts = ("Thanks, all good.", "It is annoying that it isn't here.", "Ridiculous!! You're lying to me, you idiot.")
    scores = [heat_scores(customer(text))[0] for text in texts]
    assert all(low < high for low, high in pairwise(scores))


def test_worry_and_sadness_are_not_heat() -> None:
    """A worried or grieving line is cooler than VADER alone makes it."""
    text = "I'm worried sick, my mother died and I am so sad and afraid."
    assert vader_heat(text) > 0.5
    assert level(text) == 0


def test_heat_carries_over_in_part() -> None:
    """The same words score higher after a hot line than after a glad one."""
    hot = heat_scores(customer("Ridiculous!! You idiot.", "Is it there?"))[1]
    glad = heat_scores(customer("Thank you, thanks.", "Is it there?"))[1]
    assert hot > glad


def test_a_long_calm_account_is_not_hot_for_its_length() -> None:
    """Two hundred neutral words stay below a plain complaint."""
    assert level("The parcel is brown and it has a label on the side of it. " * 15) < 2
