"""A session from its beginning to its feedback, over a store: what is kept, and what an erased call leaves."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from coach.calls.transcript import Channel, EndedBy, Redacted, RedactedTurn, Speaker
from coach.engines.exchange import Fault, FaultKind, Reply, Request
from coach.engines.patterns import PatternsEngine
from coach.errors import EngineDown, NotFound, StoreBusy
from coach.grading.ask import Asking
from coach.grading.grade import Grading
from coach.pipeline.rehearse import ERASED, UNREACHED, Rehearsal, Sitting, kept_session, record_of
from coach.playbook.load import load_playbook, shipped
from coach.practice.card import Card, CardLine, invented_card
from coach.practice.cast import load_cast
from coach.store import Scope, Store, open_store

NOW = datetime(2026, 11, 16, 12, tzinfo=UTC)
BOOK = load_playbook()
CAST = load_cast(shipped())
INVENTED = invented_card(CAST, "plain", rubric=BOOK.rubric)
ALL = Scope.everyone()
GOOD = (
    "You were in the house all day on Monday and rang twice: that must be maddening.",
    "What is inside, and what does the box look like?",
    "I'm sorry that you rang twice and still have no parcel.",
    "I'm opening a search with the depot now, and I'll ring you tomorrow at five.",
    "I'll ring you tomorrow at five. If it isn't found by then, I'll ask the shop to send another.",
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store with one call."""
    with open_store(tmp_path / "coach.db", patience=0) as opened:
        turns = (RedactedTurn(id="T01", speaker=Speaker.CUSTOMER, text="My canary-word kettle leaks."),)
        call = Redacted(
            call_id="c-1",
            agent="maya",
            team="north",
            started_at=NOW,
            channel=Channel.PHONE,
            ended_by=EndedBy.AGENT,
            translated=False,
            turns=turns,
        )
        opened.keep_call(call, "2026-W47", "x")
        yield opened


@pytest.fixture
def rehearsal(store: Store) -> Rehearsal:
    """Practice over that store, without a model."""
    engine = PatternsEngine()
    grading = Grading(BOOK, Asking(engine.model, {}), engine)
    return Rehearsal(store, BOOK, CAST, grading, grading, ZoneInfo("UTC"))


def own_card() -> Card:
    """A card that stands on the call of the store."""
    line = CardLine(turn_id="T01", speaker="customer", text="My canary-word kettle leaks.")
    return INVENTED.model_copy(update={"call_id": "c-1", "turn_id": "T01", "before": (line,)})


def say(rehearsal: Rehearsal, sitting: object, *lines: str) -> None:
    """Say these lines."""
    for line in lines:
        asyncio.run(rehearsal.say(sitting, line))  # type: ignore[arg-type]


def test_each_line_is_on_the_disk_when_it_is_answered(rehearsal: Rehearsal, store: Store) -> None:
    """What the store holds is what was said, after every line."""
    sitting = rehearsal.start(INVENTED, "maya", NOW)
    for number, line in enumerate(GOOD[:3], 1):
        say(rehearsal, sitting, line)
        kept = record_of(kept_session(store, "maya", sitting.id)).session
        assert kept == sitting.session
        assert len(kept.exchanges) == number


def test_a_finished_session_keeps_its_critique_and_feedback_with_it(rehearsal: Rehearsal, store: Store) -> None:
    """And nowhere among the critiques of calls."""
    sitting = rehearsal.start(INVENTED, "maya", NOW)
    say(rehearsal, sitting, *GOOD)
    feedback = asyncio.run(rehearsal.finish(sitting))
    assert feedback is not None
    row = kept_session(store, None, sitting.id)
    record = record_of(row)
    assert (row.state, row.result) == ("done", feedback.result)
    assert record.critique is not None
    assert record.feedback == feedback
    assert list(store.critiques(ALL)) == []
    assert [call.call_id for call in store.calls(ALL)] == ["c-1"]


def test_a_session_in_which_nothing_was_said_has_no_feedback(rehearsal: Rehearsal, store: Store) -> None:
    """It can be gone on with."""
    sitting = rehearsal.start(INVENTED, "maya", NOW)
    assert asyncio.run(rehearsal.finish(sitting)) is None
    assert kept_session(store, "maya", None).id == sitting.id


