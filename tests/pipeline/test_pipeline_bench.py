"""Grading for the bench: any engine, some stages, another sample; nothing of it in the store's critiques."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from flow_made import Scripted
from invented_calls import write_calls

from coach.calls.read import Defaults, open_calls
from coach.calls.redact import redact
from coach.calls.transcript import Redacted, Refused
from coach.engines.choose import Opened
from coach.engines.exchange import Fault, FaultKind
from coach.engines.recall import Recall
from coach.errors import EngineDown
from coach.grading.ask import Asking
from coach.grading.grade import Grading
from coach.pipeline import Stop
from coach.pipeline.bench import Graded, grade_bench
from coach.pipeline.memory import VisitorLedger
from coach.playbook.load import Playbook
from coach.store import Scope, Store


@pytest.fixture
def calls(tmp_path: Path) -> list[Redacted]:
    """Four small calls."""
    found = open_calls([write_calls(tmp_path / "calls")], Defaults())
    return [redact(call) for call in found if not isinstance(call, Refused)]


def graded(
    calls: list[Redacted], book: Playbook, store: Store, engine: Scripted, *, sample: int = 0, **more: object
) -> Graded:
    """The calls graded through the store's memory."""
    memory = Recall(engine, VisitorLedger(store, Stop()))
    opened = Opened(memory, memory=memory)
    grading = Grading(book, Asking("scripted-1", {}, sample), opened, **more)  # type: ignore[arg-type]
    return asyncio.run(grade_bench(calls, grading, opened, 4))


def test_all_calls_are_graded_and_the_store_shows_none_of_it(calls, book, store) -> None:  # type: ignore[no-untyped-def]
    found = graded(calls, book, store, Scripted())
    assert sorted(found.critiques) == ["c-00", "c-01", "c-02", "c-03"]
    assert list(store.critiques(Scope.everyone())) == []
    assert list(store.calls(Scope.everyone())) == []


def test_the_same_question_is_not_asked_twice(calls, book, store) -> None:  # type: ignore[no-untyped-def]
    first = graded(calls, book, store, Scripted())
    again = Scripted()
    second = graded(calls, book, store, again)
    assert again.asked == []
    assert (first.asked, second.recalled) == (32, 32)
    assert second.critiques == first.critiques


def test_one_stage_costs_one_request_a_call(calls, book, store) -> None:  # type: ignore[no-untyped-def]
    engine = Scripted()
    found = graded(calls, book, store, engine, stages=("close",))
    assert len(engine.asked) == 4
    checks = {f.check_id for critique in found.critiques.values() for f in critique.findings}
    assert checks == {check.id for check in book.rubric.checks_of(book.rubric.stage("close"))}


def test_another_sample_asks_anew(calls, book, store) -> None:  # type: ignore[no-untyped-def]
    graded(calls, book, store, Scripted(), stages=("close",))
    engine = Scripted()
    graded(calls, book, store, engine, stages=("close",), sample=1)
    assert len(engine.asked) == 4


def test_replies_about_calls_the_store_lacks_go_with_the_next_purge(calls, book, store) -> None:  # type: ignore[no-untyped-def]
    graded(calls, book, store, Scripted(), stages=("close",))
    assert store.purge(everything=True).replies == 4


def test_an_engine_that_answers_nothing_is_one_error(calls, book, store) -> None:  # type: ignore[no-untyped-def]
    engine = Scripted(lambda _: Fault("k", FaultKind.SERVER, "out of order"))
    with pytest.raises(EngineDown, match="answered nothing"):
        graded(calls, book, store, engine)


def test_one_call_that_fails_does_not_cost_the_others(calls, book, store) -> None:  # type: ignore[no-untyped-def]
    engine = Scripted(lambda number: Fault("k", FaultKind.SERVER, "hiccup") if number == 1 else None)
    found = graded(calls, book, store, engine, stages=("close",))
    assert sum(bool(critique.ungraded) for critique in found.critiques.values()) == 1
    assert len(found.critiques) == 4
