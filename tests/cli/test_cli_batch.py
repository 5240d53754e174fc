"""`coach batch` with the patterns engine: what it writes, what the second run changes, how it ends."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from cli_tools import Ran, pages_of
from invented_calls import LINES, WEEK, write_call, write_calls

from coach.store import Scope, open_store

Coach = Callable[..., Ran]


def test_a_batch_writes_a_page_for_every_agent_and_a_digest_for_every_team(calls: Path, batch: Coach) -> None:
    """Two agents in two teams: two pages in four formats, three digests in their formats."""
    done = batch()
    assert done.code == 0
    assert "4 in, 4 graded, 0 refused" in done.out
    written = set(pages_of(Path("pages")))
    agents = {f"{WEEK}/agents/{name}.{kind}" for name in ("ann", "bob") for kind in ("html", "md", "json", "csv")}
    digests = {f"{WEEK}/digest{team}.{kind}" for team in ("", "-north", "-south") for kind in ("html", "md", "json")}
    tables = {f"{WEEK}/{name}{team}.csv" for name in ("needs", "promises") for team in ("", "-north", "-south")}
    assert written == agents | digests | tables


def test_the_screen_and_every_page_say_that_no_ai_judged(calls: Path, batch: Coach) -> None:
    """What the patterns engine found is never taken for a judgement."""
    assert "no AI" in batch().out
    pages = pages_of(Path("pages"))
    assert all(b"no AI" in text for name, text in pages.items() if name.endswith((".html", ".md")))


def test_the_second_run_of_the_same_batch_changes_no_page_but_its_time(calls: Path, batch: Coach) -> None:
    """Everything is known: four of four graded before, and equal bytes apart from the time."""
    batch()
    before = pages_of(Path("pages"))
    again = batch()
    assert "4 graded (4 of them graded before)" in again.out
    assert pages_of(Path("pages")) == before


def test_a_week_is_filtered_and_other_weeks_are_left_alone(here: Path, batch: Coach) -> None:
    """Of two weeks of calls one gets pages; the calls of the other are counted."""
    write_calls(here / "calls", 4, weeks=2)
    done = batch("--week", "2025-w48")
    assert "2 graded, 0 refused, 2 of other weeks left alone" in done.out
    assert [folder.name for folder in Path("pages").iterdir()] == ["2025-W48"]


def test_without_paths_the_calls_of_the_store_are_graded(calls: Path, coach: Coach) -> None:
    """`import` keeps calls, `batch` without paths grades what is kept."""
    kept = coach("import", "calls")
    assert kept.out.startswith("4 new, 0 changed, 0 known already, 0 refused")
    assert coach("import", "calls").out.startswith("0 new, 0 changed, 4 known already")
    assert "4 in, 4 graded" in coach("batch", "--engine", "patterns", "--week", WEEK).out


def test_a_changed_call_is_a_new_version_and_is_graded_again(calls: Path, batch: Coach) -> None:
    """One of four calls changed: three critiques are known, one is made anew."""
    batch()
    write_call(calls, "c-00", (*LINES, "Agent: Goodbye, and thank you for your patience."))
    assert "4 graded (3 of them graded before)" in batch().out


def test_strict_gives_three_where_a_call_was_refused(calls: Path, batch: Coach) -> None:
    """Without --strict a refused call is told and the code is 0."""
    write_call(calls, "empty", ())
    assert batch().code == 0
    assert batch("--strict").code == 3


def test_options_stand_in_for_what_file_and_manifest_do_not_say(here: Path, coach: Coach) -> None:
    """A lone file without manifest is graded with --agent and --started-at."""
    file = write_call(here, "lone")
    done = coach("batch", file, "--engine", "patterns", "--agent", "eve", "--started-at", "2025-11-18T09:00:00")
    assert done.code == 0
    assert (Path("pages") / WEEK / "agents" / "eve.html").is_file()


def test_dry_run_asks_nothing_and_writes_nothing(calls: Path, batch: Coach, here: Path) -> None:
    """The calls are counted; no store, no page, no side file appears."""
    before = sorted(here.rglob("*"))
    done = batch("--dry-run")
    assert done.code == 0
    assert done.out == "Calls      4 to grade, 0 refused\nEngine     patterns: no requests to a server, no cost\n"
    assert sorted(here.rglob("*")) == before


def test_dry_run_names_requests_tokens_and_cost(
    calls: Path, coach: Coach, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four calls of eight requests; with prices a cost, of the week asked for alone."""
    live = ("--base-url", "http://127.0.0.1:9/v1", "--model", "m", "--dry-run")
    assert "Cost       unknown" in coach("batch", "calls", *live).out
    (here / "coach.toml").write_text("[engine]\nprice_in = 1.0\nprice_out = 2.0\n", encoding="utf-8")
    done = coach("batch", "calls", *live)
    assert "Requests   32 to m at 127.0.0.1:9; nothing was sent" in done.out
    assert "US dollars" in done.out
    assert "0 to grade" in coach("batch", "calls", *live, "--week", "2020-W01").out
    assert not (here / "coach.db").exists()


