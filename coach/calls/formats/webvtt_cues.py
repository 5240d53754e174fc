"""WebVTT: cues with `<v Name>text</v>` or `Name: text`, read with webvtt-py.

A cue without a name continues the turn before it.  The library passes over cues that it cannot read; here they are
refused, with their line.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator

import webvtt
from webvtt.errors import MalformedCaptionError, MalformedFileError

from coach.calls.fields import Fields
from coach.calls.formats.parsed import Format, ParsedCall, ParsedTurn, bad, call, seconds, turn
from coach.calls.roles import role_of
from coach.errors import BadCall

_VOICE = re.compile(r"<v(?:\.[\w.-]{1,60})?\s+([^<>\n]{1,80})>")
_TAG = re.compile(r"</?[a-zA-Z\d.:][^<>]{0,200}>|</>")
_PREFIX = re.compile(r"([^\s:<>][^:<>\n]{0,59}?)\s*:(?:\s+|$)")
_CUE = re.compile(
    r"\s*(?:\d{2,}:)?\d{1,2}:\d{1,2}\.\d{1,3}\s*-->\s*(?:\d{2,}:)?\d{1,2}:\d{1,2}\.\d{1,3}(?:\s|$)", re.ASCII
)
_HINT = "write cues as 00:00:01.000 --> 00:00:04.000 with <v Agent>text</v>"


def _check_times(text: str, source: str) -> None:
    """Refuse the first timing line that is not one: such a cue would be lost without a word."""
    note = False
    for number, line in enumerate(text.split("\n"), start=1):
        note = bool(line.strip()) and (note or line.startswith("NOTE"))
        if "-->" in line and not note and not _CUE.match(line):
            raise bad(source, number, "the cue's times cannot be read", _HINT)


def _voices(raw: str) -> list[tuple[str, str]]:
    """(voice, text) pairs of a cue; the voice is empty for what stands before the first `<v>`."""
    pieces = _VOICE.split(raw)
    pairs = [("", pieces[0]), *zip(pieces[1::2], pieces[2::2], strict=True)]
    return [(voice.strip(), words) for voice, text in pairs if (words := _words(text)) or voice]


def _words(raw: str) -> str:
    return html.unescape(_TAG.sub("", raw)).strip()


def _prefixes(cues: list[str]) -> set[str]:
    """The names before a colon that are speakers: role words, and what stands there more than once."""
    seen = Counter(found[1] for cue in cues if (found := _PREFIX.match(_words(cue))))
    return {name for name, times in seen.items() if times > 1 or role_of(name) is not None}


def _named(raw: str, prefixes: set[str]) -> list[tuple[str, str]]:
    voices = _voices(raw)
    if any(voice for voice, _ in voices) or not prefixes:
        return voices
    text = _words(raw)
    found = _PREFIX.match(text)
    if found is not None and found[1] in prefixes:
        return [(found[1], text[found.end() :].strip())]
    return [("", text)]


def parse(text: str, source: str) -> Iterator[ParsedCall | BadCall]:
    """The one call of a WebVTT file.  Raises BadCall with the line of what is wrong."""
    _check_times(text, source)
    try:
        captions = list(webvtt.WebVTT.from_string(text).captions)
    except (MalformedFileError, MalformedCaptionError):
        raise bad(source, 1, "not a WebVTT file", "begin it with a line WEBVTT") from None
    has_voices = any(_VOICE.search(caption.raw_text) for caption in captions)
    prefixes = set() if has_voices else _prefixes([caption.raw_text for caption in captions])
    turns: list[ParsedTurn] = []
    for number, caption in enumerate(captions, start=1):
        try:
            start, end = seconds(str(caption.start)), seconds(str(caption.end))
        except ValueError:
            raise bad(source, None, f"cue {number} has a time out of range", "a call lasts at most a day") from None
        for name, words in _named(caption.raw_text, prefixes):
            if name:
                turns.append(turn(name, words, start, end))
            elif turns:
                last = turns[-1]
                turns[-1] = turn(last.label, f"{last.text} {words}".strip(), last.start, end)
            elif words:
                raise bad(source, None, f"cue {number} names no speaker", _HINT)
    yield call(Fields(), turns, source)


def sniff(text: str) -> bool:
    """True for what begins with the WebVTT signature."""
    return text.lstrip().startswith("WEBVTT")


FORMAT = Format("WebVTT (.vtt)", (".vtt",), sniff, parse)
