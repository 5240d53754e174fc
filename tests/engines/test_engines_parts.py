"""The small parts of the live engine: options, wire, warmth, spending and widening."""

from __future__ import annotations

import asyncio
import socket
import sys
from dataclasses import replace
from subprocess import run

import pytest
from pydantic import SecretStr

from coach.engines.client import make_client
from coach.engines.exchange import Fault, FaultKind, Reply, Usage
from coach.engines.options import LiveOptions, Prices
from coach.engines.recall import Recall
from coach.engines.spending import Spending
from coach.engines.warmth import Warmth
from coach.engines.widen import Widen
from coach.engines.wire import parse_error_inside, parse_reply
from coach.errors import BadSettings


@pytest.mark.parametrize(
    "bad",
    [
        {"model": ""},
        {"base_url": "localhost:8000"},
        {"base_url": "http://"},
        {"base_url": "https://me:secret@host/v1"},
        {"concurrency": 0},
        {"deadline_s": -1},
        {"deadline_s": float("nan")},
        {"attempts": 0},
        {"budget_usd": 5.0},
        {"budget_usd": 0.0, "prices": Prices(1, 1, 1)},
    ],
)
def test_options_that_cannot_be_used_are_refused(bad):
    """Every bad value gets one line with what to do, without the secret in it."""
    with pytest.raises(BadSettings) as problem:
        LiveOptions(**{"model": "m", **bad})
    assert problem.value.hint
    assert "secret" not in problem.value.what


def test_options_never_show_the_key():
    """Printing the options does not print the key."""
    options = LiveOptions("m", api_key=SecretStr("sk-made-up-key"))
    assert "sk-made-up-key" not in repr(options)
    assert (options.url, options.host) == ("https://api.openai.com/v1", "api.openai.com")


def test_naming_the_live_engine_does_not_import_the_sdk():
    """`openai` costs most of a second: it is imported with the first request."""
    code = "import sys, coach.engines.live, coach.engines.choose; print({'openai', 'aiohttp', 'httpx2'} & set(sys.modules))"
    assert run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"


@pytest.mark.anyio
@pytest.mark.parametrize(("url", "told"), [("", "acme"), ("http://127.0.0.1:1/v1", None)])
async def test_only_openai_is_told_the_organisation(monkeypatch, url, told):
    """The organisation and project that the SDK finds in the environment are for OpenAI alone."""
    monkeypatch.setenv("OPENAI_ORG_ID", "acme")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "acme")
    async with make_client(LiveOptions("m", url)) as client:
        assert (client.organization, client.project, client.max_retries) == (told, told, 0)


def test_half_a_surrogate_does_not_cost_an_answer(ask):
    """A paid answer with a broken character is read, and can be stored."""
    raw = b'{"model":"m","choices":[{"message":{"content":"a\\ud83d"},"finish_reason":"stop"}]}'
    reply = parse_reply(raw, ask(), 1)
    assert reply.text == "a\ufffd"
    assert reply.raw == raw
    assert reply.usage == Usage()


@pytest.mark.parametrize("usage", [b"7", b'{"prompt_tokens":"9","completion_tokens":-1,"prompt_tokens_details":[]}'])
def test_strange_token_counts_count_nothing(ask, usage):
    """What a server counts is read with care."""
    raw = b'{"choices":[{"message":{"content":"{}"}}],"usage":' + usage + b"}"
    reply = parse_reply(raw, ask(), 1)
    assert (reply.usage, reply.model, reply.finish) == (Usage(), "asked-model", "")


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b'{"error":{"code":401}}', 401),
        (b'{"error":{"code":"x"}}', 502),
        (b'{"error":{"code":7}}', 502),
        (b"nonsense", None),
    ],
)
def test_an_error_in_place_of_choices_has_a_status(raw, status):
    """The error's own code where it is an HTTP status; else that of a bad gateway."""
    assert parse_error_inside(raw) == status


def test_deep_nonsense_is_no_reply(ask):
    """A body that is nested too deeply to read is no completion."""
    assert parse_reply(b"[" * 200_000, ask(), 1) is None


