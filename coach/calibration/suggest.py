"""A model's proposal for rubric or prompts, made of dev disagreements on one check; shown as a diff, applied by people.

The model sees the check's text as it stands in the file, the templates that may change, and the cases.  What it
proposes is tried on a copy in memory: an edit that does not fit, or breaks the playbook, is told and not shown as a
diff.  Nothing here writes to a playbook but `apply`.
"""

from __future__ import annotations

import difflib
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from coach.calibration.board import Disagreement, Said
from coach.calibration.fault import LintFault
from coach.calibration.labels import write_whole
from coach.calibration.lint import lint
from coach.calls.transcript import Redacted
from coach.engines.exchange import Message, Request
from coach.errors import BadPlaybook
from coach.grading.ask import schema_of, transcript_line
from coach.playbook.load import GRADING_TEMPLATES, Playbook, load_playbook

TEMPLATE = "suggest_change.j2"
RUBRIC = "rubrics/deescalation.yaml"
MOST_CASES = 12  # a prompt of about 6,000 tokens beside the check and the templates
AROUND = 2  # turns shown before and after each line that a voice points at

Words = Annotated[str, StringConstraints(max_length=6000)]


# The two classes carry no docstrings: a docstring ends up in the JSON schema that the model reads.
class Edit(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    file: Annotated[str, StringConstraints(max_length=120)]
    old: Words
    new: Words
    why: Words


class Proposal(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    diagnosis: Words
    edits: Annotated[list[Edit], Field(max_length=3)]
    risks: Words


@dataclass(frozen=True)
class Tried:
    """What became of a proposal on a copy of the playbook.

    `texts` are the changed files whole, by name; `diff` the same as a unified diff; `unfit` says for each edit that
    could not be made why; `faults` are lint's on the copy, new ones alone.
    """

    texts: Mapping[str, str]
    diff: str
    unfit: tuple[str, ...]
    faults: tuple[LintFault, ...]


def suggest_request(
    playbook: Playbook,
    check_id: str,
    cases: Sequence[Disagreement],
    calls: Mapping[str, Redacted],
    *,
    model: str,
    parameters: Mapping[str, Any],
) -> Request:
    """The question to the model; the first `MOST_CASES` of the cases are shown.  Raises BadPlaybook, KeyError."""
    # A playbook that was copied before this template existed is asked about with the shipped one.
    templates = playbook.templates if TEMPLATE in playbook.templates.names() else load_playbook().templates
    words = templates.render(
        TEMPLATE,
        rubric_file=RUBRIC,
        check_source=check_source(playbook, check_id),
        files=[
            {"name": f"prompts/{name}", "source": source}
            for name, source in playbook.templates.reached(*GRADING_TEMPLATES).items()
            if name.startswith("_shared/") and name not in ("_shared/reply_fields.j2", "_shared/marks.j2")
        ],
        cases=[_case(case, calls[case.call_id]) for case in cases[:MOST_CASES]],
    )
    return Request(
        model=model,
        messages=(Message("user", words),),
        schema_name="proposal",
        schema=schema_of(Proposal),
        parameters=dict(parameters),
        label=f"suggest {check_id}",
    )


def check_source(playbook: Playbook, check_id: str) -> str:
    """The lines of the rubric's file that a grader's text of a check stands in, exactly as they are.

    Raises BadPlaybook where the file cannot be cut into checks, KeyError for a check the rubric does not have.
    """
    playbook.rubric.check(check_id)
    file = playbook.folder / RUBRIC
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    start = next((i for i, line in enumerate(lines) if line.strip() == f"- id: {check_id}"), None)
    if start is None:
        raise BadPlaybook(f"no line `- id: {check_id}`", "write each check's id on a line of its own", file=file)
    indent = len(lines[start]) - len(lines[start].lstrip())
    end = start + 1
    while end < len(lines) and (not lines[end].strip() or len(lines[end]) - len(lines[end].lstrip()) > indent):
        if lines[end].strip() == "reader:":
            break
        end += 1
    return "".join(lines[start:end])


def _case(case: Disagreement, call: Redacted) -> dict[str, Any]:
    turns = [turn.id for turn in call.turns]
    pointed = {turns.index(turn_id) for said in case.said for turn_id, _ in said.lines if turn_id in turns}
    near = {n for at in pointed for n in range(at - AROUND, at + AROUND + 1)} or set(range(len(turns)))
    shown = [turn for n, turn in enumerate(call.turns) if n in near]
    return {
        "lines": [transcript_line(t.id, t.speaker, t.start, t.text) for t in shown],
        "said": [_voice(said) for said in case.said],
        "cause": f"{case.cause.cause.value} {case.cause.note}".strip() if case.cause else "",
    }


def _voice(said: Said) -> str:
    where = f" ({', '.join(turn_id for turn_id, _ in said.lines)})" if said.lines else ""
    return f"{said.who} says {said.verdict}{where}" + (f": {said.reason}" if said.reason else "")


def try_out(folder: Path, edits: Iterable[Edit]) -> Tried:
    """Make the edits on a copy of the playbook and look at what comes of it; the playbook stays as it is."""
    texts: dict[str, str] = {}
    unfit = []
    for edit in edits:
        why = _why_unfit(folder, edit, texts)
        if why:
            unfit.append(f"{edit.file}: {why}")
            continue
        texts[edit.file] = texts[edit.file].replace(edit.old, edit.new)
    before = {name: (folder / name).read_text(encoding="utf-8") for name in texts}
    changed = {name: text for name, text in texts.items() if text != before[name]}
    diff = "".join(
        line if line.endswith("\n") else line + "\n"
        for name, text in sorted(changed.items())
        for line in difflib.unified_diff(
            before[name].splitlines(keepends=True), text.splitlines(keepends=True), f"a/{name}", f"b/{name}"
        )
    )
    return Tried(changed, diff, tuple(unfit), _new_faults(folder, changed) if changed else ())


def _why_unfit(folder: Path, edit: Edit, texts: dict[str, str]) -> str:
    """Why an edit cannot be made, or "" and the file's text at hand in `texts`."""
    allowed = edit.file == RUBRIC or (edit.file.startswith("prompts/_shared/") and edit.file.endswith(".j2"))
    if not allowed or ".." in edit.file or not (folder / edit.file).is_file():
        return "not one of the files that may change"
    text = texts.setdefault(edit.file, (folder / edit.file).read_text(encoding="utf-8"))
    count = text.count(edit.old) if edit.old.strip() else 0
    return "" if count == 1 else f"the words to change stand in it {count} times"


def _new_faults(folder: Path, texts: Mapping[str, str]) -> tuple[LintFault, ...]:
    known = {(fault.file, fault.what) for fault in lint(folder)}
    with tempfile.TemporaryDirectory() as holder:
        copy = Path(holder)
        for part in ("rubrics", "prompts"):
            shutil.copytree(folder / part, copy / part)
        for name, text in texts.items():
            (copy / name).write_text(text, encoding="utf-8")
        return tuple(fault for fault in lint(copy) if (fault.file, fault.what) not in known)


def apply(folder: Path, tried: Tried) -> list[Path]:
    """Write the changed files into a playbook's folder; gives their paths.  Raises CannotWrite."""
    written = []
    for name, text in sorted(tried.texts.items()):
        write_whole(folder / name, text)
        written.append(folder / name)
    return written
