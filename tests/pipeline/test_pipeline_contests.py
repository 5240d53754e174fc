"""Decided contests over a store: what holds, what does not hold any more, and that every teller tells the same."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest
from flow_made import Scripted, batch
from invented_calls import WEEK, write_calls

from coach.errors import BadSettings, NotFound, StoreError
from coach.grading.ask import Asking
from coach.grading.critique import CallCritique, Finding, Verdict
from coach.grading.grade import Grading
from coach.pipeline import Summary
from coach.pipeline.contests import OLDER_CALL, OLDER_CHECK, contest, in_force, reworded, rulings_of, upheld, uphold
from coach.pipeline.estimating import frame_of
from coach.pipeline.exemplars import share_moment, shared_moments
from coach.pipeline.graded import all_critiques, critique_of, critiques_of
from coach.pipeline.intake import EVERYONE
from coach.pipeline.tell import Teller
from coach.playbook.load import Playbook
from coach.reports.digest_sections import sections
from coach.reports.team import TeamDigest
from coach.store import Review, ReviewState, Scope, Store

Go = Callable[..., Summary]
CALL = "c-00"


@pytest.fixture
def grading(book: Playbook) -> Grading:
    """The way of grading of the pretended model."""
    return Grading(book, Asking("scripted-1", {}), Scripted())


@pytest.fixture
def graded(tmp_path: Path, store: Store, go: Go, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Three calls each of ann and bob, graded; every second check of a stage is missed."""

    async def nothing(*_: object) -> None:
        """No pages."""

    monkeypatch.setattr("coach.pipeline._write_pages", nothing)
    write_calls(tmp_path / "calls", 6)
    go(Scripted())
    return store


def edited(book: Playbook, check_id: str) -> Playbook:
    """The playbook after a trainer reworded one check."""
    stages = []
    for stage in book.rubric.stages:
        checks = tuple(
            c.model_copy(update={"grader": c.grader.model_copy(update={"met": "Reworded."})}) if c.id == check_id else c
            for c in stage.checks
        )
        stages.append(stage.model_copy(update={"checks": checks}))
    return dataclasses.replace(book, rubric=book.rubric.model_copy(update={"stages": tuple(stages)}))


def decided(
    store: Store, book: Playbook, check_id: str, verdict: str, *, because: str = "so", by: str = "Sam"
) -> Review:
    """A contest of the call, upheld."""
    item = contest(store, book, CALL, check_id, because)
    return uphold(store, book, item.id, verdict, by=by, reason="it is there")  # type: ignore[arg-type]


def told(store: Store, grading: Grading, check_id: str, call_id: str = CALL) -> Finding:
    found = next(c for c in critiques_of(store, grading, EVERYONE, [WEEK]) if c.call_id == call_id)
    finding = found.finding(check_id)
    assert finding is not None
    return finding


def kept(store: Store, call_id: str = CALL) -> CallCritique:
    return next(c for c in store.critiques(EVERYONE) if c.call_id == call_id)


def test_everyone_who_is_told_reads_the_persons_verdict(graded: Store, grading: Grading) -> None:
    """Finding, score of the stage and of the call; the store's own critique stays as the engine gave it."""
    before = kept(graded)
    decided(graded, grading.playbook, "APO2", "met")
    after = critique_of(graded, grading, graded.call(EVERYONE, CALL))  # type: ignore[arg-type]
    assert after is not None
    assert told(graded, grading, "APO2") == after.finding("APO2")
    assert (told(graded, grading, "APO2").verdict, told(graded, grading, "APO2").engine_verdict) == ("met", "missed")
    assert after.call.score is not None
    assert before.call.score is not None
    assert after.call.score > before.call.score
    assert kept(graded) == before


def test_a_ruling_is_of_one_call_alone(graded: Store, grading: Grading) -> None:
    """The same check of other calls stands as it was graded."""
    decided(graded, grading.playbook, "APO2", "met")
    others = ["c-01", "c-02", "c-03"]
    assert {told(graded, grading, "APO2", other).verdict for other in others} == {Verdict.MISSED}
    assert rulings_of(graded, grading.playbook.rubric, Scope.of_agent("bob")) == {}


