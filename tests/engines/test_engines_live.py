"""The live engine against a server that fails in every way we know; requests are counted, for each costs money."""

from __future__ import annotations

import asyncio
import json
import logging

import pytest
from fault_server import FaultServer, Step, completion, echo, error
from pydantic import SecretStr

from coach.engines.exchange import Fault, FaultKind, Reply
from coach.engines.faults import verdict_on
from coach.engines.live import Prices
from coach.errors import EngineDown

pytestmark = pytest.mark.anyio

PRICES = Prices(1.0, 0.5, 2.0)


async def test_a_reply_carries_all_that_came(ask, live):
    """Text, raw bytes, finish reason, model, tokens and key stand in the reply."""
    async with FaultServer(completion('{"a":1}')) as server:
        reply = await live(server.url).answer(ask())
    assert (reply.text, reply.finish, reply.model, reply.engine) == ('{"a":1}', "stop", "served-model", "live")
    assert json.loads(reply.raw)["id"] == "c-1"
    assert (reply.usage.tokens_in, reply.usage.tokens_cached, reply.usage.tokens_out) == (100, 64, 10)
    assert (reply.key, reply.attempts, reply.recalled) == (ask().key, 1, False)


async def test_the_request_is_put_in_full(ask, live):
    """Model, messages, strict schema and parameters are sent, the key as a bearer; the cache key only where wanted."""
    async with FaultServer(completion()) as server:
        await live(server.url).answer(ask("Well?", temperature=0, seed=7, max_completion_tokens=50, warm="call-1"))
        await live(server.url, cache_key=True).answer(ask(warm="call-1"))
    body = server.seen[0]
    assert (body["model"], body["temperature"], body["seed"], body["max_completion_tokens"]) == (
        "asked-model",
        0,
        7,
        50,
    )
    assert body["messages"][1] == {"role": "user", "content": "Well?"}
    assert body["response_format"]["json_schema"]["strict"] is True
    assert server.headers[0]["authorization"] == "Bearer sk-made-up-key"
    assert "prompt_cache_key" not in body
    assert len(server.seen[1]["prompt_cache_key"]) == 32


async def test_a_server_without_a_key_never_gets_that_of_the_environment(ask, live, monkeypatch):
    """The SDK would send OPENAI_API_KEY and its companions to whatever server is asked."""
    for name in ("OPENAI_API_KEY", "OPENAI_ADMIN_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID"):
        monkeypatch.setenv(name, "canary-of-the-environment")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "Authorization: Bearer canary-of-the-environment")
    async with FaultServer(completion()) as server:
        await live(server.url, api_key=None).answer(ask())
    assert server.headers[0]["authorization"] == "Bearer unused"
    assert "canary" not in str(server.headers)


async def test_one_client_serves_all(ask, live, monkeypatch):
    """However many requests, one client is made."""
    from coach.engines import client

    made, real = [], client.make_client
    monkeypatch.setattr(client, "make_client", lambda options: made.append(1) or real(options))
    async with FaultServer(choose=echo) as server:
        engine = live(server.url)
        answers = await asyncio.gather(*(engine.answer(ask(f"number {n}")) for n in range(30)))
    assert [answer.text for answer in answers] == [f"number {n}" for n in range(30)]
    assert len(made) == 1


async def test_a_rate_limit_waits_as_long_as_asked(ask, live, naps):
    """Retry-After holds for the request that was pushed back; then it is asked again."""
    async with FaultServer(error(429, retry_after="3"), completion()) as server:
        reply = await live(server.url).answer(ask())
    assert reply.attempts == 2
    assert len(server.seen) == 2
    assert 3.0 <= naps[0] <= 3.3


async def test_a_rate_limit_holds_nobody_else_up(ask, live):
    """While one waits for its Retry-After, the others are asked."""
    pushed = []

    def choose(body):
        first = body["messages"][1]["content"] == "slow" and not pushed
        return pushed.append(1) or error(429, retry_after="3") if first else echo(body)

    async with FaultServer(choose=choose) as server:
        engine = live(server.url)
        answers = await asyncio.gather(*(engine.answer(ask(words)) for words in ("slow", "b", "c")))
    assert [answer.attempts for answer in answers] == [2, 1, 1]


