"""What practice puts on paper: scenes on an agent's page, cards, the peer kit, and moments that colleagues share."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flow_made import Scripted, batch
from invented_calls import WEEK, write_calls

from coach.engines.patterns import PatternsEngine
from coach.errors import BadSettings, CannotWrite, NotFound
from coach.grading.ask import Asking
from coach.grading.critique import CallCritique, Verdict
from coach.grading.grade import Grading
from coach.pipeline import Summary, sheets
from coach.pipeline.exemplars import share_moment, shared_moments
from coach.pipeline.pages import write_exemplars
from coach.pipeline.peer import halves, peer_kit
from coach.pipeline.rehearse import Cards
from coach.pipeline.tell import Teller
from coach.playbook.load import Playbook
from coach.practice.card import Card, invented_card
from coach.practice.cast import Cast, load_cast
from coach.practice.moods import PLAIN
from coach.practice.words import Move
from coach.reports.agent_parts import AgentReport
from coach.reports.formats.digest_json import digest_json
from coach.store import PracticeRow, Scope, Store, open_store

EVERYONE = Scope.everyone()
MADE = datetime(2025, 11, 23, tzinfo=UTC)


@pytest.fixture(scope="session")
def cast(book: Playbook) -> Cast:
    """The personas and scenes as shipped."""
    return load_cast(book.folder)


@pytest.fixture
def grading(book: Playbook) -> Grading:
    """The way of grading of the pretended model."""
    return Grading(book, Asking("scripted-1", {}), Scripted())


@pytest.fixture(scope="module")
def graded_once(tmp_path_factory: pytest.TempPathFactory, book: Playbook) -> Path:
    """A folder with a database of four graded calls each of ann and bob, and no pages."""
    folder = tmp_path_factory.mktemp("graded")
    write_calls(folder / "calls", 8)
    with pytest.MonkeyPatch.context() as without, open_store(folder / "coach.db") as opened:
        without.setattr("coach.pipeline._write_pages", _nothing)
        batch(folder, opened, book, Scripted())
    return folder


async def _nothing(*_: object) -> None:
    """No pages."""


@pytest.fixture
def graded(tmp_path: Path, graded_once: Path) -> Iterator[Store]:
    """A copy of that database, with the calls it was made from in calls/."""
    shutil.copytree(graded_once, tmp_path, dirs_exist_ok=True)
    with open_store(tmp_path / "coach.db") as opened:
        yield opened


def report_of(store: Store, grading: Grading, agent: str = "ann") -> AgentReport:
    """The agent's report, told anew."""
    return asyncio.run(Teller(store, grading).agent(agent, WEEK)).report


def changed(store: Store, call_id: str, **findings: Any) -> CallCritique:
    """Keep a call's critique with findings changed by check, and no other words counted against it."""
    critique = next(c for c in store.critiques(EVERYONE) if c.call_id == call_id)
    new = tuple(f.model_copy(update={"counter": (), **findings.get(f.check_id, {})}) for f in critique.findings)
    made = critique.model_copy(update={"findings": new, "change_moment": None})
    store.keep_critique(made)
    return made


def met_check(store: Store, call_id: str = "c-01") -> str:
    """A check of a call that is met in proven words and free to be shared."""
    found = changed(store, call_id)
    return next(f.check_id for f in found.findings if f.verdict is Verdict.MET and f.evidence)


def own_card(store: Store, grading: Grading, cast: Cast) -> Card:
    """The first card of ann's own calls."""
    return Cards(store, grading, cast).of("ann", WEEK)[0]


def session_of(check_id: str, agent: str = "ann") -> PracticeRow:
    """A session as it begins."""
    return PracticeRow(0, agent, "north", "", check_id, "plain", "open", "", 3, MADE, b"{}")


