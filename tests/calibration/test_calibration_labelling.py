"""A sitting: verdicts with turns and notes, taken back step by step, kept at once, taken up again, and never another's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from label_samples import LINES, NOW, RUBRIC, call, clock, edited

from coach.calibration import rater_file as rater_file_module
from coach.calibration.labelling import Place, Progress, Sitting
from coach.calibration.labels import Label, LabelVerdict, new_label, rater_file, read_rater, write_rater
from coach.calibration.rater_file import Merged, RaterFile
from coach.calls.transcript import Redacted
from coach.errors import BadLabels, CannotWrite, NotFound
from coach.playbook.rubric import Rubric

ONLY = ("CALM1", "CALM2", "CALM3")
CALLS = (call("c-1"), call("c-2"), call("c-3"))
Sit = Callable[..., Sitting]


@pytest.fixture
def sit(tmp_path: Path) -> Sit:
    """Sit down before three calls and three checks: `sit("reader-b", calls=...)`."""

    def make(
        rater: str = "reader-a",
        *,
        calls: Sequence[Redacted] = CALLS,
        rubric: Rubric = RUBRIC,
        only: Sequence[str] = ONLY,
    ) -> Sitting:
        return Sitting(calls, rubric, RaterFile(tmp_path, rater), now=clock(), only=only)

    return make


def kept(folder: Path, rater: str = "reader-a") -> list[tuple[str, str, str]]:
    """What the file holds: call, check and verdict."""
    return [(label.call_id, label.check_id, label.verdict) for label in read_rater(rater_file(folder, rater))]


def label(check_id: str = "CALM1", verdict: LabelVerdict = "met", call_id: str = "c-1", **more: Any) -> Label:
    """A label of reader-a's that lies in the file already."""
    return new_label(call(call_id), RUBRIC.check(check_id), verdict, rater="reader-a", at=NOW, **more)


def put(folder: Path, *labels: Label) -> None:
    """Have these lie in reader-a's file."""
    write_rater(rater_file(folder, "reader-a"), labels)


def test_a_verdict_is_in_the_file_at_once_with_turns_in_the_order_of_the_call_and_the_note(
    sit: Sit, tmp_path: Path
) -> None:
    """Picked in any order; a crash after it would lose nothing."""
    sitting = sit()
    assert (sitting.pick("T04"), sitting.pick("T02"), sitting.pick("T03"), sitting.pick("T03")) == (True,) * 3 + (
        False,
    )
    sitting.note("  two\nlines ")
    assert not rater_file(tmp_path, "reader-a").exists()
    made = sitting.judge("missed")
    assert read_rater(rater_file(tmp_path, "reader-a")) == [made]
    assert (made.turns, made.note, made.rater, made.at) == (("T02", "T04"), "two lines", "reader-a", NOW)


def test_a_verdict_given_again_is_left_as_it_is_and_another_takes_its_place(sit: Sit, tmp_path: Path) -> None:
    """The time of the first stays while it says the same."""
    sitting = sit()
    first = sitting.judge("met")
    assert sitting.judge("met") is first
    sitting.judge("missed")
    assert kept(tmp_path) == [("c-1", "CALM1", "missed")]
    sitting.undo()
    assert read_rater(rater_file(tmp_path, "reader-a")) == [first]
    assert sitting.undo()
    assert not sitting.undo()


def test_turns_and_notes_of_a_labelled_check_are_kept_as_they_change(sit: Sit, tmp_path: Path) -> None:
    """No second verdict is asked for."""
    sitting = sit()
    sitting.judge("met")
    sitting.pick("T02")
    sitting.note("why")
    (now,) = read_rater(rater_file(tmp_path, "reader-a"))
    assert (now.verdict, now.turns, now.note) == ("met", ("T02",), "why")
    sitting.note("")
    assert read_rater(rater_file(tmp_path, "reader-a"))[0].note == ""