async def test_rate_limits_end_with_patience(ask, live):
    """A server that asks to wait longer than our patience makes a fault, not a wait."""
    async with FaultServer(error(429, code="rate_limit_exceeded", retry_after="100")) as server:
        fault = await live(server.url, patience_s=250).answer(ask())
    assert (fault.kind, fault.detail, fault.attempts) == (FaultKind.RATE_LIMIT, "HTTP 429, rate_limit_exceeded", 3)
    assert len(server.seen) == 3


async def test_rate_limits_do_not_use_the_attempts_up(ask, live):
    """Being pushed back is no failure: after ten times the request is still asked."""
    async with FaultServer(*[error(429)] * 10, completion()) as server:
        reply = await live(server.url, attempts=1).answer(ask())
    assert reply.attempts == 11


async def test_a_server_error_is_tried_again(ask, live, naps):
    """A 500 is answered by waiting and asking again."""
    async with FaultServer(error(500), error(503, retry_after="2"), completion()) as server:
        reply = await live(server.url).answer(ask())
    assert isinstance(reply, Reply)
    assert len(server.seen) == 3
    assert naps[0] <= 0.5
    assert naps[1] >= 2.0


async def test_attempts_are_counted(ask, live):
    """After the attempts allowed, there is a fault that says how often it was tried."""
    async with FaultServer(error(500, code="oops")) as server:
        fault = await live(server.url, attempts=3).answer(ask())
    assert fault == Fault(ask().key, FaultKind.SERVER, "HTTP 500, oops", 3)
    assert len(server.seen) == 3


async def test_a_server_that_asks_for_hours_is_not_waited_for(ask, live, naps):
    """A 503 with a Retry-After beyond our patience is given up at once."""
    async with FaultServer(error(503, retry_after="7200")) as server:
        fault = await live(server.url).answer(ask())
    assert (fault.kind, len(server.seen), naps) == (FaultKind.SERVER, 1, [])


async def test_a_hang_ends_at_the_deadline(ask, live):
    """A request that is never answered is cut off, tried again and then a fault."""
    async with FaultServer(Step(hang=True)) as server:
        fault = await live(server.url, deadline_s=0.05, attempts=2).answer(ask())
    assert (fault.kind, fault.detail) == (FaultKind.TIMEOUT, "no answer within 0.05 s")
    assert len(server.seen) == 2


@pytest.mark.parametrize("cut", [0, 30, 200])
async def test_a_cut_connection_is_tried_again(ask, live, cut):
    """Cut before the answer, in its head or in its body: asked once more."""
    bad = Step(200, completion().body, cut=cut)
    async with FaultServer(bad, completion()) as server:
        reply = await live(server.url).answer(ask())
    assert reply.attempts == 2
    assert len(server.seen) == 2


async def test_a_dead_address_costs_few_requests(ask, live):
    """Nobody listens: of 2,000 items few are tried, and the run ends with one clear line."""
    async with FaultServer(completion()) as server:
        url = server.url
    engine = live(url, concurrency=256)
    answers = await asyncio.gather(*(engine.answer(ask(f"{n}")) for n in range(2000)), return_exceptions=True)
    assert all(isinstance(answer, EngineDown) for answer in answers)
    assert "127.0.0.1" in answers[0].what
    assert engine.sent <= 20


async def test_one_request_to_a_dead_address_is_a_fault(ask, live):
    """A single request that nobody takes fails by itself."""
    async with FaultServer(completion()) as server:
        url = server.url
    fault = await live(url, attempts=2).answer(ask())
    assert (fault.kind, fault.attempts) == (FaultKind.CONNECTION, 2)
    assert fault.detail.startswith("no answer (")


@pytest.mark.parametrize(
    "body", [b"", b"<html>busy</html>", b'{"choices":[]}', b'{"choices":[{"message":null}]}', b"[1]"]
)
async def test_a_body_that_is_no_completion_is_tried_again(ask, live, body):
    """A 200 with a proxy's page, half a body or no choices is a server's fault."""
    async with FaultServer(Step(200, body), completion()) as server:
        reply = await live(server.url).answer(ask())
    assert reply.attempts == 2
    assert len(server.seen) == 2