def test_a_page_offers_scenes_from_that_agents_own_calls(graded: Store, grading: Grading) -> None:
    """The first is the page's own moment, with the command that the page names; none is a colleague's."""
    mine = {c.call_id for c in graded.calls(Scope.of_agent("ann"))}
    report = report_of(graded, grading)
    first = report.role_plays[0]
    assert report.moment is not None
    assert report.practise is not None
    assert report.one_thing.focus is not None
    card = f"{report.moment.call_id}/{report.one_thing.focus.check_id}"
    assert first.command == report.practise.command == f"coach practice play ann --card {card}"
    named = [play.command.split("--card ")[1].split("/")[0] for play in report.role_plays if play.own]
    assert len(named) >= 2
    assert set(named) <= mine
    assert all(play.slipped and play.slipped.speaker == "agent" for play in report.role_plays if play.own)


def test_the_pattern_check_offers_a_scene_too(
    tmp_path: Path, store: Store, book: Playbook, go: Callable[..., Summary]
) -> None:
    """Where wording proves little, an invented scene on the focus stands among the scenes."""
    for file in write_calls(tmp_path / "calls", 8).glob("*.txt"):
        text = file.read_text("utf-8").replace(
            "Four mornings, and each one lost", "You are wrong, he did ring the bell"
        )
        file.write_text(text, encoding="utf-8")
    go(PatternsEngine())
    report = report_of(store, Grading(book, Asking("", {}), PatternsEngine()))
    assert report.one_thing.focus is not None
    check_id = report.one_thing.focus.check_id
    assert f"coach practice play ann --persona plain --check {check_id}" in [p.command for p in report.role_plays]


def test_a_focus_without_a_moment_this_week_is_rehearsed_at_an_earlier_one(
    tmp_path: Path, store: Store, grading: Grading, go: Callable[..., Summary]
) -> None:
    """The scene comes from a call of the weeks before; the week's own scenes follow."""
    write_calls(tmp_path / "calls", 16, weeks=2)
    go(Scripted())
    first = report_of(store, grading).one_thing.focus
    assert first is not None
    for call in store.calls(Scope.of_agent("ann"), weeks=["2025-W48"]):
        changed(store, call.call_id, **{first.check_id: {"verdict": Verdict.MET, "share": 1.0}})
    report = asyncio.run(Teller(store, grading).agent("ann", "2025-W48")).report
    earlier = {c.call_id for c in store.calls(Scope.of_agent("ann"), weeks=[WEEK])}
    call_id, _, check_id = report.role_plays[0].command.split("--card ")[1].partition("/")
    assert (call_id in earlier, check_id) == (True, first.check_id)


def test_practice_on_the_focus_is_told_in_words_alone(graded: Store, grading: Grading) -> None:
    """Finished sessions on that check count, others and open ones do not; scores and trends stay as they were."""
    before = report_of(graded, grading)
    assert before.one_thing.focus is not None
    check_id = before.one_thing.focus.check_id
    for check, agent, result in (
        (check_id, "ann", "weak"),
        (check_id, "ann", "strong"),
        ("CLO3", "ann", "weak"),
        (check_id, "bob", "weak"),
    ):
        number = graded.begin_session(session_of(check, agent))
        graded.save_session(number, b"{}", before=b"{}", state="done", result=result)
    graded.begin_session(session_of(check_id))
    after = report_of(graded, grading)
    assert after.practised is not None
    assert after.practised.words == "Practice on this: 2 sessions, the last one strong. Role-play, not calls."
    assert after.model_copy(update={"practised": None}) == before


def test_the_digest_shows_nothing_of_practice(graded: Store, grading: Grading) -> None:
    """Sessions and shared moments change no word of it."""
    teller = Teller(graded, grading)
    before = digest_json(teller.digest(WEEK))
    number = graded.begin_session(session_of("ACK1"))
    graded.save_session(number, b"{}", before=b"{}", state="done", result="weak")
    assert digest_json(Teller(graded, grading).digest(WEEK)) == before
    assert "--card" not in before


