"""Files of every format, whole and broken."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from coach.calls.formats import FORMATS, format_of, parse_file, scan_file
from coach.calls.formats.decode import decode
from coach.errors import BadCall, UnknownFormat

SAMPLES = sorted(
    path
    for path in (Path(__file__).parents[2] / "fixtures" / "calls").iterdir()
    if path.suffix in (".txt", ".json", ".jsonl", ".vtt", ".csv") and not path.name.startswith("manifest")
)


def turns_of(path):
    """(label, text, start, end) of the one call in a file."""
    (call,) = parse_file(path)
    return [(t.label, t.text, t.start, t.end) for t in call.turns]


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_every_sample_call_parses(path):
    """The shipped calls are read, each with turns that have words."""
    for call in parse_file(path):
        assert len(call.turns) > 2
        assert all(turn.label and turn.text for turn in call.turns)


def test_plain_text_with_times(write):
    """Start and end, start alone, hours and milliseconds, and a line that goes on."""
    path = write(
        "c.txt",
        "[00:00-00:05] Agent: Hello: hi\n[00:06] Customer: Well\nNote: it leaks\n\n"
        "[01:00:07.250 - 01:00:09,5] System: hold\n",
    )
    assert turns_of(path) == [
        ("Agent", "Hello: hi", 0.0, 5.0),
        ("Customer", "Well Note: it leaks", 6.0, None),
        ("System", "hold", 3607.25, 3609.5),
    ]


def test_plain_text_with_a_header_and_no_times(write):
    """Header lines before a blank line are fields; a rare word before a colon does not open a turn."""
    path = write(
        "c.txt", "Agent: maya\nTeam: billing\nknown: 1 High St;x\n\nMaya: Hello\nTom: Hm\nNote: a\nMaya: Yes\nTom: No"
    )
    (call,) = parse_file(path)
    assert (call.fields.agent, call.fields.team, call.fields.known) == ("maya", "billing", ("1 High St", "x"))
    assert [t.label for t in call.turns] == ["Maya", "Tom", "Maya", "Tom"]
    assert call.turns[1].text == "Hm Note: a"


def test_a_file_that_opens_with_a_turn_has_no_header(write):
    """Agent: hello is a turn where a customer answers in the next line, not a field."""
    assert [t[0] for t in turns_of(write("c.txt", "Agent: hello\nCustomer: hi\n"))] == ["Agent", "Customer"]
    assert [t[0] for t in turns_of(write("d.txt", "\nAgent: hello\nCaller: hi\n\nAgent: so"))] == [
        "Agent",
        "Caller",
        "Agent",
    ]


def test_an_end_before_its_start_is_dropped(write):
    """A recorder's slip does not make a turn of negative length."""
    assert turns_of(write("c.txt", "[00:09-00:05] Agent: hello"))[0][2:] == (9.0, None)


@pytest.mark.parametrize(
    ("content", "line", "part"),
    [
        ("hello there", 1, "names no speaker"),
        ("[00:01] Agent: a\n[00:75] Agent: b", 2, "no time"),
        ("[00:01] Agent: a\n[00-01] Agent: b", 2, "not begin with a time"),
        ("[00:01] Agent: a\n[00:02] just words", 2, "names no speaker"),
        ("[99:00:00] Agent: a", 1, "no time"),
    ],
)
def test_broken_plain_text_names_its_line(write, content, line, part):
    """What is wrong is said with file and line."""
    with pytest.raises(BadCall, match=part) as caught:
        parse_file(write("c.txt", content))
    assert f"c.txt:{line}:" in caught.value.what


def test_own_json(write):
    """One call, its fields, and turns with seconds or clock text; unknown fields are passed over."""
    raw = {
        "call_id": 7,
        "channel": "chat",
        "translated": True,
        "known": ["x", " "],
        "labels": {},
        "turns": [{"speaker": "agent", "text": "a", "start": 0, "end": "00:04"}, {"role": "customer", "content": None}],
    }
    (call,) = parse_file(write("c.json", json.dumps(raw)))
    assert (call.fields.call_id, call.fields.channel, call.fields.translated, call.fields.known) == (
        "7",
        "chat",
        "true",
        ("x",),
    )
    assert [(t.label, t.text, t.start, t.end) for t in call.turns] == [
        ("agent", "a", 0.0, 4.0),
        ("customer", "", None, None),
    ]


