"""The commands of a supervisor beside `batch`: report, digest, purge, init, doctor, grade, the trainer's."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import typer
from cli_tools import Ran, spawn
from invented_calls import LINES, WEEK, write_call, write_calls

from coach.cli import say
from coach.cli.say import ProgressWatch, plain
from coach.errors import CoachError

Coach = Callable[..., Ran]


def test_a_report_is_printed_in_every_format(calls: Path, batch: Coach, coach: Coach) -> None:
    """Terminal, Markdown, HTML and JSON of one agent; the newest week unless one is named."""
    batch()
    assert f"Week {WEEK}, agent ann" in coach("report", "ann").out
    assert "ann" in coach("report", "ann", "--format", "md").out
    assert coach("report", "ann", "--format", "html").out.startswith("<!doctype html>")
    assert json.loads(coach("report", "ann", "--week", WEEK, "--format", "json").out)["agent"] == "ann"


def test_a_printed_report_equals_the_page_of_the_batch(calls: Path, batch: Coach, coach: Coach) -> None:
    """The same Markdown on the screen as on the page."""
    batch()
    page = (Path("pages") / WEEK / "agents" / "ann.md").read_text("utf-8")
    assert coach("report", "ann", "--format", "md").out == page


def test_a_digest_is_printed_in_every_format(calls: Path, batch: Coach, coach: Coach) -> None:
    """Terminal, Markdown, HTML and JSON; of one team where one is named; into a file where one is named."""
    batch()
    assert f"All teams, week {WEEK}" in coach("digest").out
    assert WEEK in coach("digest", "--format", "md").out
    assert coach("digest", "--format", "html").out.startswith("<!doctype html>")
    assert json.loads(coach("digest", "--team", "north", "--format", "json").out)["team"] == "north"
    assert coach("digest", "--format", "html", "--to", "digest.html").out == "written digest.html\n"
    assert Path("digest.html").read_text("utf-8").startswith("<!doctype html>")


def test_reading_makes_no_reserve_and_no_page(calls: Path, batch: Coach, coach: Coach, here: Path) -> None:
    """A report over patterns grades leaves the folder as it was."""
    batch()
    before = sorted(here.rglob("*"))
    coach("report", "ann")
    coach("digest")
    assert sorted(here.rglob("*")) == before


def test_purge_leaves_no_byte_of_an_agents_calls(calls: Path, batch: Coach, coach: Coach, here: Path) -> None:
    """The words and the agent's name are in no file of the store; the other agent's calls stay."""
    batch()
    done = coach("purge", "--agent", "ann", "--yes")
    assert "erased 2 calls, 2 critiques" in done.out
    kept = b"".join(file.read_bytes() for file in here.glob("coach.db*"))
    assert b"job AA" not in kept
    assert b"job BA" in kept
    assert "no agent 'ann'" in coach("report", "ann").line


def test_purge_asks_first_and_erases_nothing_unless_it_is_told_to(
    calls: Path, batch: Coach, coach: Coach, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A no leaves all as it was; a yes erases; each choice is named in the question."""
    batch()
    answers = iter([False, True])
    asked: list[str] = []
    monkeypatch.setattr("typer.confirm", lambda text: asked.append(text) or next(answers))
    assert coach("purge", "--call", "c-00").out == "nothing was erased\n"
    assert "erased 1 call, " in coach("purge", "--call", "c-00").out
    assert "Erase call c-00 from" in asked[0]


