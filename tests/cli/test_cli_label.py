"""`coach trainer label` as a command: which calls, where labels go, sheets out and in, and one line for what is wrong."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cli_tools import Ran
from invented_calls import write_call, write_calls

from coach.cli import trainer_label
from coach.playbook.load import load_playbook

Coach = Callable[..., Ran]
CHECKS = [check.id for check in load_playbook().rubric.checks()]
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def label(coach: Coach, calls: Path) -> Coach:
    """The command over four calls as reader-a: `label("--export", "sheets")`."""
    return lambda *more: coach("trainer", "label", "calls", "--rater", "reader-a", *more)


def rows(file: Path) -> list[dict[str, str]]:
    """The rows of a sheet."""
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def fill(file: Path, **verdicts: str) -> Path:
    """Give every call these verdicts, as a spreadsheet would save them: with semicolons."""
    filled = [{**row, "verdict": verdicts.get(row["check_id"], row["verdict"])} for row in rows(file)]
    to = file.with_name("filled.csv")
    with to.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.DictWriter(out, list(filled[0]), delimiter=";")
        writer.writeheader()
        writer.writerows(filled)
    return to


def kept(folder: Path) -> list[dict[str, Any]]:
    """The labels of reader-a in a folder."""
    return [json.loads(line) for line in (folder / "reader-a.labels.jsonl").read_text(encoding="utf-8").splitlines()]


def test_a_sheet_goes_out_and_comes_back_into_the_raters_file(label: Coach, here: Path) -> None:
    """New, then unchanged, then one changed; what is empty stays empty."""
    out = label("--export", "sheets")
    assert out.code == 0
    assert out.out.startswith("4 calls, 0 labels filled in already: sheets/sheet.csv")
    assert sorted(path.name for path in (here / "sheets" / "calls").iterdir()) == [f"c-0{n}.txt" for n in range(4)]
    filled = fill(here / "sheets" / "sheet.csv", CALM1="met", CALM2="n/a")
    said = label("--import", filled)
    rest = 4 * (len(CHECKS) - 2)
    file = here / "labels" / "reader-a.labels.jsonl"
    assert said.out == f"8 new, 0 changed, 0 unchanged, {rest} without a verdict\n{file} has 8 labels\n"
    assert {(one["check_id"], one["verdict"]) for one in kept(here / "labels")} == {
        ("CALM1", "met"),
        ("CALM2", "not_applicable"),
    }
    before = file.read_bytes()
    assert label("--import", filled).out.startswith("0 new, 0 changed, 8 unchanged,")
    assert file.read_bytes() == before
    assert label("--import", fill(here / "sheets" / "sheet.csv", CALM1="missed")).out.startswith("0 new, 4 changed, 0")
    assert len(kept(here / "labels")) == 8


def test_a_second_sheet_has_what_was_labelled_and_a_sheet_is_never_written_over(label: Coach, here: Path) -> None:
    """A sheet that lies there may be filled in."""
    label("--export", "sheets")
    label("--import", fill(here / "sheets" / "sheet.csv", CALM1="met"))
    assert "there is a sheet already; import it, or name another folder" in label("--export", "sheets").line
    assert "4 labels filled in already" in label("--export", "more").out
    assert [row["verdict"] for row in rows(here / "more" / "sheet.csv") if row["check_id"] == "CALM1"] == ["met"] * 4


def test_what_is_handed_out_says_nothing_of_agents_models_and_other_raters(
    coach: Coach, label: Coach, batch: Coach, here: Path
) -> None:
    """The calls were graded, and another rater has labelled them."""
    assert batch().code == 0
    assert label("--export", "first").code == 0
    coach(
        "trainer", "label", "calls", "--rater", "other", "--import", fill(here / "first" / "sheet.csv", CALM1="missed")
    )
    assert coach("trainer", "label", "--rater", "reader-a", "--export", "sheets").code == 0
    assert {row["verdict"] for row in rows(here / "sheets" / "sheet.csv")} == {""}
    assert (here / "sheets" / "sheet.csv").read_bytes() == (here / "first" / "sheet.csv").read_bytes()
    for file in (here / "sheets" / "calls").iterdir():
        assert "ann" not in file.read_text(encoding="utf-8").split()


def test_a_sheet_without_turns_and_notes_wipes_none(label: Coach, here: Path) -> None:
    """What it lacks is said."""
    own = here / "own.csv"
    own.write_text("call_id,check_id,verdict,turns,note\nc-00,CALM1,met,T02,mine\n", encoding="utf-8")
    assert label("--import", own).code == 0
    own.write_text("call_id,check_id,verdict\nc-00,CALM1,met\n", encoding="utf-8")
    ran = label("--import", "own.csv")
    assert ran.out.startswith("0 new, 0 changed, 1 unchanged")
    assert ran.err.splitlines() == [
        "coach: no column turns in own.csv: the turns of earlier labels stay",
        "coach: no column note in own.csv: the notes of earlier labels stay",
        "coach: no column version in own.csv: taken as judged by the texts of today",
    ]
    assert [(one["turns"], one["note"]) for one in kept(here / "labels")] == [(["T02"], "mine")]


def test_every_bad_row_has_a_line_and_nothing_is_taken_in(label: Coach, here: Path) -> None:
    """The good rows wait until the sheet is mended."""
    label("--export", "sheets")
    filled = fill(here / "sheets" / "sheet.csv", CALM1="met", CALM2="maybe")
    ran = label("--import", filled)
    lines = ran.err.splitlines()
    assert ran.code == 1
    assert lines[0] == (
        f"coach: {filled}:3: 'maybe' is no verdict; use one of met, partial, missed, not_applicable, not_observable"
    )
    assert lines[-1] == (
        f"coach: 4 rows of {filled} cannot be used, and nothing was taken in; mend them and import again"
    )
    assert len(lines) == 5
    assert not (here / "labels").exists()


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ((), "the label screen needs a terminal; run it in one, or give --export DIR and label in a spreadsheet"),
        (("--export", "x", "--import", "y"), "--export and --import are two steps"),
        (("--export", "x", "--sample"), "--sample names calls, and so do the others"),
        (("--export", "x", "--call", "c-77"), "none of the calls is c-77"),
        (("--export", "x", "--call", "c-00", "--call", "c-77"), "there is no call c-77"),
        (("--export", "x", "--check", "CALM9"), "the playbook has no check CALM9; it has CALM1, CALM2"),
        (("--export", "x", "--week", "2024-W01"), "no call of 2024-W01 to label"),
        (("--export", "x", "--week", "soon"), "'soon'"),
        (("--export", "x", "nowhere"), "nowhere: no such file or folder"),
        (("--export", "x", "--playbook", "nowhere"), "nowhere"),
        (("--import", "nowhere.csv"), "nowhere.csv: there is no such file; name the sheet that was filled in"),
        (("--import", "calls/manifest.csv"), "calls/manifest.csv:1: no column check_id"),
        (("--export", "calls/manifest.csv"), "calls/manifest.csv"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(label: Coach, here: Path, more: tuple[str, ...], said: str) -> None:
    """And nothing is written."""
    ran = label(*more)
    assert ran.code == 1
    assert said in ran.line
    assert not (here / "labels").exists()
    assert not (here / "x").exists()


def test_a_name_that_is_no_raters_and_a_broken_file_of_labels_are_refused(
    label: Coach, coach: Coach, here: Path
) -> None:
    """Before anybody grades."""
    assert (
        "'Reader A' cannot name a rater"
        in coach("trainer", "label", "calls", "--rater", "Reader A", "--export", "x").line
    )
    (here / "labels").mkdir()
    (here / "labels" / "reader-a.labels.jsonl").write_text("<<<<<<< HEAD\n", encoding="utf-8")
    assert "reader-a.labels.jsonl:1: this is no JSON; mend or remove the line" in label("--export", "x").line


def test_a_call_that_cannot_be_taken_in_has_a_line_and_the_others_go_on(label: Coach, calls: Path) -> None:
    """One line for each such file."""
    write_call(calls, "one-sided", ["Agent: Hello?", "Agent: Anyone?", "Agent: Goodbye."])
    ran = label("--export", "sheets")
    assert ran.code == 0
    assert ran.line.startswith("coach: refused calls/one-sided.txt: only the agent speaks")
    assert ran.out.startswith("4 calls")


def test_a_refused_table_is_named_once_and_with_its_line(coach: Coach, calls: Path, here: Path) -> None:
    """The path of the file stands before the reason already."""
    (here / "table.csv").write_text("file,agent\nc-00.txt,ann\n", encoding="utf-8")
    ran = coach("trainer", "label", "calls", "table.csv", "--rater", "reader-a", "--export", "sheets")
    assert ran.line.startswith("coach: refused table.csv: line 1: the table has no speaker and text columns")


def test_what_was_refused_is_said_only_where_it_was_asked_for(label: Coach, calls: Path) -> None:
    """A call by name or a week of others: no word; the refused one by name, or one that is not found: its reason."""
    write_call(calls, "one-sided", ["Agent: Hello?", "Agent: Anyone?", "Agent: Goodbye."])
    assert label("--export", "a", "--call", "c-01").err == ""
    reason = "coach: refused calls/one-sided.txt: only the agent speaks"
    for wanted in ("one-sided", "c-77"):
        said = label("--export", "b", "--call", wanted)
        assert said.code == 1
        assert said.err.startswith(reason)
        assert f"none of the calls is {wanted}" in said.err


def test_calls_and_checks_are_chosen_by_name_and_week(label: Coach, here: Path) -> None:
    """From files, in their order."""
    label("--export", "one", "--call", "c-02", "--check", "CALM3", "--check", "CALM1")
    assert [(row["call_id"], row["check_id"]) for row in rows(here / "one" / "sheet.csv")] == [
        ("c-02", "CALM1"),
        ("c-02", "CALM3"),
    ]
    assert label("--export", "week", "--week", "2025-W47").out.startswith("4 calls")


def test_without_paths_the_stores_calls_are_labelled(coach: Coach, batch: Coach, here: Path) -> None:
    """Of one week, or all; a store that is not there is not made."""
    missing = coach("trainer", "label", "--rater", "reader-a", "--export", "x")
    assert "there is no store at" in missing.line
    write_calls(here / "calls", 4, weeks=2)
    batch()
    assert coach("trainer", "label", "--rater", "reader-a", "--export", "all").out.startswith("4 calls")
    assert coach("trainer", "label", "--rater", "r", "--export", "w", "--week", "2025-W48").out.startswith("2 calls")


def test_a_call_has_the_same_version_from_its_file_and_from_the_store(
    coach: Coach, batch: Coach, label: Coach, here: Path
) -> None:
    """A label given over files counts for the stored call."""
    batch()
    label("--export", "files")
    coach("trainer", "label", "--rater", "reader-a", "--export", "stored")
    assert rows(here / "files" / "sheet.csv") == rows(here / "stored" / "sheet.csv")


def test_labels_go_where_the_option_or_the_settings_say(label: Coach, here: Path) -> None:
    """An option is relative to the current folder, a setting to coach.toml."""
    (here / "coach.toml").write_text('labels = "by-hand"\n', encoding="utf-8")
    label("--export", "sheets")
    filled = fill(here / "sheets" / "sheet.csv", CALM1="met")
    label("--import", filled)
    label("--import", filled, "--labels", "elsewhere")
    assert len(kept(here / "by-hand")) == len(kept(here / "elsewhere")) == 4


def test_the_sample_calls_can_be_labelled_without_any_of_ones_own(coach: Coach, here: Path) -> None:
    """As shipped."""
    ran = coach("trainer", "label", "--sample", "--rater", "reader-a", "--export", "sheets", "--call", "c-4501")
    assert ran.out.startswith("1 call, 0 labels")
    assert (here / "sheets" / "calls" / "c-4501.txt").exists()


def test_more_calls_than_anybody_grades_are_refused(label: Coach, monkeypatch: pytest.MonkeyPatch) -> None:
    """They would all lie in memory."""
    monkeypatch.setattr(trainer_label, "MOST", 3)
    assert "there are more than 3 calls; choose some with --week, --call or paths" in label("--export", "x").line


def test_without_textual_the_screen_is_refused_and_sheets_work(label: Coach, monkeypatch: pytest.MonkeyPatch) -> None:
    """It belongs to an extra."""
    monkeypatch.setattr(trainer_label, "_check_terminal", lambda: None)
    monkeypatch.delitem(sys.modules, "coach.cli.label_screen", raising=False)
    for name in [name for name in sys.modules if name.partition(".")[0] == "textual"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "textual", None)
    assert label().line.startswith("coach: the label screen needs the package textual; pip install 'coach[trainer]'")
    assert label("--export", "sheets").code == 0


def test_help_loads_neither_textual_nor_numpy() -> None:
    """It answers at once."""
    program = "import sys, coach.cli.app; print(sorted({'textual', 'numpy', 'rich'} & set(sys.modules)))"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.strip() == "[]"


@pytest.mark.skipif(sys.platform == "win32", reason="there is no pseudo-terminal")
def test_a_rater_at_a_real_terminal_grades_leaves_and_finds_it_kept(calls: Path, here: Path) -> None:
    """The whole program in a pseudo-terminal of 80 by 24: two verdicts and q; then killed in the middle of a sitting."""
    code, screen = at_terminal(["x", "m", "q"])
    assert code == 0
    assert f"2 of {4 * len(CHECKS)} labelled by reader-a" in screen
    assert [one["verdict"] for one in kept(here / "labels")] == ["missed", "met"]
    code, _ = at_terminal(["a"], kill=True)
    assert code == -9
    assert [one["verdict"] for one in kept(here / "labels")] == ["missed", "met", "not_applicable"]


def at_terminal(keys: list[str], *, kill: bool = False) -> tuple[int, str]:
    """Run the screen in a pseudo-terminal and press keys, each once the one before has been drawn."""
    import fcntl
    import pty
    import struct
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    command = [sys.executable, "-m", "coach", "trainer", "label", "calls", "--rater", "reader-a"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm-256color"}
    process = subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment, start_new_session=True
    )
    os.close(theirs)
    drawn = bytearray()

    def read() -> None:
        while True:
            try:
                drawn.extend(os.read(ours, 65536))
            except OSError:
                return

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    try:
        wait_until(lambda: b"q quit" in drawn)
        for key in keys:
            before = len(drawn)
            os.write(ours, key.encode())
            wait_until(lambda: len(drawn) > before and (key == "q" or b": kept." in drawn[before:]))  # noqa: B023
        if kill:
            process.kill()
        return process.wait(30), bytes(drawn).decode("utf-8", "replace") if kill else finished(reader, drawn)
    finally:
        process.kill()
        process.wait(30)
        reader.join(30)
        os.close(ours)


def finished(reader: threading.Thread, drawn: bytearray) -> str:
    """All that was drawn until the program ended."""
    reader.join(30)
    return bytes(drawn).decode("utf-8", "replace")


def wait_until(done: Callable[[], bool], seconds: float = 60) -> None:
    """Return when it is done; fails where it takes too long."""
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "the screen did not answer"
        time.sleep(0.02)