def test_a_shared_moment_stands_on_a_page_that_colleagues_are_linked_to(
    tmp_path: Path, graded: Store, grading: Grading, book: Playbook
) -> None:
    """The batch writes the page; who shared it is not linked to it, others are where it is their focus."""
    focus = report_of(graded, grading).one_thing.focus
    assert focus is not None
    found = changed(graded, "c-01", **{focus.check_id: {"verdict": Verdict.MET, "share": 1.0}})
    quote = next(f.evidence for f in found.findings if f.evidence)
    changed(graded, "c-01", **{focus.check_id: {"verdict": Verdict.MET, "share": 1.0, "evidence": quote}})
    share_moment(graded, grading, f"c-01/{focus.check_id}", named=False)
    summary = batch(tmp_path, graded, book, Scripted())
    pages = tmp_path / "pages"
    assert pages / "exemplars.html" in summary.written
    assert "A colleague" in (pages / "exemplars.md").read_text("utf-8")
    assert "bob" not in (pages / "exemplars.md").read_text("utf-8")
    place = f'href="../../exemplars.html#check-{focus.check_id.lower()}"'
    assert place in (pages / WEEK / "agents" / "ann.html").read_text("utf-8")
    assert "exemplars" not in (pages / WEEK / "agents" / "bob.html").read_text("utf-8")
    alone = report_of(graded, grading).colleagues
    assert alone is not None
    assert alone.href == ""


def test_where_nothing_is_shared_no_page_is_left(
    tmp_path: Path, graded: Store, grading: Grading, book: Playbook
) -> None:
    """A moment that was taken back is gone from the next batch's pages."""
    number = share_moment(graded, grading, f"c-01/{met_check(graded)}", named=True)
    batch(tmp_path, graded, book, Scripted())
    assert "bob, moment" in (tmp_path / "pages" / "exemplars.html").read_text("utf-8")
    graded.unshare(number)
    batch(tmp_path, graded, book, Scripted())
    assert not list((tmp_path / "pages").glob("exemplars*"))


def test_erasing_a_call_erases_what_was_shared_of_it(graded: Store, grading: Grading) -> None:
    """No moment outlives its call."""
    share_moment(graded, grading, f"c-01/{met_check(graded)}", named=False)
    assert shared_moments(graded, grading) is not None
    graded.purge(call_id="c-01")
    assert shared_moments(graded, grading) is None


def test_a_moment_that_no_longer_holds_is_not_shown(graded: Store, grading: Grading) -> None:
    """Graded anew as missed, quoted elsewhere, or counted against: it is left out while that stands."""
    check_id = met_check(graded)
    share_moment(graded, grading, f"c-01/{check_id}", named=False)
    for worse in ({"verdict": Verdict.MISSED, "share": 0.0}, {"evidence": ()}, {"unstable": True}):
        changed(graded, "c-01", **{check_id: worse})
        assert shared_moments(graded, grading) is None
    assert met_check(graded) is not None


def test_a_moment_of_a_call_that_is_another_agents_now_is_not_shown(graded: Store, grading: Grading) -> None:
    """A corrected manifest moves the call; its new agent shared nothing."""
    share_moment(graded, grading, f"c-01/{met_check(graded)}", named=True)
    call = graded.call(EVERYONE, "c-01")
    assert call is not None
    moved = call.model_copy(update={"agent": "ann"})
    graded.keep_call(moved, WEEK, "c-01.txt")
    old = next(c for c in graded.critiques(EVERYONE) if c.call_id == "c-03")
    provenance = old.provenance.model_copy(update={"calls_digest": moved.digest()})
    graded.keep_critique(old.model_copy(update={"call_id": "c-01", "agent": "ann", "provenance": provenance}))
    assert shared_moments(graded, grading) is None