def test_json_lines_and_lists_go_on_after_a_broken_call(write):
    """A broken call among good ones is a value for a scan and raised by a parse."""
    good = '{"id": "a", "turns": [{"speaker": "agent", "text": "x"}]}'
    for path in (
        write("c.jsonl", f"{good}\nnope\n\n{good}"),
        write("d.json", f"[{good}, 3, {good}]"),
        write("e.json", f"{good}\n{{\n{good}"),
    ):
        parsed = list(scan_file(path))
        assert [isinstance(one, BadCall) for one in parsed] == [False, True, False]
        with pytest.raises(BadCall, match=f"{path.name}:2"):
            parse_file(path)


@pytest.mark.parametrize(
    ("content", "part"),
    [
        ("{", "not JSON"),
        ('{"turns": [{"speaker": "agent", "text": "a", "start": NaN}]}', "NaN"),
        ('{"turns": [], "turns": []}', "twice"),
        ("[" * 200_000, "too deeply"),
        ('{"results": []}', "not a call of ours"),
        ('{"turns": ["a"]}', "turn 1 is not an object"),
        ('{"turns": [{"text": "a"}]}', "turn 1 has no speaker"),
        ('{"turns": [{"speaker": "agent", "text": 3}]}', "no text"),
        ('{"turns": [{"speaker": "agent", "text": "a", "start": -1}]}', "no time"),
        ('{"turns": [{"speaker": "agent", "text": "a", "start": true}]}', "no time"),
        ('{"turns": [{"speaker": "agent", "text": "a", "start": 1e400}]}', "no time"),
        ('{"turns": [{"speaker": "agent", "text": "a", "start": "1x"}]}', "no time"),
        ('{"turns": [{"speaker": "agent", "text": "a", "start": "1:x"}]}', "no time"),
        ('{"agent": [1], "turns": []}', "agent is neither"),
        ('{"known": 4, "turns": []}', "known is neither"),
    ],
)
def test_broken_json_says_what(write, content, part):
    """Wrong JSON, wrong shapes and wrong times are refused, with file and line."""
    with pytest.raises(BadCall, match=part) as caught:
        parse_file(write("c.json", content))
    assert caught.value.what.startswith("c.json:1:")


def test_half_a_surrogate_pair_is_dropped(write):
    """JSON can spell what no encoding can write."""
    assert turns_of(write("c.json", '{"turns": [{"speaker": "agent", "text": "a\\ud800b"}]}'))[0][1] == "ab"


def test_a_table(write):
    """Names in any case with synonyms, semicolons too, quoted text with line breaks."""
    path = write("c.csv", 'Role;Start Time;END;Message\nagent;00:01;2.5;"a; b\nc"\n\ncustomer;;;d\n')
    assert turns_of(path) == [("agent", "a; b\nc", 1.0, 2.5), ("customer", "d", None, None)]


def test_a_table_of_several_calls(write):
    """Rows are grouped by call_id."""
    calls = parse_file(write("c.csv", "call_id,speaker,text\nx,agent,a\ny,agent,b\nx,customer,c\n"))
    assert [(c.fields.call_id, len(c.turns)) for c in calls] == [("x", 2), ("y", 1)]


@pytest.mark.parametrize(
    ("content", "part"),
    [
        ("a,b\n1,2", "no speaker and text columns"),
        ("speaker,text\n", "no rows"),
        ("speaker,text\nagent", "c.csv:2: 1 cells"),
        ('speaker,text\nagent,a\nagent,"open', "c.csv:3: not a table"),
        ("speaker,text,start\nagent,a,b", "c.csv:2: start or end"),
        ("speaker,text\n,a", "c.csv:2: the row names no speaker"),
    ],
)
def test_a_broken_table_names_its_line(write, content, part):
    """What is wrong is said with file and line."""
    with pytest.raises(BadCall, match=part):
        parse_file(write("c.csv", content))


def test_webvtt_with_voices(write):
    """Voices, several in a cue, tags, entities, notes, and a cue without a name that goes on."""
    path = write(
        "c.vtt",
        "WEBVTT\n\nNOTE times --> none\n\n1\n00:01.000 --> 00:02.000\n<v.loud Agent>Hello &amp; <b>hi</b></v>\n\n"
        "00:03.000 --> 00:04.000\nmore\n\n00:00:05.000 --> 00:00:06.500\n<v Caller>Yes.</v>\n<v Agent>Remember: no</v>\n",
    )
    assert turns_of(path) == [
        ("Agent", "Hello & hi more", 1.0, 4.0),
        ("Caller", "Yes.", 5.0, 6.5),
        ("Agent", "Remember: no", 5.0, 6.5),
    ]


