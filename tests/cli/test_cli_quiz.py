"""The quiz as an agent meets it: asked, explained and kept at once; what was missed comes back; nothing is lost."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import typer
from cli_tools import Ran, Server
from fault_server import Step, completion
from invented_calls import WEEK, critique
from rich.console import Console

from coach.cli import quiz as quiz_command
from coach.cli import quiz_screen
from coach.cli.choices import settings_of
from coach.practice.quiz import Given, Shown, explain, parse_answer, show
from coach.practice.quiz_items import BetterLine, Option, Order, QuizItem, TrueFalse, options_of
from coach.store import Focus, Scope, open_store

NOW = datetime(2025, 11, 21, 9, 0, tzinfo=UTC)
Coach = Callable[..., Ran]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The moment it is for the quiz."""
    monkeypatch.setattr(quiz_command, "_now", NOW.astimezone)


@pytest.fixture
def quiz(coach: Coach, clock: None, monkeypatch: pytest.MonkeyPatch) -> Coach:
    """The command with the handler of errors around it: `quiz("ann", "--count", 2)`."""
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
    app.command()(quiz_command.quiz)

    def call(*arguments: object) -> Ran:
        with monkeypatch.context() as patched:
            patched.setattr("coach.cli.app.app", app)
            return coach(*arguments)

    return call


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """What is typed at the prompts, line by line; the input ends there."""
    return lambda *lines: monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))


@pytest.fixture
def graded(calls: Path, coach: Coach, serve: Callable[..., Server]) -> None:
    """Four calls of ann and bob, graded by a pretended model that has nothing good to say of them."""
    done = coach("batch", "calls", "--engine", "live", "--model", "m", "--base-url", serve(_strict).url)
    assert done.code == 0


def _strict(body: dict[str, Any]) -> Step:
    """Every second check is missed; of the others there was no chance."""
    reply = critique(body["messages"][1]["content"])
    for each in reply["findings"]:
        if each["verdict"] == "met":
            each.update(verdict="not_applicable", opportunity="absent", opportunity_quote=None, evidence=[])
    return completion(json.dumps({**reply, "best_moment": None}))


def planned(agent: str = "ann", count: int = 8, at: datetime = NOW) -> list[Shown]:
    """What this agent is asked next."""
    with quiz_command._quizzing(settings_of(), agent, None, None, reading=False) as (quizzing, _):
        items = asyncio.run(quizzing.plan(count, at.astimezone(settings_of().zone)))
    return [show(item, agent) for item in items]


def right(shown: Shown) -> str:
    """The right answer, as it is typed."""
    item = shown.item
    if isinstance(item, Order):
        return " ".join(str(shown.places.index(number - 1) + 1) for number in item.best)
    options = options_of(item)
    number = next(n for n, place in enumerate(shown.places, 1) if options[place].right)
    return f"{'t' if item.answer else 'f'} {number}" if isinstance(item, TrueFalse) else str(number)


def wrong(shown: Shown) -> str:
    """A wrong answer, as it is typed."""
    if isinstance(shown.item, Order):
        return " ".join(str(n) for n in range(1, len(shown.places) + 1))
    options = options_of(shown.item)
    number = next(n for n, place in enumerate(shown.places, 1) if not options[place].right)
    return f"t {number}" if isinstance(shown.item, TrueFalse) else str(number)


def write(*lines: str) -> Path:
    """A file of answers."""
    file = Path("answers.txt")
    file.write_text("# by hand\n\n" + "".join(f"{line}\n" for line in lines), encoding="utf-8")
    return file


def records(ran: Ran) -> list[dict[str, Any]]:
    """The JSON lines of a session."""
    return [json.loads(line) for line in ran.out.splitlines()]


def test_without_a_store_the_bank_alone_serves_and_the_answers_are_kept(quiz: Coach, here: Path) -> None:
    """The store is made; a second session asks others."""
    first = planned(count=3)
    done = quiz("ann", "--count", 3, "--answers", write(*map(right, first)))
    assert done.code == 0
    assert done.out.count("Right.") == 3
    assert "3 of 3 right at the first try. Every answer is kept." in done.out
    assert (here / "coach.db").exists()
    assert not {s.item.id for s in first} & {s.item.id for s in planned(count=3)}


def test_every_answer_is_a_json_line_with_its_explanation(quiz: Coach) -> None:
    """Item as shown, answer, verdict, why, guidance in words, rulings, and when it is due."""
    (shown,) = planned(count=1)
    (line,) = records(quiz("ann", "--count", 1, "--json", "--answers", write(right(shown))))
    assert line["item"]["id"] == shown.item.id
    assert line["item"]["options"] == list(shown.texts)
    assert (line["answer"], line["right"], line["half"]) == (right(shown), True, False)
    assert line["explanation"]["why"] == shown.item.why
    assert [g for g, _ in line["explanation"]["guidance"]] == list(shown.item.guidance)
    assert datetime.fromisoformat(line["due"]) > NOW


