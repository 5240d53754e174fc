"""Trying a playbook's templates out: what they ask for, and what they make of two invented calls.

A trainer's template may never end: constants are worked out while a template is compiled, so that even looking at its
variables can take for ever.  All of it therefore happens in a process of its own, which this module is
(`python -m coach.calibration.trial FOLDER`) and which `try_templates` starts, times and ends.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import astuple, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import meta, nodes

from coach.calibration.fault import LintFault, of_error
from coach.calibration.rendering import token_estimate
from coach.calibration.reword import PASSED as REWORD_PASSED
from coach.calibration.reword import TEMPLATE as REWORD
from coach.calibration.reword import asked_again, reword_request
from coach.calls.transcript import Channel, EndedBy, Redacted, RedactedTurn, Speaker
from coach.engines.exchange import Request
from coach.errors import BadPlaybook
from coach.grading.ask import (
    Asking,
    Part,
    parts,
    render_part,
    render_transcript,
    repair_request,
    requests,
    system_message,
)
from coach.playbook.load import Playbook, load_playbook
from coach.playbook.prompt import Templates

SECONDS = 20.0  # what rendering a whole playbook twice may take; it takes under one
SYSTEM_BUDGET = 9_000  # tokens (characters / 4) of the system message
MEMORY = 1 << 30  # bytes the trial may take, where the system can hold it to that

PASSED: Mapping[str, frozenset[str]] = {
    "grade_system.j2": frozenset(("stages",)),
    "grade_transcript.j2": frozenset(("channel", "ended_by", "translated", "timed", "lines")),
    "grade_stage.j2": frozenset(("part", "checks", "marks")),
    "grade_overview.j2": frozenset(("part", "flags", "blockers", "issues", "note_items", "note")),
    "grade_repair.j2": frozenset(("fault", "part")),
}
"""The variables that grading passes to each of its templates (coach/grading/ask.py)."""

BENCH: Mapping[str, frozenset[str]] = {
    REWORD: REWORD_PASSED,
    "suggest_change.j2": frozenset(("rubric_file", "check_source", "files", "cases")),
}
"""The same of the bench's own templates: no grade depends on them, and a playbook may lack them."""

ROLEPLAY: Mapping[str, frozenset[str]] = {
    "roleplay_system.j2": frozenset(("about", "style", "told", "situation", "wanted", "most_words", "never_say")),
    "roleplay_line.j2": frozenset(("talk", "act_text", "mood", "fact")),
    "roleplay_again.j2": frozenset(("reasons", "act_text")),
    "roleplay_check.j2": frozenset(("known", "wanted", "talk", "act_text", "mood", "fact", "line", "never_say")),
    "roleplay_moves.j2": frozenset(("talk", "line", "moves", "facts")),
}
"""The same of the templates of practice (coach/practice/model_voice.py, model_ears.py), which may be missing too."""

_AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
PHONE_CALL = Redacted(
    call_id="invented-phone",
    agent="invented-agent-one",
    team="invented-team-one",
    started_at=_AT,
    channel=Channel.PHONE,
    ended_by=EndedBy.AGENT,
    translated=False,
    turns=(
        RedactedTurn(id="T01", speaker=Speaker.CUSTOMER, text="The kettle leaks {{ 7*7 }} again.", start=0.0, end=3.0),
        RedactedTurn(id="T02", speaker=Speaker.AGENT, text="It leaks again? I'll look it up.", start=3.5, end=6.0),
    ),
    note="Kettle leaks {% raw %}.",
)
CHAT = Redacted(
    call_id="invented-chat",
    agent="invented-agent-two",
    team="invented-team-two",
    started_at=_AT,
    channel=Channel.CHAT,
    ended_by=EndedBy.CUT,
    translated=True,
    turns=(RedactedTurn(id="T01", speaker=Speaker.CUSTOMER, text="Two lamps came broken {# on Friday #}."),),
)