@pytest.mark.anyio
@pytest.mark.parametrize("ends", ["well", "badly", "cancelled"])
async def test_nobody_waits_for_one_who_is_gone(ends):
    """However the first of a group ends, the rest go on."""
    warmth, went, go = Warmth(), [], asyncio.Event()

    async def first():
        async with warmth.turn("g"):
            await go.wait()
            went.append("first")
            if ends == "badly":
                raise RuntimeError

    async def rest():
        async with warmth.turn("g"):
            went.append("rest")

    leader = asyncio.create_task(first())
    others = [asyncio.create_task(rest()) for _ in range(3)]
    await asyncio.sleep(0)
    assert went == []
    leader.cancel() if ends == "cancelled" else go.set()
    await asyncio.gather(*others)
    await asyncio.gather(leader, rest(), return_exceptions=True)
    assert went.count("rest") == 4


@pytest.mark.anyio
async def test_a_reservation_waits_for_those_in_flight():
    """Money that is only set aside may come back: the next waits for it, and is refused only when it is spent."""
    spending = Spending(Prices(1, 1, 1), 1.0)
    assert await spending.reserve(0.6)
    second = asyncio.create_task(spending.reserve(0.6))
    await asyncio.sleep(0)
    assert not second.done()
    spending.settle(0.6, 0.1)
    assert await second
    spending.settle(0.6, 0.5)
    assert not await spending.reserve(0.6)
    assert (spending.spent, spending.set_aside) == (0.6, 0.0)


def test_estimates_are_on_the_high_side(ask):
    """Two bytes a token and all the output that is allowed; a request without a limit may write a lot."""
    spending = Spending(Prices(1, 1, 10), None)
    assert spending.estimate(ask("x" * 2000, max_tokens=100)) >= (1000 + 10 * 100) / 1e6
    assert spending.estimate(ask()) >= 10 * 16_000 / 1e6
    assert Spending(None, None).estimate(ask()) == 0.0


def test_the_price_of_a_reply_is_what_the_server_counted():
    """Cached tokens have their own price; where the server counted nothing, the estimate stands."""
    spending = Spending(Prices(2.0, 1.0, 8.0), None)
    assert spending.price_of(Usage(1000, 400, 100), 9.9) == pytest.approx((600 * 2 + 400 + 800) / 1e6)
    assert spending.price_of(Usage(), 9.9) == 9.9


class Short:
    """An engine whose answers are cut off below a limit."""

    name, model, ai = "short", "m", True

    def __init__(self, needs: int) -> None:
        self.needs = needs
        self.limits: list[object] = []
        self.closed = False

    async def answer(self, request):
        limit = request.parameters.get("max_tokens", 0)
        self.limits.append(limit)
        if limit < 0:
            return Fault(request.key, FaultKind.SERVER, "no")
        return Reply(request.key, "{}", b"{}", "short", "m", "stop" if limit >= self.needs else "length")

    async def aclose(self):
        self.closed = True


class Book(dict):
    """A ledger in memory."""

    def find(self, key):
        return self.get(key)

    def keep(self, reply):
        self[reply.key] = reply


@pytest.mark.anyio
@pytest.mark.parametrize(("limit", "asked"), [(100, [100]), (50, [50, 100]), (20, [20, 40]), (-1, [-1])])
async def test_a_truncated_answer_is_asked_for_once_more(ask, limit, asked):
    """Once, with a double limit, and not at all where the answer is whole or there is none."""
    short = Short(100)
    await Widen(short).answer(ask(max_tokens=limit))
    assert short.limits == asked


@pytest.mark.anyio
async def test_without_a_limit_there_is_nothing_to_double(ask):
    """A truncated answer to a request without a limit comes back as it is."""
    short = Short(100)
    reply = await Widen(short).answer(ask())
    assert (reply.finish, short.limits) == ("length", [0])


@pytest.mark.anyio
async def test_both_answers_are_kept_under_their_own_keys(ask):
    """The memory holds the truncated answer and the wider one; asked again, nobody is asked."""
    short, book = Short(100), Book()
    engine = Widen(Recall(short, book))
    narrow = ask(max_tokens=50)
    reply = await engine.answer(narrow)
    assert set(book) == {narrow.key, replace(narrow, parameters={"max_tokens": 100}).key}
    assert reply.key == replace(narrow, parameters={"max_tokens": 100}).key
    assert (await engine.answer(narrow)).recalled
    assert short.limits == [50, 100]
    await engine.aclose()
    assert short.closed


def test_tests_reach_nobody():
    """The guard that all these tests run under forbids addresses and names beyond this machine."""
    with pytest.raises(AssertionError, match="tried to"):
        socket.create_connection(("192.0.2.1", 9))
    with pytest.raises(AssertionError, match="look up"):
        socket.getaddrinfo("models.example", 443)
