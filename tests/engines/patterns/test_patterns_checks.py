"""Each check answers seen, not found or cannot tell, and counts only what had an opportunity."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from patterns_made import ask, lines_of

from coach.engines.exchange import Line

Grade = Callable[..., dict[str, Any]]
ANGRY = "C: This is ridiculous, I have been waiting since Tuesday for forty bolts and still nothing came."


def said(finding: dict[str, Any], slot: str) -> list[str]:
    return [quote["text"] for quote in finding[slot]]


@pytest.mark.parametrize(
    ("check", "agent", "verdict"),
    [
        ("CALM1", "As I said, it is not here.", "partial"),
        ("CALM1", "As I said, no.\nC: What?\nA: That's not my department, you should have asked.", "missed"),
        ("CALM1", "What do you need, you idiot?", "partial"),
        ("CALM1", "Let me look at that.", "not_observable"),
        ("CALM3", "Please calm down.", "missed"),
        ("CALM3", "Nobody said calm down to you.", "not_observable"),
        ("LIS2", "Forty bolts, and since Tuesday, I have that.", "met"),
        ("LIS2", "Okay, I will look.", "not_observable"),
        ("ACK1", "You have been waiting since Tuesday for it.", "met"),
        ("ACK1", "I understand your frustration.", "partial"),
        ("ACK1", "I'm sorry for any inconvenience.", "not_observable"),
        ("ACK1", "I'm frustrated with this screen.", "not_observable"),
        ("ACK1", "Are you upset?", "not_observable"),
        ("ACK1", "That must be frustrating.", "partial"),
        ("ACK1", "Frustrating screens slow us down.", "not_observable"),
        ("ACK3", "I completely understand, but that is how it works.", "missed"),
        ("ACK3", "I completely understand, but I'll mend it.", "not_observable"),
        ("APO1", "I'm sorry about that.", "met"),
        ("APO1", "Sorry?", "not_observable"),
        ("APO1", "Sorry, could you say it again?", "not_observable"),
        ("APO1", "I'm sorry, I can't do that.", "not_observable"),
        ("APO1", "I'm sorry but those are the rules.", "not_observable"),
        ("APO1", "Sorry to keep you.", "not_observable"),
        ("APO1", "My apologies.", "met"),
        ("APO2", "I'm sorry the forty bolts were not there on Tuesday.", "met"),
        ("APO2", "I'm sorry about that.", "partial"),
        ("APO2", "I'm sorry you were left in the cold with nobody to ask about it at all, truly.", "not_observable"),
        ("APO2", "Right.", "not_observable"),
        ("APO4", "I'm sorry. I'll send the bolts.", "met"),
        ("APO4", "I'm so sorry. I'm very sorry.\nC: Well?\nA: I'm really sorry.\nC: So?\nA: I'll send it.", "missed"),
        ("APO4", "I'm so sorry.", "not_observable"),
        ("APO4", "Hello.", "not_observable"),
        ("CLA1", "Tell me what happened with them.\nC: They sent screws.\nA: Right.", "met"),
        ("CLA1", "What happened to the postcode?\nC: It is the same.", "not_observable"),
        ("CLA1", "When did it come?\nC: On Tuesday.", "not_observable"),
        ("CLA1", "Before we go on with any of it what happened?\nC: A van.", "not_observable"),
        ("CLA3", "Forty bolts since Tuesday, is that right?\nC: Yes.", "met"),
        ("CLA3", "Is that right?\nC: Yes.", "not_observable"),
        ("RES1", "I'll send you the bolts.", "met"),
        ("RES1", "I've just refunded it.", "met"),
        ("RES1", "I'm sending them.", "met"),
        ("RES1", "They will call.", "partial"),
        ("RES1", "I'll pass it to the depot.", "partial"),
        ("RES1", "I'll send the request over.", "partial"),
        ("RES1", "I'll check that.", "not_observable"),
        ("RES1", "I'll be honest, book or not.", "not_observable"),
        ("RES1", "I'll. Book a van.", "not_observable"),
        ("RES1", "I'll ring, shall I?", "not_observable"),
        ("RES1", "If I'll call it helps.", "not_observable"),
        ("RES1", "I can book a van and they will call.", "not_observable"),
        ("RES1", "I can send it.", "not_observable"),
        ("RES1", "I'm booked.", "not_observable"),
        ("RES1", "I'll send you to the keypad.", "not_observable"),
        ("RES1", "I'm calling from billing.", "not_observable"),
        ("RES1", "I'll", "not_observable"),
        ("CLO2", "I'll ring you by Friday.", "met"),
        ("CLO2", "They will call tomorrow.", "partial"),
        ("CLO2", "I'll ring you soon.", "not_observable"),
        ("CLO2", "I'll ring you at three.", "met"),
    ],
)
def test_a_check_sees_what_wording_shows(grade: Grade, check: str, agent: str, verdict: str) -> None:
    """One reply to an angry account gives the verdict that its wording allows."""
    assert grade(check, f"A: Hello, billing.\n{ANGRY}\nA: {agent}")["verdict"] == verdict


@pytest.mark.parametrize("check", ["CALM1", "CALM3", "ACK1", "ACK3", "APO1", "APO2", "APO4"])
def test_a_calm_call_gives_no_opportunity(grade: Grade, check: str) -> None:
    """Without a complaint, strain or heat the check is not applicable, whatever the agent says."""
    script = "A: Hello.\nC: Good morning, a new kettle.\nA: I'm so sorry, calm down. As I said, I understand."
    finding = grade(check, script)
    assert (finding["opportunity"], finding["verdict"]) == ("absent", "not_applicable")


def test_heat_without_a_known_word_cannot_be_told(grade: Grade) -> None:
    """A mildly annoyed line without any word of trouble neither calls for an apology nor rules it out."""
    finding = grade("APO1", "A: Hi.\nC: I don't know why not.\nA: Okay then.")
    assert finding["verdict"] == "not_observable"


@pytest.mark.parametrize("check", ["CALM2", "CALM4", "LIS4", "APO3", "CLA2", "RES2", "RES6", "CLO1", "CLO3", "NEW1"])
def test_checks_that_need_meaning_cannot_be_told(grade: Grade, check: str) -> None:
    """A check without a pattern, known or new, is not observable."""
    finding = grade(check, f"{ANGRY}\nA: Yes.")
    assert (finding["check_id"], finding["opportunity"]) == (check, "not_observable")


def test_an_interruption_is_read_from_the_times(grade: Grade) -> None:
    """Over a second of overlap in the first account is missed, and the agent's words stand against it."""
    account = Line("T02", "customer", "It came on the Monday and then it went back again on the van", 4.0, 20.0)
    lines = (
        Line("T01", "agent", "Hello.", 0.0, 3.0),
        account,
        Line("T03", "agent", "What is the order number then?", 12.0, 15.0),
    )
    finding = ask(lines, "listen", ("LIS1",))["findings"][0]
    assert finding["verdict"] == "missed"
    assert said(finding, "counter_evidence") == ["What is the order number then?"]


