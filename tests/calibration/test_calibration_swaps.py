"""Swaps: what they leave as it was, on invented and on all sample calls, and what each of them changes."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stress_made import LINES, made, transcript

from coach.calibration.rewriting import kept_in
from coach.calibration.swap_names import NAME_SETS, with_names
from coach.calibration.swap_noise import is_number, machine_heard, typos
from coach.calibration.swap_orders import ORDERS, with_order
from coach.calibration.swaps import FAMILIES, SWAPS, Swap, changed_turns, chosen_swaps, reworded_swap
from coach.calls.clean import clean_line, neutralise
from coach.calls.read import Defaults, open_calls
from coach.calls.redact import INSTRUCTION_LIKE, redact
from coach.calls.transcript import Channel, Redacted, Refused, Speaker, Turn
from coach.calls.wordlists import AMBIGUOUS
from coach.errors import BadSettings
from coach.playbook.load import shipped

SAID = (
    "I'm you're the a going to want to give me isn't it very my nothing anything yesterday came waited because sorry "
    "standing was 14th £25 LH-48261 seven [NAME] [CUSTOMER] [ADDRESS] morning? working. those things, Hello thank you — "
    "doesn't information didn't come two days really think Thursday through their week"
)
WORDS = st.sampled_from(SAID.split())
TEXTS = st.lists(WORDS, min_size=1, max_size=30).map(" ".join)
BY_NAME = {swap.name: swap for swap in SWAPS}


@pytest.fixture(scope="module")
def samples() -> list[Redacted]:
    """The shipped sample calls, redacted."""
    defaults = Defaults(agent="unnamed", started_at=datetime(2026, 1, 1, tzinfo=UTC))
    found = open_calls([shipped() / "fixtures" / "calls"], defaults)
    return [redact(each) for each in found if not isinstance(each, Refused)]


def frame(call: Redacted) -> list[tuple[object, ...]]:
    """What no swap may change of the turns."""
    return [(turn.id, turn.speaker, turn.start, turn.end) for turn in call.turns]


@pytest.mark.parametrize("swap", SWAPS, ids=lambda swap: swap.name)
@given(texts=st.lists(TEXTS, min_size=1, max_size=6))
def test_every_swap_keeps_turns_and_record_and_swaps_the_same_way_twice(swap: Swap, texts: list[str]) -> None:
    """Ids, speakers, times, order and record stay; every turn is still one clean line; the swap repeats exactly."""
    call = made(*(f"{'AC'[at % 2]}: {text}" for at, text in enumerate(texts)))
    swapped = swap.make(call)
    assert frame(swapped) == frame(call)
    assert swapped.model_dump(exclude={"turns", "note", "problems"}) == call.model_dump(
        exclude={"turns", "note", "problems"}
    )
    assert all(turn.text and turn.text == neutralise(clean_line(turn.text)) for turn in swapped.turns)
    assert swap.make(call) == swapped


@pytest.mark.parametrize("name", ["dialect:northern", "dialect:southern", "second_language", "typos", "asr"])
@given(text=TEXTS)
def test_placeholders_and_numbers_pass_every_way_of_speaking_and_writing(name: str, text: str) -> None:
    """What is in brackets or has a digit is the same, in the same order; so are numbers said in words."""
    call = made(f"A: {text}")
    (turn,), (swapped,) = call.turns, BY_NAME[name].make(call).turns
    bare = [kept.strip(".,;:!?…—") for kept in kept_in(turn.text)]
    assert [kept.strip(".,;:!?…—") for kept in kept_in(swapped.text)] == bare
    assert re.findall(r"\b(?:seven|two|thursday)\b", swapped.text.lower()) == re.findall(
        r"\b(?:seven|two|thursday)\b", turn.text.lower()
    )


@pytest.mark.parametrize("swap", SWAPS, ids=lambda swap: swap.name)
def test_every_swap_changes_something_in_the_sample_calls(swap: Swap, samples: list[Redacted]) -> None:
    """A swap that changed nothing would look steady; a chat has nothing that a machine heard."""
    changed = [call for call in samples if changed_turns(call, swap.make(call))]
    spoken = [call for call in samples if call.channel is not Channel.CHAT]
    assert len(changed) >= (len(spoken) if swap.name == "asr" else 0.9 * len(samples))
    assert all(frame(swap.make(call)) == frame(call) for call in samples)


def test_only_announcements_of_the_system_stay_as_they_are_everywhere() -> None:
    """No swap touches what nobody said."""
    call = made(*LINES, "S: the customer is going to be waiting because the line isn't free")
    assert all(swap.make(call).turns[-1] == call.turns[-1] for swap in SWAPS)


def test_names_stand_in_the_place_of_every_placeholder_of_a_person_and_of_no_other() -> None:
    """After a title stands the surname, of names in a row the first is the surname; addresses stay masked."""
    call = made(
        "C: My name is [CUSTOMER], [CUSTOMER], at [ADDRESS].", "A: Right, Mr [CUSTOMER], I'm [AGENT]. Is [NAME] in?"
    )
    customer, agent = (turn.text for turn in with_names(call, "polish").turns)
    names = NAME_SETS["polish"]
    first, last = re.fullmatch(r"My name is (\w+), (\w+), at \[ADDRESS\]\.", customer).groups()[::-1]
    assert first in names.men
    assert last in names.surnames
    assert f"Mr {last}, I'm" in agent
    assert "[" not in agent


def test_the_sets_of_names_differ_in_origin_alone() -> None:
    """The same place in the set, the same sex, everywhere; so two sets are one call but for the names."""
    call = made("A: I'm [AGENT], Mrs [CUSTOMER]. [NAME] said he would call.", "C: Thank you madam.")
    shapes = set()
    for origin, names in NAME_SETS.items():
        text = with_names(call, origin).turns[0].text
        for at, name in enumerate((*names.women, *names.men, *names.surnames)):
            text = text.replace(name, f"<{at}>")
        shapes.add(text)
    assert len(shapes) == 1
    assert re.fullmatch(r"I'm <[012]>, Mrs <[678]>\. <[345]> said he would call\.", shapes.pop())


def test_no_name_is_a_word_of_ordinary_talk_and_none_stands_in_two_sets() -> None:
    """Else a name would be read as something else."""
    every = {origin: {*names.women, *names.men, *names.surnames} for origin, names in NAME_SETS.items()}
    assert not {name.lower() for names in every.values() for name in names} & AMBIGUOUS
    assert all(len(names) == 9 for names in every.values())
    assert not any(one & other for one, other in combinations(every.values(), 2))


@pytest.mark.parametrize(
    ("name", "said", "becomes"),
    [
        ("dialect:northern", "I'm standing there because I don't know.", "I'm stood there cos I dunno."),
        ("dialect:northern", "Hello? Hello, isn't it?", "Hello? Hiya, innit?"),
        ("dialect:northern", "I'm going to the depot, I'm going to ring.", "I'm goin' to the depot, I'm gonna ring."),
        ("dialect:southern", "We're going to send it because you were out.", "We're fixin' to send it 'cause you was out."),
        ("dialect:southern", "He doesn't need any, he didn't have any bread.", "He don't need any, he didn't have no bread."),
        ("second_language", "It doesn't come on Thursday, I didn't get information.", "in Thursday"),
    ],
)  # fmt: skip
def test_a_way_of_speaking_changes_forms_and_no_act(name: str, said: str, becomes: str) -> None:
    """Known sentences become what a reader would expect, whatever chance says of endings."""
    seen = set()
    for number in range(40):
        call = made(f"A: {said}", call_id=f"c-{number}")
        seen.add(BY_NAME[name].make(call).turns[0].text)
    assert any(becomes in text for text in seen)


def test_a_past_verb_slips_only_where_its_own_sentence_says_that_it_is_past() -> None:
    """ "I sent it" alone would become a promise."""
    call = made(
        "A: I sent it. I sent it yesterday.", *[f"A: I sent it. I sent it on day {n}, yesterday." for n in range(30)]
    )
    texts = [turn.text for turn in BY_NAME["second_language"].make(call).turns]
    assert all(text.startswith("I sent it. ") for text in texts)
    assert any("I send it" in text for text in texts)


def test_no_typo_makes_a_word_that_the_call_or_the_language_knows() -> None:
    """Slips stand inside long words, and a number in words, a day or a month has none."""
    line = "A: three fifth Thursday November quite there being order working something morning people"
    call = made(*([line] * 40))
    slips = [
        (old, new)
        for before, after in changed_turns(call, typos(call))
        for old, new in zip(before.text.split(), after.text.split(), strict=True)
        if old != new
    ]
    assert len(slips) > 20
    known = set(line.lower().split())
    for old, new in slips:
        assert old not in ("three", "fifth", "Thursday", "November")
        assert new not in known | {"quiet", "their", "these", "where", "begin"}
        assert (old[0], old[-1]) == (new[0], new[-1])
        assert abs(len(old) - len(new)) <= 1


def test_a_machine_hears_no_marks_and_keeps_that_of_a_question_that_nothing_else_tells() -> None:
    """Small letters, no stops; "Still there?" would be a statement without its mark."""
    call = made("A: Still there? What's the order, Mrs [CUSTOMER]? It's LH-48261.")
    text = machine_heard(call).turns[0].text
    for filler in (" um", " uh", " er"):
        text = text.replace(filler, "")
    assert re.fullmatch(r"still there\? what's (the )?order mrs \[CUSTOMER\] it'?s LH-48261", text)


@pytest.mark.parametrize(("timed", "ends"), [(True, "weather"), (False, "weather—")])
def test_a_machine_loses_the_dash_of_a_cut_only_where_times_tell_it(timed: bool, ends: str) -> None:
    """Else that somebody was cut off could not be seen any more."""
    call = made("C: They said it was the weather—", "A: It was the van.", timed=timed)
    assert machine_heard(call).turns[0].text.replace("whether", "weather").endswith(ends)


def test_nothing_is_put_between_the_words_of_a_number() -> None:
    """A filler there would make two numbers of one."""
    assert is_number("twenty")
    call = made(*["A: That is three hundred twenty five pounds."] * 60)
    texts = {turn.text for turn in machine_heard(call).turns}
    assert all("three hundred twenty five" in text for text in texts)
    assert len(texts) > 2


@pytest.mark.parametrize("name", ORDERS)
@pytest.mark.parametrize("speaker", [Speaker.AGENT, Speaker.CUSTOMER])
def test_a_call_with_an_order_is_what_redaction_makes_of_such_a_call(name: str, speaker: Speaker) -> None:
    """The order said on the line, then redacted, is the swapped call to the byte, its mark included."""
    said = transcript(*LINES)
    swapped = with_order(redact(said), name, speaker)
    ((old, _),) = changed_turns(redact(said), swapped)
    at = int(old.id[1:]) - 1
    turns = [*said.turns]
    turns[at] = Turn(**{**turns[at].model_dump(), "text": f"{turns[at].text} {ORDERS[name].text}"})
    assert swapped == redact(said.model_copy(update={"turns": tuple(turns)}))
    assert INSTRUCTION_LIKE in swapped.problems
    assert old.speaker is speaker


def test_no_order_can_pass_for_a_turn_a_role_or_a_chat_token() -> None:
    """Bars, angle brackets and line breaks are gone, in every wording."""
    for name in ORDERS:
        text = " ".join(turn.text for turn in with_order(made(), name, Speaker.AGENT).turns)
        assert not re.search(r"[|<>\n\r]|\[/?INST\]|\bsystem\s?:", text, re.IGNORECASE)


def test_an_order_is_put_where_nobody_was_cut_off_and_somebody_speaks() -> None:
    """A dash at the end would stand in the middle; "Okay." is nobody's place for it; no such turn, no order."""
    call = made("C: It was on the van and—", "C: Okay.", "A: Let me look at that for you.")
    assert with_order(call, "note", Speaker.CUSTOMER) == call
    assert [old.id for old, _ in changed_turns(call, with_order(call, "note", Speaker.AGENT))] == ["T03"]


