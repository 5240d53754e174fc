"""The overview and the timeline hold what wording shows and leave the rest empty."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from coach.engines.patterns.analysis import Analysis

Overview = Callable[[str], dict[str, Any]]

CALL = """A: Hello, deliveries.
C: It was to come on Tuesday the fourteenth and still nothing, this is ridiculous.
A: I'm so sorry. You have been waiting since Tuesday the fourteenth.
C: I want your manager, this is unacceptable, you never ring.
A: I'll send you the bolts by Friday.
C: Thank you.
A: You're welcome.
C: Sorry for shouting.
C: You've been great."""


def marks(answer: dict[str, Any]) -> dict[str, tuple[str, str]]:
    return {mark["mark"]: (mark["quote"]["turn_id"], mark["quote"]["text"]) for mark in answer["timeline"]}


def test_the_timeline_names_every_mark_it_sees(overview: Overview) -> None:
    """Each mark carries the line and words it stands on."""
    found = marks(overview(CALL))
    assert found["account_complete"][0] == "T02"
    assert found["first_ack"] == ("T03", "You have been waiting since Tuesday the fourteenth.")
    assert found["first_apology"][0] == "T03"
    assert found["first_fix_or_policy"] == found["first_owned_step"] == ("T05", "I'll send you the bolts by Friday.")
    assert found["customer_escalation"][0] == "T04"


def test_a_call_without_moves_has_no_marks(overview: Overview) -> None:
    """Nothing seen, nothing marked."""
    assert overview("A: Hi.\nC: Hello.\nA: Bye.")["timeline"] == []


def test_fix_and_policy_words_in_questions_are_no_fix(overview: Overview) -> None:
    """A question, a request for data and "let me see what I can do" open no fix; a statement does."""
    script = "C: It never came to me.\nA: Is it our policy? Our policy needs the order number. Let me see what I can do.\nA: {}"
    assert "first_fix_or_policy" not in marks(overview(script.format("Right.")))
    assert marks(overview(script.format("I can offer Friday.")))["first_fix_or_policy"][0] == "T03"


def test_a_jump_of_heat_is_an_escalation(overview: Overview) -> None:
    """A calm line followed by an accusation marks the escalation without any request for a manager."""
    script = "C: Good morning.\nA: Hello.\nC: You never ring me, you're lying about the van.\nA: Well."
    assert marks(overview(script))["customer_escalation"][0] == "T03"


def test_promises_hold_action_and_time_in_the_agents_words(overview: Overview) -> None:
    """A promise is quoted once, with its time or None."""
    script = "C: Still nothing.\nA: I'll send it and I'll ring you. I'll book it by Friday. They will call tomorrow. They will call."
    promises = overview(script)["overview"]["promises"]
    assert [(one["who"], one["when"]) for one in promises] == [
        ("agent", None),
        ("agent", "by Friday"),
        ("company", "tomorrow"),
    ]


def test_goodwill_is_received_when_the_agent_answers(overview: Overview) -> None:
    """Thanks, an apology and praise are told apart; only what the next agent turn follows is received."""
    kinds = [(one["kind"], one["received"]) for one in overview(CALL)["overview"]["goodwill"]]
    assert kinds == [("thanks", True), ("apology", False), ("praise", False)]


def test_bitter_thanks_are_no_goodwill(overview: Overview) -> None:
    """Thanks beside a complaint, and a farewell, are not goodwill."""
    script = "C: Thanks, this is ridiculous.\nA: Yes.\nC: Ta.\nA: Bye."
    assert overview(script)["overview"]["goodwill"] == []


def test_what_needs_meaning_stays_empty(overview: Overview) -> None:
    """Outcome, blockers, issue, turning points and note are not guessed."""
    seen = overview(CALL)["overview"]
    assert seen["outcome"] == {"outcome": "unknown", "quote": None}
    assert [seen[name] for name in ("blockers", "turning_points", "note", "recurring_issue")] == [[], [], [], None]


def test_every_customer_turn_has_its_heat(overview: Overview) -> None:
    """Heat is given for the customer's turns alone, in order."""
    assert [mark["turn_id"] for mark in overview(CALL)["overview"]["heat"]] == ["T02", "T04", "T06", "T08", "T09"]


def test_the_account_ends_where_the_agent_takes_over(analysis: Callable[[str], Analysis]) -> None:
    """Listening signals stay inside the account; a full agent turn ends it."""
    call = analysis(
        "A: Hi.\nC: It was to come on the Monday and it never did, so\nA: Okay.\nC: I rang.\nA: Now I have that down.\nC: Good.\nA: Bye."
    )
    assert [line.id for line in call.reading.account] == ["T02", "T04"]
