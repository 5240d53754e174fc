"""The live engine over a recorded exchange with a real model: the calm call's three parts, replayed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from cassettes import open_cassette
from pydantic import SecretStr
from record_cassettes import ask_all

from coach.engines.exchange import Message, Reply, Request
from coach.engines.live import LiveOptions
from coach.grading.ask import Part
from coach.grading.hear import parse_reply

pytestmark = pytest.mark.anyio

CASSETTE = Path(__file__).parent.parent / "cassettes" / "calm_call.yaml"
CHECKS = {"calm": 4, "acknowledge": 2, "overview": 0}


def recorded_requests() -> list[Request]:
    """The requests as the cassette holds them, so that a change of the prompts does not ask for a new recording."""
    found = []
    for exchange in yaml.safe_load(CASSETTE.read_text(encoding="utf-8"))["interactions"]:
        body = json.loads(exchange["request"]["body"])
        form = body.pop("response_format")["json_schema"]
        messages = tuple(Message(m["role"], m["content"]) for m in body.pop("messages"))
        found.append(Request(body.pop("model"), messages, form["name"], form["schema"], body))
    return found


async def test_a_real_models_replies_come_through_the_live_engine_whole() -> None:
    """Each request gets its own reply, which reads as the critique of its part; usage and model are the server's."""
    options = LiveOptions("llm-through-relay", "https://elsewhere.example/v1", SecretStr("made-up"))
    with open_cassette(CASSETTE) as tape:
        replies = await ask_all(recorded_requests(), options)
    assert tape.all_played
    parts = set()
    for reply in replies:
        assert isinstance(reply, Reply)
        assert (reply.model, reply.finish) == ("llm-through-relay", "stop")
        assert reply.usage.tokens_in > 8000 > reply.usage.tokens_out > 100
        part = json.loads(reply.text)["stage_id"]
        critique = parse_reply(reply.text, Part(part, ("x",) * CHECKS[part], ()))
        assert len(critique.findings) == CHECKS[part]
        parts.add(part)
    assert parts == set(CHECKS)
