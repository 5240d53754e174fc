"""Cassettes of live engines: recorded once, replayed without a network.

What is kept of an exchange is the method, path, JSON body, status and an allow-list of headers.  The host becomes
`api.example.invalid`, in the recording and in the replay alike, so a cassette replays for any base URL; the key is
never among the headers, and is struck out wherever else it stands.  Requests are told apart by method, host, path and
body: without the body, requests that are in flight together get each other's answers.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

import vcr
from vcr.cassette import Cassette
from vcr.persisters.filesystem import CassetteNotFoundError
from vcr.record_mode import RecordMode
from vcr.request import Request
from vcr.serialize import deserialize, serialize

HOST = "api.example.invalid"
KEPT_HEADERS = frozenset({"content-type", "retry-after", "retry-after-ms"})

_ONE_AT_A_TIME = Lock()

SECRETS = {
    "an API key": re.compile(r"\bsk-[A-Za-z0-9_\-]{8,}"),
    "a bearer": re.compile(r"(?i)\bbearer\s+\S"),
    "a header that names somebody": re.compile(
        r"(?im)^\s*(?:authorization|cookie|set-cookie|openai-organization|openai-project|api-key):"
    ),
    "a host": re.compile(r"https?://(?!api\.example\.invalid[/\s'\"])[A-Za-z0-9\[]"),
    "a private address": re.compile(r"\b(?:10|127|192\.168|172\.(?:1[6-9]|2\d|3[01]))(?:\.\d{1,3}){2,3}\b"),
    "a path of somebody's machine": re.compile(r"(?<![\w.:/<])/(?!v1/)[A-Za-z][\w.\-]*/[\w.\-]+"),
    "an e-mail address": re.compile(r"[\w.+\-]+@(?!example\.)[\w\-]+\.\w+"),
}


def find_secrets(text: str) -> list[str]:
    """What a cassette should not hold, by the name of its pattern."""
    return [name for name, pattern in SECRETS.items() if pattern.search(text)]


class Utf8Files:
    """Cassettes on the disk, in UTF-8 and with LF whatever the locale."""

    @staticmethod
    def load_cassette(path: str | Path, serializer: Any) -> Any:
        if not Path(path).is_file():
            raise CassetteNotFoundError
        return deserialize(Path(path).read_text(encoding="utf-8"), serializer)

    @staticmethod
    def save_cassette(path: str | Path, cassette: dict[str, Any], serializer: Any) -> None:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text(serialize(cassette, serializer), encoding="utf-8", newline="\n")


def same_json(ours: Request, kept: Request) -> None:
    """Match two requests by the JSON of their bodies."""
    assert json.loads(ours.body) == json.loads(kept.body)


@contextmanager
def open_cassette(path: Path, *, record: bool = False, strike: Mapping[str, str] | None = None) -> Iterator[Cassette]:
    """Record to, or replay from, `path`; `strike` maps what must not be kept (a key, a path) to what stands for it.

    A replay sends nothing, and every exchange in it must be played.  One cassette at a time: the patches of two would
    take each other's requests.
    """
    if not _ONE_AT_A_TIME.acquire(blocking=False):
        raise RuntimeError("a cassette is open already")
    # At INFO vcrpy logs whole bodies.
    logging.getLogger("vcr").setLevel(logging.WARNING)
    try:
        if record:
            path.unlink(missing_ok=True)
        with _recorder(strike or {}).use_cassette(
            str(path), record_mode=RecordMode.ALL if record else RecordMode.NONE
        ) as tape:
            yield tape
            if not record and not tape.all_played:
                raise AssertionError(
                    f"{path.name}: {len(tape) - tape.play_count} recorded exchanges were not asked for"
                )
    finally:
        _ONE_AT_A_TIME.release()


def _recorder(strike: Mapping[str, str]) -> vcr.VCR:
    def struck(raw: bytes) -> bytes:
        for secret, shown in strike.items():
            raw = raw.replace(secret.encode(), shown.encode())
        return raw

    def scrub_request(request: Request) -> Request:
        uri = urlsplit(request.uri)._replace(scheme="https", netloc=HOST).geturl()
        return Request(request.method, uri, struck(request.body or b""), _kept(request.headers))

    def scrub_response(response: dict[str, Any]) -> dict[str, Any]:
        body = {"string": struck(response["body"]["string"])}
        return {**response, "headers": _kept(response["headers"]), "body": body}

    recorder = vcr.VCR(
        match_on=["method", "host", "path", "same_json"],
        before_record_request=scrub_request,
        before_record_response=scrub_response,
        decode_compressed_response=True,
    )
    recorder.register_matcher("same_json", same_json)
    recorder.register_persister(Utf8Files)
    return recorder


def _kept(headers: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in headers.items() if name.lower() in KEPT_HEADERS}
