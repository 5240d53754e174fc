"""The label screen as a rater uses it: keys, what they keep, what is shown; blind, literal, and on a small terminal."""

from __future__ import annotations

import asyncio
import html
import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from invented_calls import LINES, write_call

from coach.calibration.labelling import Sitting
from coach.calibration.rater_file import RaterFile
from coach.calls.read import Defaults
from coach.calls.transcript import Redacted
from coach.cli.choices import one_call
from coach.cli.label_rows import Rows
from coach.cli.label_screen import LabelApp
from coach.playbook.load import load_playbook
from coach.playbook.rubric import Rubric

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
RUBRIC = load_playbook().rubric
PARTLESS = next(check.id for check in RUBRIC.checks() if check.grader.partial is None)
SMALL, LARGE = (80, 24), (120, 40)
Sit = Callable[..., Sitting]


@pytest.fixture
def sit(here: Path) -> Sit:
    """Sit down before invented calls: `sit("reader-b", lines=[...], only=["CALM1"])`."""

    def make(rater: str = "reader-a", *, rubric: Rubric = RUBRIC, only: Any = (), **of_call: Any) -> Sitting:
        minutes = count()
        calls = [_call(here, name, **of_call) for name in ("c-1", "c-2")]
        file = RaterFile(here / "labels", rater)
        return Sitting(calls, rubric, file, now=lambda: NOW + timedelta(minutes=next(minutes)), only=only)

    return make


def _call(folder: Path, name: str, lines: Any = LINES) -> Redacted:
    return one_call(write_call(folder / "calls", name, lines), Defaults(agent="ann", started_at=NOW))


def play(sitting: Sitting, *keys: str, size: tuple[int, int] = LARGE) -> str:
    """Press keys, one after the other; gives what the screen shows then."""
    return list(screens(sitting, [keys], size=size))[-1]


def screens(sitting: Sitting, steps: list[Any], *, size: tuple[int, int] = LARGE) -> Iterator[str]:
    """What one screen shows after each of several steps; a step is keys."""

    async def sat() -> list[str]:
        app = LabelApp(sitting)
        shown = []
        async with app.run_test(size=size) as pilot:
            for keys in steps:
                await pilot.press(*keys)
                await pilot.pause()
                shown.append(_text(app))
        return shown

    yield from asyncio.run(sat())


def _text(app: LabelApp) -> str:
    """The characters on the screen, line by line."""
    lines: dict[float, str] = {}
    drawn = re.findall(r'<text [^>]*?y="([\d.]+)"[^>]*clip-path[^>]*>([^<]*)</text>', app.export_screenshot())
    for y, text in drawn:
        lines[float(y)] = lines.get(float(y), "") + html.unescape(text).strip("\n")
    return "\n".join(lines[y].replace("\xa0", " ") for y in sorted(lines))


def kept(here: Path, rater: str = "reader-a") -> list[tuple[Any, ...]]:
    """What the rater's file holds: call, check, verdict, turns, note."""
    file = here / "labels" / f"{rater}.labels.jsonl"
    rows = map(json.loads, file.read_text(encoding="utf-8").splitlines()) if file.exists() else ()
    return [(row["call_id"], row["check_id"], row["verdict"], row["turns"], row["note"]) for row in rows]


def test_keys_give_verdicts_with_picked_turns_and_notes_and_go_on_to_the_next_check(sit: Sit, here: Path) -> None:
    """Two turns down, picked; a note typed; missed.  The file has it before the screen is left."""
    shown = play(sit(), "down", "space", "down", "down", "space", "n", *"too late", "enter", "x", "m")
    assert kept(here) == [
        ("c-1", "CALM1", "missed", ["T02", "T04"], "too late"),
        ("c-1", "CALM2", "met", [], ""),
    ]
    assert "CALM2 met: kept. Now CALM3" in shown
    assert "labelled 2 of 27 here, 2 of 54 in all" in shown
    assert re.search(r">CALM3\s+-", shown)


