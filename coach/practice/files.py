"""Every fault of the practice files of a playbook that can be seen before anybody plays: one a file, then unknown names.

What types hold is said where the file is read; here are the names that one file uses of another.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from coach.errors import BadPlaybook
from coach.playbook.load import Playbook
from coach.practice.cast import Cast, load_cast, practice_folder
from coach.practice.moves import Phrasebook
from coach.practice.quiz_items import QuizBank, load_quiz


def practice_faults(folder: Path, playbook: Playbook | None) -> list[BadPlaybook]:
    """The faults, in the order of the files: personas and scenes, moves, quiz.

    `playbook` is None where rubric or guidance do not hold: then the names that the quiz uses of them are not looked up.
    """
    found: list[BadPlaybook] = []
    try:
        found += _of_cast(load_cast(folder), practice_folder(folder))
    except BadPlaybook as fault:
        found.append(fault)
    try:
        Phrasebook({}, folder)
    except BadPlaybook as fault:
        found.append(fault)
    try:
        bank = load_quiz(folder)
        found += _of_quiz(bank, playbook, practice_folder(folder)) if playbook else []
    except BadPlaybook as fault:
        found.append(fault)
    return found


def _of_cast(cast: Cast, folder: Path) -> Iterator[BadPlaybook]:
    scenes = {scene.id for scene in cast.scenes}
    for persona in cast.personas:
        if persona.scene not in scenes:
            what = f"persona {persona.id} names the scene {persona.scene!r}, which is not in scenes.yaml"
            yield BadPlaybook(what, f"name one of {', '.join(sorted(scenes))}", file=folder / "personas.yaml")
    for kind, ids in (("persona", [p.id for p in cast.personas]), ("scene", [s.id for s in cast.scenes])):
        for twice in sorted({one for one in ids if ids.count(one) > 1}):
            yield BadPlaybook(f"{kind} {twice} stands twice", "rename one", file=folder / f"{kind}s.yaml")


def _of_quiz(bank: QuizBank, playbook: Playbook, folder: Path) -> Iterator[BadPlaybook]:
    rubric = playbook.rubric
    known = {
        "check": {check.id for stage in rubric.stages for check in stage.checks},
        "guidance": {item.id for item in playbook.guidance},
        "ruling": {ruling.id for ruling in rubric.rulings},
    }
    for item in bank.items:
        for kind, named in (("check", item.checks), ("guidance", item.guidance), ("ruling", item.rulings)):
            for unknown in sorted(set(named) - known[kind]):
                what = f"quiz item {item.id} names the {kind} {unknown}, which the playbook does not have"
                yield BadPlaybook(what, "name one that is there", file=folder / "quiz.yaml")
