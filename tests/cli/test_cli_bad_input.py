"""What bad input gets: one clear line on standard error, the right code, no traceback, and a run that goes on."""

from __future__ import annotations

import errno
import os
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from cli_tools import Ran, spawn
from fault_server import error
from invented_calls import LINES, WEEK, write_call, write_calls

from coach.store import open_store

Coach = Callable[..., Ran]
HEADER = b"agent: ann\nstarted_at: 2025-11-18T09:00:00Z\n\n"


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("empty.txt", b"", "empty"),
        ("alone.txt", HEADER + b"Agent: Hello there, can you hear me?\nAgent: I cannot hear you, goodbye.\n", "speaks"),
        ("noise.bin", bytes(range(256)), ""),
        ("words.txt", b"no speaker anywhere in these words\n", ""),
        ("half.json", b'{"turns": [', "JSON"),
        ("table.csv", b"a,b\n1,2\n", "column"),
    ],
)
def test_a_call_that_cannot_be_read_is_refused_and_the_others_are_graded(
    calls: Path, batch: Coach, name: str, content: bytes, why: str
) -> None:
    """The file is named with its reason, the four good calls are graded, and the code is 0."""
    (calls / name).write_bytes(content)
    done = batch()
    assert (done.code, done.err) == (0, "")
    assert "4 graded, 1 refused" in done.out
    reason = next(line for line in done.out.splitlines() if name in line)
    assert why in reason