def test_webvtt_with_names_before_colons(write):
    """A name is a role word or stands there twice; another colon is text."""
    cues = ["Maya Orr: Hello", "and: so", "Customer: Hi", "Maya Orr: Bye", "bye"]
    body = "".join(f"\n00:0{at}.000 --> 00:0{at}.500\n{cue}\n" for at, cue in enumerate(cues))
    assert [(t[0], t[1]) for t in turns_of(write("c.vtt", f"\ufeffWEBVTT\n{body}"))] == [
        ("Maya Orr", "Hello and: so"),
        ("Customer", "Hi"),
        ("Maya Orr", "Bye bye"),
    ]


@pytest.mark.parametrize(
    ("content", "part"),
    [
        ("nothing", "not a WebVTT file"),
        ("WEBVTT\n\n00:00:00.500 --> 00:00:1d.890\n<v Agent>a", "c.vtt:3: the cue's times"),
        ("WEBVTT\n\n99999999:00:00.000 --> 99999999:00:01.000\n<v Agent>hi", "out of range"),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\nwho am I", "cue 1 names no speaker"),
    ],
)
def test_broken_webvtt_is_reported(write, content, part):
    """Cues that the library would pass over are refused."""
    with pytest.raises(BadCall, match=part):
        parse_file(write("c.vtt", content))


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ("WEBVTT\n\n00:01.000 --> 00:02.000\n<v Agent>a", "WebVTT"),
        ('{"turns": [{"speaker": "agent", "text": "a"}]}', "JSON"),
        ("speaker,text\nagent,a", "table"),
        ("[00:01] Agent: a", "plain"),
        ("Caller: a", "plain"),
    ],
)
def test_a_file_without_a_known_suffix_is_told_by_its_content(write, content, name):
    """The look at the content decides where the suffix says nothing."""
    path = write("export.dat", content)
    assert name in format_of(path, content).name
    assert len(parse_file(path)) == 1


def test_an_unknown_format_says_what_we_read(write):
    """The refusal lists every format of the registry."""
    with pytest.raises(UnknownFormat) as caught:
        parse_file(write("call.mp3", "ID3 something"))
    assert all(known.name in caught.value.hint for known in FORMATS)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_marked_encodings_are_read(write, encoding):
    """UTF-8 with or without its mark, UTF-16 and UTF-32 with theirs; control characters go."""
    data = "Agent: café\x00\x07\r\nCustomer: naïve\r".encode(encoding)
    assert [t[1] for t in turns_of(write("c.txt", data))] == ["café", "naïve"]


def test_other_encodings_are_refused_with_the_byte(write):
    """Latin-1 and unmarked UTF-16 are not guessed at."""
    with pytest.raises(BadCall, match="byte 0xe9 at offset 10 is not UTF-8"):
        parse_file(write("c.txt", "Agent: caf\xe9".encode("latin-1")))
    with pytest.raises(BadCall, match="NUL"):
        decode("Agent: hello".encode("utf-16-le"), "c.txt")


def test_files_that_cannot_be_read(write, tmp_path, monkeypatch):
    """An empty file, a folder and a file over the bound are refused clearly."""
    with pytest.raises(BadCall, match="empty"):
        parse_file(write("c.txt", " \n"))
    with pytest.raises(BadCall, match="cannot be read"):
        parse_file(tmp_path)
    monkeypatch.setattr("coach.calls.formats.LARGEST_FILE", 10)
    with pytest.raises(BadCall, match="split it"):
        parse_file(write("d.txt", "Agent: hello there"))


def test_calls_of_no_sane_size_are_refused(write):
    """More than 5,000 turns or two million characters is no call."""
    with pytest.raises(BadCall, match="5,001 turns"):
        parse_file(write("c.txt", "Agent: a\n" * 5001))
    huge = ["speaker,text,call_id", "agent,a,x", *[f"agent,{'b' * 999_999},y"] * 3]
    parsed = list(scan_file(write("c.csv", "\n".join(huge))))
    assert [isinstance(one, BadCall) for one in parsed] == [False, True]
