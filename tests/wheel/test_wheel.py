"""The built wheel, installed elsewhere and run from another folder, does the main job with what it carries.

`make wheel-test` builds it into build/site; these tests run that copy, never the checkout.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "build" / "site"


def run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the wheel's coach in a folder that holds nothing of the checkout."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-P", "-m", *arguments],
        cwd=cwd,
        env={**kept, "PYTHONPATH": str(SITE), "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_wheel_runs_from_its_own_place(tmp_path: Path) -> None:
    """The program that answers is the wheel's, with its own prompts, rubrics and sample calls."""
    code = "import coach.playbook.load as l, coach; print(coach.__file__); print(l.shipped())"
    (tmp_path / "where.py").write_text(code, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-P", str(tmp_path / "where.py")],
        cwd=tmp_path,
        env={"PYTHONPATH": str(SITE), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    program, shipped = (Path(line) for line in done.stdout.split())
    assert program.is_relative_to(SITE)
    assert shipped == SITE / "coach" / "_shipped"
    assert (shipped / "prompts" / "grade_system.j2").is_file()


def test_the_wheel_grades_a_fixture_from_another_folder(tmp_path: Path) -> None:
    """One call, graded by the pattern engine, with its quotes."""
    call = SITE / "coach" / "_shipped" / "fixtures" / "calls" / "c-4501.txt"
    done = run("coach", "grade", str(call), "--engine", "patterns", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    critique = json.loads(done.stdout)
    assert critique["call_id"] == "c-4501"
    assert any(finding["evidence"] for finding in critique["findings"])


def test_the_wheel_demonstrates_itself(tmp_path: Path) -> None:
    """`coach demo` grades the sample team with the recorded replies, migrates a new store and writes the pages."""
    done = run("coach", "demo", "--out", str(tmp_path / "demo"), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "37 graded" in done.stdout
    page = (tmp_path / "demo" / "pages" / "2026-W47" / "agents" / "tom.html").read_text(encoding="utf-8")
    assert "llm-through-relay" in page


def test_the_wheels_playbook_has_no_fault(tmp_path: Path) -> None:
    """`coach trainer lint` finds nothing in what is shipped."""
    done = run("coach", "trainer", "lint", cwd=tmp_path)
    assert done.returncode == 0, done.stdout


def test_the_wheel_plays_a_session(tmp_path: Path) -> None:
    """Personas, scenes, word lists and quiz are shipped; a line of the agent's is answered and graded."""
    (tmp_path / "lines.txt").write_text("You rang twice and have nothing: that must be maddening.\n", encoding="utf-8")
    done = run("coach", "practice", "play", "--script", "lines.txt", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Feedback" in done.stdout
    asked = run("coach", "practice", "quiz", "me", "--count", "1", cwd=tmp_path)
    assert "Item 1 of 1" in asked.stdout, asked.stderr


def test_the_wheel_measures_on_the_golden_set(tmp_path: Path) -> None:
    """The golden labels are shipped, and nothing is written among them: what is looked at is logged in the workspace."""
    golden = SITE / "coach" / "_shipped" / "fixtures" / "golden"
    before = sorted(file.name for file in golden.iterdir())
    done = run("coach", "trainer", "agree", "--sample", "--part", "holdout", "--format", "json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["calls"] == 21
    assert sorted(file.name for file in golden.iterdir()) == before
    assert (tmp_path / "labels" / "bench.jsonl").is_file()


def test_without_the_extra_the_bench_says_what_to_install(tmp_path: Path) -> None:
    """Statistics are an extra: a core installation says so in one line."""
    code = (
        "import sys; sys.modules.update(dict.fromkeys(('sklearn', 'scipy', 'krippendorff', 'textual', 'ppi_py')));"
        "from coach.cli.app import run; sys.exit(run(['trainer', 'agree', '--sample']))"
    )
    (tmp_path / "core.py").write_text(code, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-P", str(tmp_path / "core.py")],
        cwd=tmp_path,
        env={"PYTHONPATH": str(SITE), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("coach: ")
    assert "pip install 'coach[trainer]'" in done.stderr
