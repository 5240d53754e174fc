"""How many at once, and when to give a server up."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from coach.engines.pace import Breaker, Pace, retry_after, wait_before
from coach.errors import EngineDown

pytestmark = pytest.mark.anyio


async def test_ten_probe_until_the_first_answer():
    """Until the server has answered once, ten requests are in flight; then as many as allowed."""
    pace = Pace(64)
    assert pace.limit == 10
    pace.record(pace.round, pushed_back=False)
    assert pace.limit == 64


async def test_a_burst_of_pushbacks_cuts_once():
    """Answers to requests from before the cut say nothing about the time after it."""
    pace = Pace(100)
    pace.record(0, pushed_back=False)
    sent_in = pace.round
    for _ in range(60):
        pace.record(sent_in, pushed_back=True)
    assert pace.limit == 70


async def test_a_few_pushbacks_are_borne():
    """One in twenty pushed back does not narrow the way."""
    pace = Pace(64)
    pace.record(0, pushed_back=False)
    for number in range(2000):
        pace.record(pace.round, pushed_back=number % 20 == 0)
    assert pace.limit == 64


async def test_a_round_without_trouble_widens_again():
    """After a cut every quiet round adds a tenth, never more than the bound."""
    pace = Pace(40)
    pace.record(0, pushed_back=False)
    for _ in range(9):
        pace.record(pace.round, pushed_back=True)
    assert pace.limit == 28
    for _ in range(28):
        pace.record(pace.round, pushed_back=False)
    assert pace.limit == 30
    for _ in range(1000):
        pace.record(pace.round, pushed_back=False)
    assert pace.limit == 40


async def test_the_way_never_closes():
    """However much is pushed back, one request stays in flight."""
    pace = Pace(8)
    for _ in range(500):
        pace.record(pace.round, pushed_back=True)
    assert pace.limit == 1


async def test_no_more_than_the_limit_are_in_flight():
    """Everyone gets a place, in the end, and never more than the limit at a time."""
    pace, most = Pace(3), []

    async def work():
        async with pace.slot():
            most.append(pace.in_flight)
            await asyncio.sleep(0)

    await asyncio.gather(*(work() for _ in range(20)))
    assert max(most) == 3
    assert len(most) == 20
    assert pace.in_flight == 0


async def test_a_cancelled_waiter_takes_no_place():
    """Those who give up waiting, before or just after they were let in, leave their place to others."""
    pace, held = Pace(1), asyncio.Event()

    async def work():
        async with pace.slot():
            await held.wait()

    tasks = [asyncio.create_task(work()) for _ in range(4)]
    await asyncio.sleep(0)
    tasks[1].cancel()
    await asyncio.sleep(0)
    tasks[0].cancel()
    await asyncio.wait({tasks[0]})
    tasks[2].cancel()
    held.set()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert tasks[3].exception() is None
    assert pace.in_flight == 0


async def test_a_place_given_to_one_who_is_cancelled_goes_on():
    """A waiter who is cancelled in the moment it gets its place hands the place on."""
    pace = Pace(1)
    async with pace.slot():
        waiters = [asyncio.create_task(_pass(pace)) for _ in range(2)]
        await asyncio.sleep(0)
    waiters[0].cancel()
    await asyncio.gather(*waiters, return_exceptions=True)
    assert waiters[0].cancelled()
    assert pace.in_flight == 0


async def _pass(pace):
    async with pace.slot():
        pass


async def fail(breaker, times):
    for _ in range(times):
        async with breaker.passage() as probe:
            breaker.record(failed=True, probe=probe)


async def test_a_server_that_never_answered_is_given_up_after_ten(naps):
    """A dead address costs ten requests, and says what to do."""
    breaker = Breaker("models.example", naps)
    await fail(breaker, 10)
    with pytest.raises(EngineDown, match=r"models\.example does not answer .* run the same command again"):
        await fail(breaker, 1)
    breaker.record(failed=True, probe=False)
    assert breaker.down
    assert naps == []


async def test_a_server_that_was_there_is_probed(naps):
    """A server that answered before gets five single probes with growing waits, then is given up."""
    breaker = Breaker("h", naps)
    breaker.record(failed=False, probe=False)
    await fail(breaker, 15)
    assert naps == [1, 2, 4, 8, 16]
    with pytest.raises(EngineDown):
        await fail(breaker, 1)


async def test_stragglers_are_no_probes(naps):
    """Failures of requests sent before the trouble was known do not use the probes up."""
    breaker = Breaker("h", naps)
    breaker.record(failed=False, probe=False)
    for _ in range(100):
        breaker.record(failed=True, probe=False)
    assert not breaker.down


async def test_an_answered_probe_opens_the_way(naps):
    """While one probes, all wait; when it is answered, they go together."""
    breaker, inside = Breaker("h", naps), []
    breaker.record(failed=False, probe=False)
    await fail(breaker, 10)

    async def go():
        async with breaker.passage() as probe:
            inside.append(probe)
            await asyncio.sleep(0)
            breaker.record(failed=False, probe=probe)

    await asyncio.gather(*(go() for _ in range(5)))
    assert inside == [True, False, False, False, False]


async def test_failures_must_be_in_a_row(naps):
    """An answer in between starts the count anew."""
    breaker = Breaker("h", naps)
    for _ in range(5):
        await fail(breaker, 9)
        breaker.record(failed=False, probe=False)
    assert naps == []


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "3"}, 3.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
        ({"retry-after-ms": "soon"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-3"}, None),
        ({"retry-after": "Fri, 31 Dec 1999 23:59:59 GMT"}, 0.0),
        ({}, None),
    ],
)
def test_retry_after_is_read(headers, seconds):
    """Seconds, milliseconds and dates are understood; anything else is as if it were not there."""
    assert retry_after(headers) == seconds


def test_retry_after_may_be_a_date():
    """A date in the future is the time until then."""
    asked = retry_after({"retry-after": format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)})
    assert asked == pytest.approx(3600, abs=60)


def test_a_date_without_a_zone_is_no_date():
    """A date that does not say which zone it is in is not guessed at."""
    assert retry_after({"retry-after": "Fri, 31 Dec 2999 23:59:59 -0000"}) is None


def test_waits_grow_and_are_bounded():
    """Half a second, doubled each time up to thirty; what the server asks for is kept."""
    assert [wait_before(n, None, lambda: 1.0) for n in (1, 2, 3, 10)] == [0.5, 1.0, 2.0, 30.0]
    assert wait_before(1, None, lambda: 0.0) == 0.25
    assert wait_before(5, 7.0, lambda: 0.0) == 7.0
    assert wait_before(5, 10.0, lambda: 1.0) == 11.0
