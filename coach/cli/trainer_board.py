"""The trainer's commands about disagreements: board, cause, suggest."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coach.cli.bench import (
    Bench,
    CallPaths,
    LabelsPath,
    PartOption,
    RepliesPath,
    Sample,
    Which,
    bench_settings,
    known_checks,
    labels_folder,
    open_bench,
    open_part,
)
from coach.cli.bench_grading import graded, open_bench_grading
from coach.cli.choices import BaseUrl, EngineName, Model, PlaybookPath, StorePath, engine_name, playbook_of, settings_of
from coach.cli.people import AsFormat, Format, ToFile
from coach.cli.results import as_json, show_page
from coach.cli.running import run_async
from coach.cli.say import say
from coach.errors import BadPlaybook, BadSettings, EngineDown, NotFound

if TYPE_CHECKING:
    from coach.calibration.board import Disagreement
    from coach.calibration.suggest import Proposal, Tried
    from coach.grading.critique import CallCritique
    from coach.playbook.load import Playbook
    from coach.settings import Settings

ChecksOption = Annotated[list[str] | None, typer.Option("--check", help="Only this check (may be given again).")]


def register(app: typer.Typer) -> None:
    """Add these commands to the trainer's."""
    app.command()(board)
    app.command()(cause)
    app.command()(suggest)


def board(
    paths: CallPaths = None,
    sample: Sample = False,
    part: PartOption = Which.DEV,
    checks: ChecksOption = None,
    people_only: Annotated[bool, typer.Option("--people", help="Raters among themselves, without the grader.")] = False,
    as_format: AsFormat = Format.TERMINAL,
    to: ToFile = None,
    labels: LabelsPath = None,
    engine: EngineName = None,
    model: Model = None,
    base_url: BaseUrl = None,
    playbook: PlaybookPath = None,
    store: StorePath = None,
) -> None:
    """Where raters and grader differ, check by check, with the words each points at and the cause a person noted."""
    from coach.pipeline.board_told import board_page

    settings = bench_settings(sample, labels, engine, model, base_url, playbook, store)
    book = playbook_of(settings)
    wanted = known_checks(book, checks)
    whole = open_bench(settings, book, paths, sample=sample)
    what = "" if people_only else f"board {book.rubric_version[:12]}"
    bench, which = open_part(whole, part, book.rubric_version[:12], what)
    critiques = {} if people_only else run_async(graded(settings, book, bench)).critiques
    name = "" if people_only else engine_name(settings)
    found = [d for d in _disagreements(bench, critiques, book, name) if not wanted or d.check_id in wanted]
    source = f"{which}; {'raters alone' if people_only else f'raters and the engine {name}'}"
    show_page(board_page(found, book.rubric, source, bench.remarks), as_format, to, lambda: as_json(found))


def _disagreements(bench: Bench, critiques: dict[str, CallCritique], book: Playbook, grader: str) -> list[Disagreement]:
    from coach.calibration.board import disagreements, read_board

    return disagreements(bench.labelled, critiques, book.rubric, read_board(bench.folder), grader=grader)


def cause(
    call_id: Annotated[str, typer.Argument(help="The call.")],
    check_id: Annotated[str, typer.Argument(help="The check.")],
    what: Annotated[str, typer.Argument(help="rubric_unclear, judge_wrong, rater_slip or transcript_bad.")],
    by: Annotated[str, typer.Option("--by", help="Who says so.")],
    note: Annotated[str, typer.Option("--note", help="Why, in a few words.")] = "",
    labels: LabelsPath = None,
    playbook: PlaybookPath = None,
) -> None:
    """Note the cause of a disagreement; it holds until the check's text changes."""
    from coach.calibration.board import Cause, Noted, note_cause
    from coach.calibration.labels import check_definition, read_labels

    settings = settings_of(labels=labels, playbook=playbook)
    book = playbook_of(settings)
    (check_id,) = known_checks(book, [check_id])
    if what not in list(Cause):
        raise BadSettings(f"{what!r} is no cause", f"choose one of {', '.join(Cause)}")
    if not by.strip():
        raise BadSettings("nobody is named", "say who with --by")
    folder = labels_folder(settings, sample=False)
    if not any(label.key == (call_id, check_id) for given in read_labels(folder).values() for label in given):
        raise NotFound(f"nobody has labelled {check_id} in {call_id}", f"see the labels in {folder}")
    noted = Noted(
        call_id=call_id,
        check_id=check_id,
        cause=Cause(what),
        note=note,
        by=by,
        at=datetime.now(UTC).replace(microsecond=0),
        definition=check_definition(book.rubric.check(check_id)),
    )
    before = note_cause(folder, noted)
    say(f"{call_id} {check_id}: {what}{f' (before: {before.cause})' if before else ''}")


