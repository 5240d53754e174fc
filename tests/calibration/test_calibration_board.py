"""The disagreement board: who differs from whom on what, and the causes that people noted."""

from __future__ import annotations

from pathlib import Path

import pytest
from labels_made import AT, RUBRIC, by_id, made_call, made_label

from coach.calibration.board import FILE, Cause, Noted, disagreements, note_cause, read_board
from coach.calibration.labels import Labelled, LabelVerdict, check_definition, sound_labels
from coach.errors import BadLabels

CALLS = by_id([made_call("c-1"), made_call("c-2")])


def labelled(**verdicts: dict[tuple[str, str], LabelVerdict]) -> Labelled:
    """Labels of these raters: verdicts by call and check."""
    labels = {
        rater: [made_label(CALLS[call], check, verdict, rater) for (call, check), verdict in given.items()]
        for rater, given in verdicts.items()
    }
    return sound_labels(labels, CALLS, RUBRIC)


def noted(check_id: str = "LIS2", definition: str = "", call_id: str = "c-1") -> Noted:
    """A cause, under today's wording of the check or another."""
    version = definition or check_definition(RUBRIC.check(check_id))
    return Noted(call_id=call_id, check_id=check_id, cause=Cause.RATER_SLIP, by="tess", at=AT, definition=version)


def test_raters_who_say_the_same_are_not_on_the_board() -> None:
    same = labelled(ann={("c-1", "LIS2"): "met"}, bob={("c-1", "LIS2"): "met"})
    assert disagreements(same, {}, RUBRIC) == []


def test_raters_who_differ_stand_side_by_side_in_the_order_of_the_rubric() -> None:
    mixed = labelled(
        ann={("c-2", "ACK1"): "met", ("c-1", "ACK1"): "met", ("c-1", "LIS2"): "met"},
        bob={("c-2", "ACK1"): "missed", ("c-1", "ACK1"): "partial", ("c-1", "LIS2"): "missed"},
    )
    found = disagreements(mixed, {}, RUBRIC)
    assert [(d.check_id, d.call_id) for d in found] == [("LIS2", "c-1"), ("ACK1", "c-1"), ("ACK1", "c-2")]
    assert all(d.raters_differ for d in found)
    assert [(said.who, said.verdict) for said in found[0].said] == [("ann", "met"), ("bob", "missed")]


def test_a_rater_who_did_not_label_it_says_nothing() -> None:
    one = labelled(ann={("c-1", "LIS2"): "met"}, bob={("c-2", "LIS2"): "missed"})
    assert disagreements(one, {}, RUBRIC) == []


def test_a_cause_is_shown_while_the_check_reads_as_it_did() -> None:
    differ = labelled(ann={("c-1", "LIS2"): "met"}, bob={("c-1", "LIS2"): "missed"})
    (fresh,) = disagreements(differ, {}, RUBRIC, [noted()])
    assert fresh.cause is not None
    (stale,) = disagreements(differ, {}, RUBRIC, [noted(definition="0" * 12)])
    assert stale.cause is None


def test_a_cause_is_kept_and_takes_the_place_of_an_earlier_one(tmp_path: Path) -> None:
    assert note_cause(tmp_path, noted()) is None
    assert note_cause(tmp_path, noted(call_id="c-2")) is None
    later = noted().model_copy(update={"cause": Cause.JUDGE_WRONG})
    assert note_cause(tmp_path, later) == noted()
    assert [(n.call_id, n.cause.value) for n in read_board(tmp_path)] == [
        ("c-1", "judge_wrong"),
        ("c-2", "rater_slip"),
    ]


def test_a_damaged_board_is_named_by_line(tmp_path: Path) -> None:
    note_cause(tmp_path, noted())
    with (tmp_path / FILE).open("a") as file:
        file.write("{}\n")
    with pytest.raises(BadLabels, match=r"board.jsonl:2: no cause of a disagreement"):
        read_board(tmp_path)