def test_only_a_met_moment_in_proven_words_can_be_shared(graded: Store, grading: Grading) -> None:
    """A missed check, a call that is not there and a name of another form are refused with what to do."""
    missed = next(f.check_id for f in changed(graded, "c-01").findings if f.verdict is Verdict.MISSED)
    for card, kind, words in (
        (f"c-01/{missed}", NotFound, "not met in call c-01"),
        ("c-99/ACK1", NotFound, "no call 'c-99'"),
        ("c-01", BadSettings, "write CALL/CHECK"),
    ):
        with pytest.raises(kind, match=words):
            share_moment(graded, grading, card, named=False)
    assert graded.exemplars(EVERYONE) == []


def test_a_call_of_another_way_of_grading_cannot_be_shared(graded: Store, book: Playbook) -> None:
    """What was graded by another engine proves nothing here."""
    with pytest.raises(NotFound, match="no grades of the last batch"):
        share_moment(graded, Grading(book, Asking("", {}), PatternsEngine()), "c-01/ACK1", named=False)


def test_a_shared_moment_names_no_call_and_can_be_asked_for_by_check(graded: Store, grading: Grading) -> None:
    """Every format holds the line and none the call; a check that the playbook lacks is named with those there are."""
    check_id = met_check(graded)
    share_moment(graded, grading, f"c-01/{check_id}".replace(check_id, check_id.lower()), named=False)
    shared = shared_moments(graded, grading, check_id.lower())
    assert shared is not None
    texts = (sheets.exemplars_html(shared, "now"), sheets.exemplars_markdown(shared), sheets.exemplars_json(shared))
    assert all("Four mornings, and each one lost" in text and "c-01" not in text for text in texts)
    with pytest.raises(NotFound, match=r"no check 'X1'.*CALM1"):
        shared_moments(graded, grading, "X1")


def test_a_page_that_cannot_be_taken_away_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page with moments that were taken back does not stay silently."""

    def refuse(self: Path, missing_ok: bool = False) -> None:
        raise OSError(13, "Permission denied")

    monkeypatch.setattr(Path, "unlink", refuse)
    with pytest.raises(CannotWrite, match="Permission denied; delete it yourself"):
        write_exemplars(tmp_path, None, MADE)


def test_cards_come_in_every_format(graded: Store, grading: Grading, cast: Cast) -> None:
    """HTML, Markdown and JSON hold the line that slipped, the facts and how to start."""
    card = own_card(graded, grading, cast)
    assert card.slipped is not None
    html, text = sheets.cards_html("ann", [card], "now"), sheets.cards_markdown("ann", [card])
    value = json.loads(sheets.cards_json("ann", [card]))["cards"][0]
    for shown in (html, text):
        assert f"--card {card.id}" in shown
        assert "Four mornings, and each one lost" in shown
    assert value["slipped"]["turn_id"] == card.slipped.turn_id
    assert value["before"][-1]["turn_id"] == card.before[-1].turn_id
    assert sheets.cards_terminal("ann", [card]).renderables


def test_every_move_has_a_plain_phrase() -> None:
    """A move without one could not be put on a sheet."""
    assert set(PLAIN) == set(Move)
    assert len(set(PLAIN.values())) == len(Move)


@pytest.mark.parametrize("persona", ["plain", "cannot_be_pleased", "exaggerates", "abusive"])
def test_a_kit_keeps_what_only_the_customer_knows_on_their_sheet(persona: str, cast: Cast, book: Playbook) -> None:
    """No hidden fact, start anger or overstated count is on the agent's or the observer's sheet."""
    card = invented_card(cast, persona, check_id="RES1", rubric=book.rubric)
    kit = peer_kit(card, book.rubric, cast)
    others = kit.agent.model_dump_json() + kit.observer.model_dump_json()
    assert [h.says for h in kit.customer.hidden] == [h.says for h in card.scene.hidden]
    assert not [h.says for h in card.scene.hidden if h.says in others]
    assert kit.customer.anger == halves(card.persona.anger)
    assert card.persona.about not in others
    assert bool(kit.customer.overstated) == card.persona.exaggerates
    assert bool(kit.customer.never_pleased) == card.persona.cannot_be_pleased
    assert set(card.persona.never_say) | set(cast.never_say) == set(kit.customer.never_say)


@pytest.mark.parametrize("persona", ["plain", "in_a_hurry", "abusive"])
def test_every_move_is_on_the_customers_sheet_once(persona: str, cast: Cast, book: Playbook) -> None:
    """What softens and what provokes are told apart; what this persona minds calms them no more."""
    customer = peer_kit(invented_card(cast, persona, rubric=book.rubric), book.rubric, cast).customer
    down = [move.removesuffix(" ●") for step in customer.softens for move in step.moves]
    up = [move for step in customer.provokes for move in step.moves]
    assert sorted(down + up) == sorted(PLAIN.values())
    assert {PLAIN[move] for move in cast.persona(persona).provokes} <= set(up)


def test_the_mood_ladder_covers_all_anger_with_lines_that_are_filled(cast: Cast, book: Playbook) -> None:
    """From 10 down to 0, or to where a persona stops, without a gap; no slot is left open in anybody's lines."""
    for persona in cast.personas:
        customer = peer_kit(invented_card(cast, persona.id, rubric=book.rubric), book.rubric, cast).customer
        steps = ["10 to 8", "7 to 6", "5", "4 to 3", "2 to 0"]
        assert [mood.anger for mood in customer.ladder] == steps[: 3 if persona.floor == 5 else 5]
        assert not any("{" in words for words in (*(m.line for m in customer.ladder), *customer.ends))