async def test_an_error_inside_a_200_is_an_error(ask, live):
    """Gateways put errors into answers that look well."""
    limited = Step(200, b'{"error":{"code":429,"message":"busy"}}')
    async with FaultServer(limited, Step(200, b'{"error":"?"}'), completion()) as server:
        reply = await live(server.url).answer(ask())
    assert reply.attempts == 3
    assert len(server.seen) == 3


@pytest.mark.parametrize(
    ("step", "verdict"),
    [
        (completion('{"a"', finish="length"), FaultKind.TRUNCATED),
        (completion(None, refusal="I will not."), FaultKind.REFUSAL),
        (completion(None, finish="content_filter"), FaultKind.CONTENT_FILTER),
        (completion(""), FaultKind.EMPTY),
        (completion([{"type": "text", "text": "{}"}, 3], finish=None), None),
    ],
)
async def test_a_paid_answer_is_a_reply(ask, live, step, verdict):
    """Truncated, refused, filtered and empty answers were paid for: they come back to be kept and judged."""
    async with FaultServer(step) as server:
        reply = await live(server.url).answer(ask())
    assert isinstance(reply, Reply)
    assert verdict_on(reply) is verdict
    assert len(server.seen) == 1


@pytest.mark.parametrize(
    ("step", "kind"),
    [
        (error(400, "context is full", code="context_length_exceeded"), FaultKind.TOO_LONG),
        (error(400, "bad words", code="content_filter"), FaultKind.CONTENT_FILTER),
        (error(400, "no temperature", param="temperature"), FaultKind.REJECTED),
    ],
)
async def test_a_rejected_request_is_asked_once(ask, live, step, kind):
    """What the server will reject again is not sent again."""
    async with FaultServer(step) as server:
        fault = await live(server.url).answer(ask(temperature=0))
    assert fault.kind is kind
    assert len(server.seen) == 1


@pytest.mark.parametrize(
    ("step", "line"),
    [
        (error(401, "bad key sk-made-up-key"), "does not accept the API key; check the key"),
        (error(403, "no"), "forbids this key the model 'asked-model'; ask the provider"),
        (error(404, "x", code="model_not_found"), "does not know the model 'asked-model'; choose one"),
        (error(429, "x", code="insufficient_quota"), "is used up; add credit"),
        (error(404, "x"), "no chat service at this address"),
        (Step(307, b"", {"Location": "http://192.0.2.1/v1"}), "no chat service at this address"),
    ],
)
async def test_what_concerns_all_ends_the_run(ask, live, step, line):
    """Bad key, forbidden or unknown model, spent quota, wrong address: one request, one line, no second try."""
    async with FaultServer(step) as server:
        engine = live(server.url)
        for _ in range(3):
            with pytest.raises(EngineDown) as problem:
                await engine.answer(ask())
    assert line in str(problem.value)
    assert "sk-made-up" not in str(problem.value)
    assert problem.value.__context__ is None
    assert len(server.seen) == 1


async def test_a_paid_answer_survives_the_end_of_the_run(ask, live):
    """What was in flight when the key was refused to another comes back all the same."""

    def choose(body):
        return completion("kept", held=True) if body["messages"][1]["content"] == "paid" else error(401)

    async with FaultServer(choose=choose) as server:
        engine = live(server.url)
        paid = asyncio.create_task(engine.answer(ask("paid")))
        await server.count(1)
        with pytest.raises(EngineDown):
            await engine.answer(ask("other"))
        server.release.set()
        assert (await paid).text == "kept"


