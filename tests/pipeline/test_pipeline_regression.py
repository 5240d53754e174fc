"""Upheld contests made regression cases, and the cases graded with an engine: what is asked, and what comes of it."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flow_made import Scripted
from invented_calls import write_calls

from coach.calibration.cases import Case, Outcome
from coach.engines.choose import Opened
from coach.engines.exchange import Fault, FaultKind, Reply, Request
from coach.engines.recall import Recall
from coach.errors import BadSettings, EngineDown, NotFound
from coach.grading.ask import Asking
from coach.grading.grade import Grading
from coach.pipeline import Stop, Summary
from coach.pipeline.contests import contest, uphold
from coach.pipeline.intake import EVERYONE
from coach.pipeline.memory import VisitorLedger
from coach.pipeline.regression import case_of, regress
from coach.playbook.load import Playbook
from coach.store import ReviewState, Store

Go = Callable[..., Summary]


class Watched(Scripted):
    """The pretended model, remembering which part it was asked of which call."""

    def __init__(self, trouble: Callable[[int], Fault | None] = lambda _: None) -> None:
        super().__init__(trouble)
        self.parts: list[str] = []

    async def answer(self, request: Request) -> Reply | Fault:
        self.parts.append(request.label)
        return await super().answer(request)


@pytest.fixture
def graded(tmp_path: Path, store: Store, go: Go, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Two graded calls; every second check of a stage is missed."""

    async def nothing(*_: object) -> None:
        """No pages."""

    monkeypatch.setattr("coach.pipeline._write_pages", nothing)
    write_calls(tmp_path / "calls", 2)
    go(Scripted())
    return store


def ruled(store: Store, book: Playbook, check_id: str, verdict: str, call_id: str = "c-00") -> int:
    """The number of a contest that was upheld."""
    item = contest(store, book, call_id, check_id, "so")
    return uphold(store, book, item.id, verdict, by="Sam", reason="it is there").id  # type: ignore[arg-type]


def run(cases: Sequence[Case], book: Playbook, engine: Any, **how: Any) -> list[Outcome]:
    grading = Grading(book, Asking(engine.model, {}), engine, **how)
    return asyncio.run(regress(cases, grading, Opened(engine), 4))


def test_an_upheld_contest_makes_a_case(graded: Store, book: Playbook) -> None:
    """The settled verdict, what the engine said and which, the reason; whose call it is is left out."""
    number = ruled(graded, book, "APO2", "met")
    case = case_of(graded, number)
    assert (case.check_id, case.verdict, case.reason) == ("APO2", "met", "it is there")
    assert (case.said.verdict, case.said.engine, case.said.model) == ("missed", "scripted", "scripted-1")
    assert (case.call.call_id, case.call.agent, case.call.team) == ("c-00", "unnamed", "")
    call = graded.call(EVERYONE, "c-00")
    assert call is not None
    assert case.call.turns == call.turns


def test_the_engines_verdict_is_the_engines_after_two_decisions(graded: Store, book: Playbook) -> None:
    """The second contest is about the first decision; the case says what the engine had said, and the first makes none."""
    first = ruled(graded, book, "APO2", "met")
    second = ruled(graded, book, "APO2", "partial")
    assert (case_of(graded, second).verdict, case_of(graded, second).said.verdict) == ("partial", "missed")
    with pytest.raises(BadSettings, match=f"was decided anew by item {second}; keep item {second}"):
        case_of(graded, first)


def test_what_is_no_upheld_contest_makes_no_case(graded: Store, book: Playbook) -> None:
    """An open or denied one, a flag, and a number nobody has: each is named."""
    opened = contest(graded, book, "c-00", "APO1", "so").id
    flag = graded.enqueue("c-00", "critical_flag", {"flag": "insult"})
    for number, said in ((opened, "a contest that is open"), (flag, r"no contest \(critical_flag\)")):
        with pytest.raises(BadSettings, match=said):
            case_of(graded, number)
    graded.decide(opened, ReviewState.DENIED, by="Sam", reason="no")
    with pytest.raises(BadSettings, match="a contest that is denied"):
        case_of(graded, opened)
    with pytest.raises(NotFound, match="no item 99"):
        case_of(graded, 99)


def test_a_call_with_other_words_makes_no_case(graded: Store, book: Playbook, tmp_path: Path, go: Go) -> None:
    """The decision was not about them."""
    number = ruled(graded, book, "APO2", "met")
    file = tmp_path / "calls" / "c-00.txt"
    file.write_text(file.read_text("utf-8") + "Customer: One more thing.\n", encoding="utf-8")
    go(Scripted())
    with pytest.raises(BadSettings, match="call c-00 has changed since item"):
        case_of(graded, number)