def test_a_missed_item_is_asked_once_more_at_the_end(quiz: Coach) -> None:
    """Whether it is right then or not; then it comes first in the next session."""
    first, second = planned(count=2)
    said = quiz("ann", "--count", 2, "--json", "--answers", write(wrong(first), right(second), right(first)))
    assert [(r["item"]["id"], r["again"], r["right"]) for r in records(said)] == [
        (first.item.id, False, False),
        (second.item.id, False, True),
        (first.item.id, True, True),
    ]
    assert first.item.id == planned(at=NOW + timedelta(days=1))[0].item.id


def test_a_session_that_ends_early_brings_its_missed_item_first(quiz: Coach) -> None:
    """Stopped before the second try: on the same day it is the first that is asked."""
    first, *_ = planned()
    done = quiz("ann", "--answers", write(wrong(first), "q"))
    assert "Stopped here. 0 of 1 right at the first try." in done.out
    assert planned()[0].item.id == first.item.id


def test_what_is_typed_is_answered_at_once(quiz: Coach, typed: Callable[..., None]) -> None:
    """Prompts with numbers; the end of the input ends the session with all answers kept."""
    first, second = planned(count=2)
    typed(right(first))
    done = quiz("ann", "--count", 2)
    assert done.code == 0
    assert "Item 1 of 2" in done.out
    assert "Guidance " in done.out
    assert "Item 2 of 2" in done.out
    assert "Stopped here. 1 of 1 right" in done.out
    assert second.item.id in {s.item.id for s in planned()}


def test_what_is_no_answer_is_asked_for_again(quiz: Coach, typed: Callable[..., None]) -> None:
    """One clear line, then the same question."""
    (first,) = planned(count=1)
    typed("", "banana", right(first))
    done = quiz("ann", "--count", 1)
    assert done.out.count("That is no answer here: type ") == 2
    assert "1 of 1 right" in done.out


def test_true_or_false_may_be_typed_in_two_steps(quiz: Coach, typed: Callable[..., None]) -> None:
    """The letter, then the number of the reason."""
    plan = planned(count=30)
    at = next(at for at, shown in enumerate(plan) if isinstance(shown.item, TrueFalse))
    letter, number = right(plan[at]).split()
    typed(*map(right, plan[:at]), letter, number, "q")
    done = quiz("ann", "--count", 30)
    assert "And the reason (1 to " in done.out
    assert f"{at + 1} of {at + 1} right" in done.out


def test_ctrl_c_ends_the_session_and_keeps_the_answers(quiz: Coach, monkeypatch: pytest.MonkeyPatch) -> None:
    """As q does."""
    (first, _) = planned(count=2)
    keys: Iterator[str] = iter([right(first)])

    def press(prompt: str = "") -> str:
        try:
            return next(keys)
        except StopIteration:
            raise KeyboardInterrupt from None

    monkeypatch.setattr("builtins.input", press)
    done = quiz("ann", "--count", 2)
    assert (done.code, done.err) == (0, "")
    assert "Stopped here. 1 of 1 right at the first try. Every answer is kept." in done.out
    assert '"seen": 1' in quiz("ann", "--progress", "--json").out


