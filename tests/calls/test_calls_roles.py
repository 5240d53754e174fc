"""Speaker labels."""

from __future__ import annotations

import pytest

from coach.calls.roles import cast_of, role_of
from coach.calls.transcript import Speaker
from coach.errors import BadCall

AGENT, CUSTOMER, SYSTEM = Speaker.AGENT, Speaker.CUSTOMER, Speaker.SYSTEM


@pytest.mark.parametrize(
    ("label", "speaker"),
    [
        ("Agent", AGENT), ("AGENT_1", AGENT), ("Customer Service Rep", AGENT), ("customer support", AGENT), ("CSR", AGENT),
        ("Advisor", AGENT), ("operator 2", AGENT), ("Caller", CUSTOMER), ("Guest", CUSTOMER), ("service user", CUSTOMER),
        ("Member:", CUSTOMER), ("System", SYSTEM), ("IVR", SYSTEM), ("Virtual Assistant", SYSTEM),
        ("Maya", None), ("Agent or customer", None), ("", None),
    ],
)  # fmt: skip
def test_role_words(label, speaker):
    """A label's own words decide, phrases before words; two roles at once are none."""
    assert role_of(label) is speaker


def test_names_of_the_record_decide():
    """A label that is the agent's or customer's name, or part of one, is that person."""
    cast = cast_of(["Maya", "Mr Pike"], ["Maya Okafor", ""], "Pike")
    assert dict(cast.speaker) == {"Maya": AGENT, "Mr Pike": CUSTOMER}
    assert dict(cast_of(["TOM PIKE", "Rep"], [], "Tom Pike").speaker) == {"TOM PIKE": CUSTOMER, "Rep": AGENT}


def test_the_other_of_two_is_the_other_side():
    """With one side known, a single unknown label is the other, and its name is given away for masking."""
    cast = cast_of(["Agent (Maya)", "Tom Hale", "System"], [], "")
    assert cast.speaker["Tom Hale"] is CUSTOMER
    assert (cast.agent_name, cast.customer) == ("Maya", "Tom Hale")
    assert cast_of(["Caller 1", "Lee"], [], "").speaker["Lee"] is AGENT


@pytest.mark.parametrize(
    "labels", [["Speaker 0", "Speaker 1"], ["Agent", "Ann", "Bo"], ["Agent", "Customer", "Bo"], ["Agent", ""]]
)
def test_labels_that_cannot_be_told_are_listed(labels):
    """Nothing is guessed: the refusal lists what was found."""
    with pytest.raises(BadCall) as caught:
        cast_of(labels, [], "")
    assert all(repr(label) in caught.value.what for label in labels)