def test_dry_run_knows_what_was_graded_before(calls: Path, batch: Coach, coach: Coach) -> None:
    """After a batch nothing is left to do, with paths or over the store; a refused file is counted."""
    batch()
    write_call(calls, "empty", ())
    assert "4 to grade, 4 of them graded before, 1 refused" in batch("--dry-run").out
    assert "4 to grade, 4 of them graded before, 0 refused" in coach("batch", "--dry-run").out


def test_a_workspace_made_by_init_is_used_where_one_stands(
    here: Path, coach: Coach, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The coach.toml of the current folder is in force: its pages folder, its time zone, its team."""
    assert coach("init", "team").code == 0
    monkeypatch.chdir(here / "team")
    write_calls(Path("calls"))
    toml = Path("coach.toml").read_text("utf-8").replace('# out = "pages"', 'out = "weekly"')
    Path("coach.toml").write_text(toml.replace('# zone = "Europe/London"', 'zone = "Asia/Tokyo"'), encoding="utf-8")
    assert coach("batch", "calls/").code == 0
    assert (Path("weekly") / WEEK / "digest.html").is_file()
    with open_store(Path("coach.db")) as store:
        assert [run.zone for run in store.runs(Scope.everyone())] == ["Asia/Tokyo"]


def test_an_edited_rubric_is_another_playbook_version(
    here: Path, coach: Coach, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A workspace with its own playbook: after an edit everything is graded again, and old grades are not mixed in."""
    coach("init", "team", "--with-playbook")
    monkeypatch.chdir(here / "team")
    write_calls(Path("calls"))
    coach("batch", "calls")
    rubric = Path("playbook/rubrics/deescalation.yaml")
    rubric.write_text(rubric.read_text("utf-8").replace("insults or mocks", "mocks or insults"), "utf-8")
    stale = coach("digest")
    assert stale.code == 1
    assert "the last batch used playbook" in stale.line
    assert "4 graded, 0 refused" in coach("batch", "calls").out
    assert coach("digest").code == 0


def test_export_gives_findings_as_csv_and_whole_critiques_as_jsonl(calls: Path, batch: Coach, coach: Coach) -> None:
    """A row a finding; a line a call, with its provenance; narrowed to an agent and a week; to a private file."""
    batch()
    rows = coach("export").out.splitlines()
    assert rows[0].startswith("call_id,") or "call" in rows[0]
    assert len(rows) > 4 * 20
    lines = coach("export", "--format", "jsonl", "--agent", "ann", "--week", WEEK).out.splitlines()
    assert [json.loads(line)["agent"] for line in lines] == ["ann", "ann"]
    assert json.loads(lines[0])["provenance"]["engine"] == "patterns"
    assert coach("export", "--to", "all.csv").code == 0
    assert Path("all.csv").stat().st_mode & 0o077 == 0


def test_agent_pages_are_private_and_no_draft_is_left(calls: Path, batch: Coach) -> None:
    """An agent's page can be read by its owner alone; nothing but pages lies in the folder."""
    batch()
    agents = list((Path("pages") / WEEK / "agents").iterdir())
    assert all(page.stat().st_mode & 0o077 == 0 for page in agents)
    assert all(not page.name.startswith(".") for page in agents)


def test_the_same_call_of_another_agent_moves_to_that_agents_page(calls: Path, batch: Coach, coach: Coach) -> None:
    """A corrected manifest moves the call; the new page has it."""
    batch()
    manifest = calls / "manifest.csv"
    manifest.write_text(manifest.read_text("utf-8").replace("c-00,ann", "c-00,bob"), encoding="utf-8")
    batch()
    told = json.loads(coach("report", "bob", "--format", "json").out)
    assert "c-00" in {call["call_id"] for call in told["calls"]}


def test_calls_without_recorded_replies_are_refused_by_that_engine(calls: Path, batch: Coach) -> None:
    """Own calls are no sample calls: each is refused with what to do, nothing is written, and the code is 1."""
    done = batch("--engine", "recorded")
    assert done.code == 1
    assert "0 graded, 4 refused" in done.out
    assert "use --engine patterns or live for calls of your own" in done.out
    assert not Path("pages").exists()


def test_options_of_the_live_engine_are_not_passed_over_in_silence(calls: Path, batch: Coach) -> None:
    """A model without a key or a server is said; the patterns engine goes on."""
    done = batch("--model", "big-1")
    assert "--model and --budget are for the live engine" in done.err
    assert done.code == 0


def test_a_week_that_is_still_to_come_is_noted(here: Path, batch: Coach) -> None:
    """A mistyped year opens a week nobody looks for; the run says so and goes on."""
    write_call(here / "calls", "late")
    done = batch("--agent", "ann", "--started-at", "2090-11-18")
    assert "Note       2090-W46 is still to come by this machine's clock" in done.out
    assert done.code == 0