@pytest.mark.parametrize("listening", ["Mm-hm.", "Right, okay, I see, right.", "Okay, go on and tell me the rest"])
def test_listening_signals_do_not_interrupt(listening: str) -> None:
    """A backchannel over the customer's account leaves it met."""
    account = Line("T02", "customer", "It came on the Monday and then it went back again on the van", 4.0, 20.0)
    more = Line("T04", "customer", "and nobody rang me about it", 21.0, 24.0)
    lines = (Line("T01", "agent", "Hello.", 0.0, 3.0), account, Line("T03", "agent", listening, 12.0, 13.0), more)
    last = Line("T05", "agent", "That is clear now, thank you.", 25.0, 27.0)
    finding = ask((*lines, last), "listen", ("LIS1",))["findings"][0]
    assert (finding["verdict"], finding["counter_evidence"]) == ("met", [])


def test_a_line_broken_off_for_the_agent_is_an_interruption(grade: Grade) -> None:
    """A dash at the end of the account, with no pause before the agent, is missed."""
    script = (
        "A: Hello.\nC: It was to come on the Monday morning and then the driver—\nA: What is the order number then?"
    )
    assert grade("LIS1", script)["verdict"] == "missed"


@pytest.mark.parametrize(("channel", "step"), [("chat", 5.0), ("phone", None)])
def test_interruptions_need_times_and_a_voice(grade: Grade, channel: str, step: float | None) -> None:
    """In writing or without times the first account's end cannot be told."""
    script = f"A: Hello.\n{ANGRY}\nA: What is it about then?"
    assert grade("LIS1", script, channel=channel, step=step)["verdict"] == "not_observable"


def test_a_call_without_an_account_cannot_be_told(grade: Grade) -> None:
    """A short question is no account to interrupt."""
    assert (
        grade("LIS1", "A: Hi.\nC: Is the shop on Mill Street open after six on a Sunday?\nA: Yes.")["verdict"]
        == "not_observable"
    )


def test_no_particular_given_cannot_be_taken_up(grade: Grade) -> None:
    """Where the customer gave nothing of their own, LIS2 cannot be told."""
    assert grade("LIS2", "A: Hi.\nC: Hello.\nA: Bye.")["verdict"] == "not_observable"


@pytest.mark.parametrize(
    ("agent", "verdict"),
    [
        ("Can I take your order number?", "missed"),
        ("Sorry, what was the order number again?", "not_observable"),
        ("Is that the other order number?", "not_observable"),
        ("I have the order number.", "not_observable"),
        ("And your postcode?", "not_observable"),
    ],
)
def test_asking_again_for_a_reference(grade: Grade, agent: str, verdict: str) -> None:
    """A reference that was given is not asked for again; a slip of the ear and another order are no fault."""
    finding = grade("LIS3", f"C: It is LH-48213 and it never came.\nA: {agent}")
    assert finding["verdict"] == verdict