@pytest.mark.parametrize(
    ("key", "verdict"),
    [
        ("m", "met"),
        ("p", "partial"),
        ("x", "missed"),
        ("s", "missed"),
        ("a", "not_applicable"),
        ("o", "not_observable"),
    ],
)
def test_each_verdict_has_its_key_whichever_pane_has_the_cursor(sit: Sit, here: Path, key: str, verdict: str) -> None:
    """In the turns, the checks and the text of the check."""
    play(sit(), key, "tab", key, "tab", key)
    assert [row[2] for row in kept(here)] == [verdict] * 3


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_turns_checks_text_and_keys_are_all_on_the_screen(sit: Sit, size: tuple[int, int]) -> None:
    """On the smallest usual terminal too, and the cursor and what is picked have signs beside their colours."""
    first, last = screens(sit(), [[], ["down", "space", "m"]], size=size)
    for words in ("reader-a   call 1 of 2", "> T01 Cust.", "  T02 Agent", "Stay steady", ">CALM1 -", "Opportunity:"):
        assert words in first
    for words in ("m met  p partial  x missed", "? help  q quit", "c-1: phone, ended by"):
        assert words in first
    assert "> T02 Agent" in last
    assert re.search(r" CALM1 met +No blame", last)
    assert all(len(line.rstrip()) <= size[0] for line in last.splitlines())
    assert len(last.splitlines()) <= size[1]


def test_a_picked_turn_has_a_star_for_its_check_alone(sit: Sit) -> None:
    """And loses it when it is let go."""
    picked, other, back, gone = screens(sit(), [["space"], ["right"], ["left"], ["space"]])
    assert ">*T01" in picked
    assert "T01 picked for CALM1; kept with the verdict." in picked
    assert "> T01" in other
    assert ">*T01" in back
    assert "> T01" in gone


def test_words_of_a_call_are_drawn_as_they_are(sit: Sit) -> None:
    """Markup of Rich and Textual, emoji codes, placeholders of redaction."""
    lines = ("Customer: [bold]No[/bold] [$x] :smile:", "Agent: I am [AGENT], [link=x]ok[/link]", *LINES[2:])
    shown = play(sit(lines=lines), "n", *"[red]", "enter")
    for words in ("[bold]No[/bold] [$x] :smile:", "[AGENT], [link=x]ok[/link]", "Note: [red]"):
        assert words in shown


def test_control_characters_never_reach_the_terminal(sit: Sit) -> None:
    """Were they in a call or a note in spite of redaction: colours, cursor moves, marks that turn the direction."""
    sitting = sit()
    turn = sitting.call.turns[0].model_copy(update={"text": "a\x1b[31mred\x07 \u202eb\nc"})
    bad = sitting.call.model_copy(update={"turns": (turn, *sitting.call.turns[1:])})
    sitting.calls = (bad, *sitting.calls[1:])
    app = LabelApp(sitting)

    async def drawn() -> str:
        async with app.run_test(size=SMALL):
            rows = app.screen.query_one("#turns", Rows)
            return "".join(rows.render_line(y).text for y in range(rows.size.height))

    shown = asyncio.run(drawn())
    assert "ared b c" in shown
    assert shown.isprintable()


def test_after_a_verdict_a_note_goes_to_the_check_just_graded_with_capital_n(sit: Sit, here: Path) -> None:
    """The check at hand stays the next one."""
    judged, box, noted = screens(sit(), [["m"], ["N"], [*"late", "enter"]])
    assert "CALM1 met: kept. Now CALM2 (N: note on CALM1, b: back)." in judged
    assert "Note on CALM1 (Enter keeps it" in box
    assert "Note on CALM1." in noted
    assert re.search(r">CALM2\s+-", noted)
    assert kept(here) == [("c-1", "CALM1", "met", [], "late")]


def test_a_note_or_turn_straight_after_a_verdict_says_which_check_it_goes_to(sit: Sit, here: Path) -> None:
    """A rater who means the check just graded sees it before anything is written, and the warning goes with the next key."""
    boxed, picked, later = screens(sit(), [["m", "n"], ["escape", "m", "space"], ["n"]])
    assert "Note on CALM2 (Enter" in boxed
    assert "Not on CALM1, which you have just graded: that is Escape, then N" in boxed
    assert "T01 picked for CALM3; kept with the verdict. Meant for CALM2? space, then b." in picked
    assert "Not on CALM2" not in later


