"""The digest's sections about numbers over a team: means by stage with what they rest on, and what the weights decide."""

from __future__ import annotations

from coach.reports.digest_words import NEEDS_MEANING, Section, Table, plural
from coach.reports.team import TeamDigest
from coach.reports.team_parts import FEWEST_FOR_NUMBER, StageMean


def stages(digest: TeamDigest) -> Section:
    """The means by stage, with what they rest on."""
    shown = [s for s in digest.stages if s.mean is not None]
    if not shown:
        lead = f"A mean needs {FEWEST_FOR_NUMBER} scored calls." if digest.ai else NEEDS_MEANING
        return Section("stages", "The team by stage", lead)
    names = {c.stage_id: c.stage for c in digest.checks}
    rows = tuple(
        (
            names.get(s.stage_id, s.stage_id),
            str(s.calls),
            f"{s.mean:.1f}" if s.mean is not None else "too few calls",
            f"{s.low:.1f} to {s.high:.1f}" if s.low is not None and s.high is not None else "",
            _against_people(s),
        )
        for s in digest.stages
    )
    columns = (
        ("Stage", ""),
        ("Calls", "num"),
        ("Mean, 1 to 5", "num"),
        ("95 % interval", "num"),
        ("By people's labels, 90 % interval", ""),
    )
    lead = "What was done, not how it ended."
    if any(s.corrected is None for s in shown):
        explained = any(s.uncorrected for s in shown)
        lead += f" Uncorrected means rest on the engine's verdicts{_decided(digest)}"
        lead += "." if explained else ": no labelled sample stands behind them."
    if any(s.corrected is not None for s in shown):
        lead += (
            " A corrected mean is what people would give: a random sample of the calls was labelled, and it corrects "
            "the engine's own verdicts. The 95 % interval knows chance alone, not the engine's own leaning."
        )
    return Section("stages", "The team by stage", lead, (Table("Team means", columns, rows),))


def _decided(digest: TeamDigest) -> str:
    return f" and {plural(digest.decided, 'verdict')} that people decided" if digest.decided else ""


def _against_people(stage: StageMean) -> str:
    if stage.corrected is None:
        return f"uncorrected: {stage.uncorrected}" if stage.uncorrected else "uncorrected"
    by = stage.corrected
    return f"{by.mean:.1f}, {by.low:.1f} to {by.high:.1f}, corrected with {plural(by.labels, 'label')}"


def weights(digest: TeamDigest) -> Section:
    """How much the rubric's weights decide."""
    check = digest.weights
    if check.spearman is None:
        lead = f"Needs four agents with {FEWEST_FOR_NUMBER} scored calls each; this week has {check.agents}."
        return Section("weights", "Do the weights matter", lead if digest.ai else NEEDS_MEANING)
    lead = f"Rank correlation of {check.agents} agents' means under the rubric's and under equal weights: {check.spearman:.2f}."
    lead += (
        " Under .95: the weights decide much of the picture; the trainer should look at them."
        if check.warn
        else " The weights change little."
    )
    return Section("weights", "Do the weights matter", lead)