def test_every_change_is_taken_back_in_turn_where_it_was_made(sit: Sit, tmp_path: Path) -> None:
    """Verdicts, turns, notes and what was cleared, over checks and calls."""
    sitting = sit()
    sitting.pick("T02")
    sitting.note("why")
    sitting.judge("met")
    sitting.go(1)
    sitting.judge("missed")
    sitting.go_to_call(1)
    sitting.judge("not_applicable")
    assert sitting.clear()
    seen = []
    while sitting.undo():
        seen.append((sitting.at, kept(tmp_path), sitting.said().turns, sitting.said().note))
    one, two = ("c-1", "CALM1", "met"), ("c-1", "CALM2", "missed")
    assert seen == [
        (Place(1, 0), [one, two, ("c-2", "CALM1", "not_applicable")], (), ""),
        (Place(1, 0), [one, two], (), ""),
        (Place(0, 1), [one], (), ""),
        (Place(0, 0), [], ("T02",), "why"),
        (Place(0, 0), [], ("T02",), ""),
        (Place(0, 0), [], (), ""),
    ]


def test_a_verdict_that_is_cleared_leaves_turns_and_note_for_another(sit: Sit, tmp_path: Path) -> None:
    """They are counted as not kept until there is one."""
    sitting = sit()
    sitting.pick("T01")
    assert sitting.unkept() == 1
    sitting.judge("met")
    assert sitting.unkept() == 0
    assert sitting.clear()
    assert (kept(tmp_path), sitting.unkept(), sitting.said().turns) == ([], 1, ("T01",))
    assert not sitting.clear()
    assert sitting.judge("missed").turns == ("T01",)


def test_partial_is_refused_where_the_check_has_none_and_nothing_changes(sit: Sit, tmp_path: Path) -> None:
    """The rater is told; the verdict that stood stands."""
    partless = next(check.id for check in RUBRIC.checks() if check.grader.partial is None)
    sitting = sit(only=(partless,))
    sitting.judge("met")
    with pytest.raises(BadLabels, match="this check has no partial; choose met or missed"):
        sitting.judge("partial")
    assert kept(tmp_path) == [("c-1", partless, "met")]
    assert sitting.undo()
    assert not sitting.undo()


def test_a_turn_that_is_not_there_one_too_many_and_a_long_note_are_refused(sit: Sit) -> None:
    """In one line each, and nothing is picked."""
    long = call("c-9", [f"A: line {number}" for number in range(41)])
    sitting = sit(calls=[long])
    with pytest.raises(BadLabels, match="there is no turn T99"):
        sitting.pick("T99")
    for turn in long.turns[:40]:
        sitting.pick(turn.id)
    with pytest.raises(BadLabels, match="40 turns at the most"):
        sitting.pick("T41")
    with pytest.raises(BadLabels, match="2000 characters at the most"):
        sitting.note("x" * 2001)
    assert (len(sitting.said().turns), sitting.said().note) == (40, "")


def test_a_sitting_goes_through_checks_and_calls_and_stops_at_the_ends(sit: Sit) -> None:
    """Past the last there is nothing."""
    sitting = sit()
    sitting.go(-1)
    assert sitting.at == (0, 0)
    sitting.go(9)
    assert sitting.at == (0, 2)
    assert not sitting.go_to_call(-1)
    assert [sitting.go_to_call(1) for _ in range(3)] == [True, True, False]
    assert (sitting.call.call_id, sitting.check.id) == ("c-3", "CALM1")


def test_after_a_verdict_comes_the_next_check_of_the_call_that_has_none(sit: Sit) -> None:
    """The next call is opened by the rater alone: turns of one call must not be picked in another."""
    sitting = sit()
    sitting.go(1)
    sitting.judge("met")
    sitting.go(0)
    sitting.judge("met")
    assert sitting.go_on()
    assert sitting.at == (0, 2)
    sitting.judge("met")
    assert not sitting.go_on()
    assert sitting.at == (0, 2)


def test_the_next_open_check_is_looked_for_from_here_on_and_then_from_the_beginning(sit: Sit) -> None:
    """And there is none once all are graded."""
    sitting = sit(calls=CALLS[:2], only=ONLY[:2])
    sitting.go_to_call(1)
    sitting.judge("met")
    assert sitting.go_to_open()
    assert sitting.at == (1, 1)
    sitting.judge("met")
    places = []
    while sitting.go_to_open():
        places.append(sitting.at)
        sitting.judge("missed")
    assert places == [(0, 0), (0, 1)]


