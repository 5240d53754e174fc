"""Opening calls: order, sources of values, refusals."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from coach.calls.gradable import count_words, why_ungradable
from coach.calls.read import Defaults, count_files, open_calls
from coach.calls.transcript import Channel, Refused, Transcript
from coach.errors import BadManifest, NotFound

KNOWN = Defaults(agent="maya", started_at=datetime(2026, 11, 3, 10, tzinfo=UTC))


def opened(path, defaults=KNOWN):
    """All that comes of a path."""
    return list(open_calls([path], defaults))


def test_a_folder_is_walked_in_order(write, tmp_path, talk):
    """Sorted, to the bottom; hidden files and folders, manifests, READMEs and Markdown are passed over."""
    for name in (
        "b.txt",
        "a.txt",
        "sub/deep/c.txt",
        ".hidden.txt",
        ".git/d.txt",
        "README.txt",
        "notes.md",
        "manifest-old.csv",
    ):
        write(name, talk)
    calls = opened(tmp_path)
    assert [c.record.call_id for c in calls] == ["a", "b", "c"]
    assert count_files([tmp_path, tmp_path / "a.txt"]) == 3


def test_values_come_from_file_then_manifest_then_defaults(write, tmp_path, talk):
    """The file itself wins, then the manifest beside it, then what the run says."""
    write("c-1.txt", f"team: own\n\n{talk}")
    write("manifest.csv", "file,agent,team,started_at,customer\nc-1.txt,tom,other,2026-11-04 09:00,Jo Pike\n")
    defaults = Defaults(agent="maya", team="x", channel=Channel.CHAT, zone=ZoneInfo("Europe/Paris"))
    (call,) = opened(tmp_path, defaults)
    record = call.record
    assert (record.agent, record.team, record.customer, record.channel) == ("tom", "own", "Jo Pike", Channel.CHAT)
    assert record.started_at.isoformat() == "2026-11-04T09:00:00+01:00"


def test_the_nearest_manifest_speaks(write, tmp_path, talk):
    """A folder below the one asked for may be spoken of by the manifest above."""
    write("w45/c-1.txt", talk)
    write("w46/c-2.txt", talk)
    write("manifest.csv", "file,agent\nw45/c-1.txt,tom\nw46/c-2.txt,lee\n")
    write("w46/manifest.csv", "file,agent\nc-2.txt,ana\n")
    assert [c.record.agent for c in opened(tmp_path)] == ["tom", "ana"]


def test_a_manifest_beside_a_single_file_is_found(write, talk):
    """One file is enough; its folder's manifest speaks of it."""
    path = write("c-1.txt", talk)
    write("manifest.csv", "file,agent\nc-1.txt,tom\n")
    assert opened(path)[0].record.agent == "tom"


def test_a_row_without_its_file_is_refused(write, tmp_path, talk):
    """A call that the manifest names and nobody delivered is said."""
    write("c-1.txt", talk)
    write("manifest.csv", "file,agent\nc-1.txt,tom\nc-2.txt,tom\n")
    refused = opened(tmp_path)[1]
    assert (refused.call_id, refused.source[-2:]) == ("c-2.txt", ":3")
    assert "no file 'c-2.txt'" in refused.reason


def test_a_bad_manifest_stops_the_run(write, tmp_path, talk):
    """A manifest that does not hold is no reason to guess."""
    write("c-1.txt", talk)
    write("manifest.csv", "nothing\n")
    with pytest.raises(BadManifest):
        opened(tmp_path)


def test_a_file_that_holds_no_call_is_refused_in_the_week_its_manifest_names(write, tmp_path):
    """The digest of that week counts it, under the id of the manifest; the file is not named twice."""
    write("empty.txt", "")
    write("manifest.csv", "file,call_id,agent,started_at\nempty.txt,c-9,maya,2026-11-17T10:00:00+00:00\n")
    (refused,) = opened(tmp_path, Defaults())
    assert (refused.call_id, refused.week) == ("c-9", "2026-W47")
    assert refused.reason.startswith("the file is empty")


def test_a_missing_path_is_said_at_once(tmp_path):
    """Before the first call, for opening and for counting."""
    for path in (tmp_path / "nowhere", tmp_path / "\0"):
        with pytest.raises(NotFound, match="no such file or folder"):
            open_calls([path], KNOWN)
    with pytest.raises(NotFound):
        count_files([tmp_path / "nowhere"])