def test_purge_by_age_follows_the_retention_of_the_settings(
    calls: Path, batch: Coach, coach: Coach, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a choice, what is older than retention_days goes; then everything goes on demand."""
    batch()
    assert "erased 0 calls" in coach("purge", "--older-than-days", "36500", "--yes").out
    monkeypatch.setenv("COACH_RETENTION_DAYS", "36500")
    assert "erased 0 calls" in coach("purge", "--yes").out
    assert "erased 4 calls" in coach("purge", "--everything", "--yes").out
    assert "holds no calls" in coach("batch", "--engine", "patterns").line


def test_an_empty_name_of_an_agent_is_one_line(calls: Path, batch: Coach, coach: Coach) -> None:
    """The agents there are stand beside it."""
    batch()
    assert "no agent is named; agents: ann, bob" in coach("report", "").line


def test_purge_while_a_batch_runs_is_one_line(calls: Path, batch: Coach, coach: Coach) -> None:
    """The hold of the batch keeps the purge away."""
    from coach.store import open_store

    batch()
    with open_store(Path("coach.db")) as store, store.hold_batch():
        assert "another batch is writing" in coach("purge", "--everything", "--yes").line


def test_init_twice_keeps_what_is_there(coach: Coach) -> None:
    """The second time every file is kept as it was edited."""
    assert "written  team/coach.toml" in coach("init", "team", "--with-playbook").out
    toml = Path("team/coach.toml")
    assert 'playbook = "playbook"' in toml.read_text("utf-8")
    toml.write_text("# mine\n", encoding="utf-8")
    again = coach("init", "team", "--with-playbook")
    assert again.code == 0
    assert "kept     team/coach.toml" in again.out
    assert toml.read_text("utf-8") == "# mine\n"


def test_init_where_nothing_can_be_made_is_one_line(here: Path, coach: Coach) -> None:
    """A file in the way, a system folder: one line each."""
    (here / "file").write_text("", encoding="utf-8")
    for folder in ("file/team", "/proc/team"):
        done = coach("init", folder)
        assert done.code == 1
        assert folder in done.line


def test_doctor_says_what_is_in_force_and_what_to_mend(
    here: Path, coach: Coach, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All well in an empty folder; then each of playbook, store, pages and engine broken in its turn."""
    assert coach("doctor").out.endswith("all well\n")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-made-up")
    monkeypatch.setenv("COACH_ENGINE__MODEL", "m")
    assert "engine     live: model m at api.openai.com, key set" in coach("doctor").out
    for name, value, said in (
        ("COACH_ENGINE__MODEL", "", "the engine cannot be used"),
        ("COACH_PLAYBOOK", "nowhere", "the playbook is broken"),
        ("COACH_STORE", str(here), "the store cannot be used"),
        ("COACH_OUT", "/proc/self/status/pages", "the folder for pages cannot be written"),
    ):
        with monkeypatch.context() as changed:
            changed.setenv(name, value)
            done = coach("doctor")
        assert done.code == 1
        assert said in done.line


def test_doctor_counts_the_calls_of_the_store(calls: Path, batch: Coach, coach: Coach) -> None:
    """The store's line names its calls and weeks; the recorded engine is named as what it is."""
    batch()
    assert "4 calls in 1 weeks" in coach("doctor").out


def test_grade_prints_one_call_check_by_check(here: Path, coach: Coach) -> None:
    """Stages, verdicts and quotes with bands; no store is made for the patterns engine."""
    file = write_call(here, "one")
    done = coach("grade", file, "--engine", "patterns")
    assert done.code == 0
    assert "Pattern check, no AI" in done.out
    assert "before five today.”" in done.out
    assert not (here / "coach.db").exists()
    assert json.loads(coach("grade", file, "--engine", "patterns", "--json").out)["call_id"] == "one"


def test_trainer_commands_read_the_playbook(here: Path, coach: Coach) -> None:
    """lint finds no fault in the shipped playbook, render shows prompts without the agent's id, coverage lists."""
    assert "no faults in" in coach("trainer", "lint").out
    file = write_call(here, "one", ("agent: agent-77", "started_at: 2025-11-18T09:00:00Z", "", *LINES))
    shown = coach("trainer", "render", file, "--stage", "overview").out
    assert "===== overview: about" in shown
    assert "agent-77" not in shown
    assert "--- user: as above" not in shown
    assert "--- system: as above" in coach("trainer", "render", file).out
    assert "100 items:" in coach("trainer", "coverage").out
    assert len(coach("trainer", "coverage", "--gaps").out) < len(coach("trainer", "coverage").out)


def test_trainer_lint_ends_with_one_where_there_are_faults(here: Path, coach: Coach) -> None:
    """Each fault with file and line, and how many there are."""
    coach("init", "team", "--with-playbook")
    prompt = here / "team" / "playbook" / "prompts" / "grade_stage.j2"
    prompt.write_text("{{ nobody_knows }}\n", encoding="utf-8")
    done = coach("trainer", "lint", "--playbook", "team/playbook")
    assert done.code == 1
    assert "grade_stage.j2:1" in done.out


def test_coverage_of_a_playbook_without_guidance_is_one_line(here: Path, coach: Coach) -> None:
    """A guidance file that lists nothing cannot be covered."""
    coach("init", "team", "--with-playbook")
    (here / "team/playbook/rubrics/guidance.yaml").write_text("items: []\n", encoding="utf-8")
    assert "guidance.yaml" in coach("trainer", "coverage", "--playbook", "team/playbook").line


def test_help_imports_nothing_heavy(here: Path) -> None:
    """`coach --help` answers without the packages that cost time."""
    code = (
        "import sys; from coach.cli.app import run; run(['--help']); "
        "print([m for m in ('openai', 'sqlalchemy', 'matplotlib', 'pydantic_settings', 'pydantic', 'rich', 'jinja2')"
        " if m in sys.modules])"
    )
    root = str(Path(__file__).resolve().parents[2])
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": root},
        check=True,
    )
    assert done.stdout.splitlines()[-1] == "[]"
    assert "Usage: " in done.stdout


