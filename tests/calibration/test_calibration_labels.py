"""Labels as kept: read and written whole, under the versions of what they judge; what measures nothing is set aside."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from label_samples import LINES, NOW, RUBRIC, call, edited

from coach.calibration import labels as labels_module
from coach.calibration.labels import (
    Label,
    LabelVerdict,
    check_definition,
    check_rater,
    new_label,
    rater_file,
    read_labels,
    read_rater,
    sound_labels,
    transcript_version,
    write_rater,
    write_whole,
)
from coach.errors import BadLabels, CannotWrite
from coach.playbook.rubric import Rubric


def label(check_id: str = "CALM1", verdict: LabelVerdict = "met", call_id: str = "c-1", **more: Any) -> Label:
    """A label of reader-a's."""
    more.setdefault("rater", "reader-a")
    return new_label(call(call_id), RUBRIC.check(check_id), verdict, at=NOW, **more)


def reasons(*labels: Label, rubric: Rubric = RUBRIC, lines: tuple[str, ...] = LINES) -> list[str]:
    """Why labels are set aside."""
    found = sound_labels({"reader-a": labels}, {"c-1": call("c-1", lines)}, rubric)
    return [one.why for one in found.set_aside]


def test_labels_come_back_as_they_were_written_sorted_by_call_and_check(tmp_path: Path) -> None:
    """Turns, note, time and versions with them."""
    given = [
        label("RES1", call_id="c-2"),
        label("CALM2", "missed", turns=["T04", "T02"], note="He says: \"no\" – 'ok'"),
    ]
    file = rater_file(tmp_path / "new" / "folder", "reader-a")
    write_rater(file, given)
    assert read_rater(file) == [given[1], given[0]]
    assert read_labels(file.parent) == {"reader-a": [given[1], given[0]]}


@pytest.mark.parametrize("sign", ["\u2028", "\u2029", "\u0085", "\x1c", "\x0b"])
def test_a_note_with_a_sign_that_python_takes_for_a_line_end_can_be_read_again(tmp_path: Path, sign: str) -> None:
    """Such notes come from other programs; our own are cleaned."""
    given = label().model_copy(update={"note": f"one{sign}two"})
    write_rater(rater_file(tmp_path, "reader-a"), [given])
    assert read_rater(rater_file(tmp_path, "reader-a")) == [given]


def test_a_note_becomes_one_clean_line_and_each_turn_stands_once() -> None:
    """Control characters, which a terminal would obey, are not kept."""
    made = label(turns=["T02", "T01", "T02"], note=" two\nlines \x1b[31mred\u202e ")
    assert made.note == "two lines [31mred"
    assert made.turns == ("T02", "T01")


def test_a_file_that_is_not_there_and_blank_lines_hold_no_labels(tmp_path: Path) -> None:
    """A rater who has not begun is no error."""
    file = rater_file(tmp_path, "reader-a")
    assert read_rater(file) == []
    file.write_text(f"\r\n{label().model_dump_json()}\r\n\r\n", encoding="utf-8")
    assert read_rater(file) == [label()]
    assert read_labels(tmp_path / "nowhere") == {}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("<<<<<<< HEAD", "this is no JSON; mend or remove the line"),
        ('{"call_id": "c-1"}', "check_id: Field required"),
        (json.dumps({**label().model_dump(mode="json"), "verdict": "maybe"}), "verdict: Input should be 'met'"),
        (
            json.dumps({**label().model_dump(mode="json"), "at": "2026-03-02T09:30:00"}),
            "at: Input should have timezone",
        ),
        (label(rater="reader-b").model_dump_json(), "a label of reader-b"),
    ],
)
def test_a_line_that_is_no_label_is_named_with_its_number(tmp_path: Path, line: str, said: str) -> None:
    """One line, and nothing is read past it."""
    file = rater_file(tmp_path, "reader-a")
    file.write_text(f"{label().model_dump_json()}\n{line}\n", encoding="utf-8")
    with pytest.raises(BadLabels) as raised:
        read_rater(file)
    assert f"reader-a.labels.jsonl:2: {said}" in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_file_that_is_not_text_is_said_to_be_unreadable(tmp_path: Path) -> None:
    """Bytes of another code."""
    file = rater_file(tmp_path, "reader-a")
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadLabels, match="cannot be read: UnicodeDecodeError; restore it as UTF-8 text"):
        read_rater(file)


@pytest.mark.parametrize("name", ["", "Reader", "../x", "a b", "-a", "a" * 41, "a\n", "é"])
def test_a_name_that_cannot_name_a_file_is_no_raters(name: str) -> None:
    """It would lead out of the folder, or differ between systems."""
    with pytest.raises(BadLabels, match="cannot name a rater"):
        check_rater(name)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"turns": ["T09"]}, "c-1 CALM1: there is no turn T09"),
        ({"rater": "A B"}, "c-1 CALM1: rater: String should match"),
        ({"note": "x" * 2001}, "c-1 CALM1: note: String should have at most 2000"),
        ({"check_id": "IMP3", "verdict": "partial"}, "c-1 IMP3: this check has no partial"),
    ],
)
def test_what_cannot_be_a_label_is_refused_with_call_and_check(more: dict[str, Any], said: str) -> None:
    """In one line."""
    partless = next(check.id for check in RUBRIC.checks() if check.grader.partial is None)
    if more.get("check_id"):
        more, said = {**more, "check_id": partless}, said.replace("IMP3", partless)
    with pytest.raises(BadLabels) as raised:
        label(**more)
    assert str(raised.value).startswith(said)


