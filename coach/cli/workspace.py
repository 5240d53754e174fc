"""Commands about the place itself: init, doctor, purge, demo."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coach.cli.choices import StorePath, settings_of
from coach.cli.say import plain, say
from coach.errors import BadPlaybook, BadSettings, CannotWrite, CoachError, NotFound, StoreError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coach.settings import Settings
    from coach.store import Purged, Store

MANIFEST = "file,call_id,agent,agent_name,team,started_at,channel,ended_by,customer,known,note\n"
CALLS_README = """Put the week's calls here, one file a call (plain text, JSON, JSONL, CSV or VTT), and say in manifest.csv who
took each and when:

file        the file's name                     agent       an id of your choice, such as a staff number
agent_name  masked in the text (optional)       team        optional
started_at  2026-11-16T10:42:00+00:00           channel     phone or chat
ended_by    agent, customer, cut, moved         customer    masked in the text (optional)
known       more values to mask, split by ;     note        the agent's CRM note (optional)

Then, in the folder above:   coach batch calls/ --week 2026-W47
"""


def register(app: typer.Typer) -> None:
    """Add these commands to the root."""
    app.command()(init)
    app.command()(doctor)
    app.command()(purge)
    app.command()(demo)


def init(
    folder: Annotated[Path, typer.Argument(help="Folder to make; what is in it already stays as it is.")],
    with_playbook: Annotated[
        bool, typer.Option("--with-playbook", help="Also copy rubrics/ and prompts/, to be tuned by a trainer.")
    ] = False,
) -> None:
    """Make a workspace to start from: coach.toml, a folder for calls with a manifest, what to keep out of Git."""
    files = {
        "coach.toml": _toml(with_playbook=with_playbook),
        "calls/manifest.csv": MANIFEST,
        "calls/README.txt": CALLS_README,
        ".gitignore": "coach.db*\npages/\n",
    }
    if with_playbook:
        files |= _playbook_files()
    try:
        for name, text in files.items():
            target = folder / name
            if target.exists():
                say(f"kept     {target}")
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
            if not name.startswith("playbook/"):
                say(f"written  {target}")
    except OSError as fault:
        raise CannotWrite(f"{folder}: {fault.strerror}", "name a folder that can be written") from None
    if with_playbook:
        say(f"written  {folder / 'playbook'} (rubrics/ and prompts/)")
    say(f"Next: put calls into {folder / 'calls'}, fill in its manifest.csv, then")
    say(f"  cd {folder} && coach doctor && coach batch calls/")


def _playbook_files() -> dict[str, str]:
    from coach.playbook.load import shipped

    root = shipped()
    found = [f for part in ("rubrics", "prompts") for f in sorted((root / part).rglob("*")) if f.is_file()]
    return {f"playbook/{f.relative_to(root).as_posix()}": f.read_text(encoding="utf-8") for f in found}


def _toml(*, with_playbook: bool) -> str:
    """coach.toml with every setting, its default and what it is for, written from the settings themselves."""
    from coach.settings import describe

    lines = ["# Settings of this workspace.  A line that begins with # shows the default.", ""]
    section = ""
    for row in describe():
        if row.section != section:
            section = row.section
            lines += ["", f"[{section}]"]
        set_here = with_playbook and row.section == "" and row.name == "playbook"
        lines += [f"# {row.text}", 'playbook = "playbook"' if set_here else f"# {row.name} = {row.default}"]
    return "\n".join(lines) + "\n"


def doctor(store: StorePath = None) -> None:
    """Check what a batch needs: settings, playbook, store, engine; say what to mend."""
    import platform

    from coach.grading.grade import program_version
    from coach.settings import config_file

    settings = settings_of(store=store)
    say(f"coach      {program_version()} on Python {platform.python_version()}")
    say(f"settings   {config_file() or 'defaults and environment (no coach.toml here)'}")
    say(f"zone       {settings.team.zone}")
    faults = [
        fault for check in (_check_playbook, _check_store, _check_out, _check_engine) if (fault := check(settings))
    ]
    if faults:
        raise BadSettings(f"{len(faults)} of 4 checks failed: {faults[0]}", "mend it and run `coach doctor` again")
    say("all well")


def _check_playbook(settings: Settings) -> str:
    from coach.cli.choices import playbook_of
    from coach.grading.ask import schema_hash

    try:
        book = playbook_of(settings)
    except BadPlaybook as fault:
        say(f"playbook   BROKEN {fault}")
        return "the playbook is broken"
    checks = len(list(book.rubric.checks()))
    say(
        f"playbook   {book.version(schema_hash())}: {len(book.rubric.stages)} stages, {checks} checks, in {book.folder}"
    )
    return ""


def _check_store(settings: Settings) -> str:
    from coach.cli.choices import open_filled_store
    from coach.store import Scope

    address = settings.store_address
    try:
        if isinstance(address, Path) and not address.exists():
            say(f"store      {address}: none yet, the first batch makes it")
            return _unwritable(address, "the folder for the store cannot be written")
        with open_filled_store(settings) as opened:
            weeks = opened.counts(Scope.everyone())
    except StoreError as fault:
        say(f"store      BROKEN {fault}")
        return "the store cannot be used"
    say(f"store      {settings.store_address}: {sum(w.calls for w in weeks)} calls in {len(weeks)} weeks")
    return ""


def _check_out(settings: Settings) -> str:
    folder = settings.path(settings.out)
    say(f"pages      {folder}")
    return _unwritable(folder / "a week", "the folder for pages cannot be written")


def _unwritable(path: Path, fault: str) -> str:
    """`fault` where nothing can be made at `path`: the nearest folder above it that is there decides."""
    import os

    nearest = next(p for p in path.parents if p.exists())
    if nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK):
        return ""
    say(f"           CANNOT BE WRITTEN: {nearest}")
    return fault


def _check_engine(settings: Settings) -> str:
    from coach.cli.choices import engine_name, live_options

    try:
        name, live = engine_name(settings), live_options(settings)
    except CoachError as fault:
        say(f"engine     BROKEN {fault}")
        return "the engine cannot be used"
    if name == "live" and live is not None:
        say(f"engine     live: model {live.model} at {live.host}, key {'set' if live.api_key else 'not set'}")
    elif name == "patterns":
        say("engine     patterns: no AI, finds wording, does not judge meaning (set a key or base_url for a model)")
    else:
        say("engine     recorded: replies to the sample calls alone")
    return ""


def purge(
    call: Annotated[str | None, typer.Option("--call", help="One call, by its id.")] = None,
    agent: Annotated[str | None, typer.Option("--agent", help="All calls of an agent.")] = None,
    older_than_days: Annotated[
        int | None, typer.Option("--older-than-days", min=1, help="Calls that started before that many days.")
    ] = None,
    everything: Annotated[bool, typer.Option("--everything", help="All calls.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    store: StorePath = None,
) -> None:
    """Erase calls and all that hangs on them from the store, down to the bytes of its files.

    Without a choice, the calls beyond `retention_days` of coach.toml.  Pages, exports and backups are yours to delete,
    and so are regression cases: those of erased calls in the folder of labels are named.
    """
    from coach.cli.choices import open_filled_store
    from coach.pipeline.intake import EVERYONE

    settings = settings_of(store=store)
    if call is None and agent is None and older_than_days is None and not everything:
        older_than_days = settings.retention_days or None
    _ensure_one_choice([call is not None, agent is not None, older_than_days is not None, everything].count(True))
    what = _named(call, agent, older_than_days)
    with open_filled_store(settings) as opened:
        if call is not None and opened.call(EVERYONE, call) is None:
            raise _nothing(what)
    if not yes and not _agreed(f"Erase {plain(what)} from {settings.store_address}?"):
        say("nothing was erased")
        return
    before = None if older_than_days is None else datetime.now(UTC) - timedelta(days=older_than_days)
    with open_filled_store(settings) as opened:
        kept = _cases(opened, settings)
        gone = opened.purge(call_id=call, agent=agent, before=before, everything=everything)
        left = sorted(set(kept) - set(_cases(opened, settings)))
    if not gone.calls and not gone.practice and (call is not None or agent is not None):
        raise _nothing(what)
    _say_erased(gone, left)


def _ensure_one_choice(chosen: int) -> None:
    if chosen != 1:
        what = (
            "several choices of what to erase" if chosen else "no choice of what to erase, and no retention_days is set"
        )
        hint = "give one of --call, --agent, --older-than-days, --everything"
        raise BadSettings(what, hint if chosen else f"{hint}, or set retention_days in coach.toml")


def _say_erased(gone: Purged, left: Sequence[Path]) -> None:
    from coach.reports.digest_words import plural

    say(
        f"erased {plural(gone.calls, 'call')}, {plural(gone.critiques, 'critique')}, "
        f"{gone.replies} {'reply' if gone.replies == 1 else 'replies'}, {plural(gone.reviews, 'queue item')}, "
        f"{gone.practice} practice sessions, quiz answers and shared moments"
    )
    say("pages, exports and backups that were made elsewhere are not touched: delete those yourself")
    for file in left:
        say(f"not touched, though it holds an erased call: {file}")


def _nothing(what: str) -> NotFound:
    return NotFound(f"the store holds no {what.removeprefix('all ')}", "`coach digest` names weeks and agents")


def _cases(opened: Store, settings: Settings) -> list[Path]:
    """The regression cases in the folder of labels whose calls the store holds."""
    from coach.pipeline.intake import EVERYONE

    files = (settings.path(settings.labels) / "cases").glob("*.json")
    return [file for file in files if opened.call(EVERYONE, file.stem.rpartition(".")[0]) is not None]


def _agreed(question: str) -> bool:
    """The answer; no answer at all (the input ends) is a no."""
    try:
        return typer.confirm(question)
    except typer.Abort:
        return False


def _named(call: str | None, agent: str | None, days: int | None) -> str:
    if call is not None:
        return f"call {call}"
    if agent is not None:
        return f"all calls of {agent}"
    return f"calls older than {days} days" if days is not None else "ALL calls"


def demo(
    out: Annotated[Path, typer.Option("--out", help="Folder for the store and the pages.")] = Path("out/demo"),
) -> None:
    """Grade the sample team's three weeks with the recorded replies of a real model, and write every page."""
    from coach.cli.calls import defaults_of
    from coach.cli.running import run_job
    from coach.cli.summary import say_demo
    from coach.playbook.load import shipped

    settings = settings_of(engine__name="recorded", store=str(out / "coach.db"), out=str(out / "pages"))
    summary = run_job(settings, (shipped() / "fixtures" / "calls",), None, defaults_of(settings, "", None))
    say_demo(summary, settings)
