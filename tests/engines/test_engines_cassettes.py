"""Cassettes: recorded through the live engine, replayed with the server gone, and clean."""

from __future__ import annotations

import asyncio
import gzip
import json
import threading
from pathlib import Path

import pytest
from cassettes import SECRETS, find_secrets, open_cassette
from fault_server import FaultServer, Step, completion, echo, error
from pydantic import SecretStr
from record_cassettes import ask_all, main, read_requests, record
from vcr.errors import CannotOverwriteExistingCassetteException

from coach.engines.exchange import Fault, Reply
from coach.engines.live import LiveOptions

pytestmark = pytest.mark.anyio

CASSETTES = Path(__file__).parent.parent / "cassettes"
KEY = SecretStr("sk-made-up-key-of-a-test")


def options(url: str, **more) -> LiveOptions:
    return LiveOptions("asked-model", url, KEY, **more)


async def test_what_was_recorded_replays_without_the_server(ask, tmp_path):
    """Forty requests in flight together each get their own answer again, in any order, when nobody is there."""
    requests = [ask(f"Grüße, number {n}") for n in range(40)]
    async with FaultServer(choose=echo) as server:
        first = await record(requests, options(server.url, concurrency=16), tmp_path / "c.yaml")
    requests = requests[1::2] + requests[::2]
    with open_cassette(tmp_path / "c.yaml") as tape:
        again = await ask_all(requests, options("https://elsewhere.example/v1", concurrency=16))
    assert [reply.text for reply in again] == [request.messages[1].content for request in requests]
    assert {reply.raw for reply in again} == {reply.raw for reply in first}
    assert tape.play_count == 40


async def test_a_cassette_holds_no_secret(ask, tmp_path):
    """Key, host, cookies and all headers but a few are left out, also where a server repeats them."""
    step = completion(f"your key is {KEY.get_secret_value()}")
    step = Step(200, step.body, {"Set-Cookie": "who=me", "OpenAI-Organization": "acme"})
    async with FaultServer(step) as server:
        await record([ask()], options(server.url), tmp_path / "c.yaml")
    text = (tmp_path / "c.yaml").read_text(encoding="utf-8")
    assert find_secrets(text) == []
    assert "https://api.example.invalid/v1/chat/completions" in text
    assert "127.0.0.1" not in text


async def test_a_cassette_with_a_secret_is_deleted(ask, tmp_path):
    """What the recorder cannot strike out is not kept."""
    async with FaultServer(completion("write to someone@company.test")) as server:
        with pytest.raises(ValueError, match="an e-mail address"):
            await record([ask()], options(server.url), tmp_path / "c.yaml")
    assert not (tmp_path / "c.yaml").exists()


async def test_compressed_answers_are_kept_readable(ask, tmp_path):
    """A compressed answer is kept as text, and replays as such."""
    step = Step(200, gzip.compress(completion("squeezed").body), {"Content-Encoding": "gzip"})
    async with FaultServer(step) as server:
        first = await record([ask()], options(server.url), tmp_path / "c.yaml")
    with open_cassette(tmp_path / "c.yaml"):
        again = await ask_all([ask()], options("http://127.0.0.1:9/v1"))
    assert [first[0].text, again[0].text] == ["squeezed", "squeezed"]
    assert "squeezed" in (tmp_path / "c.yaml").read_text(encoding="utf-8")


async def test_an_exchange_that_is_not_played_fails_the_test(ask, tmp_path):
    """A recorded answer that nobody asks for any more is a stale cassette."""
    async with FaultServer(choose=echo) as server:
        await record([ask("one"), ask("two")], options(server.url), tmp_path / "c.yaml")
    with pytest.raises(AssertionError, match="1 recorded exchanges"), open_cassette(tmp_path / "c.yaml"):
        await ask_all([ask("one")], options("http://127.0.0.1:9/v1"))