@pytest.mark.parametrize("environment", [{}, {"NO_COLOR": "1"}, {"PYTHONIOENCODING": "ascii"}])
def test_piped_output_is_plain_text(calls: Path, batch: Coach, environment: dict[str, str]) -> None:
    """No colour, no cursor, no carriage return where nobody watches; a poor terminal gets ? for quotes."""
    batch()
    process = spawn("report", "ann", **environment)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    assert "agent ann" in out
    assert "\x1b" not in out
    assert "\r" not in out


def test_no_color_takes_the_colour_from_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """NO_COLOR and a dumb terminal are heard."""
    assert not say.console().no_color
    monkeypatch.setenv("NO_COLOR", "1")
    assert say.console().no_color
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert say.console().no_color


def test_a_line_is_one_line_whatever_is_in_it(capsys: pytest.CaptureFixture[str]) -> None:
    """Line breaks, bells and terminal sequences become spaces."""
    assert plain("a\nb\x1b[31m\x07c") == "a b [31m c"
    say.say_error(CoachError("two\nlines", "do\tthis"))
    assert capsys.readouterr().err == "coach: two lines; do this\n"


class Clock:
    """A clock that a test moves on."""

    now = 100.0

    def monotonic(self) -> float:
        return self.now


def test_progress_is_plain_lines_where_nobody_watches(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A line every five seconds with count, rate and time left; none for a file of many calls, whose end is unknown."""
    clock = Clock()
    monkeypatch.setattr(say, "time", clock)
    with ProgressWatch(4) as watch:
        watch.passed()
        clock.now += 6
        watch.passed()
        for _ in range(3):
            clock.now += 6
            watch.passed()
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "2 of 4 calls, 0.3/s, 6 s left"
    assert lines[-1] == "5 calls, 0.2/s"


def test_progress_is_a_bar_on_a_terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """With a terminal behind standard error the bar is drawn, and taken away at the end."""
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    with ProgressWatch(2) as watch:
        watch.passed()
        assert watch._bar is not None
        assert watch._bar.tasks[0].completed == 1
    assert watch._bar.finished is False


def test_a_second_ctrl_c_ends_the_command_with_one_line(
    calls: Path, batch: Coach, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the interruption strikes, what is kept is said."""

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("coach.pipeline.run_batch", interrupted)
    done = batch()
    assert done.code == 1
    assert done.line == "coach: stopped; what was answered is kept, the same command goes on from there"


def test_many_refused_files_are_counted_and_some_named(calls: Path, batch: Coach) -> None:
    """Twenty are listed, the others counted."""
    for number in range(25):
        (calls / f"x-{number}.txt").write_text("", encoding="utf-8")
    done = batch()
    assert "25 refused" in done.out
    assert "and 5 more (see the digest)" in done.out


def test_the_demo_without_recorded_replies_is_one_line(
    coach: Coach, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Where the replies are missing the demo says so."""
    write_calls(tmp_path / "shipped" / "fixtures" / "calls")
    monkeypatch.setattr("coach.playbook.load.shipped", lambda: tmp_path / "shipped")
    done = coach("demo")
    assert done.code == 1
    assert done.line


def test_the_end_of_a_demo_names_the_week_and_what_to_try(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Model, requests, cost, notes and pages of a run with a model, then commands that fit its store."""
    from coach.cli.summary import say_demo
    from coach.pipeline import Counts, Summary
    from coach.settings import read_settings

    counts = Counts(calls_in=2, graded=2, ungraded_stages=1, ungraded_calls=1, weeks={WEEK})
    made = Summary(counts, "recorded", "big-1", True, False, 16, 2, cost_usd=0.25, notes=("took no schema",))
    say_demo(made, read_settings(store="out/coach.db"))
    out = capsys.readouterr().out
    assert "Engine     recorded (big-1)" in out
    assert "16 recalled, 2 not recorded; tokens 0 in (0 cached), 0 out, 0.25 US dollars" in out
    assert "Note       took no schema" in out
    assert "Pages      none: no call was graded" in out
    assert f"coach report tom --week {WEEK} --store {Path('out/coach.db').absolute()}" in out


@pytest.mark.parametrize(
    ("fault", "code", "line"),
    [
        (KeyboardInterrupt(), 1, "coach: stopped; what was answered is kept, the same command goes on from there\n"),
        (BrokenPipeError(), 0, ""),
        (SystemExit(1), 0, ""),
        (OSError(28, "No space left on device"), 1, "coach: the output: No space left on device; check the path"),
        (PermissionError(13, "Permission denied", "x.txt"), 1, "coach: x.txt: Permission denied; check the path"),
        (typer.TyperException("odd"), 1, "coach: odd\n"),
        (typer.Abort(), 1, "coach: not confirmed, nothing was changed; answer the question, or give --yes\n"),
    ],
)
def test_whatever_ends_a_command_is_one_line_or_none(
    coach: Coach, monkeypatch: pytest.MonkeyPatch, fault: BaseException, code: int, line: str
) -> None:
    """The one handler at the root: code and line of each."""

    def failing(**_: object) -> None:
        raise fault

    monkeypatch.setattr("coach.cli.app.app", failing)
    done = coach("doctor")
    assert done.code == code
    assert done.err.startswith(line)
    assert bool(done.err) == bool(line)


def test_the_entry_point_leaves_with_the_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the console script runs."""
    from coach.cli import main

    monkeypatch.setattr("sys.argv", ["coach", "digest"])
    with pytest.raises(SystemExit) as raised:
        main()
    assert raised.value.code == 1


def test_no_answer_to_the_question_of_purge_is_a_no(
    calls: Path, batch: Coach, coach: Coach, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nobody can answer, nothing is erased."""
    batch()
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert "nothing was erased" in coach("purge", "--everything").out


def test_options_of_a_model_without_a_model_are_told(calls: Path, batch: Coach) -> None:
    """--model with the patterns engine: the run goes on, and an aside says what was passed over."""
    done = batch("--model", "big-1")
    assert done.code == 0
    assert done.line == "coach: --model and --budget are for the live engine, which needs OPENAI_API_KEY or --base-url"


def test_render_shows_what_an_edit_changes_and_the_messages_as_they_are(coach: Coach, calls: Path) -> None:
    """--diff tells a changed prompt once, --json gives the very messages, and both together are refused."""
    file = calls / "c-00.txt"
    coach("init", ".", "--with-playbook")
    prompt = Path("playbook/prompts/_shared/verdicts.j2")
    prompt.write_text(prompt.read_text().replace("Do not be lenient.", "Be strict."))
    shown = coach("trainer", "render", file, "--diff", "shipped")
    assert shown.code == 0, shown.err
    assert "===== every part; system message" in shown.out
    assert "+Be strict. Graders tend to pass what sounds nice" in shown.out
    parts = [json.loads(line) for line in coach("trainer", "render", file, "--json").out.splitlines()]
    assert len(parts) == 8
    assert all("Be strict." in part["messages"][0]["content"] for part in parts)
    assert "leave out --diff or --json" in coach("trainer", "render", file, "--diff", "shipped", "--json").line