def test_progress_counts_what_is_labelled_here_and_in_all(sit: Sit) -> None:
    """Undo counts back."""
    sitting = sit()
    sitting.judge("met")
    sitting.go_to_call(1)
    sitting.judge("met")
    sitting.go_on()
    sitting.judge("missed")
    assert sitting.progress() == Progress(2, 3, 2, 3, 3, 9)
    assert sitting.states() == ["labelled", "labelled", "open"]
    sitting.undo()
    assert sitting.progress() == Progress(2, 3, 1, 3, 2, 9)


def test_a_later_sitting_goes_on_at_the_first_check_without_a_label(sit: Sit) -> None:
    """With verdicts, turns and notes as they were; where all is done it begins at the beginning."""
    first = sit(calls=CALLS[:1])
    first.pick("T02")
    first.judge("partial")
    second = sit(calls=CALLS[:1])
    assert second.at == (0, 1)
    second.judge("met")
    second.go_on()
    second.judge("met")
    third = sit(calls=CALLS[:1])
    assert third.at == (0, 0)
    assert (third.said().labels[0].verdict, third.said().turns) == ("partial", ("T02",))
    assert not third.undo()


def test_labels_of_other_calls_and_checks_stay_in_the_file(sit: Sit, tmp_path: Path) -> None:
    """They are neither counted nor touched."""
    others = [label("RES1", note="mine"), label(call_id="c-77")]
    put(tmp_path, *others)
    sitting = sit()
    assert sitting.progress().labelled == 0
    sitting.judge("met")
    sitting.undo()
    assert read_rater(rater_file(tmp_path, "reader-a")) == others


def test_a_label_of_an_earlier_definition_is_open_again_and_keeps_turns_and_note(sit: Sit, tmp_path: Path) -> None:
    """It stays in the file until the check is graded anew; its turns still are of this call."""
    put(tmp_path, label("CALM1", "missed", turns=["T04"], note="hm"), label("CALM2"))
    check = RUBRIC.check("CALM1")
    later = edited(RUBRIC, "CALM1", grader=check.grader.model_copy(update={"met": "Other words."}))
    sitting = sit(rubric=later)
    assert (sitting.at, sitting.state(), sitting.states()) == ((0, 0), "stale", ["stale", "labelled", "open"])
    assert sitting.why_stale() == "the check's definition has changed"
    assert (sitting.said().labels[0].verdict, sitting.said().turns, sitting.said().note) == ("missed", ("T04",), "hm")
    assert sitting.unkept() == 0
    sitting.pick("T01")
    assert sitting.unkept() == 1
    assert kept(tmp_path)[0] == ("c-1", "CALM1", "missed")
    assert sitting.judge("missed").turns == ("T01", "T04")
    assert (sitting.state(), sitting.why_stale()) == ("labelled", "")


def test_a_label_of_another_transcript_is_open_again_without_its_turns(sit: Sit, tmp_path: Path) -> None:
    """T04 may be another line now."""
    put(tmp_path, label("CALM1", "missed", turns=["T04"], note="hm"))
    sitting = sit(calls=[call("c-1", LINES[:3])])
    assert (sitting.state(), sitting.why_stale()) == ("stale", "the transcript has changed")
    assert (sitting.said().turns, sitting.said().note) == ((), "hm")


def test_a_reader_text_or_weight_edit_leaves_labels_as_they_are(sit: Sit, tmp_path: Path) -> None:
    """Nothing that decides a verdict has changed."""
    put(tmp_path, label("CALM1"))
    assert sit(rubric=edited(RUBRIC, "CALM1", weight=9)).states()[0] == "labelled"


def test_a_check_graded_twice_is_open_again_and_both_lines_stay_until_it_is_graded(sit: Sit, tmp_path: Path) -> None:
    """A merge in Git leaves such lines; one verdict takes the place of both, and undo brings both back."""
    put(tmp_path, label("CALM1", "met"), label("CALM1", "missed"))
    sitting = sit()
    assert (sitting.at, sitting.state()) == ((0, 0), "twice")
    sitting.go(1)
    sitting.judge("met")
    assert len(kept(tmp_path)) == 3
    sitting.go(0)
    sitting.judge("partial")
    assert kept(tmp_path) == [("c-1", "CALM1", "partial"), ("c-1", "CALM2", "met")]
    sitting.undo()
    assert len(kept(tmp_path)) == 3
    sitting.judge("met")
    assert kept(tmp_path)[0] == ("c-1", "CALM1", "met")
    assert len(kept(tmp_path)) == 2


