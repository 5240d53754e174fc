"""The trainer's commands about regression cases: keep-case, regress."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from coach.cli.bench import LabelsPath, labels_folder
from coach.cli.bench_grading import open_bench_grading
from coach.cli.choices import (
    BaseUrl,
    EngineName,
    Model,
    PlaybookPath,
    StorePath,
    open_filled_store,
    playbook_of,
    settings_of,
)
from coach.cli.results import as_json
from coach.cli.review_words import quoted
from coach.cli.running import run_async
from coach.cli.say import say
from coach.errors import NotFound

if TYPE_CHECKING:
    from coach.calibration.cases import Case, Outcome
    from coach.playbook.load import Playbook
    from coach.settings import Settings

STATES = ("pass", "fail", "ungraded", "stale")


class CaseFormat(StrEnum):
    """How the outcome is printed."""

    TERMINAL = "terminal"
    JSON = "json"


def register(app: typer.Typer) -> None:
    """Add these commands to the trainer's."""
    app.command("keep-case")(keep_case)
    app.command()(regress)


def keep_case(
    number: Annotated[int, typer.Argument(help="The number of an upheld contest.")],
    labels: LabelsPath = None,
    store: StorePath = None,
) -> None:
    """Make a regression case of an upheld contest: a file for Git that `coach trainer regress` runs."""
    from coach.calibration.cases import case_file
    from coach.calibration.cases import keep_case as keep
    from coach.pipeline.regression import case_of

    settings = settings_of(labels=labels, store=store)
    with open_filled_store(settings) as opened:
        case = case_of(opened, number)
    folder = labels_folder(settings, sample=False)
    kept, file = keep(folder, case), case_file(folder, case)
    if kept == "same":
        say(f"item {number} is kept already: {file}")
        return
    say(f"{'written' if kept == 'new' else 'written anew, for a later decision'} {file}: {case.verdict}")
    say("it holds the redacted call and the reason as it was typed; `coach purge` does not reach it: delete the file")


def regress(
    labels: LabelsPath = None,
    engine: EngineName = None,
    model: Model = None,
    base_url: BaseUrl = None,
    playbook: PlaybookPath = None,
    store: StorePath = None,
    as_format: Annotated[CaseFormat, typer.Option("--format", help="How to print it.")] = CaseFormat.TERMINAL,
) -> int:
    """Grade the regression cases and compare with what people settled on; exit code 1 unless every one that is run passes.

    Only the stages that the cases are about are asked.  A case about an older wording of its check is listed and not run.
    """
    from coach.calibration.cases import FOLDER, read_cases

    settings = settings_of(
        labels=labels,
        engine__name=engine,
        engine__model=model,
        engine__base_url=base_url,
        playbook=playbook,
        store=store,
    )
    book = playbook_of(settings)
    folder = labels_folder(settings, sample=False)
    cases = read_cases(folder)
    if not cases:
        raise NotFound(f"no cases in {folder / FOLDER}", "keep one with `coach trainer keep-case NUMBER`")
    outcomes, by = run_async(_graded(settings, book, cases))
    counts: Counter[str] = Counter(each.state for each in outcomes)
    if as_format is CaseFormat.JSON:
        told = {state: counts[state] for state in STATES}
        print(as_json({**by, **told, "cases": [_told(each) for each in outcomes]}), end="")
    else:
        _show(outcomes, counts, by)
    return 0 if counts["pass"] and not counts["fail"] and not counts["ungraded"] else 1


async def _graded(settings: Settings, book: Playbook, cases: Sequence[Case]) -> tuple[list[Outcome], dict[str, str]]:
    from coach.pipeline.regression import regress as regress_all

    async with open_bench_grading(settings, book) as (grading, opened):
        by = {"engine": opened.name, "model": opened.model, "playbook": grading.version()}
        return await regress_all(cases, grading, opened, settings.engine.concurrency), by


def _show(outcomes: Sequence[Outcome], counts: Counter[str], by: dict[str, str]) -> None:
    """A line a case, with the person's reason and the quotes of the verdict beneath, and the counts."""
    for each in outcomes:
        state = "FAIL" if each.state == "fail" else each.state
        given = f", given {each.given}" if each.given else ""
        why = f" ({each.why})" if each.why else ""
        case = each.case
        say(f"{state:8}  {case.call.call_id} {case.check_id}  expected {case.verdict}{given}{why}")
        if case.reason:
            say(f"{'':10}settled because {quoted(case.reason)}")
        for quote in each.quotes:
            say(f"{'':10}{quote.turn_id} {quote.speaker}: “{quote.text}”")
    told = ", ".join(f"{counts[state]} {name}" for state, name in zip(STATES, _NAMES, strict=True))
    say(f"{told}; {by['engine']} {by['model']}, playbook {by['playbook']}".replace("  ", " "))
    if not counts["pass"] + counts["fail"] + counts["ungraded"]:
        say("no case was run: every one is about an older wording of its check")


_NAMES = ("passed", "failed", "ungraded", "stale")


def _told(each: Outcome) -> dict[str, Any]:
    case = each.case
    return {
        "call_id": case.call.call_id,
        "check_id": case.check_id,
        "state": each.state,
        "expected": case.verdict,
        "given": each.given,
        "why": each.why,
        "engine_said": case.said.verdict,
        "reason": case.reason,
        "quotes": [{"turn_id": q.turn_id, "speaker": q.speaker, "text": q.text} for q in each.quotes],
    }
