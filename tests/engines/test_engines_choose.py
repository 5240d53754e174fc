"""Choosing an engine: by name, or by what there is."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest
from fault_server import FaultServer, completion
from pydantic import SecretStr

from coach.engines.choose import choose_name, open_engine
from coach.engines.exchange import FaultKind, Reply
from coach.engines.live import LiveOptions
from coach.engines.recorded import write_recorded
from coach.errors import BadSettings, EngineDown

pytestmark = pytest.mark.anyio

KEY = SecretStr("k")


class Book(dict):
    """A ledger in memory."""

    def find(self, key):
        return self.get(key)

    def keep(self, reply):
        self[reply.key] = reply


class Patterns:
    """Stands in for the patterns engine."""

    name, model, ai = "patterns", "", False
    closed = 0

    async def answer(self, request):
        return Reply(request.key, "{}", b"{}", "patterns", "")

    async def aclose(self):
        Patterns.closed += 1


@pytest.mark.parametrize(
    ("name", "live", "chosen"),
    [
        (None, None, "patterns"),
        ("", LiveOptions("m"), "patterns"),
        (None, LiveOptions("m", api_key=KEY), "live"),
        (None, LiveOptions("m", "http://127.0.0.1:1/v1"), "live"),
        ("patterns", LiveOptions("m", api_key=KEY), "patterns"),
        ("recorded", None, "recorded"),
    ],
)
def test_the_engine_is_the_one_named_or_what_there_is(name, live, chosen):
    """No name: live with a key or a base URL, else patterns."""
    assert choose_name(name, live) == chosen


async def test_patterns_are_opened_and_closed(ask, monkeypatch):
    """The patterns engine is imported when it is chosen, and closed at the end."""
    module = ModuleType("coach.engines.patterns")
    module.PatternsEngine = Patterns
    monkeypatch.setitem(sys.modules, "coach.engines.patterns", module)
    before = Patterns.closed
    async with open_engine() as engine:
        assert (engine.name, engine.ai, engine.live, engine.memory) == ("patterns", False, None, None)
        assert isinstance(await engine.answer(ask()), Reply)
        engine.stop()
    assert Patterns.closed == before + 1


async def test_recorded_replies_are_opened(ask, tmp_path):
    """The recorded engine asks for the model that was recorded, and answers what was."""
    reply = Reply(ask().key, "{}", b"", "live", "served")
    write_recorded(tmp_path, "call-1", [("p", reply)], asked="asked-model")
    async with open_engine("recorded", recorded=[tmp_path]) as engine:
        assert (engine.name, engine.model, engine.ai) == ("recorded", "asked-model", True)
        assert (await engine.answer(ask())).recalled
        assert (await engine.answer(ask("new"))).kind is FaultKind.NOT_RECORDED
    assert (engine.memory.recalled, engine.memory.asked) == (1, 1)


async def test_the_live_engine_remembers_and_widens(ask):
    """A truncated answer is asked for again, both are kept, and the next run asks nobody."""
    book = Book()
    async with FaultServer(completion("{", finish="length"), completion("{}")) as server:
        options = LiveOptions("asked-model", server.url)
        for _ in range(2):
            async with open_engine("live", live=options, ledger=book) as engine:
                assert (await engine.answer(ask(max_tokens=10))).text == "{}"
        assert len(server.seen) == 2
    assert (engine.memory.recalled, engine.live.sent, len(book)) == (2, 0, 2)


async def test_a_live_engine_without_a_ledger_is_stopped(ask):
    """`stop` reaches the engine beneath."""
    async with open_engine("live", live=LiveOptions("m", api_key=KEY)) as engine:
        engine.stop()
        assert engine.memory is None
        assert (await engine.answer(ask())).kind is FaultKind.STOPPED


@pytest.mark.parametrize(
    ("name", "live", "line"),
    [
        ("oracle", None, "there is no engine 'oracle'; choose one of patterns"),
        ("recorded", None, "needs the folder"),
        ("live", None, "needs an API key or the base URL"),
        ("live", LiveOptions("m"), "needs an API key or the base URL"),
    ],
)
async def test_what_is_missing_is_said(name, live, line):
    """An engine that cannot be opened says what to do."""
    with pytest.raises(BadSettings, match=line):
        async with open_engine(name, live=live):
            pass


async def test_an_empty_folder_opens_nothing(tmp_path):
    """The recorded engine without recordings is refused as it is opened."""
    with pytest.raises(EngineDown, match="no recorded replies"):
        async with open_engine("recorded", recorded=[tmp_path]):
            pass