def test_a_label_goes_stale_with_the_definition_of_its_check_and_not_with_the_rest_of_it() -> None:
    """Weight, readers' texts and guidance decide no verdict; any text of the grader's does."""
    check = RUBRIC.check("CALM1")
    reader = check.reader.model_copy(update={"aim": "Another aim."})
    for changes in ({"weight": 9}, {"reader": reader}, {"guidance": ("G01",)}, {"rulings": ()}):
        assert reasons(label(), rubric=edited(RUBRIC, "CALM1", **changes)) == []
    for changes in (
        {"grader": check.grader.model_copy(update={"met": "Other words."})},
        {"grader": check.grader.model_copy(update={"rules": ()})},
        {"name": "Another name"},
        {"needs": "CALM2"},
    ):
        assert reasons(label(), rubric=edited(RUBRIC, "CALM1", **changes)) == [
            "stale: the check's definition has changed"
        ]
    assert check_definition(check) == check_definition(check.model_copy(update={"weight": 9}))


def test_a_label_goes_stale_with_the_words_of_its_call_and_not_with_whose_call_it_is() -> None:
    """One letter is enough; team, agent and time do not count."""
    assert reasons(label(), lines=(*LINES[:3], "A: I will ring the depot.")) == ["stale: the transcript has changed"]
    other = call().model_copy(update={"agent": "agent-two", "team": "south"})
    assert transcript_version(other) == transcript_version(call())


def test_a_check_graded_twice_by_one_rater_counts_for_neither_and_by_two_for_both() -> None:
    """Nobody can know which of the two is meant."""
    twice = [label("CALM1", "met"), label("CALM1", "missed"), label("CALM3")]
    found = sound_labels({"reader-a": twice, "reader-b": [label(rater="reader-b")]}, {"c-1": call()}, RUBRIC)
    assert {one.why for one in found.set_aside} == {"graded twice by this rater"}
    assert [one.label for one in found.set_aside] == twice[:2]
    assert {rater: list(kept) for rater, kept in found.raters.items()} == {
        "reader-a": [("c-1", "CALM3")],
        "reader-b": [("c-1", "CALM1")],
    }


def test_labels_of_unknown_calls_and_checks_are_set_aside_each_with_its_reason() -> None:
    """With `others`, labels of other calls are left out without a word."""
    strange = [label(call_id="c-9"), label().model_copy(update={"check_id": "ZZZ9"})]
    assert reasons(*strange) == ["the call is not among these", "the playbook has no such check"]
    found = sound_labels({"reader-a": strange}, {"c-1": call()}, RUBRIC, others=True)
    assert [one.why for one in found.set_aside] == ["the playbook has no such check"]


def test_a_partial_written_by_hand_where_there_is_none_is_set_aside() -> None:
    """The file can be edited; the check has no such verdict."""
    partless = next(check.id for check in RUBRIC.checks() if check.grader.partial is None)
    assert reasons(label(partless).model_copy(update={"verdict": "partial"})) == [
        "partial, which this check does not have"
    ]


def test_labels_narrowed_to_calls_are_those_calls_alone() -> None:
    """Those set aside as well."""
    given = {"reader-a": [label(), label(call_id="c-2"), label("CALM2", call_id="c-2"), label("CALM2", call_id="c-2")]}
    found = sound_labels(given, {"c-1": call(), "c-2": call("c-2")}, RUBRIC)
    assert found.call_ids() == ["c-1", "c-2"]
    narrow = found.narrowed(["c-1"])
    assert (narrow.call_ids(), narrow.set_aside, list(narrow.calls)) == (["c-1"], (), ["c-1"])
    assert len(found.narrowed(["c-2"]).set_aside) == 2


def test_a_write_that_fails_leaves_the_old_file_and_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk is full just before the new file is in place."""
    file = tmp_path / "a.txt"
    write_whole(file, "old\n")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(labels_module.os, "fsync", full)
    with pytest.raises(CannotWrite, match=r"a\.txt: No space left on device"):
        write_whole(file, "new\n")
    assert file.read_text(encoding="utf-8") == "old\n"
    assert [each.name for each in tmp_path.iterdir()] == ["a.txt"]


def test_a_folder_that_is_a_file_cannot_be_written_to(tmp_path: Path) -> None:
    """One line through the error tree."""
    (tmp_path / "labels").write_text("", encoding="utf-8")
    with pytest.raises(CannotWrite, match="check the folder, its permissions and the disk"):
        write_rater(rater_file(tmp_path / "labels", "reader-a"), [label()])