def test_bytes_that_are_no_text_are_no_answer(quiz: Coach, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stray key is asked for again."""
    (first,) = planned(count=1)
    keys: Iterator[bytes] = iter([b"\xff", right(first).encode()])
    monkeypatch.setattr("builtins.input", lambda: next(keys).decode())
    done = quiz("ann", "--count", 1)
    assert "That is no answer here" in done.out
    assert "1 of 1 right" in done.out


def test_json_lines_stay_apart_from_the_prompts(quiz: Coach, typed: Callable[..., None]) -> None:
    """Questions go to standard error where somebody is asked."""
    (first,) = planned(count=1)
    typed(right(first))
    done = quiz("ann", "--count", 1, "--json")
    assert [r["right"] for r in records(done)] == [True]
    assert "Item 1 of 1" in done.err


def test_too_few_answers_are_told_and_those_before_are_kept(quiz: Coach) -> None:
    """One line that names what is missing."""
    first, second = planned(count=2)
    done = quiz("ann", "--count", 2, "--json", "--answers", write(right(first)))
    assert done.code == 1
    assert f"ends after 1 answers and item {second.item.id} has none; add " in done.line
    assert len(records(done)) == 1
    assert '"answers": 1' in quiz("ann", "--progress", "--json").out


def test_a_line_that_is_no_answer_is_told_with_its_place(quiz: Coach) -> None:
    """File and line; what was answered before is kept."""
    first, second = planned(count=2)
    done = quiz("ann", "--count", 2, "--json", "--answers", write(right(first), "perhaps"))
    assert f"answers.txt:4: 'perhaps' is no answer to item {second.item.id}; write " in done.line
    assert '"answers": 1' in quiz("ann", "--progress", "--json").out


def test_more_answers_than_items_are_told(quiz: Coach) -> None:
    """They may belong to another session."""
    (first,) = planned(count=1)
    done = quiz("ann", "--count", 1, "--json", "--answers", write(right(first), "1", "2"))
    assert done.code == 0
    assert done.line == "coach: 2 answers of the file were not used"


def test_a_file_of_answers_that_cannot_be_read_is_told_before_anything_is_made(quiz: Coach, here: Path) -> None:
    """Missing, a folder, not text: one line each, and no store."""
    (here / "latin").write_bytes(b"\xe9\n")
    for name in ("nowhere.txt", ".", "latin"):
        done = quiz("ann", "--answers", name)
        assert done.code == 1
        assert "name a text file with one answer a line" in done.line
    assert not (here / "coach.db").exists()


def test_an_agent_whom_a_filled_store_does_not_know_is_told(calls: Path, batch: Coach, quiz: Coach) -> None:
    """With those it knows; a bad week and a bad count are one line too."""
    batch()
    assert quiz("nan").line == "coach: no agent 'nan' in the store; agents: ann, bob"
    assert "is not a week" in quiz("ann", "--week", "soon").line
    assert quiz("ann", "--count", "0").code == 2


def test_a_weeks_own_moments_are_asked_first(graded: None, quiz: Coach) -> None:
    """From the agent's own calls alone, by their ids; each answer is tied to its call."""
    plan = planned()
    own = [shown.item for shown in plan if shown.item.call_id]
    assert own
    assert plan[: len(own)] == [show(item, "ann") for item in own]
    assert {item.call_id for item in own} <= {"c-00", "c-02"}
    done = quiz("ann", "--count", 1, "--json", "--answers", write(right(plan[0])))
    assert records(done)[0]["item"]["call_id"] == own[0].call_id


def test_the_focus_of_the_week_is_asked_next(graded: None, quiz: Coach) -> None:
    """After the own moments come the bank's items about it."""
    with open_store(Path("coach.db")) as store:
        run = store.runs(Scope.everyone())[-1]
        kept = Focus("ann", "north", WEEK, run.playbook, run.engine, "RES5", 0.2, 3, WEEK)
        store.keep_focus(kept)
    bank = [shown.item for shown in planned(count=9) if not shown.item.call_id]
    assert all("RES5" in item.checks for item in bank[:5])


def test_a_line_that_passed_the_gate_is_shown_beside_the_agents_own(coach: Coach, clock: None) -> None:
    """A recorded model's, tried in the call itself: it has no brackets to fill."""
    file = Path(__file__).parents[2] / "fixtures" / "calls" / "c-4608.vtt"
    assert coach("batch", file, "--engine", "recorded").code == 0
    first = planned("daniel")[0].item
    assert first.call_id == "c-4608"
    assert any(option.right and "[" not in option.text for option in options_of(first))


def test_purging_a_call_takes_its_items_and_answers_along(graded: None, quiz: Coach, coach: Coach) -> None:
    """What was missed in it does not come back."""
    first, *_ = planned()
    call_id = first.item.call_id
    quiz("ann", "--json", "--answers", write(wrong(first), "q"))
    assert planned()[0].item.id == first.item.id
    assert coach("purge", "--call", call_id, "--yes").code == 0
    assert call_id not in {shown.item.call_id for shown in planned(count=50)}
    assert '"answers": 0' in quiz("ann", "--progress", "--json").out


def test_a_call_erased_during_the_session_costs_that_answer_alone(
    graded: None, quiz: Coach, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The session goes on, says so, and does not ask that item again."""
    first, second = planned(count=2)

    def erase_and_answer(_: object, shown: Shown) -> tuple[str, Given]:
        if shown.item.id == first.item.id:
            with open_store(Path("coach.db")) as store:
                store.purge(call_id=first.item.call_id)
        given = parse_answer(shown, wrong(shown))
        assert given is not None
        return wrong(shown), given

    monkeypatch.setattr(quiz_command.FromPerson, "next", erase_and_answer)
    said = records(quiz("ann", "--count", 2, "--json"))
    assert [(r["item"]["id"], r["due"] is None) for r in said] == [
        (first.item.id, True),
        (second.item.id, False),
        (second.item.id, False),
    ]


def test_a_week_without_graded_calls_is_told_and_the_bank_serves(calls: Path, batch: Coach, quiz: Coach) -> None:
    """An aside, no error."""
    batch()
    done = quiz("ann", "--week", "2025-W02", "--answers", write("q"))
    assert done.code == 0
    assert done.line == "coach: ann has no graded calls in 2025-W02: the bank alone is asked"


def test_grades_of_another_engine_or_playbook_leave_the_bank(
    calls: Path, batch: Coach, coach: Coach, quiz: Coach
) -> None:
    """An aside each: a trainer's edit must not keep agents from practising."""
    batch()
    coach("init", "team", "--with-playbook")
    rubric = Path("team/playbook/rubrics/deescalation.yaml")
    rubric.write_text(rubric.read_text("utf-8").replace('title: "', 'title: "Our '), encoding="utf-8")
    done = quiz("ann", "--playbook", "team/playbook", "--answers", write("q"))
    assert "the last batch used playbook" in done.line
    assert done.line.endswith("the bank alone is asked")
    assert "no finished batch of engine recorded" in quiz("ann", "--engine", "recorded", "--answers", write("q")).line


def test_progress_is_a_table_of_the_kinds(quiz: Coach) -> None:
    """Asked, right the last time, due today; nothing is asked, and a missing store is not made."""
    assert "there is no store at" in quiz("ann", "--progress").line
    (first,) = planned(count=1)
    quiz("ann", "--count", 1, "--answers", write(right(first)))
    said = quiz("ann", "--progress").out
    assert "Quiz, ann: 1 answers so far" in said
    assert [row.split()[0] for row in said.splitlines() if "│" in row] == ["│"] * 5
    whole = json.loads(quiz("ann", "--progress", "--json").out)["whole"]
    assert (whole["seen"], whole["right"], whole["due"]) == (1, 1, 0)


def test_what_comes_from_a_call_is_printed_as_text() -> None:
    """No control sequence and no markup of a transcript reaches the terminal or the JSON."""
    item: QuizItem = BetterLine(
        id="x",
        kind="better_line",
        situation="A [bold]call[/bold]",
        customer="\x1b[31mred\x1b[0m [link=x]here[/link]\u202e",
        options=(Option(text="\x07one", right=True), Option(text="[red]two", weaker="\x9b2J less")),
        why="Why.",
    )
    shown, out = Shown(item, (0, 1)), io.StringIO()
    given = parse_answer(shown, "2")
    assert given is not None
    asked = quiz_screen.Asked(1, 1, False, shown, "2", explain(shown, given, {}, {}), NOW)
    console = Console(file=out, width=100)
    quiz_screen.print_item(console, shown, "Item")
    quiz_screen.print_explained(console, asked, NOW)
    for said in (out.getvalue(), quiz_screen.answer_json(asked)):
        assert not any(c in said for c in "\x1b\x07\x9b\u202e")
        assert "[red]two" in said
        assert "[link=x]here[/link]" in said


def test_what_is_said_after_each_kind_of_answer() -> None:
    """Right, not right, half right, and in which order."""
    console, out = Console(file=(file := io.StringIO()), width=200), file

    def told(item_id: str, answer: Callable[[Shown], str], *, again: bool = False) -> str:
        from coach.playbook.load import shipped
        from coach.practice.quiz_items import load_quiz

        shown = show(next(i for i in load_quiz(shipped()).items if i.id == item_id), "ann")
        given = parse_answer(shown, answer(shown))
        assert given is not None
        out.truncate(out.seek(0))
        explained = explain(shown, given, {}, {"R7": "House.", "K8": "Ours."})
        asked = quiz_screen.Asked(1, 1, again, shown, "", explained, NOW + timedelta(minutes=10))
        quiz_screen.print_explained(console, asked, NOW)
        return out.getvalue()

    assert "Not this one." in told("better_hundred_calls", wrong)
    assert "Where the sources disagree, house rule R7: House." in out.getvalue()
    assert "  House rule K8: Ours." in out.getvalue()
    assert "It comes back at the end." in out.getvalue()
    assert "It comes back in the next session." in told("better_hundred_calls", wrong, again=True)
    assert "Not this order. The best order: " in told("order_hold", wrong)
    assert "Right. The best order: " in told("order_hold", right)
    assert told("true_smile", right).startswith("Right. It is false.")
    assert told("true_smile", wrong).startswith("Not this one. It is false.")
    half = told("true_smile", lambda shown: f"f {wrong(shown)[2]}")
    assert half.startswith("Half right: it is false. The reason is ")


def test_days_are_named_as_people_say_them() -> None:
    """Today is the next session; then tomorrow; then the days and the date."""
    assert quiz_screen.due_words(NOW + timedelta(minutes=10), NOW) == "in the next session"
    assert quiz_screen.due_words(NOW + timedelta(days=1), NOW) == "tomorrow"
    assert quiz_screen.due_words(NOW + timedelta(days=4), NOW) == "in 4 days, on 2025-11-25"