def test_the_page_and_the_digest_count_with_it(graded: Store, grading: Grading) -> None:
    """The agent's checks, the team's needs and the contest's own words."""
    teller = Teller(graded, grading)
    before = teller.digest(WEEK)
    decided(graded, grading.playbook, "APO2", "met")
    report = asyncio.run(teller.agent("ann", WEEK)).report
    line = next(c for c in report.checks if c.check_id == "APO2")
    assert (line.met, line.chances) == (1, 3)
    shown = next(f for c in report.calls if c.call_id == CALL for f in c.findings if f.check_id == "APO2")
    assert (shown.verdict, shown.engine_verdict, shown.words) == ("met", "missed", "done, a person decided")
    assert [c.outcome for c in shown.contests] == [
        "upheld as “done” by Sam: it is there (the model said “a chance left open”)"
    ]
    after = teller.digest(WEEK)
    assert (after.contests.upheld, before.contests.upheld) == (1, 0)
    assert [needs_of(digest, "ann", "APO2") for digest in (before, after)] == [(0.0, 3), (1.0, 3)]
    assert needs_of(after, "bob", "APO2") == (0.0, 3)
    assert (before.decided, after.decided) == (0, 1)
    lead = next(section.lead for section in sections(after) if section.id == "stages")
    assert "rest on the engine's verdicts and 1 verdict that people decided" in lead


def test_an_engine_is_measured_by_its_own_verdicts(graded: Store, grading: Grading) -> None:
    """What people's labels are to correct holds no decision of people's, though pages do."""
    before = frame_of(graded, grading, [WEEK], None)
    decided(graded, grading.playbook, "APO2", "met")
    assert frame_of(graded, grading, [WEEK], None) == before
    assert told(graded, grading, "APO2").verdict is Verdict.MET


def needs_of(digest: TeamDigest, agent: str, check_id: str) -> tuple[float, int]:
    row = next(row for row in digest.needs.rows if row.agent == agent)
    cell = next(cell for cell in row.cells if cell.check_id == check_id)
    return cell.earned, cell.chances


def test_a_decision_that_is_taken_back_counts_no_more(graded: Store, grading: Grading) -> None:
    """The engine's verdict is told again."""
    item = decided(graded, grading.playbook, "APO2", "met")
    graded.decide(item.id, ReviewState.OPEN, by="Sam")
    assert told(graded, grading, "APO2") == kept(graded).finding("APO2")


def test_a_check_that_was_reworded_sets_the_decision_aside(
    graded: Store, grading: Grading, book: Playbook, tmp_path: Path
) -> None:
    """It was about other words: the engine's verdict is told, and the page says why."""
    item = decided(graded, book, "APO2", "met")
    newer = dataclasses.replace(grading, playbook=edited(book, "APO2"))
    batch(tmp_path, graded, newer.playbook, Scripted())
    assert [u.aside for u in upheld(graded, newer.playbook.rubric, EVERYONE)] == [OLDER_CHECK]
    assert told(graded, newer, "APO2").verdict is Verdict.MISSED
    contests = asyncio.run(Teller(graded, newer).agent("ann", WEEK)).contests
    assert [c.outcome for c in contests] == [
        "upheld as “done” by Sam: it is there "
        "(decided about an older wording of the check, so the model's verdict stands)"
    ]
    assert reworded(item, newer.playbook.rubric)
    assert not reworded(item, book.rubric)


def test_rewording_another_check_leaves_the_decision_in_force(
    graded: Store, grading: Grading, book: Playbook, tmp_path: Path
) -> None:
    """Only the words that were judged matter."""
    decided(graded, book, "APO2", "met")
    newer = dataclasses.replace(grading, playbook=edited(book, "RES1"))
    batch(tmp_path, graded, newer.playbook, Scripted())
    assert told(graded, newer, "APO2").verdict is Verdict.MET


def test_a_call_that_came_again_with_other_words_sets_the_decision_aside(
    graded: Store, grading: Grading, tmp_path: Path
) -> None:
    """Nobody has judged those words yet; a new agent in the manifest alone changes nothing."""
    decided(graded, grading.playbook, "APO2", "met")
    manifest = tmp_path / "calls" / "manifest.csv"
    manifest.write_text(manifest.read_text("utf-8").replace("c-00,ann,north", "c-00,cy,north"), encoding="utf-8")
    batch(tmp_path, graded, grading.playbook, Scripted())
    assert told(graded, grading, "APO2").verdict is Verdict.MET
    file = tmp_path / "calls" / "c-00.txt"
    file.write_text(file.read_text("utf-8") + "Customer: One more thing.\n", encoding="utf-8")
    batch(tmp_path, graded, grading.playbook, Scripted())
    assert [u.aside for u in upheld(graded, grading.playbook.rubric, EVERYONE)] == [OLDER_CALL]
    assert told(graded, grading, "APO2").verdict is Verdict.MISSED