@pytest.mark.parametrize(
    ("takes", "formats"),
    [("json_object", ["json_schema", "json_object"]), (None, ["json_schema", "json_object", None])],
)
async def test_a_server_without_schemas_gets_less(ask, live, caplog, takes, formats):
    """A server that rejects json_schema gets json_object, one that rejects that too gets none, from then on."""

    def choose(body):
        asked = body.get("response_format", {}).get("type")
        return completion() if asked == takes else error(400, f"response_format {asked} is not supported")

    async with FaultServer(choose=choose) as server:
        engine = live(server.url)
        for _ in range(2):
            assert isinstance(await engine.answer(ask()), Reply)
    assert [body.get("response_format", {}).get("type") for body in server.seen] == [*formats, takes]
    assert len(engine.notes) == len(formats) - 1
    assert engine.notes[-1] in caplog.text


async def test_all_who_were_in_flight_learn_at_once(ask, live):
    """Requests that were sent before the server's dialect was known are sent again in it."""

    def choose(body):
        return echo(body) if "response_format" not in body else error(400, "json_schema: unknown")

    async with FaultServer(choose=choose) as server:
        engine = live(server.url)
        answers = await asyncio.gather(*(engine.answer(ask(f"{n}")) for n in range(10)))
    assert [answer.text for answer in answers] == [str(n) for n in range(10)]
    assert len(engine.notes) == 2


@pytest.mark.parametrize(
    ("given", "other"), [("max_completion_tokens", "max_tokens"), ("max_tokens", "max_completion_tokens")]
)
async def test_the_limit_goes_by_the_servers_name(ask, live, given, other):
    """A server that does not take the token limit by one name gets it by the other, from then on."""

    def choose(body):
        return error(400, f"Unsupported parameter: '{given}'", param=given) if given in body else completion()

    async with FaultServer(choose=choose) as server:
        engine = live(server.url)
        for _ in range(2):
            assert isinstance(await engine.answer(ask(**{given: 50})), Reply)
    assert [given in body for body in server.seen] == [True, False, False]
    assert server.seen[2][other] == 50


async def test_a_limit_that_is_too_large_keeps_its_name(ask, live):
    """A complaint about the value is none about the name."""
    async with FaultServer(error(400, "max_tokens is too large", param="max_tokens")) as server:
        fault = await live(server.url).answer(ask(max_tokens=10**9))
    assert (fault.kind, fault.detail) == (FaultKind.REJECTED, "HTTP 400, made_up_error, parameter max_tokens")
    assert len(server.seen) == 1


async def test_a_server_without_a_cache_key_gets_none(ask, live):
    """`prompt_cache_key` is dropped where a server does not know it."""

    def choose(body):
        return error(400, "extra field", param="prompt_cache_key") if "prompt_cache_key" in body else completion()

    async with FaultServer(choose=choose) as server:
        engine = live(server.url, cache_key=True)
        for number in range(2):
            assert isinstance(await engine.answer(ask(warm=f"call-{number}")), Reply)
    assert ["prompt_cache_key" in body for body in server.seen] == [True, False, False]


async def test_the_first_of_a_group_warms_the_cache(ask, live):
    """One request of a group goes alone; when it has been answered, the rest go together."""

    def choose(body):
        return completion("first", held=True) if body["messages"][1]["content"] == "0" else echo(body)

    async with FaultServer(choose=choose) as server:
        engine = live(server.url)
        tasks = [asyncio.create_task(engine.answer(ask(str(n), warm="call-1"))) for n in range(5)]
        await server.count(1)
        other = await engine.answer(ask("another call", warm="call-2"))
        assert len(server.seen) == 2
        server.release.set()
        answers = await asyncio.gather(*tasks)
    assert other.text == "another call"
    assert [answer.text for answer in answers] == ["first", "1", "2", "3", "4"]


async def test_no_more_than_allowed_are_in_flight(ask, live):
    """The bound on requests in flight holds."""
    async with FaultServer(completion(held=True)) as server:
        engine = live(server.url, concurrency=4)
        tasks = [asyncio.create_task(engine.answer(ask(f"{n}"))) for n in range(40)]
        await server.count(4)
        server.release.set()
        await asyncio.gather(*tasks)
    assert (server.busiest, len(server.seen)) == (4, 40)


