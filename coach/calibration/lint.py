"""Every fault of a playbook before a call is graded with it: all that can be seen, not the first alone.

A file that is not YAML shows that fault alone.  One that is not of the shape the types ask for shows its faults of
shape, and for a rubric all that can be seen in the rest; what cannot is looked at once it is mended, and that is said.
Nothing here grades, and no model is asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from coach.calibration.coverage import coverage
from coach.calibration.fault import LintFault, Source, of_error
from coach.calibration.rubric_rules import guidance_faults, lexicon_faults, rubric_faults, wording_faults
from coach.calibration.schema_faults import schema_faults, unsound_rubric_faults
from coach.calibration.trial import SECONDS, try_templates
from coach.errors import BadPlaybook
from coach.playbook import strict_yaml
from coach.playbook.load import Playbook, load_playbook, shipped, where_it_may_be
from coach.playbook.prompt import Templates
from coach.playbook.rubric import GuidanceItem, Rubric

__all__ = ["LintFault", "lint"]

RUBRIC, LEXICONS, GUIDANCE = "rubrics/deescalation.yaml", "rubrics/lexicons.yaml", "rubrics/guidance.yaml"

Read = TypeVar("Read", bound=BaseModel)


class _Guidance(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    items: tuple[GuidanceItem, ...]


class _Lexicons(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    lists: dict[str, tuple[str, ...]]


def lint(folder: Path | None = None, *, seconds: float = SECONDS) -> list[LintFault]:
    """The faults of a playbook's folder (the shipped one by default), in the order of files and lines.

    An empty list is a playbook that can grade.  `seconds` is what trying out its templates may take.
    """
    root = folder or shipped()
    missing = [part for part in ("rubrics", "prompts") if not (root / part).is_dir()]
    if missing:
        hint = where_it_may_be(root)
        return [LintFault(part, 0, "there is no such folder", hint) for part in missing]
    found = [*_matter_faults(root), *try_templates(root, seconds), *_wording(root)]
    return sorted(dict.fromkeys(found))


def _matter_faults(root: Path) -> Iterator[LintFault]:
    """The faults of the three YAML files, alone and against one another."""
    faults: list[LintFault] = []
    rubric, of_rubric = _read(root, RUBRIC, Rubric, faults)
    guidance, of_guidance = _read(root, GUIDANCE, _Guidance, faults)
    lexicons, of_lexicons = _read(root, LEXICONS, _Lexicons, faults, wrap="lists")
    yield from faults
    items = None if guidance is None else frozenset(item.id for item in guidance.items)
    if rubric is not None:
        yield from rubric_faults(rubric, of_rubric, items)
    elif of_rubric.value is not None:
        yield from unsound_rubric_faults(of_rubric, items)
    if guidance is not None:
        rulings = None if rubric is None else frozenset(ruling.id for ruling in rubric.rulings)
        yield from guidance_faults(guidance.items, of_guidance, rulings)
    if lexicons is not None:
        yield from lexicon_faults(lexicons.lists, of_lexicons, _shipped_lists())
    if rubric is not None and guidance is not None:
        yield from _coverage_faults(root, rubric, guidance.items, of_guidance)


@lru_cache(maxsize=1)
def _shipped_lists() -> frozenset[str]:
    """The word lists that the program looks for: those of the shipped playbook."""
    return frozenset(load_playbook().lexicons)


def _coverage_faults(
    root: Path, rubric: Rubric, items: tuple[GuidanceItem, ...], source: Source
) -> Iterator[LintFault]:
    try:
        templates = Templates(root / "prompts")
    except BadPlaybook:
        return  # reported where the templates are tried out
    at = {item.id: i for i, item in enumerate(items)}
    for covered in coverage(Playbook(root, rubric, {}, items, templates)):
        place = ("items", at[covered.id], "covered_by") if covered.id in at else ()
        for fault in covered.faults:
            yield source.fault(place, f"{covered.id}: {fault}", "make covered_by and the checks' guidance agree")


def _read(
    root: Path, file: str, kind: type[Read], faults: list[LintFault], wrap: str = ""
) -> tuple[Read | None, Source]:
    """The file's matter, or None with its faults added to `faults`."""
    try:
        text = (root / file).read_text(encoding="utf-8")
        value, lines = strict_yaml.parse(text, root / file)
    except BadPlaybook as error:
        faults.append(of_error(error, root))
        return None, Source(file)
    except (OSError, UnicodeDecodeError) as error:
        faults.append(LintFault(file, 0, f"cannot be read: {type(error).__name__}", "restore it as UTF-8 text"))
        return None, Source(file)
    source = Source(file, value, lines)
    matter: Any = {wrap: value} if wrap else value
    try:
        return kind.model_validate(matter), source
    except ValidationError as error:
        faults += schema_faults(error, source, outer=1 if wrap else 0)
        return None, source


def _wording(root: Path) -> Iterator[LintFault]:
    """Words that stand for another, in every file a person or a model reads."""
    for file in sorted((*root.glob("rubrics/*.yaml"), *root.glob("prompts/**/*.j2"))):
        try:
            yield from wording_faults(file.relative_to(root).as_posix(), file.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError):
            continue  # reported where the file is read for its matter