def test_two_raters_grade_the_same_call_and_neither_sees_the_other(sit: Sit, tmp_path: Path) -> None:
    """Each has a file; the other's may even be broken."""
    sit("reader-a").judge("met")
    second = sit("reader-b")
    assert second.state() == "open"
    second.judge("missed")
    assert (kept(tmp_path), kept(tmp_path, "reader-b")) == ([("c-1", "CALM1", "met")], [("c-1", "CALM1", "missed")])
    rater_file(tmp_path, "reader-a").write_text("broken", encoding="utf-8")
    assert sit("reader-b").state(Place(0, 0)) == "labelled"


def test_a_file_changed_by_another_program_is_not_written_over(sit: Sit, tmp_path: Path) -> None:
    """The same rater sits at two screens: the second is told, and both keep what was in the file."""
    first, second = sit(), sit()
    first.judge("met")
    second.pick("T01")
    for change in (lambda: second.judge("missed"), lambda: second.judge("partial")):
        with pytest.raises(BadLabels, match="another program has changed it, so this was not kept; leave and start"):
            change()
    assert (kept(tmp_path), second.state(), second.said().turns) == ([("c-1", "CALM1", "met")], "open", ("T01",))
    first.go_on()
    first.judge("met")
    assert len(kept(tmp_path)) == 2


def test_a_file_that_was_taken_away_is_not_made_again_without_its_labels(sit: Sit, tmp_path: Path) -> None:
    """A branch was changed under the screen."""
    sitting = sit()
    sitting.judge("met")
    rater_file(tmp_path, "reader-a").unlink()
    with pytest.raises(BadLabels, match="another program has changed it"):
        sitting.undo()
    assert sitting.state() == "labelled"


def test_where_the_disk_is_full_nothing_has_changed_and_it_can_be_tried_again(
    sit: Sit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The verdict, and an undo, are as if they had not been given."""
    sitting = sit()
    sitting.judge("met")

    def full(*_: object) -> None:
        raise CannotWrite("full", "make room")

    with monkeypatch.context() as patched:
        patched.setattr(rater_file_module, "write_whole", full)
        for change in (lambda: sitting.judge("missed"), sitting.undo, sitting.clear):
            with pytest.raises(CannotWrite):
                change()
    assert (kept(tmp_path), sitting.said().labels[0].verdict) == ([("c-1", "CALM1", "met")], "met")
    sitting.judge("missed")
    assert kept(tmp_path) == [("c-1", "CALM1", "missed")]


def test_no_call_and_no_such_check_are_said_at_once(sit: Sit) -> None:
    """Before anything is shown."""
    with pytest.raises(NotFound, match="there is no call to label"):
        sit(calls=[])
    with pytest.raises(NotFound, match="the playbook has no check CALM9; it has CALM1"):
        sit(only=["CALM1", "CALM9"])
    assert [check.id for check in sit(only=["CALM3", "CALM1"]).checks] == ["CALM1", "CALM3"]
    assert [check.id for check in sit(only=[]).checks] == [check.id for check in RUBRIC.checks()]


def test_labels_from_elsewhere_are_taken_in_and_told_apart(tmp_path: Path) -> None:
    """New, changed (also where two stood) and unchanged; the unchanged one keeps its time."""
    put(tmp_path, label("CALM1"), label("CALM2"), label("CALM3"), label("CALM3", "missed"))
    later = {"at": clock()().replace(year=2027)}
    given = [
        label("CALM1").model_copy(update=later),
        label("CALM2", "missed"),
        label("CALM3"),
        label("RES1"),
    ]
    assert RaterFile(tmp_path, "reader-a").merge(given) == Merged(new=1, changed=2, unchanged=1)
    found = {one.check_id: one for one in read_rater(rater_file(tmp_path, "reader-a"))}
    assert {check: one.verdict for check, one in found.items()} == {
        "CALM1": "met",
        "CALM2": "missed",
        "CALM3": "met",
        "RES1": "met",
    }
    assert found["CALM1"].at == NOW
    assert RaterFile(tmp_path, "reader-a").merge(given) == Merged(0, 0, 4)