def test_a_file_that_may_not_be_read_is_refused(calls: Path, batch: Coach, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system's refusal is the reason, and the run goes on (simulated: root may read everything)."""
    real = Path.open

    def refuse(self: Path, *rest: object, **more: object) -> object:
        if self.name == "c-01.txt":
            raise PermissionError(errno.EACCES, "Permission denied", str(self))
        return real(self, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(Path, "open", refuse)
    done = batch()
    assert done.code == 0
    assert "3 graded, 1 refused" in done.out
    assert "c-01.txt" in done.out


def test_a_call_without_agent_is_refused(calls: Path, batch: Coach) -> None:
    """Neither file nor manifest nor option names an agent: the reason says so."""
    (calls / "manifest.csv").write_text("file,started_at\nc-00.txt,2025-11-18T09:00:00Z\n", encoding="utf-8")
    done = batch("--started-at", "2025-11-18T09:00:00", "--strict")
    assert done.code == 1
    assert "agent" in done.out
    assert done.line == "coach: none of 4 calls could be taken in; the reasons stand above"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("batch", "nowhere"), "nowhere: no such file or folder"),
        (("batch", "void", "--engine", "patterns"), "void: no call files"),
        (("batch", "calls", "--week", "47"), "'47' is not a week"),
        (("batch", "calls", "--week", "2026-W54"), "2026 has no week 54"),
        (("batch", "calls", "--week", "2020-W01"), "no call of 2020-W01 among 4; they lie in 2025-W47"),
        (("batch",), "the store holds no calls"),
        (("batch", "calls", "--engine", "guess"), "setting engine.name"),
        (("batch", "calls", "--concurrency", "0"), "setting engine.concurrency"),
        (("batch", "calls", "--engine", "live"), "needs a key or the address of a server"),
        (("batch", "calls", "--engine", "live", "--dry-run"), "needs a key or the address of a server"),
        (("batch", "calls", "--base-url", "http://127.0.0.1:1/v1"), "no model is named"),
        (("batch", "calls", "--base-url", "ftp://x", "--model", "m"), "not a web address"),
        (("batch", "calls", "--base-url", "http://127.0.0.1:1", "--model", "m", "--budget", "3"), "needs an amount"),
        (("batch", "calls", "--store", "void"), "void is a folder"),
        (("batch", "calls", "--store", "postgresql://x/y"), "postgresql address cannot be opened"),
        (("batch", "calls", "--playbook", "void"), "no rubrics/ in it"),
        (("grade", "void"), "holds no call"),
        (("grade", "calls"), "holds more than one call"),
        (("grade", "nowhere.txt"), "no such file"),
        (("import", "void"), "no call could be taken in"),
        (("import", "nowhere"), "no such file"),
        (("report", "ann"), "there is no store at"),
        (("digest",), "there is no store at"),
        (("export",), "there is no store at"),
        (("purge", "--everything", "--yes"), "there is no store at"),
        (("purge",), "no choice of what to erase"),
        (("purge", "--everything", "--agent", "ann"), "several choices of what to erase"),
        (("review", "list", "--week", "x"), "'x' is not a week"),
        (("review", "contest", "c-00", "NOPE", "--because", "so"), "no check 'NOPE'"),
        (("review", "contest", "c-00", "ACK1", "--because", " "), "no reason is given"),
        (("review", "confirm", "1", "--by", " "), "nobody is named"),
        (("trainer", "render", "void"), "holds no call"),
    ],
)
def test_what_a_user_can_mend_is_one_line_and_code_one(
    calls: Path, here: Path, coach: Coach, arguments: tuple[str, ...], said: str
) -> None:
    """Every such command ends with one line that says what, and code 1."""
    (here / "void").mkdir()
    done = coach(*arguments)
    assert done.code == 1
    assert said in done.line


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("report", "zoe"), "no agent 'zoe' in the store; agents: ann, bob"),
        (("report", "ann", "--week", "2020-W01"), "weeks with calls: 2025-W47"),
        (("digest", "--week", "2020-W01"), "no graded calls in 2020-W01"),
        (("digest", "--team", "zebra"), "no team 'zebra' in the store"),
        (("purge", "--call", "c-99", "--yes"), "the store holds no call c-99"),
        (("digest", "--engine", "live"), "no finished batch of engine live"),
        (("export", "--agent", "zoe"), "no graded calls of zoe"),
        (("export", "--week", "2020-W01"), "no graded calls in 2020-W01"),
        (("export", "--to", "/proc/nowhere/x.csv"), "/proc/nowhere/x.csv"),
        (("report", "ann", "--format", "md", "--to", "calls/c-00.txt/x.md"), "calls/c-00.txt/x.md"),
        (("review", "contest", "c-99", "ACK1", "--because", "so"), "no call 'c-99'"),
        (("review", "dismiss", "7", "--by", "Sam"), "no item 7"),
    ],
)
def test_what_the_store_does_not_hold_is_said_in_one_line(
    calls: Path, batch: Coach, coach: Coach, arguments: tuple[str, ...], said: str
) -> None:
    """An unknown agent, week, team, call or item: one line, with what there is."""
    batch()
    done = coach(*arguments)
    assert done.code == 1
    assert said in done.line


@pytest.mark.parametrize("arguments", [("bach",), ("batch", "--wek", "x"), ("report",), ("batch", "--budget", "much")])
def test_a_usage_error_is_code_two(coach: Coach, arguments: tuple[str, ...]) -> None:
    """Unknown commands and options, missing and wrong arguments: usage, no traceback."""
    done = coach(*arguments)
    assert done.code == 2
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    ("file", "old", "new", "place"),
    [
        ("rubrics/deescalation.yaml", "critical_flags:", "critical_flags: oops:", "deescalation.yaml:"),
        ("rubrics/deescalation.yaml", "polarity: presence", "polarity: sideways", "deescalation.yaml:"),
        ("prompts/grade_stage.j2", "{{ part }}", "{{ part", "grade_stage.j2:"),
        ("prompts/grade_stage.j2", "{{ part }}", "{{ nobody_knows }}", "grade_stage.j2:"),
    ],
)
def test_a_broken_playbook_is_named_with_file_and_line(
    here: Path, coach: Coach, file: str, old: str, new: str, place: str
) -> None:
    """Rubric and template: one line with the place, nothing is graded, nothing is written."""
    coach("init", "team", "--with-playbook")
    write_calls(here / "calls")
    broken = here / "team" / "playbook" / file
    broken.write_text(broken.read_text("utf-8").replace(old, new, 1), encoding="utf-8")
    done = coach("batch", "calls", "--engine", "patterns", "--playbook", "team/playbook")
    assert done.code == 1
    assert place in done.line
    assert done.line.split(place, 1)[1].split(":")[0].isdigit()
    assert not (here / "pages").exists()


