"""Small calls and labels for the tests of the bench."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from coach.calibration.labels import Label, LabelVerdict, check_definition, transcript_version
from coach.calls.transcript import Channel, EndedBy, Redacted, RedactedTurn, Speaker
from coach.playbook.load import load_playbook

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
RUBRIC = load_playbook().rubric


def made_call(call_id: str = "c-1", agent: str = "ann", said: str = "The kettle leaks again.") -> Redacted:
    """A call of two turns."""
    return Redacted(
        call_id=call_id,
        agent=agent,
        team="",
        started_at=AT,
        channel=Channel.PHONE,
        ended_by=EndedBy.AGENT,
        translated=False,
        turns=(
            RedactedTurn(id="T01", speaker=Speaker.CUSTOMER, text=said),
            RedactedTurn(id="T02", speaker=Speaker.AGENT, text="It leaks again? I'll look it up."),
        ),
    )


def made_label(
    call: Redacted, check_id: str = "LIS2", verdict: LabelVerdict = "met", rater: str = "ann", **changed: str
) -> Label:
    """A label under today's versions, or under those in `changed`."""
    versions = {"transcript": transcript_version(call), "definition": check_definition(RUBRIC.check(check_id))}
    return Label(
        call_id=call.call_id, check_id=check_id, verdict=verdict, rater=rater, at=AT, **{**versions, **changed}
    )


def by_id(calls: Iterable[Redacted]) -> dict[str, Redacted]:
    """Calls by their ids."""
    return {call.call_id: call for call in calls}
