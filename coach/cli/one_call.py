"""`coach grade`: one call on the screen, stage by stage, every verdict with its words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coach.cli.say import console, plain

if TYPE_CHECKING:
    from rich.text import Text

    from coach.grading.critique import CallCritique, Finding
    from coach.playbook.rubric import Rubric

COLOURS = {"met": "green", "partial": "yellow", "missed": "red"}


def show_call(critique: CallCritique, rubric: Rubric) -> None:
    """Print a critique.  A single call shows bands, never numbers."""
    out = console()
    p = critique.provenance
    label = f"engine {p.engine} ({p.model})" if p.ai else "Pattern check, no AI: finds wording, does not judge meaning."
    out.print(f"Call {critique.call_id}, {critique.week}, {critique.channel}. {label}", markup=False)
    bands = {s.stage_id: s for s in critique.stages}
    for stage in rubric.stages:
        score = bands[stage.id]
        band = score.band or "not enough to score"
        partial = " (partial view)" if score.partial_view else ""
        out.print(f"\n{stage.name}: {band}{partial}", style="bold", markup=False)
        for finding in critique.findings:
            if finding.stage_id == stage.id:
                out.print(_line(finding, rubric), soft_wrap=True)
    out.print(
        f"\nAs a whole: {critique.call.band or 'not enough to score'}. Outcome: {critique.outcome}.", markup=False
    )
    for unproven in critique.unproven:
        out.print(
            f"Unproven ({unproven.where}, {unproven.turn_id}): {plain(unproven.why)}", style="yellow", markup=False
        )
    for lost in critique.ungraded:
        out.print(f"Ungraded {lost.stage_id}: {lost.reason} {plain(lost.detail)}", style="yellow", markup=False)


def _line(finding: Finding, rubric: Rubric) -> Text:
    from rich.text import Text

    text = Text("  ")
    text.append(f"{finding.verdict.value.replace('_', ' '):15}", style=COLOURS.get(finding.verdict.value, "dim"))
    text.append(f"{finding.check_id:6} {rubric.check(finding.check_id).name}")
    for quote in (*finding.evidence, *finding.counter)[:2]:
        text.append(f"\n{'':24}{quote.turn_id} “{plain(quote.text)}”", style="italic")
    if finding.why_ungraded:
        text.append(f"\n{'':24}{plain(finding.why_ungraded)}", style="dim")
    return text