def test_b_goes_back_to_the_check_just_graded_to_pick_its_turns(sit: Sit, here: Path) -> None:
    """Also from the next call."""
    assert ">CALM1 met" in play(sit(only=["CALM1", "CALM2"]), "m", "b", "space")
    assert kept(here) == [("c-1", "CALM1", "met", ["T01"], "")]
    assert "call 1 of 2" in play(sit("reader-b"), "m", "]", "b")


def test_before_any_verdict_there_is_none_to_go_back_to(sit: Sit) -> None:
    """Neither for a note."""
    for shown in screens(sit(), [["N"], ["b"]]):
        assert "No check has got a verdict in this sitting yet." in shown


def test_a_key_too_many_at_the_last_check_is_said_and_can_be_taken_back(sit: Sit, here: Path) -> None:
    """The cursor has nowhere to go on to."""
    sitting = sit(only=["CALM1"])
    over, back = screens(sitting, [["m", "p"], ["u"]])
    assert "CALM1 was met, is partial now: kept. u takes it back." in over
    assert "Taken back: CALM1." in back
    assert [row[2] for row in kept(here)] == ["met"]


def test_undo_takes_back_verdicts_turns_and_notes_one_by_one(sit: Sit, here: Path) -> None:
    """As often as there are changes; then it says so."""
    sitting = sit()
    play(sitting, "space", "n", *"ab", "enter", "m", "x")
    assert [row[2] for row in kept(here)] == ["met", "missed"]
    one, two, three, four, none = screens(sitting, [["u"]] * 5)
    assert "Taken back: CALM2." in one
    assert "Picked: T01" in two
    assert "Note: ab" in two
    assert "Note: ab" not in three
    assert "Picked" not in four
    assert "There is nothing to take back." in none
    assert kept(here) == []


def test_a_verdict_is_changed_and_cleared_where_it_stands(sit: Sit, here: Path) -> None:
    """Changing one does not go on to the next check."""
    changed, cleared, again = screens(sit(), [["m", "left", "p"], ["c"], ["c"]])
    assert re.search(r">CALM1 part", changed)
    assert re.search(r">CALM1 -", cleared)
    assert "CALM1 has no verdict." in again
    assert kept(here) == []


def test_partial_is_refused_with_a_line_where_the_check_has_none(sit: Sit, here: Path) -> None:
    """Nothing is kept, and the screen stays."""
    shown = play(sit(only=[PARTLESS]), "p")
    assert f"Not done: c-1 {PARTLESS}: this check has no partial; choose met or missed" in shown
    assert kept(here) == []


def test_a_rater_moves_between_checks_calls_and_open_checks(sit: Sit) -> None:
    """Arrows, brackets and j; past an end a line says so."""
    sitting = sit()
    first, below, call, past, opened = screens(
        sitting, [["right", "right"], ["tab", "down", "up", "end"], ["]"], ["]"], ["m", "j"]]
    )
    assert ">CALM3" in first
    assert re.search(rf">{list(RUBRIC.checks())[-1].id}", below)
    assert "call 2 of 2" in call
    assert "There is no call after this one." in past
    assert ">CALM3" in opened
    assert "call 1 of 2" in play(sitting, "[")


def test_after_the_last_check_the_screen_says_what_is_left(sit: Sit) -> None:
    """Another check, another call, nothing."""
    left, done, all_done, again = screens(
        sit(only=["CALM1", "CALM2"]), [["right", "m"], ["left", "m"], ["]", "m", "m"], ["j"]]
    )
    assert "j goes to the next check without a label." in left
    assert "This call is done; ] goes to the next." in done
    assert "Every check of every call is labelled; q leaves." in all_done
    assert "Every check of every call is labelled." in again


def test_a_later_sitting_goes_on_where_the_rater_left(sit: Sit, here: Path) -> None:
    """With the labels, turns and notes given before."""
    play(sit(), "down", "space", "m", "x")
    shown, back = screens(sit(), [[], ["left"]])
    assert "2 labelled before." in shown
    assert ">CALM3 -" in shown
    assert "Yours: missed" in back
    assert len(kept(here)) == 2


def test_two_raters_are_blind_to_each_other(sit: Sit, here: Path) -> None:
    """The second sees no verdict, and each has a file."""
    play(sit("reader-a"), "x", "x", "n", *"mine", "enter")
    shown = play(sit("reader-b"))
    assert "0 of 54 in all" in shown
    assert "miss " not in shown
    assert "mine" not in shown
    play(sit("reader-b"), "m")
    assert (len(kept(here)), len(kept(here, "reader-b"))) == (2, 1)