async def test_stopping_drains(ask, live):
    """After `stop` what is in flight is answered, and nothing more is sent."""
    async with FaultServer(completion(held=True)) as server:
        engine = live(server.url, concurrency=2)
        tasks = [asyncio.create_task(engine.answer(ask(f"{n}"))) for n in range(5)]
        await server.count(2)
        engine.stop()
        server.release.set()
        answers = await asyncio.gather(*tasks)
    assert [isinstance(answer, Reply) for answer in answers] == [True, True, False, False, False]
    assert {answer.kind for answer in answers[2:]} == {FaultKind.STOPPED}
    assert len(server.seen) == 2


async def test_stopping_ends_a_wait(ask, live):
    """A request that waits for its next try stops waiting."""
    async with FaultServer(error(429, retry_after="600")) as server:
        engine = live(server.url)
        waits = asyncio.Event()

        async def forever(seconds):
            waits.set()
            await asyncio.Event().wait()

        engine._sleep = forever
        task = asyncio.create_task(engine.answer(ask()))
        await waits.wait()
        engine.stop()
        fault = await task
    assert (fault.kind, len(server.seen)) == (FaultKind.STOPPED, 1)


async def test_a_budget_is_never_overshot(ask, live):
    """Requests over the budget are faults; what was spent stays under it."""
    async with FaultServer(choose=echo) as server:
        engine = live(server.url, prices=PRICES, budget_usd=0.001, concurrency=8)
        requests = [ask(f"{n}", max_tokens=100) for n in range(40)]
        answers = await asyncio.gather(*(engine.answer(request) for request in requests))
    kinds = {answer.kind for answer in answers if isinstance(answer, Fault)}
    assert kinds == {FaultKind.BUDGET}
    assert engine.spent_usd == pytest.approx(len(server.seen) * (36 + 64 * 0.5 + 10 * 2) / 1e6)
    assert 0.0005 < engine.spent_usd <= 0.001


async def test_what_may_have_been_billed_counts_as_spent(ask, live):
    """A request that hung may cost money; one that was pushed back does not."""
    async with FaultServer(error(429), Step(hang=True)) as server:
        engine = live(server.url, prices=PRICES, budget_usd=1.0, deadline_s=0.5, attempts=1)
        await engine.answer(ask(max_tokens=1000))
    assert len(server.seen) == 2
    assert engine.spent_usd == pytest.approx(0.002, rel=0.1)


async def test_neither_key_nor_prompt_is_logged(ask, live, caplog):
    """At the most talkative level, no key and no word of a prompt reaches a log or an error."""
    caplog.set_level(logging.DEBUG)
    for name in ("openai", "httpx2", "aiohttp"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    steps = [
        error(500, "you said canary-words"),
        error(400, "canary-words", code="invalid_value"),
        error(401, "sk-made-up-key"),
    ]
    async with FaultServer(*steps) as server:
        engine = live(server.url)
        fault = await engine.answer(ask("canary-words"))
        with pytest.raises(EngineDown) as problem:
            await engine.answer(ask("canary-words"))
    seen = caplog.text + repr(fault) + repr(problem.value) + repr(engine._options)
    assert "canary-words" not in seen
    assert "sk-made-up-key" not in seen


async def test_a_closed_engine_answers_no_more(ask, live):
    """Answering after `aclose` is a mistake of the program; closing twice is none."""
    async with FaultServer(completion()) as server:
        engine = live(server.url, api_key=SecretStr("k"))
        await engine.answer(ask())
        await engine.aclose()
        await engine.aclose()
        with pytest.raises(RuntimeError, match="closed"):
            await engine.answer(ask())


async def test_a_cancelled_request_leaves_its_place(ask, live):
    """Cancelling one of a group frees its place and lets the others go."""

    def choose(body):
        return completion(held=True) if body["messages"][1]["content"] == "first" else echo(body)

    async with FaultServer(choose=choose) as server:
        engine = live(server.url, concurrency=1)
        first = asyncio.create_task(engine.answer(ask("first", warm="call-1")))
        await server.count(1)
        rest = asyncio.create_task(engine.answer(ask("rest", warm="call-1")))
        first.cancel()
        assert (await rest).text == "rest"
