"""The trainer's commands: lint, render, coverage, and the groups that stand in modules of their own."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coach.cli import trainer_board, trainer_cases, trainer_drift, trainer_estimate, trainer_measure
from coach.cli.choices import PlaybookPath, one_call, playbook_of, settings_of
from coach.cli.say import plain, say
from coach.cli.trainer_label import label
from coach.cli.trainer_stress import stress
from coach.errors import BadPlaybook, BadSettings

if TYPE_CHECKING:
    from coach.calls.transcript import Redacted
    from coach.playbook.load import Playbook

app = typer.Typer(help="For whoever tunes rubric and prompts.", no_args_is_help=True)
for _group in (trainer_measure, trainer_board, trainer_drift, trainer_cases, trainer_estimate):
    _group.register(app)
app.command()(label)
app.command()(stress)


@app.command()
def lint(playbook: PlaybookPath = None) -> int:
    """Every fault of a playbook before a call is graded, with file and line; exit code 1 where there are any."""
    from coach.calibration.fault import of_error
    from coach.calibration.lint import lint as faults_of
    from coach.playbook.load import shipped
    from coach.practice.files import practice_faults

    settings = settings_of(playbook=playbook)
    folder = settings.path(settings.playbook) if settings.playbook else shipped()
    faults = faults_of(folder)
    faults += [of_error(fault, folder) for fault in practice_faults(folder, None if faults else playbook_of(settings))]
    for fault in faults:
        say(str(fault))
    count = "1 fault" if len(faults) == 1 else f"{len(faults) or 'no'} faults"
    say(f"{count} in {folder}")
    return 1 if faults else 0


@app.command()
def render(
    call: Annotated[Path, typer.Argument(help="A call file.")],
    stage: Annotated[str | None, typer.Option("--stage", help="One stage, or overview; none: all.")] = None,
    playbook: PlaybookPath = None,
    diff: Annotated[
        str | None, typer.Option("--diff", help="Only what changes from this playbook ('shipped', or a folder).")
    ] = None,
    as_json: Annotated[
        bool,
        typer.Option(
            "--json",
            help="The messages byte for byte, a part a line; prefix_end counts characters of the last message.",
        ),
    ] = False,
) -> None:
    """The exact prompts a model would get for a call, with token estimates and the end of the cacheable prefix."""
    from coach.calibration.rendering import render_prompts
    from coach.calls.read import Defaults

    settings = settings_of(playbook=playbook)
    redacted = one_call(call, Defaults(agent="unnamed", started_at=datetime.now(UTC), zone=settings.zone))
    book = playbook_of(settings)
    if diff is not None and as_json:
        raise BadSettings("a diff is no request", "leave out --diff or --json")
    if diff is not None:
        _say_diff(redacted, playbook_of(settings_of(playbook="" if diff == "shipped" else diff)), book, stage)
        return
    prompts = render_prompts(redacted, book, stage)
    if as_json:
        for prompt in prompts:
            messages = [{"role": m.role, "content": m.content} for m in prompt.messages]
            tokens = {"tokens_estimate": prompt.tokens_estimate, "cacheable_estimate": prompt.cacheable_estimate}
            print(json.dumps({"part": prompt.part, **tokens, "prefix_end": prompt.prefix_end, "messages": messages}))
        return
    for number, prompt in enumerate(prompts):
        before = sum(len(m.content) for m in prompt.messages[:-1])
        say(
            f"===== {prompt.part}: about {prompt.tokens_estimate} tokens, of which {prompt.cacheable_estimate} "
            f"({before + prompt.prefix_end} characters) are the same for every part (estimates: 4 characters a token)"
        )
        for message in prompt.messages:
            if number and message is not prompt.messages[-1]:
                say(f"--- {message.role}: as above")
                continue
            say(f"--- {message.role}")
            text = message.content[prompt.prefix_end :] if number else message.content
            for line in text.splitlines():
                print(plain(line))


def _say_diff(call: Redacted, before: Playbook, after: Playbook, stage: str | None) -> None:
    from coach.calibration.rendering import diff_prompts

    found = diff_prompts(call, before, after, stage)
    for one in found:
        say(
            f"===== {one.where}: about {one.tokens_before} tokens before, {one.tokens_after} after "
            f"({one.tokens_after - one.tokens_before:+d}; estimates: 4 characters a token)"
        )
        for line in one.lines[2:]:
            say(line)
    if not found:
        say("no byte of these prompts differs")


@app.command()
def coverage(
    playbook: PlaybookPath = None,
    gaps: Annotated[bool, typer.Option("--gaps", help="Only what is open or at fault.")] = False,
) -> int:
    """Every item of the guidance with what covers it; exit code 1 where one that must be covered is not."""
    from coach.calibration.coverage import coverage as coverage_of
    from coach.calibration.coverage import summary

    book = playbook_of(settings_of(playbook=playbook))
    if not book.guidance:
        raise BadPlaybook("rubrics/guidance.yaml lists nothing", "restore it", file=book.folder)
    covered = coverage_of(book)
    for item in covered:
        if not gaps or item.open or item.faults:
            say(f"{item.id:5} {item.state.replace('_', ' '):9} {item.text}")
            say(f"{'':15} {', '.join(cover.name for cover in item.covers) or '-'}")
            for fault in item.faults:
                say(f"{'':15} FAULT {fault}")
    total = summary(covered)
    states = ", ".join(f"{count} {state.replace('_', ' ')}" for state, count in total.states.items())
    say(f"{total.items} items: {states}; {total.with_open} wait for later work as well")
    return 1 if total.states["fault"] else 0