def test_the_later_of_two_decisions_holds(graded: Store, grading: Grading) -> None:
    """A second contest is about the verdict of the first decision, and its own decision stands."""
    decided(graded, grading.playbook, "APO2", "met")
    second = contest(graded, grading.playbook, CALL, "APO2", "only half of it")
    assert second.detail["verdict"] == "met"
    uphold(graded, grading.playbook, second.id, "partial", by="Kim", reason="half")
    first, last = upheld(graded, grading.playbook.rubric, EVERYONE)
    assert (first.later, last.later) == (last.item, None)
    finding = told(graded, grading, "APO2")
    assert (finding.verdict, finding.engine_verdict) == (Verdict.PARTIAL, Verdict.MISSED)
    told_of = asyncio.run(Teller(graded, grading).agent("ann", WEEK)).contests
    assert [c.outcome for c in told_of] == [
        "upheld as “done” by Sam: it is there (replaced by Kim's later decision)",
        "changed to “in part” by Kim: half (the model said “a chance left open”)",
    ]


def test_an_older_contest_that_is_decided_anew_is_the_later_decision(graded: Store, grading: Grading) -> None:
    """The time of the decision counts; taken back, the other one counts again."""
    first = decided(graded, grading.playbook, "APO2", "met")
    second = contest(graded, grading.playbook, CALL, "APO2", "only half of it")
    uphold(graded, grading.playbook, second.id, "partial", by="Kim", reason="half")
    graded.decide(first.id, ReviewState.OPEN, by="Sam")
    assert told(graded, grading, "APO2").verdict is Verdict.PARTIAL
    uphold(graded, grading.playbook, first.id, "met", by="Lee", reason="whole")
    assert told(graded, grading, "APO2").verdict is Verdict.MET
    assert in_force(graded, grading.playbook.rubric, second).id == first.id  # type: ignore[union-attr]
    with_names = asyncio.run(Teller(graded, grading).agent("ann", WEEK)).contests
    assert "replaced by Lee's later decision" in with_names[1].outcome


def test_the_digests_queue_says_what_is_contested_in_words(graded: Store, grading: Grading) -> None:
    """The check, the model's verdict, who contests and why; the decided one with its decision."""
    contest(graded, grading.playbook, CALL, "RES2", "I asked first", wanted="partial", by="tom")
    decided(graded, grading.playbook, "APO2", "met")
    digest = Teller(graded, grading).digest(WEEK)
    waits = next(kind.items for kind in digest.reviews if kind.kind == "contest")
    engine = kept(graded).finding("RES2")
    assert engine is not None
    said = "done" if engine.verdict is Verdict.MET else "a chance left open"
    assert [item.detail for item in waits] == [f"RES2: the model said “{said}”; tom, as “in part”: “I asked first”"]
    (item,) = digest.contests.items
    assert (item.state, item.decided) == ("upheld", "upheld as “done” by Sam: it is there")


def test_a_denial_says_that_a_later_decision_changed_the_verdict(graded: Store, grading: Grading) -> None:
    """It no longer says that the verdict stays."""
    first = contest(graded, grading.playbook, CALL, "APO2", "I did")
    graded.decide(first.id, ReviewState.DENIED, by="Sam", reason="no")
    decided(graded, grading.playbook, "APO2", "met", because="in T04", by="Kim")
    told_of = asyncio.run(Teller(graded, grading).agent("ann", WEEK)).contests
    assert told_of[0].outcome == "denied by Sam: no (replaced by Kim's later decision)"


def test_upholding_the_verdict_there_is_is_refused(graded: Store, book: Playbook) -> None:
    """Grades may have changed since it was contested: what is compared is the verdict of now."""
    number = graded.enqueue(CALL, "contest", {"check": "APO2", "verdict": "met", "because": "so"})
    with pytest.raises(BadSettings, match="APO2 in c-00 is missed now, so nothing would change"):
        uphold(graded, book, number, "missed", by="Sam", reason="so")
    assert uphold(graded, book, number, "met", by="Sam", reason="so").state is ReviewState.UPHELD


