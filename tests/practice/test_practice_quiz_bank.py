"""The shipped items: whole, well made, and standing on the guidance."""

from __future__ import annotations

import re
from collections import Counter

from quiz_made import BANK, BOOK

from coach.calibration.coverage import coverage
from coach.practice.quiz_items import KINDS, Order, TrueFalse, options_of, texts_of

ITEMS = BANK.items
PICKED = [item for item in ITEMS if not isinstance(item, Order)]


def test_there_are_sixty_items_and_twelve_of_every_kind() -> None:
    """Nobody meets the same few questions every week."""
    counts = Counter(item.kind for item in ITEMS)
    assert len(ITEMS) >= 60
    assert all(counts[kind] >= 12 for kind in KINDS)


def test_every_piece_of_guidance_that_names_the_bank_is_asked_about() -> None:
    """What coverage calls `quiz:bank` is covered by an item, and all that is marked for the quiz names the bank."""
    asked = {guidance for item in ITEMS for guidance in item.guidance}
    named = {c.id for c in coverage(BOOK) if any(cover.name == "quiz:bank" for cover in c.covers)}
    marked = {item.id for item in BOOK.guidance if "quiz" in item.embody}
    assert marked <= named
    assert sorted(named - asked) == []


def test_every_id_that_an_item_names_exists() -> None:
    """Checks, guidance and rulings are those of the playbook."""
    checks = {check.id for check in BOOK.rubric.checks()}
    guidance = {item.id for item in BOOK.guidance}
    rulings = {ruling.id for ruling in BOOK.rubric.rulings}
    for item in ITEMS:
        assert checks.issuperset(item.checks), item.id
        assert guidance.issuperset(item.guidance), item.id
        assert rulings.issuperset(item.rulings), item.id


def test_every_check_and_every_ruling_is_asked_about() -> None:
    """An agent whose focus is any check has something to answer; no disagreement of the sources is left out."""
    assert {c.id for c in BOOK.rubric.checks()} == {check for item in ITEMS for check in item.checks}
    assert {r.id for r in BOOK.rubric.rulings} == {ruling for item in ITEMS for ruling in item.rulings}


def test_an_item_whose_guidance_has_a_ruling_names_a_ruling() -> None:
    """Where the sources disagree the answer says so: nearly every item on such guidance has the ruling beside it."""
    ruled = {item.id for item in BOOK.guidance if item.rulings}
    silent = [item.id for item in ITEMS if not item.rulings and ruled.intersection(item.guidance[:1])]
    assert silent == []


def test_the_right_option_is_not_the_longest_as_a_rule() -> None:
    """Of three options each kind has it longest about a third of the time: length gives nothing away."""
    for kind in ("better_line", "missing", "true_false"):
        mine = [options_of(item) for item in PICKED if item.kind == kind]
        longest = sum(max(options, key=lambda o: len(o.text)).right for options in mine)
        assert 0.15 <= longest / len(mine) <= 0.45, kind


def test_the_right_option_stands_at_every_place() -> None:
    """In the file too, and statements are as often true as false."""
    at = Counter(next(n for n, o in enumerate(options_of(item)) if o.right) for item in PICKED)
    assert all(at[place] >= len(PICKED) / 5 for place in range(3))
    true = [item.answer for item in ITEMS if isinstance(item, TrueFalse)]
    assert 0.4 <= sum(true) / len(true) <= 0.6


def test_the_words_are_plain() -> None:
    """No dashes for pauses, no American spelling, no brackets to fill, one to three sentences of why."""
    american = re.compile(r"\b(apologiz\w+|recogniz\w+|color|favor\w*|center|behavior\w*)\b", re.IGNORECASE)
    for item in ITEMS:
        words = " ".join((item.why, *texts_of(item), *(o.weaker for o in options_of(item))))
        assert not re.search("[—–\\[\\]]", words), item.id
        assert not american.search(words), item.id
        assert len(item.why) <= 330, item.id


def test_no_item_is_a_stranger_to_the_product() -> None:
    """Nothing of an item names a call or holds a note: those are for moments of an agent's own."""
    assert all(not item.call_id and not item.note and not item.ask for item in ITEMS)
