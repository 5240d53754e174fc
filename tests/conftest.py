"""What holds for every test: no connection leaves this machine, and no setting of whoever runs the tests counts."""

from __future__ import annotations

import ipaddress
import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

# The server that fails as it is told lives with the engines' tests; the pipeline and the commands use it as well.
sys.path.insert(1, str(Path(__file__).parent / "engines"))


def _is_loopback(host: object) -> bool:
    try:
        return host is None or ipaddress.ip_address(str(host)).is_loopback
    except ValueError:
        return host == "localhost"


@pytest.fixture(autouse=True)
def only_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forbid every connection and every name look-up that would leave this machine."""
    connect, connect_ex, getaddrinfo = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def guarded(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(self: socket.socket, address: Any) -> Any:
            if self.family != socket.AF_UNIX and not _is_loopback(address[0]):
                raise AssertionError(f"a test tried to reach {address[0]}")
            return real(self, address)

        return call

    def look_up(host: Any, *rest: Any, **more: Any) -> Any:
        if not _is_loopback(host):
            raise AssertionError(f"a test tried to look up {host}")
        return getaddrinfo(host, *rest, **more)

    monkeypatch.setattr(socket.socket, "connect", guarded(connect))
    monkeypatch.setattr(socket.socket, "connect_ex", guarded(connect_ex))
    monkeypatch.setattr(socket, "getaddrinfo", look_up)


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away every variable that the settings read."""
    for name in list(os.environ):
        if name.upper().startswith(("COACH_", "OPENAI_")) or name in ("NO_COLOR", "FORCE_COLOR"):
            monkeypatch.delenv(name)