def test_a_reference_asked_for_before_it_is_given_is_no_fault(grade: Grade) -> None:
    """The first time of asking is never held against the agent."""
    assert grade("LIS3", "A: Your order number?\nC: LH-48213.\nA: Thanks.")["verdict"] == "not_observable"


@pytest.mark.parametrize(
    ("agent", "verdict"),
    [
        ("I'll put you on hold while I ring the depot.", "met"),
        ("Three minutes, then.", "met"),
        ("Bear with me.", "missed"),
        ("I'm going to go and have a proper word with the man who runs that yard for us.", "not_observable"),
    ],
)
def test_holds_are_announced(grade: Grade, agent: str, verdict: str) -> None:
    """A hold with a reason or a length is met, after a few bare words missed, after many it needs meaning."""
    finding = grade("RES5", f"C: Hello.\nA: {agent}\nS: hold\nA: Back again.")
    assert finding["verdict"] == verdict
    assert finding["opportunity_quote"] == (None if verdict == "not_observable" else {"turn_id": "T03", "text": "hold"})


@pytest.mark.parametrize(
    ("script", "verdict"), [("A: Hi.\nC: Hello.", "not_applicable"), ("S: hold\nA: Hi.\nC: Hello.", "not_applicable")]
)
def test_no_hold_is_no_opportunity(grade: Grade, script: str, verdict: str) -> None:
    """Without a hold by the agent there is nothing to announce."""
    assert grade("RES5", script)["verdict"] == verdict


def test_a_wait_in_writing_cannot_be_told(grade: Grade) -> None:
    """A hold noted in a chat gives no verdict."""
    assert (
        grade("RES5", "C: Hello.\nA: Bear with me.\nS: hold\nA: Back.", channel="chat")["verdict"] == "not_observable"
    )


def test_setting_the_customers_number_right_is_arguing(grade: Grade) -> None:
    """The customer says thirty minutes, the agent says ten: it counts as one arguing line."""
    script = "A: Hello.\nC: This is ridiculous, half an hour I was in that queue.\nA: Thirty? It's showing as ten here."
    finding = grade("CALM1", script)
    assert (finding["verdict"], said(finding, "counter_evidence")) == ("partial", ["Thirty? It's showing as ten here."])


@pytest.mark.parametrize(
    "reply", ["Thirty minutes, that is long.", "It's three to five working days only.", "It's showing ten here."]
)
def test_other_numbers_are_no_contradiction(grade: Grade, reply: str) -> None:
    """The same number, a span of days and a number alone do not contradict."""
    script = f"A: Hello.\nC: This is ridiculous, half an hour I was in that queue.\nA: {reply}"
    assert grade("CALM1", script)["verdict"] == "not_observable"


def test_reading_back_a_reference_is_no_particular(grade: Grade) -> None:
    """Digits read out one by one, and a long number, are not taken up as the customer's particulars."""
    script = (
        "A: Hello.\nC: It is ridiculous, four eight two six one, and 482613.\nA: Four eight two six one, and 482613."
    )
    assert grade("LIS2", script)["verdict"] == "not_observable"


def test_words_the_agent_brought_in_and_the_topic_do_not_count(grade: Grade) -> None:
    """The agent's own word and the word of every customer line are no particulars."""
    script = """A: Is it the dishwasher with the cutlery rack?
    C: The dishwasher, yes.
    A: Which programme?
    C: The dishwasher leaks, the dishwasher rack too.
    A: The dishwasher rack leaks, then."""
    assert grade("LIS2", script)["verdict"] == "not_observable"


def test_ordinals_and_compound_numbers_are_compared_by_value(grade: Grade) -> None:
    """Thirty-five, 35, 21st and twenty-first meet."""
    script = "A: Hello.\nC: I paid thirty-five on the 21st.\nA: So 35 on the twenty-first."
    assert grade("LIS2", script)["verdict"] == "met"


def test_lines_without_words_are_read_over(grade: Grade) -> None:
    """An emoji or a dash alone is nobody's turn."""
    script = "A: 👍\nC: …\nA: Hello."
    assert grade("ACK1", script)["verdict"] == "not_applicable"
    assert lines_of(script)[0].text == "👍"


def test_an_empty_call_answers_every_check(grade: Grade) -> None:
    """No lines at all is no fault."""
    for check in ("CALM1", "LIS1", "LIS2", "ACK1", "CLA1", "RES1", "RES5", "CLO2"):
        assert ask((), "stage", (check,))["findings"][0]["verdict"] in {"not_applicable", "not_observable"}