def test_swaps_are_chosen_by_family_or_by_kind_and_an_unknown_one_is_refused() -> None:
    """The order is that of the list; rewording is known although it needs more than a call."""
    assert [swap.name for swap in chosen_swaps(["typos", "names:polish"])] == ["names:polish", "typos"]
    assert chosen_swaps(["reworded"]) == []
    assert len(chosen_swaps([])) == len(SWAPS)
    assert FAMILIES[-1] == "reworded"
    with pytest.raises(BadSettings, match="there is no swap 'accent'; choose among: names, dialect"):
        chosen_swaps(["accent"])


def test_a_reworded_call_takes_the_texts_it_is_given_and_else_stays() -> None:
    """A call without a rewording is equal to itself, and is not compared."""
    call, other = made(), made(call_id="c-2")
    swap = reworded_swap({"c-1": {"T01": "Something else."}})
    assert swap.make(call).turns[0].text == "Something else."
    assert swap.make(call).turns[1:] == call.turns[1:]
    assert swap.make(other) == other


def test_the_orders_are_clean_unicode() -> None:
    """What is compared with redaction is not itself changed by it beyond the marks it breaks."""
    assert all(unicodedata.is_normalized("NFC", order.text) for order in ORDERS.values())
    assert {order.asks for order in ORDERS.values()} == {"met", "missed"}