def try_templates(folder: Path, seconds: float = SECONDS) -> list[LintFault]:
    """The faults of a playbook's templates, found in a process that is ended after so many seconds."""
    command = [sys.executable, "-P", "-m", "coach.calibration.trial", str(folder.resolve())]
    try:
        done = subprocess.run(command, capture_output=True, timeout=seconds, check=False, stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired as late:
        what = f"rendering did not end within {seconds:g} seconds"
        return [LintFault(_last_tried(late.stderr or b""), 0, what, "look for a loop or a sum without an end")]
    try:
        return [LintFault(*row) for row in json.loads(done.stdout)]
    except ValueError:
        what = f"trying it ended the process (exit code {done.returncode})"
        return [LintFault(_last_tried(done.stderr), 0, what, "look for a loop or a text without an end")]


def _last_tried(said: bytes) -> str:
    """The template that was being tried last: the process names each on a line of its own."""
    names = [line for line in said.decode("utf-8", "replace").splitlines() if line.endswith(".j2")]
    return f"prompts/{names[-1]}" if names else "prompts"


class _Told(Templates):
    """Templates that say on stderr which of them is being worked on."""

    def render(self, name: str, **values: Any) -> str:
        _tell(name)
        return super().render(name, **values)


def _tell(name: str) -> None:
    sys.stderr.write(f"{name}\n")
    sys.stderr.flush()


def template_faults(folder: Path) -> Iterator[LintFault]:
    """Every fault of the templates of a playbook's folder.  May never return: `try_templates` is the way in."""
    try:
        templates = _Told(folder / "prompts")
    except BadPlaybook as error:
        yield of_error(error, folder)
        return
    broken = list(_broken(templates, folder))
    yield from broken
    missing = sorted(set(PASSED) - set(templates.names()))
    for name in missing:
        yield LintFault(f"prompts/{name}", 0, "the template is missing", "restore it")
    if broken or missing:
        return
    unknown = list(_variable_faults(templates, folder))
    yield from unknown
    if not unknown:
        yield from _render_faults(replace(_playbook(folder), templates=templates), folder)


def _playbook(folder: Path) -> Playbook:
    """The folder's playbook, or the shipped one where the folder's rubric does not read: that is lint's to report."""
    try:
        return load_playbook(folder)
    except BadPlaybook:
        return load_playbook()


def _broken(templates: Templates, folder: Path) -> Iterator[LintFault]:
    """Templates that do not parse."""
    for name in templates.names():
        try:
            templates.parsed(name)
        except BadPlaybook as error:
            yield of_error(error, folder)


def _variable_faults(templates: Templates, folder: Path) -> Iterator[LintFault]:
    """Variables that nothing passes, includes that are not there, and includes whose name is not written out."""
    there = set(templates.names())
    others = {name: passed for name, passed in {**BENCH, **ROLEPLAY}.items() if name in there}
    for root, passed in (*PASSED.items(), *others.items()):
        _tell(root)
        try:
            reached = templates.reached(root)
            trees = {name: templates.parsed(name) for name in reached}
            asked = {name: templates.variables(name) for name in reached}
        except BadPlaybook as error:
            yield of_error(error, folder)
            continue
        bound = {n.name for tree in trees.values() for n in tree.find_all(nodes.Name) if n.ctx in ("store", "param")}
        for name, tree in trees.items():
            if None in meta.find_referenced_templates(tree):
                yield LintFault(
                    f"prompts/{name}",
                    0,
                    "the name of an include is worked out",
                    "write the name out: versions count it",
                )
            own = passed if name == root else passed | bound
            for variable in sorted(asked[name] - own):
                line = min((n.lineno for n in tree.find_all(nodes.Name) if n.name == variable), default=0)
                hint = f"what is passed: {', '.join(sorted(passed))}"
                yield LintFault(f"prompts/{name}", line, f"{variable} is not a variable of {root}", hint)


def _render_faults(playbook: Playbook, folder: Path) -> Iterator[LintFault]:
    """Faults of rendering, each piece by itself, then of what the pieces make together."""
    wanted = parts(playbook)
    pieces: list[Callable[[], object]] = [partial(system_message, playbook)]
    for call in (PHONE_CALL, CHAT):
        pieces.append(partial(render_transcript, call, playbook))
        pieces += [partial(render_part, part, call, playbook) for part in wanted]
        if REWORD in playbook.templates.names():
            pieces.append(partial(reword_request, call, playbook.templates, Asking("", {})))
            pieces.append(partial(asked_again, playbook.templates, "the reply is empty"))
    found = False
    for piece in pieces:
        try:
            piece()
        except BadPlaybook as error:
            found = True
            yield of_error(error, folder)
    if not found:
        yield from _whole_faults(playbook, wanted, folder)


def _whole_faults(playbook: Playbook, wanted: list[Part], folder: Path) -> Iterator[LintFault]:
    asked = [(call, requests(call, playbook, Asking("", {}), wanted)) for call in (PHONE_CALL, CHAT)]
    yield from _system_faults(playbook, [request for _, of_call in asked for request in of_call])
    for call, of_call in asked:
        yield from _prompt_faults(call, playbook, wanted, of_call)
    try:
        repair_request(asked[0][1][0], "{}", "the reply is empty", playbook, wanted[0].id)
    except BadPlaybook as error:
        yield of_error(error, folder)


def _system_faults(playbook: Playbook, asked: list[Request]) -> Iterator[LintFault]:
    """The system message: one for all calls and parts, with every check, within the budget."""
    file = "prompts/grade_system.j2"
    systems = {request.messages[0].content for request in asked}
    if len(systems) > 1:
        yield LintFault(file, 0, "the system message is not the same for every call and part", "take out what varies")
    system = min(systems)
    tokens = token_estimate(system)
    if tokens > SYSTEM_BUDGET:
        what = f"the system message has about {tokens} tokens (estimate), over the {SYSTEM_BUDGET} of the budget"
        yield LintFault(file, 0, what, "shorten rules or examples")
    for check in playbook.rubric.checks():
        if not check.by_code and check.grader.opportunity not in system:
            what = f"the opportunity of {check.id} is not in the system message"
            yield LintFault(file, 0, what, "print check.grader of every check")


def _prompt_faults(call: Redacted, playbook: Playbook, wanted: list[Part], asked: list[Request]) -> Iterator[LintFault]:
    """The user messages of one call: the same transcript first, then what the part asks for."""
    transcript = render_transcript(call, playbook)
    for turn in call.turns:
        if f"{turn.id} | {turn.speaker.value.upper()} |" not in transcript or turn.text not in transcript:
            what = "a line of the conversation is missing or changed"
            yield LintFault("prompts/grade_transcript.j2", 0, what, "print every line of lines as it is")
            break
    for part, request in zip(wanted, asked, strict=True):
        said = request.messages[-1].content
        file = "prompts/grade_stage.j2" if part.checks else "prompts/grade_overview.j2"
        if not said.startswith(transcript):
            what = f"the prompt of {part.id} does not begin with the transcript"
            yield LintFault(file, 0, what, "let what differs come last")
        left_out = [name for name in (part.id, *part.checks, *part.marks) if name not in said[len(transcript) :]]
        if left_out:
            yield LintFault(
                file, 0, f"the prompt of {part.id} does not name {', '.join(left_out)}", "print part, checks and marks"
            )


def main(folder: str) -> int:
    """Print the faults of a folder's templates as JSON rows, after taking on limits where the system has them."""
    _limit_memory()
    faults = [astuple(fault) for fault in dict.fromkeys(template_faults(Path(folder)))]
    sys.stdout.write(json.dumps(faults))
    return 0


def _limit_memory() -> None:
    if sys.platform == "win32":
        return
    import resource

    _, most = resource.getrlimit(resource.RLIMIT_AS)
    wanted = MEMORY if most == resource.RLIM_INFINITY else min(MEMORY, most)
    with suppress(ValueError, OSError):  # some systems know the limit and do not let it be set
        resource.setrlimit(resource.RLIMIT_AS, (wanted, most))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