def suggest(
    check_id: Annotated[str, typer.Argument(help="The check to tune.")],
    paths: CallPaths = None,
    sample: Sample = False,
    to: Annotated[Path | None, typer.Option("--to", help="Also write the diff to this file.")] = None,
    apply_it: Annotated[
        bool, typer.Option("--apply", help="Write the change into the playbook in force; never the shipped one.")
    ] = False,
    labels: LabelsPath = None,
    engine: EngineName = None,
    model: Model = None,
    base_url: BaseUrl = None,
    replies: RepliesPath = None,
    playbook: PlaybookPath = None,
    store: StorePath = None,
) -> int:
    """Have the model propose a change of rubric or prompt from dev disagreements; shown as a diff, not applied unasked.

    Refused where people themselves disagree on the check (kappa under .5): then its wording needs people, not a model.
    """
    from coach.calibration.suggest import apply, try_out

    settings = bench_settings(sample, labels, engine, model, base_url, playbook, store)
    book = playbook_of(settings)
    (check_id,) = known_checks(book, [check_id])
    if apply_it and not settings.playbook:
        raise BadSettings("the shipped playbook is not changed", "copy it with `coach init DIR --with-playbook`")
    bench = open_bench(settings, book, paths, sample=sample).of_part(Which.DEV)
    _refuse_torn(bench, check_id)
    proposal, shown = run_async(_propose(settings, book, bench, check_id, replies))
    tried = try_out(book.folder, proposal.edits)
    _say_proposal(proposal, tried, shown)
    if to is not None and tried.diff:
        from coach.calibration.labels import write_whole

        write_whole(to, tried.diff)
        say(f"written {to}")
    if not apply_it:
        say("nothing was changed; look at it, then --apply it or edit by hand, and `coach trainer compare`")
        return 0
    if tried.faults or not tried.texts:
        raise BadPlaybook("the proposal cannot be applied", "the reasons stand above", file=book.folder)
    for file in apply(book.folder, tried):
        say(f"changed {file}; labels of a check whose text changed are stale now")
    return 0


def _refuse_torn(bench: Bench, check_id: str) -> None:
    from coach.calibration.agreement import people_on
    from coach.calibration.levels import TORN

    people = people_on(bench.labelled, check_id)
    if people.value is not None and people.value < TORN:
        raise BadPlaybook(
            f"people disagree on {check_id} (kappa {people.value:.2f}, under {TORN})",
            "mend the check's wording with them, or drop it: no tuning makes a grader agree with people who differ",
        )


async def _propose(
    settings: Settings, book: Playbook, bench: Bench, check_id: str, replies: Path | None
) -> tuple[Proposal, int]:
    from coach.calibration.suggest import MOST_CASES, Proposal, suggest_request
    from coach.engines.exchange import Fault
    from coach.grading.hear import UnusableReply, read_reply, usable_text
    from coach.pipeline.bench import grade_bench

    async with open_bench_grading(settings, book, replies=replies) as (grading, opened):
        if not opened.ai:
            raise EngineDown(f"the {opened.name} engine proposes nothing", "name a model: --engine live --model M")
        made = await grade_bench(list(bench.calls.values()), grading, opened, settings.engine.concurrency)
        found = [
            case
            for case in _disagreements(bench, made.critiques, book, "the grader")
            if case.check_id == check_id and not case.raters_differ
        ]
        if not found:
            raise NotFound(f"the grader differs from nobody on {check_id} in {len(bench.calls)} dev calls", "all well")
        asking = grading.asking
        request = suggest_request(book, check_id, found, bench.calls, model=asking.model, parameters=asking.parameters)
        answer = await opened.answer(request)
    text = usable_text(answer)
    if text is None:
        why = answer.detail if isinstance(answer, Fault) else answer.finish
        raise EngineDown(f"the model proposed nothing ({why})", "ask again, or another model")
    try:
        return read_reply(text, Proposal), min(len(found), MOST_CASES)
    except UnusableReply as fault:
        raise EngineDown(f"the model's proposal cannot be read: {fault}", "ask again, or another model") from None


def _say_proposal(proposal: Proposal, tried: Tried, shown: int) -> None:
    say(f"From {shown} dev {'case' if shown == 1 else 'cases'} where people agree and the grader does not:")
    say(f"Diagnosis  {proposal.diagnosis}")
    for edit in proposal.edits:
        say(f"Why        {edit.file}: {edit.why}")
    say(f"Risks      {proposal.risks}")
    for line in tried.diff.splitlines():
        say(line)
    for unfit in tried.unfit:
        say(f"left out: {unfit}")
    for fault in tried.faults:
        say(f"fault: {fault}")
    if not proposal.edits:
        say("the model proposes no change")
