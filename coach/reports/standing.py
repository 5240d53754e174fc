"""The lines that every page carries: who graded, what that is worth, and who decides."""

from __future__ import annotations

from collections.abc import Sequence

from coach.grading.critique import CallCritique

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