async def test_a_question_that_was_not_recorded_reaches_nobody(ask, tmp_path):
    """A replay sends nothing: another prompt is an error, not a request."""
    async with FaultServer(choose=echo) as server:
        await record([ask("one")], options(server.url), tmp_path / "c.yaml")
        with pytest.raises(CannotOverwriteExistingCassetteException), open_cassette(tmp_path / "c.yaml"):
            await ask_all([ask("another")], options(server.url))
        assert len(server.seen) == 1


async def test_one_cassette_at_a_time(ask, tmp_path):
    """Two open cassettes would take each other's requests."""
    async with FaultServer(completion()) as server:
        await record([ask()], options(server.url), tmp_path / "c.yaml")
    with (
        pytest.raises(RuntimeError, match="open already"),
        open_cassette(tmp_path / "n.yaml", record=True),
        open_cassette(tmp_path / "c.yaml"),
    ):
        pass


def test_the_script_records_a_file_of_requests(tmp_path, capsys):
    """The recording script asks every line of a file and says how many replies it got."""
    line = {"messages": [["user", "hello"]], "schema_name": "s", "schema": {"type": "object"}, "parameters": {}}
    (tmp_path / "r.jsonl").write_text(json.dumps(line) + "\n\n" + json.dumps({**line, "messages": [["user", "no"]]}))

    def choose(body):
        return echo(body) if body["messages"][0]["content"] == "hello" else error(400)

    with ServerInAThread(choose) as url:
        code = main(
            [
                "--base-url",
                url,
                "--model",
                "m",
                "--requests",
                str(tmp_path / "r.jsonl"),
                "--out",
                str(tmp_path / "c.yaml"),
            ]
        )
    assert code == 1
    said = capsys.readouterr()
    assert "1 of 2 requests" in said.out
    assert "rejected: HTTP 400" in said.err
    requests = read_requests(tmp_path / "r.jsonl", "m")
    with open_cassette(tmp_path / "c.yaml"):
        answers = asyncio.run(ask_all(requests, LiveOptions("m", "http://127.0.0.1:9/v1", cache_key=False)))
    assert [type(answer) for answer in answers] == [Reply, Fault]


class ServerInAThread:
    """The fault server on a loop of its own, for code that runs its own loop."""

    def __init__(self, choose):
        self.choose, self.ready, self.url = choose, threading.Event(), ""

    def __enter__(self):
        self.thread = threading.Thread(target=lambda: asyncio.run(self.serve()))
        self.thread.start()
        self.ready.wait(10)
        return self.url

    def __exit__(self, *problem):
        self.loop.call_soon_threadsafe(self.end.set)
        self.thread.join(10)

    async def serve(self):
        self.loop, self.end = asyncio.get_running_loop(), asyncio.Event()
        async with FaultServer(choose=self.choose) as server:
            self.url = server.url
            self.ready.set()
            await self.end.wait()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("key sk-abcdefgh1234", "an API key"),
        ("Authorization: Bearer abc", "a bearer"),
        ("  Set-Cookie:\n  - a=b", "a header that names somebody"),
        ("uri: http://models.company.test/v1", "a host"),
        ("uri: https://api.example.invalid.company.test/", "a host"),
        ("at 192.168.1.7", "a private address"),
        ("at 10.0.0.1:80", "a private address"),
        ("model: /home/me/model.gguf", "a path of somebody's machine"),
        ("me@company.test", "an e-mail address"),
    ],
)
def test_the_scan_finds_secrets(text, name):
    """The scan would find each kind of secret."""
    assert name in find_secrets(text)
    assert name in SECRETS


def test_the_scan_lets_clean_text_pass():
    """Ordinary text, our own placeholder and made-up addresses are no secrets."""
    assert find_secrets("uri: https://api.example.invalid/v1\nwell done, 10 of 12; me@example.org") == []


def test_no_cassette_of_ours_holds_a_secret():
    """All cassettes that are shipped are scanned."""
    held = {path.name: find_secrets(path.read_text(encoding="utf-8")) for path in CASSETTES.rglob("*.yaml")}
    assert not {name: found for name, found in held.items() if found}