def test_the_observer_ticks_the_rehearsed_check_and_six_others(cast: Cast, book: Playbook) -> None:
    """One of every other stage; without a check of its own a scene has the general ones alone."""
    kit = peer_kit(invented_card(cast, "plain", check_id="ACK2", rubric=book.rubric), book.rubric, cast)
    assert [row.check_id for row in kit.observer.rows if row.rehearsed] == ["ACK2"]
    assert len({book.rubric.stage_of(row.check_id).id for row in kit.observer.rows}) == len(kit.observer.rows) == 7
    bare = peer_kit(invented_card(cast, "plain", rubric=book.rubric), book.rubric, cast)
    assert len(bare.observer.rows) == 6
    assert bare.agent.lines == ()


def test_a_kit_of_an_own_call_starts_at_the_line_that_slipped(graded: Store, grading: Grading, cast: Cast) -> None:
    """The customer's sheet holds the call's last lines, the agent's what was said that time and two lines to try."""
    card = own_card(graded, grading, cast)
    kit = sheets.peer_kit(card, grading.playbook.rubric, cast)
    assert card.slipped is not None
    assert kit.customer.opening.turn_id == kit.agent.start.turn_id == card.before[-1].turn_id
    assert kit.agent.slipped is not None
    assert kit.agent.slipped.turn_id == card.slipped.turn_id
    assert len(kit.agent.lines) == 2
    assert card.slipped.text not in kit.customer.model_dump_json()
    assert "redacted" in kit.source
    for text in (sheets.peer_html(kit, "now"), sheets.peer_markdown(kit), sheets.peer_json(kit)):
        assert card.opening[:30] in text


def test_difficulty_moves_anger_and_patience_on_paper(cast: Cast, book: Playbook) -> None:
    """A harder level starts hotter and waits less."""
    card = invented_card(cast, "plain", rubric=book.rubric)
    easy, hard = (peer_kit(card, book.rubric, cast, level=level).customer for level in (1, 5))
    assert (easy.anger, hard.anger) == ("6", "8")
    assert "five lines" in " ".join(easy.rules)
    assert "three lines" in " ".join(hard.rules)


@pytest.mark.parametrize(("number", "words"), [(0, "0"), (0.5, "½"), (1, "1"), (7.4, "7½"), (9.8, "10")])
def test_numbers_on_paper_are_halves(number: float, words: str) -> None:
    """Nobody plays by hundredths."""
    assert halves(number) == words
