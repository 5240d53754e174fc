"""Lines that more than one page carries: who graded, what that is worth, who decides, and how a focus is put."""

from __future__ import annotations

from collections.abc import Sequence

from coach.grading.critique import CallCritique
from coach.playbook.rubric import ReaderText

DISCLAIMER = "AI-drafted, evidence linked; a person decides; not for pay or discipline."
PATTERNS_LABEL = "Pattern check, no AI: finds wording, does not judge meaning."
PATTERNS_DISCLAIMER = "Drafted by a pattern check, evidence linked; a person decides; not for pay or discipline."


def engine_line(critiques: Sequence[CallCritique]) -> str:
    """Who graded these calls, as every page says it; the pattern check has its own label."""
    if not critiques:
        return "No call was graded."
    by = critiques[-1].provenance
    if not by.ai:
        return PATTERNS_LABEL
    engines = ", ".join(sorted({c.provenance.engine for c in critiques}))
    return f"Graded by {by.model} through engine {engines}; playbook {by.playbook}."


def disclaimer(*, ai: bool) -> str:
    """The line under every page; it says AI only where there was some."""
    return DISCLAIMER if ai else PATTERNS_DISCLAIMER


def landing(reader: ReaderText, earned: float, chances: int) -> str:
    """What to say of a focus after a week: to hold on to it where every chance was met, else what would land better."""
    if chances and earned == chances:
        return f"This week it was there in {chances} of {chances} chance{'' if chances == 1 else 's'}: hold on to it."
    return f"It would land better to {reader.better.rstrip('.')}."
