"""Reading a playbook from its folder: rubric, lexicons, guidance and prompts under one version.

A playbook folder holds `rubrics/` and `prompts/`.  The shipped one is used unless another is named; the current
folder is never taken silently.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from coach.errors import BadPlaybook
from coach.playbook import strict_yaml
from coach.playbook.prompt import Templates
from coach.playbook.rubric import GuidanceItem, Lexicons, Rubric

Read = TypeVar("Read", bound=BaseModel)

GRADING_TEMPLATES = (
    "grade_system.j2",
    "grade_transcript.j2",
    "grade_stage.j2",
    "grade_overview.j2",
    "grade_repair.j2",
)


@dataclass(frozen=True, eq=False)
class Playbook:
    """Rubric, word lists, guidance and prompts, with the content versions that results carry.  Compared by identity."""

    folder: Path
    rubric: Rubric
    lexicons: Lexicons
    guidance: tuple[GuidanceItem, ...]
    templates: Templates

    @cached_property
    def rubric_version(self) -> str:
        """sha256 of the rubric as read: the order of keys and comments in the file do not matter."""
        return _hash(self.rubric.model_dump_json())

    @cached_property
    def lexicon_version(self) -> str:
        """sha256 of the word lists, which the patterns engine and the signals read."""
        return _hash(TypeAdapter(dict[str, tuple[str, ...]]).dump_json(dict(self.lexicons)).decode())

    @cached_property
    def prompt_version(self) -> str:
        """sha256 of the templates that grading reaches."""
        return self.templates.version(*GRADING_TEMPLATES)

    def version(self, schema_hash: str) -> str:
        """The playbook's version as it stands on a result: rubric, word lists, prompts and reply schema together."""
        return _hash(self.rubric_version + self.lexicon_version + self.prompt_version + schema_hash)[:12]


class _GuidanceFile(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    items: tuple[GuidanceItem, ...]


class _Lexicons(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    lists: dict[str, tuple[str, ...]]


def shipped() -> Path:
    """The folder that holds the shipped `prompts/`, `rubrics/` and `fixtures/`: inside the wheel, else the checkout."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "_shipped"
    return inside if inside.is_dir() else package.parent


def load_playbook(folder: Path | None = None, *, house_checks: bool | None = None) -> Playbook:
    """The playbook of `folder` (the shipped one by default).

    `house_checks` overrides the rubric's own switch.  Raises BadPlaybook with file and line for a fault.
    """
    root = folder or shipped()
    for part in ("rubrics", "prompts"):
        if not (root / part).is_dir():
            raise BadPlaybook(f"no {part}/ in it", where_it_may_be(root), file=root)
    rubric = read_part(root / "rubrics" / "deescalation.yaml", Rubric)
    if house_checks is not None:
        rubric = rubric.model_copy(update={"house_checks": house_checks})
    lexicons = read_part(root / "rubrics" / "lexicons.yaml", _Lexicons, wrap="lists").lists
    guidance = read_part(root / "rubrics" / "guidance.yaml", _GuidanceFile).items
    return Playbook(root, rubric, lexicons, guidance, Templates(root / "prompts"))


def where_it_may_be(folder: Path) -> str:
    """What to name instead of a folder that is no playbook: the playbook in it, where it is a workspace."""
    inside = folder / "playbook"
    found = all((inside / part).is_dir() for part in ("rubrics", "prompts"))
    return f"name {inside}" if found else "name a folder made by `coach init`"


def read_part(file: Path, kind: type[Read], wrap: str = "") -> Read:
    """A YAML file of a playbook as `kind`.  Raises BadPlaybook with file and line for a fault."""
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise BadPlaybook("the file is missing", "restore it, or run `coach init` in a new folder", file=file) from None
    except (OSError, UnicodeDecodeError) as fault:
        raise BadPlaybook(f"cannot be read: {type(fault).__name__}", "save it as UTF-8 text", file=file) from None
    value, lines = strict_yaml.parse(text, file)
    matter: Any = {wrap: value} if wrap else value
    if wrap:
        lines = {(wrap, *path): line for path, line in lines.items()}
    try:
        return kind.model_validate(matter)
    except ValidationError as error:
        raise strict_yaml.fault_of(error, lines, file) from None


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
