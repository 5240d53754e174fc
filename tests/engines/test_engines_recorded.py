"""Recorded replies: written the same way always, read by key, and nothing else is answered."""

from __future__ import annotations

from dataclasses import replace

import orjson
import pytest

from coach.engines.exchange import FaultKind, Reply, Usage
from coach.engines.recall import Recall
from coach.engines.recorded import RecordedEngine, RecordedReplies, write_recorded
from coach.errors import EngineDown


@pytest.fixture
def reply(ask):
    """A reply to `ask()`."""
    return Reply(ask().key, '{"a":"Grüße\\u2028"}', b"raw", "live", "served", "stop", usage=Usage(9, 8, 7))


@pytest.mark.anyio
async def test_a_recorded_reply_is_recalled(ask, reply, tmp_path):
    """What was recorded is answered from the file; anything else is said not to be."""
    write_recorded(tmp_path, "call-1", [("greet", reply)], asked="asked-model")
    replies = RecordedReplies([tmp_path])
    engine = Recall(RecordedEngine(replies.asked), replies)
    found = await engine.answer(ask())
    assert (found.text, found.model, found.engine, found.recalled) == (reply.text, "served", "recorded", True)
    assert (found.usage, found.finish, engine.model, len(replies)) == (reply.usage, "stop", "asked-model", 1)
    fault = await engine.answer(ask("something else"))
    assert fault.kind is FaultKind.NOT_RECORDED
    assert "no reply was recorded for this" in fault.detail
    await engine.aclose()


def test_the_same_replies_make_the_same_bytes(ask, reply, tmp_path):
    """Sorted by part and key, a line each, LF; the order of recording does not show."""
    rows = [(part, replace(reply, key=ask(part).key)) for part in ("solve", "greet", "greet two")]
    one = write_recorded(tmp_path / "a", "call-1", rows).read_bytes()
    assert one == write_recorded(tmp_path / "b", "call-1", reversed(rows)).read_bytes()
    assert [orjson.loads(line)["part"] for line in one.splitlines()] == ["greet", "greet two", "solve"]
    assert (one.count(b"\n"), b"\r" in one) == (3, False)
    usage = {"tokens_in": 9, "tokens_cached": 8, "tokens_out": 7}
    line = {"part": "greet", "asked": "served", "text": reply.text, "model": "served", "finish": "stop", "usage": usage}
    assert orjson.loads(one.splitlines()[0]) == {"key": ask("greet").key, **line}


def test_replies_are_read_from_all_files(ask, reply, tmp_path):
    """One file a call; nothing that is kept changes what was recorded."""
    for number in range(3):
        write_recorded(tmp_path, f"call-{number}", [("p", replace(reply, key=ask(f"{number}").key))])
    replies = RecordedReplies([tmp_path])
    replies.keep(replace(reply, key="new"))
    assert [replies.find(ask(f"{n}").key) is not None for n in range(4)] == [True, True, True, False]
    assert replies.find("new") is None


@pytest.mark.parametrize("name", ["", "../up", "a/b", ".hidden", "a b", "x" * 101])
def test_a_call_id_that_is_no_file_name_is_refused(reply, tmp_path, name):
    """A recording never leaves its folder."""
    with pytest.raises(ValueError, match="cannot name a file"):
        write_recorded(tmp_path, name, [("p", reply)])


def test_a_sample_holds_no_refusal_and_no_key_twice(reply, tmp_path):
    """A recording that would mislead is not written."""
    with pytest.raises(ValueError, match="same key"):
        write_recorded(tmp_path, "call-1", [("p", reply), ("q", reply)])
    with pytest.raises(ValueError, match="refusal"):
        write_recorded(tmp_path, "call-1", [("p", replace(reply, refusal="no"))])


KEYED = b'{"key":"' + b"a" * 64 + b'",'


@pytest.mark.parametrize(
    "line",
    [
        b"nonsense",
        b'{"part":"p"}',
        KEYED + b'"part":"p"}',
        KEYED + b'"cut',
        KEYED + b'"asked":"m","text":1,"model":"m","finish":"stop","usage":{}}',
        KEYED + b'"asked":"m","text":"","model":"m","finish":"stop","usage":{"cents":1}}',
    ],
)
def test_a_line_that_is_no_reply_is_named(tmp_path, line):
    """A damaged file is named with its line, and the way out."""
    (tmp_path / "call-1.jsonl").write_bytes(line + b"\n")
    with pytest.raises(EngineDown, match=r"call-1\.jsonl:1 is not a recorded reply; restore"):
        RecordedReplies([tmp_path]).find("a" * 64)


def test_an_empty_folder_is_said_to_be_one(tmp_path):
    """Without any recording there is nothing to answer with."""
    with pytest.raises(EngineDown, match="no recorded replies"):
        RecordedReplies([tmp_path / "nowhere"]).find("a" * 64)
