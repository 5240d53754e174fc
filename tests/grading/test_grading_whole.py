"""The call as a whole: what is proven stands, what is not is counted."""

from __future__ import annotations

from typing import Any

import pytest
from invented import critique, view

from coach.calls.transcript import Redacted
from coach.grading.critique import Ungraded
from coach.grading.evidence import Prover
from coach.grading.whole import Whole, whole_of
from coach.playbook.rubric import Rubric

WORDING = (("T01", 2), ("T03", 3), ("T05", 0))
FALSE = {"turn_id": "T02", "text": "I never said any such thing to you"}


def q(turn: str, text: str) -> dict[str, str]:
    return {"turn_id": turn, "text": text}


HOSTILE, COURIER = q("T03", "You people are crooks"), q("T04", "I will send a courier")


def whole(
    lamp: Redacted, small: Rubric, flags: list[dict[str, Any]] | None = None, **fields: Any
) -> tuple[Whole, Prover]:
    prover = Prover(lamp)
    said = critique("overview", critical_flags=flags or [], overview=view(**fields))
    return whole_of(said, lamp, small, prover, WORDING), prover


def test_without_an_answer_the_heat_of_the_wording_remains(lamp: Redacted, small: Rubric) -> None:
    """Nobody read the call as a whole: the outcome is unknown, the heat is what words alone show."""
    nobody = Ungraded(stage_id="overview", reason="timeout", detail="")
    assert whole_of(nobody, lamp, small, Prover(lamp), WORDING) == Whole(heat=WORDING)


def test_the_engines_heat_goes_before_the_wordings(lamp: Redacted, small: Rubric) -> None:
    """A turn it left out keeps its wording's heat, anger at a third party is none, an unknown turn is ignored."""
    heat = [
        {"turn_id": "T01", "heat": 1, "third_party": False},
        {"turn_id": "T03", "heat": 4, "third_party": True},
        {"turn_id": "T99", "heat": 4, "third_party": False},
    ]
    assert whole(lamp, small, heat=heat)[0].heat == (("T01", 1), ("T03", 0), ("T05", 0))


@pytest.mark.parametrize(
    ("fields", "kept", "lost"),
    [
        (
            {"promises": [{"quote": q, "who": "agent", "what": "a courier", "when": None} for q in (COURIER, FALSE)]},
            "promises",
            "promise",
        ),
        ({"blockers": [{"kind": "policy", "what": "x", "quote": q} for q in (COURIER, FALSE)]}, "blockers", "blocker"),
        (
            {"turning_points": [{"quote": q, "after_agent": None, "change": "hotter"} for q in (HOSTILE, FALSE)]},
            "turning_points",
            "turning point",
        ),
        (
            {"goodwill": [{"kind": "thanks", "quote": q, "received": True} for q in (HOSTILE, FALSE)]},
            "goodwill",
            "goodwill thanks",
        ),
        ({"flags": [{"flag": "insult", "quote": q} for q in (COURIER, FALSE)]}, "critical_flags", "flag insult"),
    ],
)
def test_a_proven_quote_is_kept_and_a_false_one_counted(
    lamp: Redacted, small: Rubric, fields: dict[str, Any], kept: str, lost: str
) -> None:
    """Promises, blockers, turning points, goodwill and critical flags: each with the transcript's own words."""
    found, prover = whole(lamp, small, **fields)
    (one,) = getattr(found, kept)
    assert one.quote.turn_id in ("T03", "T04")
    assert [u.where for u in prover.unproven] == [lost]


@pytest.mark.parametrize("speaker_swapped", ["promises", "goodwill", "flags"])
def test_the_right_words_of_the_wrong_speaker_are_not_kept(lamp: Redacted, small: Rubric, speaker_swapped: str) -> None:
    """A customer makes no promise and is not flagged; an agent shows no goodwill."""
    fields: dict[str, Any] = {
        "promises": [{"quote": HOSTILE, "who": "agent", "what": "x", "when": None}],
        "goodwill": [{"kind": "praise", "quote": COURIER, "received": False}],
        "flags": [{"flag": "insult", "quote": HOSTILE}],
    }
    found, prover = whole(lamp, small, **{speaker_swapped: fields[speaker_swapped]})
    assert found.promises + found.goodwill + found.critical_flags == ()
    assert len(prover.unproven) == 1


def test_flags_and_blockers_that_the_rubric_does_not_have_are_counted(lamp: Redacted, small: Rubric) -> None:
    """An invented kind is shown with the unproven claims, never dropped in silence."""
    found, prover = whole(
        lamp,
        small,
        flags=[{"flag": "rudeness", "quote": COURIER}],
        blockers=[{"kind": "weather", "what": "x", "quote": COURIER}],
    )
    assert (found.critical_flags, found.blockers) == ((), ())
    assert [(u.claimed, u.why) for u in prover.unproven] == [
        ("rudeness", "the rubric has no such critical flag"),
        ("weather", "the rubric has no such blocker"),
    ]


def test_a_turning_point_stands_without_the_move_it_followed(lamp: Redacted, small: Rubric) -> None:
    """The agent's line is optional, and a false one costs only itself."""
    point = {"quote": q("T05", "All right"), "after_agent": FALSE, "change": "calmer"}
    found, prover = whole(lamp, small, turning_points=[point])
    assert (found.turning_points[0].change, found.turning_points[0].after) == ("calmer", None)
    assert len(prover.unproven) == 1


def test_an_outcome_stands_with_or_without_its_quote(lamp: Redacted, small: Rubric) -> None:
    """Either side's line may show it."""
    found, _ = whole(lamp, small, outcome={"outcome": "partly", "quote": q("T05", "All right")})
    assert (found.outcome, found.outcome_quote and found.outcome_quote.text) == ("partly", "All right.")


@pytest.mark.parametrize(
    ("issue", "name"),
    [
        ({"issue": "Broken on Arrival!", "quote": q("T01", "came in three pieces")}, "broken_on_arrival"),
        ({"issue": "late_parcel", "quote": FALSE}, ""),
        (None, ""),
    ],
)
def test_a_recurring_issue_needs_the_customers_words(
    lamp: Redacted, small: Rubric, issue: dict[str, Any] | None, name: str
) -> None:
    """Its name is brought into one style; without a proven line there is none."""
    found, _ = whole(lamp, small, recurring_issue=issue)
    assert found.recurring_issue == name
    assert (found.issue_quote is not None) == bool(name)


NOTE = [
    {"item": "complaint", "present": True, "quote": "lamp came broken"},
    {"item": "complaint", "present": True, "quote": "a full refund"},
    {"item": "complaint", "present": True, "quote": None},
    {"item": "complaint", "present": False, "quote": None},
    {"item": "mood", "present": True, "quote": "lamp"},
]


def test_a_notes_items_need_words_that_stand_in_it(lamp: Redacted, small: Rubric) -> None:
    """What is said to be there and is not is unproven; absent items need no quote; unknown items are passed over."""
    noted = lamp.model_copy(update={"note": "The lamp came broken; courier booked."})
    found, prover = whole(noted, small, note=NOTE)
    assert [(n.present, n.quote) for n in found.note] == [(True, "lamp came broken"), (False, "")]
    assert [(u.turn_id, u.claimed) for u in prover.unproven] == [("note", "a full refund"), ("note", "")]


def test_without_a_note_nothing_is_said_of_one(lamp: Redacted, small: Rubric) -> None:
    """The note is graded only when it is supplied."""
    assert whole(lamp, small, note=NOTE)[0].note == ()