def test_a_broken_manifest_is_named_with_its_line(calls: Path, batch: Coach) -> None:
    """The manifest holds for all calls: the run ends, with file and line."""
    (calls / "manifest.csv").write_text("file,agent\nc-00.txt\n", encoding="utf-8")
    done = batch()
    assert done.code == 1
    assert "manifest.csv:2:" in done.line


def test_a_bad_key_is_one_line_without_the_key(
    calls: Path, coach: Coach, serve: Callable[..., object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """401: the line says that the key was not taken, and never shows it."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-made-up-secret")
    server = serve(lambda _: error(401, "Incorrect API key provided: sk-made-up-secret", "invalid_api_key"))
    done = coach("batch", "calls", "--base-url", server.url, "--model", "m")  # type: ignore[attr-defined]
    assert done.code == 1
    assert "key" in done.line
    assert "sk-made-up-secret" not in done.line + done.out


def test_an_unreachable_server_is_one_line(calls: Path, coach: Coach, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody listens at the address: the run gives up after a few requests."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    monkeypatch.setenv("COACH_ENGINE__ATTEMPTS", "1")
    done = coach("batch", "calls", "--base-url", f"http://127.0.0.1:{port}/v1", "--model", "m")
    assert done.code == 1
    assert f"127.0.0.1:{port} does not answer" in done.line


@pytest.mark.parametrize("out", ["calls/c-00.txt/pages", "/proc/pages"])
def test_a_folder_that_cannot_be_written_is_one_line_and_the_grades_are_kept(
    calls: Path, batch: Coach, out: str
) -> None:
    """The pages fail, the grades stay: with another folder everything is known already."""
    done = batch("--out", out)
    assert done.code == 1
    assert out in done.line
    assert "grades are kept" in done.line
    assert "4 of them graded before" in batch().out


@pytest.mark.parametrize("store", ["calls/c-00.txt/coach.db", "/proc/nowhere/coach.db"])
def test_a_store_that_cannot_be_made_is_one_line(calls: Path, batch: Coach, store: str) -> None:
    """Nothing is graded where nothing can be kept."""
    done = batch("--store", store)
    assert done.code == 1
    assert "coach.db" in done.line


def test_a_full_disk_under_the_pages_is_one_line(calls: Path, batch: Coach, monkeypatch: pytest.MonkeyPatch) -> None:
    """No half page and no draft is left, and the page before stays as it was."""

    def full(self: Path, *_: object, **__: object) -> int:
        self.touch()
        raise OSError(errno.ENOSPC, "No space left on device", str(self))

    monkeypatch.setattr(Path, "write_text", full)
    done = batch()
    assert done.code == 1
    assert "No space left on device" in done.line
    assert not [page for page in Path("pages").rglob("*") if page.is_file()]


@pytest.mark.parametrize("pages", [40, 70])
def test_a_full_disk_under_the_store_is_one_line(
    here: Path, batch: Coach, monkeypatch: pytest.MonkeyPatch, pages: int
) -> None:
    """SQLite finds no room, for a call or for a critique: the run ends, what was kept is intact."""
    write_calls(here / "calls", 12)
    monkeypatch.setattr("coach.store.database._PRAGMAS", (f"PRAGMA max_page_count={pages}",))
    done = batch()
    assert done.code == 1
    assert "is full; free some space" in done.line
    monkeypatch.undo()
    os.chdir(here)
    with sqlite3.connect(here / "coach.db") as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    database.close()


def test_a_store_of_a_newer_version_is_left_alone(calls: Path, batch: Coach, coach: Coach) -> None:
    """One line that says to upgrade; for reading commands as well; the file is not touched."""
    batch()
    with sqlite3.connect("coach.db") as database:
        database.execute("UPDATE alembic_version SET version_num = 'r9999'")
    database.close()
    before = Path("coach.db").read_bytes()
    for command in (("batch", "calls"), ("digest",)):
        done = coach(*command)
        assert done.code == 1
        assert "newer coach" in done.line
    assert Path("coach.db").read_bytes() == before


@pytest.mark.parametrize(("content", "said"), [(b"not a database at all", "not a database"), (b"", "")])
def test_a_file_that_is_no_store_is_one_line(calls: Path, batch: Coach, content: bytes, said: str) -> None:
    """Another file under the store's name is not overwritten; an empty one is filled."""
    Path("coach.db").write_bytes(content * 100)
    done = batch()
    assert done.code == (1 if content else 0)
    if content:
        assert said in done.line
        assert Path("coach.db").read_bytes() == content * 100


def test_two_batches_at_once_on_one_store(calls: Path, batch: Coach) -> None:
    """The second one is told who holds the store, and ends."""
    with open_store(Path("coach.db")) as store, store.hold_batch():
        done = batch()
    assert done.code == 1
    assert f"another batch is writing to {Path('coach.db').absolute()} (process {os.getpid()})" in done.line


def test_hostile_file_names_and_agent_ids_do_no_harm(here: Path, coach: Coach) -> None:
    """Names with line breaks, terminal sequences, quotes or bytes that are no text; agents that climb out of folders."""
    folder = here / "calls"
    write_calls(folder, 2)
    for name in ("new\nline.txt", "red\x1b[31m.txt", "a'b\"c;rm -rf.txt"):
        (folder / name).write_bytes(b"")
    Path(os.fsdecode(os.fsencode(folder) + b"/bad-\xff\xfe.txt")).write_bytes(b"")
    agents = ("../../etc", "<b>x</b>", "=1+1", "con")
    for number, agent in enumerate(agents):
        write_call(folder, f"h-{number}", (f"agent: {agent}", "started_at: 2025-11-18T09:00:00Z", "", *LINES))
    done = coach("batch", "calls", "--engine", "patterns", "--strict")
    assert done.code == 3
    assert "\x1b" not in done.out + done.err
    written = list(here.rglob("*.html"))
    assert all(page.is_relative_to(here / "pages" / WEEK) for page in written)
    assert not any(b"<b>x</b>" in page.read_bytes() for page in written)
    assert coach("digest").code == 0


def test_the_settings_file_is_named_when_it_is_broken(calls: Path, here: Path, batch: Coach) -> None:
    """Not TOML, an unknown name, a wrong value: one line each, with the name."""
    for text, said in (
        ("store = [", "coach.toml is not valid TOML"),
        ("colour = 1\n", "setting colour"),
        ("[team]\nzone = 'Mars/Base'\n", "unknown time zone"),
    ):
        (here / "coach.toml").write_text(text, encoding="utf-8")
        done = batch()
        assert done.code == 1
        assert said in done.line


def test_standard_output_that_is_closed_or_full_is_no_traceback(calls: Path, here: Path) -> None:
    """`coach ... | head` ends quietly; a full disk behind the output is one line."""
    quiet = spawn("trainer", "coverage")
    assert quiet.stdout is not None
    quiet.stdout.close()
    assert quiet.stderr is not None
    assert (quiet.wait(60), quiet.stderr.read()) == (0, "")
    quiet.stderr.close()
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "coach", "trainer", "coverage"]
        root = str(Path(__file__).resolve().parents[2])
        done = subprocess.run(
            command, stdout=full, stderr=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": root}, check=False
        )
    assert done.returncode == 1
    assert done.stderr == "coach: the output: No space left on device; check the path, its permissions and the disk\n"
