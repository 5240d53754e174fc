"""The table of faults: one test a row, from what a server sends to what is done about it."""

from __future__ import annotations

import json

import pytest

from coach.engines.exchange import FaultKind, Reply
from coach.engines.faults import (
    HALTS,
    TABLE,
    Action,
    Complaint,
    Halt,
    classify,
    detail_of,
    doubled,
    engine_down,
    parse_complaint,
    verdict_on,
)


def openai_error(message="no", code=None, param=None, type=None):
    return json.dumps({"error": {"message": message, "code": code, "param": param, "type": type}}).encode()


ROWS = {
    FaultKind.REFUSAL: Action.PEOPLE,
    FaultKind.CONTENT_FILTER: Action.PEOPLE,
    FaultKind.TRUNCATED: Action.DOUBLE_LIMIT,
    FaultKind.EMPTY: Action.REASK,
    FaultKind.INVALID: Action.REASK,
    FaultKind.TIMEOUT: Action.RETRY,
    FaultKind.RATE_LIMIT: Action.RETRY,
    FaultKind.SERVER: Action.RETRY,
    FaultKind.CONNECTION: Action.RETRY,
    FaultKind.REJECTED: Action.PEOPLE,
    FaultKind.TOO_LONG: Action.PEOPLE,
    FaultKind.NOT_RECORDED: Action.PEOPLE,
    FaultKind.BUDGET: Action.STOP,
    FaultKind.STOPPED: Action.STOP,
}


@pytest.mark.parametrize("kind", FaultKind)
def test_every_fault_has_its_action(kind):
    """Each kind of fault has exactly the action that was decided for it."""
    assert TABLE[kind] is ROWS[kind]


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (429, openai_error("slow down", code="rate_limit_exceeded"), FaultKind.RATE_LIMIT),
        (529, b"", FaultKind.RATE_LIMIT),
        (429, openai_error("you ran out", code="insufficient_quota"), Halt.QUOTA),
        (429, openai_error("hard limit", type="billing_hard_limit_reached"), Halt.QUOTA),
        (402, openai_error("Insufficient Balance"), Halt.QUOTA),
        (403, openai_error("insufficient credits"), Halt.QUOTA),
        (401, openai_error("bad key", code="invalid_api_key"), Halt.KEY),
        (403, openai_error("unsupported country"), Halt.ACCESS),
        (404, openai_error("nope", code="model_not_found"), Halt.MODEL),
        (404, openai_error('model "m" not found, try pulling it first'), Halt.MODEL),
        (404, b'{"object":"error","message":"The model `m` does not exist.","code":404}', Halt.MODEL),
        (400, openai_error("invalid model ID"), Halt.MODEL),
        (404, b"<html>Not Found</html>", Halt.ADDRESS),
        (405, b'{"detail":"Method Not Allowed"}', Halt.ADDRESS),
        (308, b"", Halt.ADDRESS),
        (408, b"", FaultKind.TIMEOUT),
        (409, b"", FaultKind.SERVER),
        (500, b"oops", FaultKind.SERVER),
        (503, b'"a string"', FaultKind.SERVER),
        (501, b"", FaultKind.REJECTED),
        (413, b"", FaultKind.TOO_LONG),
        (400, openai_error("too much", code="context_length_exceeded"), FaultKind.TOO_LONG),
        (400, b'{"message":"\'max_tokens\' is too large: maximum context length is 8"}', FaultKind.TOO_LONG),
        (400, openai_error("filtered", code="content_filter"), FaultKind.CONTENT_FILTER),
        (400, openai_error("Unknown parameter", param="speed"), FaultKind.REJECTED),
        (422, b'{"detail":[{"loc":["body","n"],"msg":"no","type":"extra"}, 3]}', FaultKind.REJECTED),
    ],
)
def test_an_http_error_is_named(status, body, expected):
    """Status and error body of the servers we know name one fault."""
    assert classify(status, parse_complaint(body)) is expected


@pytest.mark.parametrize("halt", Halt)
def test_what_ends_a_run_says_what_to_do(halt):
    """Every reason to end a run has one line with the fault and one with the way out."""
    error = engine_down(halt, "models.example", "big-one")
    assert "models.example" in error.what
    assert error.hint == HALTS[halt][1]
    assert "{" not in str(error)


@pytest.mark.parametrize(
    ("text", "finish", "refusal", "expected"),
    [
        ("{}", "stop", "", None),
        ("{}", "", "", None),
        ("", "stop", "I will not", FaultKind.REFUSAL),
        ("{}", "refusal", "", FaultKind.REFUSAL),
        ("", "content_filter", "", FaultKind.CONTENT_FILTER),
        ("", "SAFETY", "", FaultKind.CONTENT_FILTER),
        ('{"a"', "length", "", FaultKind.TRUNCATED),
        ("", "MAX_TOKENS", "", FaultKind.TRUNCATED),
        (" \n", "stop", "", FaultKind.EMPTY),
    ],
)
def test_a_reply_is_judged_before_it_is_read(text, finish, refusal, expected):
    """Refused, filtered, cut off and empty replies are told from those that may be read."""
    assert verdict_on(Reply("k", text, b"", "live", "m", finish, refusal)) is expected


def test_a_detail_repeats_only_short_codes():
    """What a server says in prose, which may quote the prompt, is not repeated."""
    complaint = parse_complaint(
        openai_error("You said: my card is 4111", code="bad thing!", type="made_up", param="a b")
    )
    assert detail_of(400, complaint) == "HTTP 400, made_up"
    assert detail_of(400, Complaint("c", "p")) == "HTTP 400, c, parameter p"


def test_the_echoed_input_of_a_form_error_is_not_read():
    """FastAPI echoes the body in `input`; what stands there is no complaint."""
    body = json.dumps({"detail": [{"loc": ["body"], "msg": "bad", "type": "x", "input": "response_format"}]}).encode()
    assert "response_format" not in parse_complaint(body).prose


@pytest.mark.parametrize("body", [b"[1]", b"\xff\xfe", b'{"error":"plain words"}', b'{"detail":"words"}', b"{}"])
def test_any_error_body_can_be_read(body):
    """No error body is too strange."""
    assert parse_complaint(body).code == ""


@pytest.mark.parametrize("name", ["max_completion_tokens", "max_tokens"])
def test_a_wider_request_is_another_question(ask, name):
    """Doubling the limit makes a new key and leaves all else as it was."""
    narrow = ask(temperature=0, **{name: 500})
    wide = doubled(narrow)
    assert wide.parameters == {"temperature": 0, name: 1000}
    assert wide.key != narrow.key


def test_a_request_without_a_limit_cannot_be_widened(ask):
    """There is nothing to double."""
    assert doubled(ask(temperature=0)) is None