def test_an_erased_call_ends_no_session_and_comes_back_by_none(
    rehearsal: Rehearsal, store: Store, tmp_path: Path
) -> None:
    """Erased in the middle: the session goes on, says so once, gives its feedback, and is written nowhere."""
    sitting = rehearsal.start(own_card(), "maya", NOW)
    say(rehearsal, sitting, GOOD[0])
    store.purge(call_id="c-1")
    say(rehearsal, sitting, GOOD[1], GOOD[2])
    assert sitting.session.notes == (ERASED,)
    assert len(sitting.session.exchanges) == 3
    assert asyncio.run(rehearsal.finish(sitting)) is not None
    assert store.sessions(ALL) == []
    assert not any(b"canary-word" in file.read_bytes() for file in tmp_path.iterdir() if file.is_file())


class Dead:
    """A grader that cannot be reached, or gives no answer."""

    name, model, ai = "live", "dead", True

    def __init__(self, raises: bool) -> None:
        self._raises = raises

    async def answer(self, request: Request) -> Reply | Fault:
        """Never an answer."""
        if self._raises:
            raise EngineDown("nobody answers")
        return Fault(request.key, FaultKind.CONNECTION, "nobody answers")

    async def aclose(self) -> None:
        """Nothing is open."""


@pytest.mark.parametrize("raises", [True, False])
def test_a_grader_that_cannot_be_reached_costs_nobody_their_feedback(store: Store, raises: bool) -> None:
    """The pattern check grades, and a note says so."""
    patterns, dead = PatternsEngine(), Dead(raises)
    wording = Grading(BOOK, Asking(patterns.model, {}), patterns)
    rehearsal = Rehearsal(store, BOOK, CAST, Grading(BOOK, Asking("dead", {}), dead), wording, ZoneInfo("UTC"))
    sitting = rehearsal.start(INVENTED, "maya", NOW)
    say(rehearsal, sitting, *GOOD)
    feedback = asyncio.run(rehearsal.finish(sitting))
    assert feedback is not None
    assert feedback.graded_by == "the pattern check (no AI)"
    assert sitting.session.notes == (UNREACHED,)


def test_difficulty_follows_the_sessions_that_were_finished(rehearsal: Rehearsal, store: Store) -> None:
    """Two strong runs lead up; another agent's lead nowhere."""
    assert rehearsal.level("maya") == 3
    for _ in range(2):
        sitting = rehearsal.start(INVENTED, "maya", NOW)
        say(rehearsal, sitting, *GOOD)
        asyncio.run(rehearsal.finish(sitting))
    assert [row.result for row in store.sessions(ALL)] == ["strong", "strong"]
    assert (rehearsal.level("maya"), rehearsal.level("omar")) == (4, 3)


def test_the_level_that_is_told_is_the_level_that_comes(rehearsal: Rehearsal, store: Store) -> None:
    """Whatever the order in which sessions are finished."""
    sittings = [rehearsal.start(INVENTED, "maya", NOW) for _ in range(3)]
    for at, lines in ((1, ("Please calm down.",)), (2, GOOD), (0, GOOD)):
        say(rehearsal, sittings[at], *lines)
        feedback = asyncio.run(rehearsal.finish(sittings[at]))
        assert feedback is not None
        assert feedback.next_level == rehearsal.level("maya")


def test_two_who_play_one_session_lose_nothing(rehearsal: Rehearsal, store: Store) -> None:
    """The second is told, and what the first said and was told stays."""
    first = rehearsal.start(INVENTED, "maya", NOW)
    second = Sitting(first.id, first.session, first.kept)
    say(rehearsal, first, *GOOD)
    asyncio.run(rehearsal.finish(first))
    with pytest.raises(StoreBusy):
        say(rehearsal, second, "Please calm down.")
    row = kept_session(store, "maya", first.id)
    assert row.state == "done"
    assert len(record_of(row).session.exchanges) == len(first.session.exchanges)


def test_a_second_go_is_a_session_of_its_own(rehearsal: Rehearsal, store: Store) -> None:
    """The first one stays as it was played."""
    first = rehearsal.start(INVENTED, "maya", NOW)
    say(rehearsal, first, "Please calm down.")
    asyncio.run(rehearsal.finish(first))
    second = rehearsal.again(first.session, NOW + timedelta(hours=1))
    assert second.session.exchanges == ()
    assert second.session.left == ()
    assert second.id != first.id
    assert second.session.card == first.session.card
    assert len(store.sessions(ALL)) == 2


def test_a_session_that_is_not_there_is_said_to_be_missing(store: Store) -> None:
    """By number, and where none waits; another agent's is not found either."""
    with pytest.raises(NotFound, match="no practice session 9"):
        kept_session(store, None, 9)
    with pytest.raises(NotFound, match="waits to be resumed"):
        kept_session(store, "maya", None)
