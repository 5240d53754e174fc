"""Fixtures of the commands: a folder of their own, a command that runs inside the test, a pretended model's server."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest
from cli_tools import Ran, Server
from invented_calls import answer, write_calls

from coach.calls.transcript import Redacted
from coach.cli import bench
from coach.cli.app import run
from coach.playbook.load import shipped
from coach.settings import Settings


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder: empty, and this test's alone."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def calls(here: Path) -> Path:
    """Four calls of two agents in one week."""
    return write_calls(here / "calls")


@pytest.fixture(scope="session")
def sample_read_once() -> Callable[..., dict[str, Redacted]]:
    """Reads calls for the bench as the program does; the sample team's are read and redacted once for all tests."""
    read = bench.read_calls
    known: dict[str, Redacted] = {}

    def read_calls(
        settings: Settings, paths: Sequence[Path] | None, *, sample: bool, only: Collection[str] = ()
    ) -> dict[str, Redacted]:
        if not sample and list(paths or ()) != [bench.sample_calls()]:
            return read(settings, paths, sample=sample, only=only)
        if not known:
            known.update(read(settings, None, sample=True))
        return dict(known)

    return read_calls


@pytest.fixture(autouse=True)
def _quick_sample(sample_read_once: Callable[..., dict[str, Redacted]], monkeypatch: pytest.MonkeyPatch) -> None:
    """Redacting 37 calls takes most of a second, and these tests ask for them a hundred times."""
    monkeypatch.setattr(bench, "read_calls", sample_read_once)


@pytest.fixture
def labels(here: Path) -> Path:
    """The golden labels in the workspace's own folder, to be spoiled."""
    folder = here / "labels"
    folder.mkdir()
    for file in (shipped() / "fixtures" / "golden").glob("*.jsonl"):
        (folder / file.name).write_bytes(file.read_bytes())
    return folder


@pytest.fixture
def coach(capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Run a command inside this process: `coach("batch", "calls")`."""

    def call(*arguments: object) -> Ran:
        capsys.readouterr()
        code = run([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return Ran(code, said.out, said.err)

    return call


@pytest.fixture
def batch(coach: Callable[..., Ran]) -> Callable[..., Ran]:
    """Grade the folder calls/ with the patterns engine: `batch("--week", "2025-W47")`."""
    return lambda *more: coach("batch", "calls", "--engine", "patterns", *more)


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    """Start a pretended model: `serve()`, `serve(choose)`, `serve(hold_from=20)`."""
    with ExitStack() as stack:
        yield lambda choose=answer, hold_from=None: stack.enter_context(Server(choose, hold_from))
