"""`coach batch` with the live engine against a pretended model on loopback: killed, stopped, refused, resumed."""

from __future__ import annotations

import json
import random
import signal
import subprocess
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from cli_tools import Ran, Server, pages_of, spawn
from fault_server import Step, completion, error
from invented_calls import LINES, WEEK, answer, write_call, write_calls

from coach.cli.app import run

Coach = Callable[..., Ran]
Serve = Callable[..., Server]
Undisturbed = tuple[set[str], dict[str, bytes]]
PARTS = 8
CALLS = 8


@pytest.fixture
def live(coach: Coach) -> Callable[..., Ran]:
    """Grade calls/ through a server: `live(server, "--strict")`."""
    return lambda server, *more: coach("batch", "calls", "--base-url", server.url, "--model", "m", *more)


def start(server: Server, **environment: str) -> subprocess.Popen[str]:
    """The same command as a process of its own."""
    return spawn("batch", "calls", "--base-url", server.url, "--model", "m", "--concurrency", "16", **environment)


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Wait for a process: its code and what it said."""
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[set[str], dict[str, bytes]]:
    """What a run over the same calls asks that nobody disturbs, and its pages."""
    folder = tmp_path_factory.mktemp("calm")
    write_calls(folder / "calls", CALLS)
    places = ("--store", str(folder / "calm.db"), "--out", str(folder / "calm"))
    with Server(answer, None) as server:
        assert run(["batch", str(folder / "calls"), "--base-url", server.url, "--model", "m", *places]) == 0
        assert len(server.asked) > CALLS * PARTS  # the parts of every call, and suggested lines that are gated
        return set(server.asked), pages_of(folder / "calm")


def test_a_second_run_asks_the_server_nothing_and_changes_no_page(calls: Path, live: Coach, serve: Serve) -> None:
    """Every reply is remembered, those of the rewrite gate too."""
    server = serve()
    assert live(server).code == 0
    before, asked = pages_of(Path("pages")), server.asked.total()
    again = live(server)
    assert "0 asked; tokens 0 in" in again.out
    assert (server.asked.total(), server.repeats) == (asked, 0)
    assert asked >= 4 * PARTS
    assert pages_of(Path("pages")) == before


def test_killed_at_any_moment_the_same_command_asks_only_what_was_not_answered(
    here: Path, serve: Serve, undisturbed: Undisturbed
) -> None:
    """kill -9 at four moments with 16 in flight: no more is repeated than was in flight, and the pages are equal."""
    write_calls(here / "calls", CALLS)
    server = serve()
    moments, killed = random.sample(range(1, 16), 4), 0
    for moment in moments:
        server.hold(after=moment)
        process = start(server)
        server.wait_for(server.hold_from + 1)
        process.kill()
        assert ended(process)[0] == -signal.SIGKILL
        killed += 1
        assert server.repeats <= 16 * killed
        server.let_go()
    code, _, err = ended(start(server))
    assert (code, err) == (0, "")
    assert 0 < server.repeats <= 16 * killed
    assert (set(server.asked), pages_of(here / "pages")) == undisturbed


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "sigterm"])
def test_a_stopped_run_keeps_what_is_in_flight_and_goes_on_later(
    here: Path, serve: Serve, undisturbed: Undisturbed, number: signal.Signals
) -> None:
    """The signal drains: what was sent is kept, exit code 1, no page; the same command repeats nothing."""
    write_calls(here / "calls", CALLS)
    server = serve(hold_from=20)
    process = start(server)
    server.wait_for(24)
    process.send_signal(number)
    assert process.poll() is None
    server.let_go()
    code, out, _ = ended(process)
    assert code == 1
    assert "Stopped    what was answered is kept" in out
    assert len(server.asked) < CALLS * PARTS
    assert not (here / "pages").exists()
    assert ended(start(server))[0] == 0
    assert server.repeats == 0
    assert (set(server.asked), pages_of(here / "pages")) == undisturbed


def test_a_key_that_is_refused_half_way_ends_the_run_and_keeps_what_was_answered(
    here: Path, live: Coach, serve: Serve, undisturbed: Undisturbed
) -> None:
    """401 in the middle: one line, code 1; with a good key again, only the rest is asked."""
    write_calls(here / "calls", CALLS)
    number = count()
    server = serve(lambda body: answer(body) if next(number) < 30 else error(401, "bad key", "invalid_api_key"))
    failed = live(server)
    assert failed.code == 1
    assert "key" in failed.line
    good = serve()
    assert live(good).code == 0
    asked, pages = undisturbed
    assert good.asked.total() == len(asked) - 30
    assert pages_of(here / "pages") == pages


def test_a_stage_that_the_model_refused_is_ungraded_and_strict_says_so(calls: Path, live: Coach, serve: Serve) -> None:
    """A refusal costs its stage alone; it is remembered, and not asked again."""

    def choose(body: dict[str, Any]) -> Step:
        refuses = "job AA" in str(body["messages"]) and 'stage_id to "overview"' in str(body["messages"])
        return completion(None, refusal="I will not.") if refuses else answer(body)

    server = serve(choose)
    assert live(server).code == 0
    done = live(server, "--strict")
    assert done.code == 3
    assert "1 stages in 1 calls" in done.out
    assert server.repeats == 0


def test_a_false_quote_is_caught_counted_and_shown_as_unproven(calls: Path, live: Coach, serve: Serve) -> None:
    """Words that nobody said stand on a page as unproven claims alone, and in no digest."""

    def choose(body: dict[str, Any]) -> Step:
        said = answer(body).body.replace(b"Four mornings, and each one lost.", b"Purple elephants dance on my desk.")
        return Step(200, said)

    done = live(serve(choose))
    assert ", 0 unproven" not in done.out
    pages = pages_of(Path("pages") / WEEK)
    told = json.loads(pages["agents/ann.json"])
    unproven = [claim["claimed"] for call in told["calls"] for claim in call.pop("unproven")]
    assert any("Purple" in claimed for claimed in unproven)
    assert "Purple" not in json.dumps(told)
    assert not any(b"Purple" in text for name, text in pages.items() if "digest" in name)


def test_a_critical_flag_waits_for_a_person_and_reaches_the_agent_when_it_is_confirmed(
    here: Path, live: Coach, coach: Coach, serve: Serve
) -> None:
    """Open it stands in the digest's queue alone; confirmed it stands on the agent's page, with its quote."""
    write_calls(here / "calls", 2, agents=1)
    write_call(here / "calls", "c-00", (*LINES[:3], "Agent: Do not be such an idiot about it.", *LINES[3:]))
    server = serve()
    live(server)

    def on_page() -> bool:
        return b"insult" in pages_of(here / "pages")[f"{WEEK}/agents/ann.json"].lower()

    assert not on_page()
    assert "critical_flag  c-00 (ann)" in coach("review", "list", "--week", WEEK).out
    assert coach("review", "confirm", "1", "--by", "Sam").code == 0
    live(server)
    assert on_page()
    assert coach("review", "list").out == "nothing waits for a person\n"
    assert "confirmed by Sam" in coach("review", "list", "--all").out


def test_review_items_are_numbered_in_the_order_of_the_calls(
    here: Path, live: Coach, coach: Coach, serve: Serve
) -> None:
    """Whatever order the calls were answered in, the queue is the same."""
    write_calls(here / "calls", 6)
    for number in (1, 3, 5):
        write_call(here / "calls", f"c-{number:02d}", (*LINES, f"Agent: What an idiot, number {number}."))
    live(serve())
    listed = [line.split()[3] for line in coach("review", "list").out.splitlines()]
    assert listed == ["c-01", "c-03", "c-05"]


def test_grade_keeps_the_replies_and_prints_the_call(calls: Path, coach: Coach, serve: Serve) -> None:
    """The second time the server is not asked; the store holds no call for it."""
    server = serve()
    arguments = ("grade", calls / "c-00.txt", "--base-url", server.url, "--model", "m")
    first = coach(*arguments)
    assert first.code == 0
    assert "engine live (m)" in first.out
    assert coach(*arguments).out == first.out
    assert server.asked.total() == PARTS
    assert json.loads(coach(*arguments, "--json").out)["call_id"] == "c-00"
    assert coach("digest").code == 1


def test_replies_of_grade_are_used_by_a_batch_and_die_with_the_call(
    calls: Path, coach: Coach, live: Coach, serve: Serve
) -> None:
    """What was asked for one printed call is not asked again; purging the call erases it."""
    server = serve()
    coach("grade", calls / "c-00.txt", "--base-url", server.url, "--model", "m")
    live(server)
    assert server.repeats == 0
    assert coach("purge", "--call", "c-00", "--yes").code == 0
    assert b"job AA" not in Path("coach.db").read_bytes()
