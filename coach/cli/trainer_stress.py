"""`coach trainer stress`: do the grades hold where nothing changed but names, ways of speaking, slips and orders?"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coach.cli.bench import GATE, read_files, sample_calls
from coach.cli.choices import (
    BaseUrl,
    EngineName,
    Model,
    PlaybookPath,
    StorePath,
    engine_name,
    open_filled_store,
    playbook_of,
    settings_of,
)
from coach.cli.say import ProgressWatch, say, say_aside
from coach.errors import BadSettings, NotFound

if TYPE_CHECKING:
    from coach.calls.transcript import Redacted
    from coach.cli.stress_run import Plan
    from coach.settings import Settings


class StressFormat(StrEnum):
    """How the tables are printed."""

    TERMINAL = "terminal"
    JSON = "json"


def stress(
    paths: Annotated[list[Path] | None, typer.Argument(help="Call files or folders; none: the store's calls.")] = None,
    sample: Annotated[bool, typer.Option("--sample", help="The shipped sample calls.")] = False,
    swap: Annotated[
        list[str] | None,
        typer.Option("--swap", help="names, dialect, second_language, typos, asr, orders, reworded; or names:polish."),
    ] = None,
    repeats: Annotated[int, typer.Option("--repeats", min=1, max=20, help="Gradings of every call as it is.")] = 1,
    calls: Annotated[
        int | None, typer.Option("--calls", min=1, help="So many calls, at random, always the same.")
    ] = None,
    stage: Annotated[list[str] | None, typer.Option("--stage", help="This stage alone (may be given again).")] = None,
    show: Annotated[
        str | None, typer.Option("--show", help="Grade nothing: print what the swaps change in a call.")
    ] = None,
    reworded: Annotated[
        Path | None, typer.Option("--reworded", help="Folder of kept rewordings (CALL_ID.json).")
    ] = None,
    write_reworded: Annotated[
        Path | None,
        typer.Option("--write-reworded", help="Grade nothing: have the live model reword the calls into it."),
    ] = None,
    as_format: Annotated[StressFormat, typer.Option("--format", help="How to print it.")] = StressFormat.TERMINAL,
    engine: EngineName = None,
    model: Model = None,
    base_url: BaseUrl = None,
    budget: Annotated[float | None, typer.Option("--budget", help="Most this run may cost, in US dollars.")] = None,
    playbook: PlaybookPath = None,
    store: StorePath = None,
) -> int:
    """Grade calls again with other names, ways of speaking, slips and orders to the grader; count the verdicts that move.

    Exit code 3 where a swap is over its go-live target for certain.
    """
    settings = settings_of(
        engine__name=engine,
        engine__model=model,
        engine__base_url=base_url,
        engine__budget_usd=budget,
        playbook=playbook,
        store=store,
    )
    from coach.calibration.stress import drawn

    found = drawn(_calls(settings, paths, sample=sample), None if show else calls)
    plan = _plan(found, swap or [], reworded)
    if show is not None:
        _show(plan, show)
        return 0
    if write_reworded is not None:
        return _write_reworded(plan, settings, write_reworded)
    return _stress(plan, settings, repeats, tuple(stage or ()), as_format)


def _calls(settings: Settings, paths: Sequence[Path] | None, *, sample: bool) -> list[Redacted]:
    """The calls named; of a file that cannot be read, a line beside."""
    from coach.store import Scope

    named = [*(paths or ()), *([sample_calls()] if sample else [])]
    if not named:
        with open_filled_store(settings) as store:
            return list(store.calls(Scope.everyone()))
    calls, refused = read_files(settings, named)
    if refused:
        left = (
            "1 call cannot be graded and is" if len(refused) == 1 else f"{len(refused)} calls cannot be graded and are"
        )
        say_aside(f"{left} left out (`coach import` says why)")
    return list(calls.values())


def _plan(calls: list[Redacted], names: Sequence[str], folder: Path | None) -> Plan:
    """The calls and swaps in hand.  Raises NotFound without calls, BadSettings for a swap that is none."""
    from coach.calibration.reword import read_rewording
    from coach.calibration.swaps import REWORDED, chosen_swaps
    from coach.cli.stress_run import Plan

    if not calls:
        raise NotFound("there are no calls to stress", "name call files or folders, or give --sample")
    plan = Plan(calls, chosen_swaps(names), reword=not names or REWORDED in names)
    if folder is not None and not folder.is_dir():
        raise NotFound(f"there is no folder {folder}", "make the rewordings with --write-reworded")
    for call in calls if plan.reword and folder is not None else ():
        kept = read_rewording(folder, call) if folder is not None else None
        if kept is not None:
            plan.texts[call.call_id] = kept.turns
    return plan


def _show(plan: Plan, call_id: str) -> None:
    """The turns that each swap changes in one call, before and after."""
    from coach.calibration.swaps import changed_turns, reworded_swap

    call = next((each for each in plan.calls if each.call_id == call_id), None)
    if call is None:
        raise NotFound(f"there is no call {call_id} among {len(plan.calls)}", "name its file, or give --sample")
    swaps = [*plan.swaps, *([reworded_swap(plan.texts)] if plan.texts else [])]
    if not swaps:
        raise BadSettings("a call in other words has to be there to be shown", "name its folder with --reworded DIR")
    for swap in swaps:
        other = swap.make(call)
        changed = changed_turns(call, other)
        marked = (
            f", marked {', '.join(sorted({*other.problems} - {*call.problems}))}"
            if other.problems != call.problems
            else ""
        )
        say(f"===== {call_id} {swap.name}: {len(changed)} of {len(call.turns)} turns changed{marked}")
        for old, new in changed:
            say(f"{old.id} {old.speaker.value.upper()}")
            say(f"  - {old.text}")
            say(f"  + {new.text}")


def _engine(settings: Settings) -> str:
    """The engine in force.  Raises BadSettings for recorded replies: nobody recorded any to swapped calls."""
    name = engine_name(settings)
    if name == "recorded":
        raise BadSettings(
            "recorded replies answer the sample calls as they are, not swapped ones", "choose --engine patterns or live"
        )
    return name


def _stress(plan: Plan, settings: Settings, repeats: int, stages: tuple[str, ...], as_format: StressFormat) -> int:
    from coach.calibration.swaps import REWORDED
    from coach.cli.running import run_async
    from coach.cli.stress_run import graded_plan
    from coach.cli.stress_screen import Shown, say_json, say_tables
    from coach.pipeline import Stop

    live = _engine(settings) == "live"
    if plan.reword and not live and not plan.texts:
        if not plan.swaps:
            raise BadSettings("nobody can reword the calls", "give --reworded DIR, or choose a live model")
        plan.left_out.append(f"{REWORDED}: needs --reworded DIR, or a live model to say the calls in other words")
    book = playbook_of(settings)
    stop = Stop()
    with ProgressWatch(len(plan.calls)) as watch:
        stressed, grading = run_async(graded_plan(plan, settings, book, repeats, stages, stop, watch), many=live)
    if stop.asked:
        raise KeyboardInterrupt
    shown = Shown(stressed, grading, repeats, plan.left_out)
    (say_json if as_format is StressFormat.JSON else say_tables)(shown)
    return GATE if shown.over else 0


def _write_reworded(plan: Plan, settings: Settings, folder: Path) -> int:
    """Reword the calls into a folder; what lies there already, and fits the call, stays."""
    from coach.calibration.reword import read_rewording
    from coach.cli.running import run_async
    from coach.cli.stress_run import reworded_into
    from coach.pipeline import Stop

    if _engine(settings) != "live":
        raise BadSettings(
            "the calls are reworded by a live model", "set OPENAI_API_KEY, or give --base-url and --model"
        )
    for call in plan.calls:
        there = read_rewording(folder, call)
        if there is not None:
            plan.texts[call.call_id] = there.turns
    before, stop = len(plan.texts), Stop()
    written = run_async(reworded_into(plan, settings, playbook_of(settings), folder, stop), many=True)
    if stop.asked:
        raise KeyboardInterrupt
    say(f"{written} written to {folder}, {before} were there, {len(plan.left_out)} could not be made")
    for why in plan.left_out:
        say(f"  {why}")
    say("Read them (--show CALL_ID --swap reworded --reworded DIR) before you stress with them.")
    return 1 if plan.left_out else 0