def test_what_is_missing_is_refused_and_the_run_goes_on(write, tmp_path, talk):
    """No agent, no start, an unreadable file: each with its reason, and the good call still comes."""
    write("a.txt", f"started_at: 2026-11-03 10:00\n\n{talk}")
    write("b.txt", f"agent: tom\nteam: x\n\n{talk}")
    write("c.txt", f"agent: tom\nstarted_at: 2026-11-03 10:00\n\n{talk}")
    write("d.mp3", b"\xff\xfb")
    write("e.jsonl", "nope\n")
    calls = opened(tmp_path, Defaults())
    assert [type(c) for c in calls] == [Refused, Refused, Transcript, Refused, Refused]
    assert [c.reason.split(";")[0] for c in calls[:2]] == ["no agent is named", "no start is given"]
    assert [c.week for c in calls if isinstance(c, Refused)] == ["2026-W45", "", "", ""]


@pytest.mark.parametrize(("header", "part"), [("channel: fax", "channel"), ("agent_name: x\ncustomer: \n", "")])
def test_a_wrong_value_refuses_its_call(write, talk, header, part):
    """A value that is not known is said; an empty one is none."""
    (call,) = opened(write("c.txt", f"{header}\n\n{talk}"))
    assert part in (call.reason if isinstance(call, Refused) else "")


def test_labels_that_cannot_be_told_refuse_the_call(write, talk):
    """The refusal lists the labels."""
    (call,) = opened(write("c.txt", talk.replace("Agent", "Speaker 0").replace("Customer", "Speaker 1")))
    assert "'Speaker 0'" in call.reason


def test_names_in_labels_are_kept_for_masking(write, talk):
    """A label that is a name counts as a known value of the record."""
    (call,) = opened(write("c.txt", talk.replace("Agent", "Agent Maya").replace("Customer", "Tom Hale")))
    assert (call.record.agent_name, call.record.customer, call.record.known) == ("Maya", "Tom Hale", ("Tom Hale",))


def test_an_id_twice(write, tmp_path, talk):
    """The same call twice comes once; another call under its id is refused."""
    write("a.txt", f"call_id: x\n\n{talk}")
    write("b.txt", f"call_id: x\n\n{talk}")
    write("c.txt", f"call_id: x\n\n{talk}Agent: and more\n")
    first, refused = opened(tmp_path)
    assert (first.record.call_id, refused.call_id) == ("x", "x")
    assert "taken by another call" in refused.reason


def test_a_value_the_record_cannot_hold_is_refused(write, talk, monkeypatch):
    """Whatever validation rejects becomes a reason without the value in it."""
    monkeypatch.setattr("coach.calls.fields.safe_id", lambda _: "")
    (call,) = opened(write("c.txt", talk))
    assert call.reason.startswith("a value of the record cannot be used")


@pytest.mark.parametrize(
    ("turns", "part"),
    [
        ([("agent", "..."), ("customer", "!")], "nobody says a word"),
        ([("agent", "hello"), ("agent", "hello")], "only the agent speaks"),
        ([("customer", "hello"), ("agent", "—"), ("system", "hold")], "only the customer speaks"),
        ([("agent", "hello"), ("customer", "hi"), ("customer", "hi")], r"too few turns to judge \(agent 1, customer 2"),
        ([("agent", "hello"), ("customer", "hi"), ("agent", "so"), ("customer", "yes")], "too few words"),
    ],
)
def test_what_cannot_be_graded(make, turns, part):
    """One side, too few turns or words: the reason is one line."""
    assert re.search(part, why_ungradable(make(*turns)) or "")


def test_what_can_be_graded(make):
    """Thirty words and two turns a side are enough, characters counting as words in Chinese."""
    words = "word " * 10
    assert why_ungradable(make(("agent", words), ("customer", words), ("agent", words), ("customer", "so"))) is None
    assert count_words("我的洗衣机 leaks 3 times") == 8


def test_an_ungradable_call_is_refused(write):
    """Reading says so, and the run goes on."""
    (call,) = opened(write("c.txt", "Agent: hello\nAgent: hello?\n"))
    assert call.reason.startswith("only the agent speaks")