def test_a_stale_label_is_shown_with_what_it_said_and_counts_for_nothing(sit: Sit, here: Path) -> None:
    """The check was edited since."""
    play(sit(), "space", "x")
    check = RUBRIC.check("CALM1")
    edited = check.model_copy(update={"grader": check.grader.model_copy(update={"met": "Other words."})})
    stage = RUBRIC.stages[0].model_copy(update={"checks": (edited, *RUBRIC.stages[0].checks[1:])})
    shown = play(sit(rubric=RUBRIC.model_copy(update={"stages": (stage, *RUBRIC.stages[1:])})))
    assert re.search(r">CALM1 stale", shown)
    assert "0 of 54 in all" in shown
    plain = " ".join(re.sub("[│┃╭╮╰╯┏┓┗┛━─▁-█]", " ", shown).split())
    assert "Stale: the check's definition has" in plain
    assert "You said: missed with T01." in plain


def test_a_file_changed_underneath_is_said_and_left_alone(sit: Sit, here: Path) -> None:
    """Another screen of the same rater's has kept something meanwhile."""
    late = sit()
    play(sit(), "m")
    shown = play(late, "x")
    assert "Not done:" in shown
    assert ">CALM1 -" in shown
    assert [row[2] for row in kept(here)] == ["met"]


@pytest.mark.parametrize("columns", [50, 80, 110])
def test_a_message_stands_whole_on_a_narrow_screen_too(sit: Sit, columns: int) -> None:
    """What to do comes last in it: it is wrapped, not cut; and so are the keys."""
    late = sit()
    play(sit(), "m")
    shown = play(late, "x", size=(columns, 30))
    whole = "".join(shown.split())
    for words in (
        "leave and start again; what was kept before is still there",
        "o not observable",
        "? help",
        "q quit",
        "0 of 54 in all",
    ):
        assert "".join(words.split()) in whole
    assert "T01 Cust." in shown


@pytest.mark.parametrize("key", ["q", "ctrl+q", "ctrl+c"])
def test_leaving_with_turns_and_no_verdict_is_asked_for_twice(sit: Sit, key: str) -> None:
    """They are nowhere but on the screen."""
    app = LabelApp(sit())

    async def leave() -> list[bool]:
        running = []
        async with app.run_test(size=SMALL) as pilot:
            for keys in (["space", key], ["right", key], [key]):
                await pilot.press(*keys)
                await pilot.pause()
                running.append(app.is_running and app._exit is False)
        return running

    assert asyncio.run(leave()) == [True, True, False]


def test_help_is_opened_and_closed_and_a_note_can_be_left_as_it_was(sit: Sit, here: Path) -> None:
    """Keys typed into a note are letters, not verdicts."""
    helped, closed, noted = screens(sit(), [["question_mark"], ["escape"], ["n", *"mxq", "escape"]], size=SMALL)
    assert "undo the last change" in helped
    assert "undo the last change" not in closed
    assert "Note:" not in noted
    assert kept(here) == []


def test_help_has_the_scale_of_heat_a_level_a_line(sit: Sit) -> None:
    """Checks speak of it by its numbers."""
    shown = play(sit(), "question_mark", size=(120, 70))
    for level in ("0 neutral", "3 accusation of bad faith", "4 swearing at or abuse of a person"):
        assert re.search(rf"┃\s*{level}", shown)


def test_a_turn_higher_than_the_screen_can_be_read_to_its_end(sit: Sit) -> None:
    """Down goes through it before it goes to the next."""
    words = " ".join(f"word{chr(97 + at // 26)}{chr(97 + at % 26)}" for at in range(200))
    sitting = sit(lines=(LINES[0], f"Agent: {words}", *LINES[2:]))
    seen = list(screens(sitting, [["down"]] * 8, size=SMALL))
    assert all(any(word in shown for shown in seen) for word in words.split())
    assert any("> T03" in shown for shown in seen)
    up = list(screens(sitting, [["end"], *[["up"]] * 12], size=SMALL))
    assert any("> T01" in shown for shown in up)
