"""Whose calls a reader may see."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any, get_type_hints

import pytest
from store_samples import MONDAY, WEEK, make_session

from coach.calls.transcript import Redacted, Refused
from coach.errors import BadSettings
from coach.store import Focus, QuizRow, Scope, Store

# Writes and lifetimes; whatever else is public on the store is a read.
WRITES = {
    "keep_call",
    "keep_critique",
    "link_replies",
    "start_run",
    "finish_run",
    "keep_refusals",
    "keep_focus",
    "enqueue",
    "decide",
    "acknowledge",
    "begin_session",
    "save_session",
    "keep_answer",
    "share",
    "unshare",
    "purge",
    "hold_batch",
    "ledger",
}
READS = sorted(
    name for name, _ in inspect.getmembers(Store, inspect.isfunction) if not name.startswith("_") and name not in WRITES
)


def flat(found: Any) -> list[Any]:
    """What a read gave, as a list of rows."""
    if found is None:
        return []
    return list(found) if isinstance(found, (list, Iterator)) else [found]


@pytest.fixture
def filled(store: Store, keep: Callable[..., Redacted]) -> Store:
    """Two agents of two teams, each with everything that can be kept; one call changed hands."""
    keep("c-old", agent="maya", team="deliveries")
    for number, (agent, team) in enumerate([("maya", "deliveries"), ("omar", "billing")]):
        call = keep(f"c-{agent}", agent=agent, team=team, hours=number)
        store.enqueue(call.call_id, "random", {"quote": agent})
        store.keep_focus(Focus(agent, team, WEEK, "p1", "live", "CALM1", 0.5, 4, WEEK))
        store.begin_session(make_session(call.call_id, agent=agent, team=team))
        store.keep_answer(QuizRow(agent, "calm-1", True, MONDAY, "{}"), team=team)
        store.share(call.call_id, "CALM1", "T02", named=False)
    run = store.start_run(week=WEEK, engine="live", model="m", playbook="p1", zone="UTC")
    store.keep_refusals(run, [Refused(source="x.txt", call_id="c-9", reason="empty")])
    store.enqueue("c-old", "random", {"quote": "old"})
    keep("c-old", agent="omar", team="billing", text="It is omar's call.")
    return store


ARGUMENTS: dict[str, dict[str, Any]] = {
    "call": {"call_id": "c-omar"},
    "critique": {"call_id": "c-omar", "playbook": "p1", "engine": "live", "model": "m", "repeats": 1, "digest": ""},
    "focus": {"agent": "omar", "week": WEEK, "playbook": "p1", "engine": "live"},
    "review": {"review_id": 2},
    "session": {"session_id": 2},
}


@pytest.mark.parametrize("name", READS)
def test_every_read_requires_a_scope(name: str) -> None:
    """The first argument of every read is a scope without a default."""
    parameters = list(inspect.signature(getattr(Store, name)).parameters.values())
    assert parameters[1].name == "scope"
    assert parameters[1].default is inspect.Parameter.empty
    assert get_type_hints(getattr(Store, name))["scope"] is Scope


@pytest.mark.parametrize("name", READS)
def test_an_agents_scope_never_gives_anothers_rows(filled: Store, name: str) -> None:
    """Whatever maya reads names neither omar nor his team, nor a call that is his by now."""
    arguments = dict(ARGUMENTS.get(name, {}))
    if name == "critique":
        arguments["digest"] = filled.call(Scope.everyone(), "c-omar").digest()  # type: ignore[union-attr]
    everything = repr(flat(getattr(filled, name)(Scope.everyone(), **arguments)))
    hers = repr(flat(getattr(filled, name)(Scope.of_agent("maya"), **arguments)))
    assert "omar" in everything or "billing" in everything or name in ("counts", "weeks", "runs", "refusals")
    assert not any(word in hers for word in ("omar", "billing", "c-old"))


def test_a_teams_scope_gives_its_agents_alone(filled: Store) -> None:
    """A team's lead sees the calls, queue and focuses of that team."""
    billing = Scope.of_team("billing")
    assert filled.agents(billing) == ["omar"]
    assert [call.call_id for call in filled.calls(billing)] == ["c-old", "c-omar"]
    assert {item.agent for item in filled.queue(billing)} == {"omar"}
    assert [focus.agent for focus in filled.focuses(billing)] == ["omar"]


@pytest.mark.parametrize("scope", [Scope.of_agent("maya"), Scope.of_team("billing")])
def test_runs_and_refusals_are_for_everyone_alone(filled: Store, scope: Scope) -> None:
    """What belongs to no agent is not shown to a narrower scope."""
    assert filled.runs(Scope.everyone())
    assert filled.refusals(Scope.everyone())
    assert filled.runs(scope) == []
    assert filled.refusals(scope) == []


@pytest.mark.parametrize("make", [Scope.of_agent, Scope.of_team])
@pytest.mark.parametrize("name", ["", "  "])
def test_an_empty_name_is_no_scope(make: Callable[[str], Scope], name: str) -> None:
    """A missing name never widens what is seen."""
    with pytest.raises(BadSettings, match="name one team or agent"):
        make(name)


def test_a_scope_of_another_kind_is_refused() -> None:
    """Kinds are everyone, team and agent; everyone has no name."""
    with pytest.raises(BadSettings, match="no scope"):
        Scope("all")  # type: ignore[arg-type]
    with pytest.raises(BadSettings, match="cannot have the name"):
        Scope("everyone", "maya")


def test_a_name_is_a_value_and_never_sql(filled: Store) -> None:
    """A name that looks like a condition matches nothing."""
    assert filled.agents(Scope.of_agent("x' OR '1'='1")) == []