def test_a_ruling_that_denies_a_move_takes_its_shared_moment_away(graded: Store, grading: Grading) -> None:
    """What a person found missing is no example for colleagues."""
    critique = kept(graded)
    clean = tuple(f.model_copy(update={"counter": ()}) for f in critique.findings)
    graded.keep_critique(critique.model_copy(update={"findings": clean, "change_moment": None}))
    share_moment(graded, grading, f"{CALL}/APO1", named=False)
    assert shared_moments(graded, grading) is not None
    decided(graded, grading.playbook, "APO1", "missed")
    assert shared_moments(graded, grading) is None


def test_an_export_leaves_grades_of_another_rubric_as_they_were(
    graded: Store, grading: Grading, book: Playbook, tmp_path: Path
) -> None:
    """Their weights are nobody's any more; those of the rubric in force have the ruling."""
    decided(graded, book, "APO2", "met")
    newer = edited(book, "RES1")
    batch(tmp_path, graded, newer, Scripted())
    found = [c for c in all_critiques(graded, newer, EVERYONE) if c.call_id == CALL]
    verdicts = {c.provenance.rubric: c.finding("APO2").verdict for c in found}  # type: ignore[union-attr]
    assert verdicts == {book.rubric_version[:12]: "missed", newer.rubric_version[:12]: "met"}


def test_a_contest_remembers_what_it_is_about(graded: Store, grading: Grading, book: Playbook) -> None:
    """The verdict, who gave it, and the wording of the check."""
    item = contest(graded, book, CALL, "apo2", "I did", wanted="partial", by="ann")
    assert item.detail["check"] == "APO2"
    assert (item.detail["verdict"], item.detail["wanted"], item.detail["by"]) == ("missed", "partial", "ann")
    assert (item.detail["engine"], item.detail["model"]) == ("scripted", "scripted-1")
    assert item.detail["playbook"] == grading.version()
    assert len(item.detail["definition"]) == 12


def test_what_is_ungraded_cannot_be_contested(graded: Store, book: Playbook) -> None:
    """There is no verdict to change: the reason is named."""
    critique = kept(graded)
    gone = tuple(
        f.model_copy(update={"verdict": Verdict.UNGRADED, "share": None, "why_ungraded": "timeout: slow"})
        if f.check_id == "APO2"
        else f
        for f in critique.findings
    )
    graded.keep_critique(critique.model_copy(update={"findings": gone}))
    with pytest.raises(NotFound, match="APO2 was never graded in call c-00: timeout: slow"):
        contest(graded, book, CALL, "APO2", "so")


def test_one_contest_a_check_waits_at_a_time(graded: Store, book: Playbook) -> None:
    """The second is told the number of the first; another check or call is free."""
    first = contest(graded, book, CALL, "APO2", "so")
    with pytest.raises(BadSettings, match=f"contested already: item {first.id}"):
        contest(graded, book, CALL, "APO2", "and so")
    assert contest(graded, book, CALL, "APO1", "so").id != first.id
    assert contest(graded, book, "c-01", "APO2", "so").id != first.id


def test_a_contest_of_an_older_store_can_be_upheld(graded: Store, grading: Grading, book: Playbook) -> None:
    """It names the check and the reason alone."""
    number = graded.enqueue(CALL, "contest", {"check": "APO2", "because": "so"})
    uphold(graded, book, number, "met", by="Sam", reason="it is there")
    assert told(graded, grading, "APO2").verdict is Verdict.MET


def test_upholding_what_is_no_open_contest_is_refused(graded: Store, book: Playbook) -> None:
    """A flag, a decided contest, a check that has left the playbook, a number nobody has."""
    flag = graded.enqueue(CALL, "critical_flag", {"flag": "insult"})
    with pytest.raises(StoreError, match="is no contest"):
        uphold(graded, book, flag, "met", by="Sam", reason="so")
    item = decided(graded, book, "APO2", "met")
    with pytest.raises(StoreError, match="was upheld by Sam already"):
        uphold(graded, book, item.id, "partial", by="Kim", reason="so")
    strange = graded.enqueue(CALL, "contest", {"check": "OLD1", "because": "so"})
    with pytest.raises(NotFound, match="no check 'OLD1'"):
        uphold(graded, book, strange, "met", by="Sam", reason="so")
    with pytest.raises(NotFound, match="no item 99"):
        uphold(graded, book, 99, "met", by="Sam", reason="so")
