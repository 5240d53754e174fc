"""The questions: what repeats byte for byte, what is never in them, and what the schema allows."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest
from invented import call, claim, text_of, view

from coach.calls.transcript import Channel, EndedBy, Redacted, Speaker
from coach.engines.exchange import Request
from coach.grading.ask import (
    Asking,
    Part,
    parts,
    render_part,
    render_transcript,
    repair_request,
    reply_schema,
    requests,
    schema_hash,
    system_message,
    transcript_line,
)
from coach.grading.claims import StageCritique
from coach.playbook.load import Playbook


def asked(of: Redacted, playbook: Playbook, asking: Asking, stages: int = 1) -> list[Request]:
    return requests(of, playbook, asking, parts(playbook, stages))


OTHER = call("C: Where is my {{ 7*7 }} parcel?", "A: {% raw %} I'll look.", agent="agent-two", translated=True)


def test_every_check_is_asked_once_and_code_asks_none(shipped_playbook: Playbook) -> None:
    """The parts hold all checks in force but those that code decides; the overview comes last."""
    wanted = parts(shipped_playbook)
    ids = [check for part in wanted for check in part.checks]
    assert ids == [check.id for check in shipped_playbook.rubric.checks() if not check.by_code]
    assert "ACK2" not in ids
    assert wanted[-1] == Part("overview", (), ())


@pytest.mark.parametrize(("step", "number"), [(0, 8), (1, 8), (2, 5), (7, 2), (99, 2)])
def test_stages_may_share_a_request(shipped_playbook: Playbook, step: int, number: int) -> None:
    """Seven stages, so many at a time, and the overview."""
    wanted = parts(shipped_playbook, step)
    assert len(wanted) == number
    assert "+".join(part.id for part in wanted[:-1]).count("+") == 6


def test_a_part_asks_for_the_marks_of_its_stages(book: Playbook) -> None:
    """The timeline is asked for where it belongs."""
    assert parts(book, 4)[0].marks == ("first_ack", "first_fix_or_policy")


def test_the_system_message_is_the_same_bytes_for_every_call_and_part(
    shipped_playbook: Playbook, lamp: Redacted, asking: Asking
) -> None:
    """What repeats is paid for once."""
    both = asked(lamp, shipped_playbook, asking) + asked(OTHER, shipped_playbook, asking)
    assert {request.messages[0].content for request in both} == {system_message(shipped_playbook)}
    assert {request.messages[0].role for request in both} == {"system"}


def test_all_parts_of_a_call_share_their_prefix_byte_for_byte(
    shipped_playbook: Playbook, lamp: Redacted, asking: Asking
) -> None:
    """Schema, system message and transcript are equal; only the end differs."""
    of_lamp = asked(lamp, shipped_playbook, asking)
    transcript = render_transcript(lamp, shipped_playbook).encode()
    assert all(request.messages[1].content.encode().startswith(transcript) for request in of_lamp)
    assert len({request.warm for request in of_lamp}) == 1
    assert all(request.schema is reply_schema() for request in of_lamp)
    assert len({request.key for request in of_lamp}) == len(of_lamp)


def test_warm_groups_are_of_one_call(shipped_playbook: Playbook, lamp: Redacted, asking: Asking) -> None:
    """Another call has another prefix."""
    assert asked(lamp, shipped_playbook, asking)[0].warm != asked(OTHER, shipped_playbook, asking)[0].warm


def test_the_grader_is_blind(shipped_playbook: Playbook, lamp: Redacted, asking: Asking) -> None:
    """No agent, team, call id, date, weight or past score is in any message."""
    said = "".join(m.content for request in asked(lamp, shipped_playbook, asking) for m in request.messages)
    for secret in ("agent-zebedee", "team-quagga", "call-1", "2026", "weight", "guidance", "G01"):
        assert secret not in said


def test_readers_texts_never_reach_a_grader(shipped_playbook: Playbook) -> None:
    """What people read of a check (why, bank, training) is not in the prompt; what a grader reads is."""
    system = system_message(shipped_playbook)
    for check in shipped_playbook.rubric.checks():
        assert check.reader.why not in system
        assert not any(line in system for line in check.reader.bank)
        assert (check.grader.met in system) == (not check.by_code)


def test_a_turns_text_is_never_template_source(shipped_playbook: Playbook, asking: Asking) -> None:
    """Jinja in a transcript stays what it is."""
    for request in asked(OTHER, shipped_playbook, asking):
        assert "Where is my {{ 7*7 }} parcel?" in request.messages[1].content
        assert "{% raw %} I'll look." in request.messages[1].content


def test_a_notes_text_is_never_template_source(shipped_playbook: Playbook) -> None:
    """Neither is the record note; it is asked about only where there is one."""
    noted = call("C: x", "A: y", note="Refund {{ 7*7 }} agreed")
    overview = Part("overview", (), ())
    assert "Refund {{ 7*7 }} agreed" in render_part(overview, noted, shipped_playbook)
    assert "note: []" in render_part(overview, OTHER, shipped_playbook)


def test_a_part_names_its_checks_in_order(shipped_playbook: Playbook, lamp: Redacted) -> None:
    """The last piece of a prompt is what to grade."""
    said = render_part(Part("listen", ("LIS4", "LIS2"), ()), lamp, shipped_playbook)
    assert "LIS4, LIS2" in said
    assert "timeline is []" in said


@pytest.mark.parametrize(
    ("start", "line"),
    [(None, "T07 | AGENT | Hello"), (0.0, "T07 | AGENT | 00:00 | Hello"), (3_723.9, "T07 | AGENT | 62:03 | Hello")],
)
def test_a_transcript_line_has_a_time_where_there_is_one(start: float | None, line: str) -> None:
    """Minutes and seconds from the beginning."""
    assert transcript_line("T07", Speaker.AGENT, start, "Hello") == line


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"timed": True}, None),
        ({}, "overlaps and silences cannot be seen"),
        ({"channel": Channel.CHAT}, None),
        ({"translated": True}, "translated"),
        ({"ended_by": EndedBy.CUT}, "The record ends: cut"),
    ],
)
def test_the_transcript_says_what_the_record_lacks(
    shipped_playbook: Playbook, changes: dict[str, Any], says: str | None
) -> None:
    """Times, translation and end are told; a chat is not said to lack overlaps."""
    said = render_transcript(call("C: x", "A: y", **changes), shipped_playbook)
    assert says in said if says else "cannot be seen" not in said


def test_the_same_matter_goes_along_for_engines_that_compute(book: Playbook, lamp: Redacted, asking: Asking) -> None:
    """Part, checks, lines and word lists as plain data."""
    material = asked(lamp, book, asking)[0].material
    assert material is not None
    assert (material.part, material.checks) == ("steady", ("AB1", "PR1"))
    assert [line.id for line in material.lines] == [turn.id for turn in lamp.turns]
    assert material.lexicons is book.lexicons


def test_the_first_sample_has_no_seed_and_each_further_one_its_own(book: Playbook, lamp: Redacted) -> None:
    """Asking once and asking again share the first answer."""
    keys = [asked(lamp, book, Asking("m", {"temperature": 0}, sample))[0].key for sample in (0, 1, 2)]
    assert len(set(keys)) == 3
    assert Asking("m", {"temperature": 0}).settled() == {"temperature": 0}
    assert Asking("m", {"temperature": 0}, 2).settled() == {"temperature": 0, "seed": 2}


def test_a_repair_asks_the_same_question_and_shows_the_fault(book: Playbook, lamp: Redacted, asking: Asking) -> None:
    """The unusable reply and what was wrong with it follow the first messages, and make another key."""
    first = asked(lamp, book, asking)[0]
    again = repair_request(first, "{oops {{ 7*7 }}", "not a JSON object {{ 7*7 }}", book, "steady")
    assert again.messages[:2] == first.messages
    assert again.messages[2].content == "{oops {{ 7*7 }}"
    assert "not a JSON object {{ 7*7 }}" in again.messages[3].content
    assert again.key != first.key


def nodes_of(node: Any) -> list[dict[str, Any]]:
    if isinstance(node, dict):
        return [node, *(found for value in node.values() for found in nodes_of(value))]
    return [found for value in node for found in nodes_of(value)] if isinstance(node, list) else []


def test_the_schema_is_one_that_strict_modes_take() -> None:
    """Every object closed with all fields required; no titles, descriptions, defaults, string lengths or scores."""
    schema = reply_schema()
    for node in nodes_of(schema):
        assert not {"title", "description", "default", "maxLength", "minLength", "oneOf"} & node.keys()
        if node.get("type") == "object":
            assert node["additionalProperties"] is False
            assert node["required"] == list(node["properties"])
    assert "score" not in str(schema)
    assert len(schema_hash()) == 12


def test_what_the_types_write_fits_the_schema() -> None:
    """A reply of ours passes the schema that engines are given."""
    reply = text_of("calm", claim("CALM1", "missed", against=["T02 x"], words="y"), overview=view())
    jsonschema.validate(StageCritique.model_validate_json(reply).model_dump(mode="json"), reply_schema())


def test_the_fields_of_a_claim_come_in_the_order_of_thinking() -> None:
    """Opportunity, then evidence, then reasoning, and only then the verdict."""
    fields = list(reply_schema()["$defs"]["Claim"]["properties"])
    assert fields == [
        "check_id", "opportunity", "opportunity_quote", "evidence", "counter_evidence", "reasoning", "verdict",
        "suggestion",
    ]  # fmt: skip