def test_cases_pass_and_fail_by_their_verdict(graded: Store, book: Playbook) -> None:
    """The model still misses APO2; what people settled the other way round passes once it says so."""
    failing = case_of(graded, ruled(graded, book, "APO2", "met"))
    passing = failing.model_copy(update={"verdict": "missed"})
    found = run([failing, passing], book, Scripted())
    assert [(o.state, o.given) for o in found] == [("fail", "missed"), ("pass", "missed")]
    assert {q.speaker for q in found[0].quotes} == {"customer", "agent"}


def test_a_call_is_asked_once_for_the_stages_of_its_cases(graded: Store, book: Playbook) -> None:
    """Two cases of one stage ask one part; another stage another; no overview."""
    numbers = [ruled(graded, book, check, "met") for check in ("APO2", "APO4", "RES2")]
    engine = Watched()
    assert len(run([case_of(graded, n) for n in numbers], book, engine)) == 3
    assert sorted(engine.parts) == ["c-00 apologise", "c-00 resolve"]


def test_a_case_that_code_decides_takes_a_whole_grading(graded: Store, book: Playbook) -> None:
    """ACK2 rests on marks of several stages and on the urgency."""
    number = ruled(graded, book, "ACK2", "missed")
    engine = Watched()
    (found,) = run([case_of(graded, number)], book, engine)
    assert len(engine.parts) == len(Grading(book, Asking("m", {}), engine).parts())
    assert found.given == "met"


def test_stale_cases_are_listed_and_not_run(graded: Store, book: Playbook) -> None:
    """Nothing is asked for them, and the others keep their places."""
    case = case_of(graded, ruled(graded, book, "APO2", "met"))
    old = case.model_copy(update={"definition": "0123456789ab", "decided_at": case.decided_at - timedelta(days=9)})
    engine = Watched()
    found = run([old, case], book, engine)
    assert [o.state for o in found] == ["stale", "fail"]
    assert found[0].why == "the check's definition has changed"
    assert run([old], book, Watched())[0].state == "stale"
    assert engine.parts == ["c-00 apologise"]


def test_what_an_engine_cannot_answer_is_ungraded(graded: Store, book: Playbook) -> None:
    """With its reason, and no verdict made up."""
    case = case_of(graded, ruled(graded, book, "APO2", "met"))
    (found,) = run([case], book, Scripted(lambda _: Fault("k", FaultKind.NOT_RECORDED, "only the sample calls")))
    assert (found.state, found.given, found.why) == ("ungraded", "", "not_recorded: only the sample calls")


def test_an_engine_that_is_down_stops_the_run(graded: Store, book: Playbook) -> None:
    """No case is called anything when nobody can be asked."""

    def down(_: int) -> None:
        raise EngineDown("no key", "set one")

    with pytest.raises(EngineDown):
        run([case_of(graded, ruled(graded, book, "APO2", "met"))], book, Scripted(down))


def test_cases_leave_no_grade_in_the_store(graded: Store, book: Playbook) -> None:
    """Its critiques are as they were; the replies are remembered, so that nothing is paid for twice."""
    before = [c.model_dump_json() for c in graded.critiques(EVERYONE)]
    case = case_of(graded, ruled(graded, book, "APO2", "met"))
    engine = Scripted()
    memory = Recall(engine, VisitorLedger(graded, Stop()))
    grading = Grading(book, Asking(engine.model, {"seed": 3}), memory)
    for _ in range(2):
        asyncio.run(regress([case], grading, Opened(memory, memory=memory), 4))
    assert len(engine.asked) == 1
    assert [c.model_dump_json() for c in graded.critiques(EVERYONE)] == before


def test_a_changed_playbook_is_what_is_measured(graded: Store, book: Playbook) -> None:
    """A reworded check makes its case stale, another rewording does not."""
    case = case_of(graded, ruled(graded, book, "APO2", "met"))
    for reworded, state in (("APO2", "stale"), ("RES1", "fail")):
        stages = tuple(
            s.model_copy(
                update={
                    "checks": tuple(
                        c.model_copy(update={"name": f"{c.name} indeed"}) if c.id == reworded else c for c in s.checks
                    )
                }
            )
            for s in book.rubric.stages
        )
        other = dataclasses.replace(book, rubric=book.rubric.model_copy(update={"stages": stages}))
        assert run([case], other, Scripted())[0].state == state
