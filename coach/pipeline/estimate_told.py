"""An estimate of team means as a page of the bench, as plain values for JSON, and its calls' scores as rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from coach.calibration.calibrated import Calibrated, Method
from coach.calibration.estimate import FEWEST, LEVEL, StageEstimate
from coach.calibration.sampling import frame_version, label_command
from coach.grading.grade import Grading
from coach.pipeline.estimating import Estimated
from coach.reports.bench_page import BenchPage, Section, Table
from coach.reports.digest_words import plural
from coach.reports.formats.scores_csv import ScoreRow

SHOWN = 5  # calls named in a remark

_MEANS = (
    ("Stage", ""),
    ("Calls", "num"),
    ("Raw", "num"),
    ("Labels", "num"),
    ("People", "num"),
    ("Corrected", "num"),
    (f"{LEVEL * 100:.0f} % interval", "num"),
    ("Moved", "num"),
)
_SCORES = (
    ("Stage", ""),
    ("Method", ""),
    ("Labels", "num"),
    ("Raw error", "num"),
    ("Calibrated", "num"),
    ("Remark", ""),
)


def estimate_page(grading: Grading, estimated: Estimated, calibrated: Sequence[Calibrated]) -> BenchPage:
    """The page: means, calibration, and everything that narrows what they rest on."""
    sample = estimated.sample
    return BenchPage(
        title=f"Team means, {sample.period}",
        source=(
            f"{_judge(grading)}; {plural(len(estimated.frame.weeks), 'graded call')}; a random sample of "
            f"{len(estimated.members.order)} (drawn {sample.at:%Y-%m-%d}, seed {sample.seed})"
        ),
        remarks=tuple(_remarks(estimated)),
        sections=(_means(grading, estimated), _scores(grading, calibrated)),
    )


def _judge(grading: Grading) -> str:
    engine = grading.engine
    model = f" {engine.model}" if engine.model else ""
    return f"Judge: {engine.name}{model}, playbook {grading.version()}"


def _remarks(estimated: Estimated) -> Iterator[str]:
    sample, found, frame = estimated.sample, estimated.members, estimated.frame
    waiting = max((stage.waiting for stage in estimated.stages), default=0)
    if waiting:
        first = next(c for c in found.order if any((c, s.stage_id) not in estimated.people for s in estimated.stages))
        command = label_command(sample)
        yield f"Drawn calls that wait for labels: {waiting}. The next one is {first}: `{command}`."
    if len(frame.weeks) < FEWEST:
        yield f"{too_few(len(frame.weeks))}."
    if frame_version(frame.weeks) != sample.frame_version:
        yield (
            f"The calls are not those of the draw: {sample.frame} then, {len(frame.weeks)} now. The estimate speaks of "
            "those of now; calls that came since took their places in the same random order."
        )
    if found.came:
        yield f"In the sample since, after the draw: {_named(found.came)}."
    if found.gone:
        yield f"Drawn, and no longer among these calls: {_named(found.gone)}."
    if estimated.undrawn:
        yield f"Labelled but not drawn, so no part of the means: {_named(estimated.undrawn)}."
    if estimated.unknown:
        yield f"Labelled, but not in the store: {_named(estimated.unknown)}."
    reasons = Counter((one.why, one.hint) for one in estimated.labelled.set_aside)
    for (why, hint), count in sorted(reasons.items()):
        yield f"{plural(count, 'label')} not counted, {why}; {hint}."


def too_few(calls: int) -> str:
    """That a period can never have the labels that an interval needs, and what to do about it."""
    return (
        f"The period has {plural(calls, 'graded call')} in all and an interval needs {FEWEST} labelled ones: draw several "
        "weeks together, with --week given again for each"
    )


def _named(call_ids: Sequence[str]) -> str:
    more = f" and {len(call_ids) - SHOWN} more" if len(call_ids) > SHOWN else ""
    return ", ".join(call_ids[:SHOWN]) + more


def _means(grading: Grading, estimated: Estimated) -> Section:
    names = {stage.id: stage.name for stage in grading.playbook.rubric.stages}
    rows = tuple(_mean_row(names[stage.stage_id], stage) for stage in estimated.stages)
    lead = (
        "What people would give, from what the judge gave all calls (raw) and people gave a random sample of them "
        "(people): corrected by PPI++. What people decided about contests is in neither. Each call counts one. The "
        "interval speaks of all such calls; of the mean over these very calls it is on the safe side. From "
        f"{FEWEST} labels on. Calls are those that the judge scored in the stage, labels the drawn calls that people scored "
        "in it: where people find something to score and the judge does not, labels are the more."
    )
    table = Table("Raw and corrected", _MEANS, rows)
    return Section("means", "Stage means, 1 to 5", lead, (table,), tuple(_shortfalls(names, estimated.stages)))


def _mean_row(name: str, stage: StageEstimate) -> tuple[str, ...]:
    by = stage.corrected
    interval = "" if by is None else f"{by.low:.2f} to {by.high:.2f}"
    moved = "" if by is None or stage.raw is None else _moved(stage.raw, by.mean)
    numbers = (_number(stage.raw), str(stage.labels), _number(stage.people))
    return (name, str(stage.calls), *numbers, _number(by.mean) if by else "none", interval, moved)


def _shortfalls(names: Mapping[str, str], stages: Sequence[StageEstimate]) -> Iterator[str]:
    """What keeps stages from a (better) correction, the stages of one reason in one line."""
    found: dict[str, list[str]] = {}
    for stage in stages:
        parts = [f"uncorrected, {stage.why}"] if stage.why else []
        if stage.waiting:
            parts.append(f"{plural(stage.waiting, 'drawn call')} to label")
        if stage.beyond:
            parts.append(f"{stage.beyond} labelled behind the first of those will count once it is labelled")
        if parts:
            found.setdefault("; ".join(parts), []).append(names[stage.stage_id])
    for words, of in found.items():
        yield f"{'All stages' if len(of) == len(stages) else ', '.join(of)}: {words}."


def _moved(raw: float, corrected: float) -> str:
    """The difference of the two numbers as they are printed beside it."""
    return f"{float(_number(corrected)) - float(_number(raw)):+.2f}"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _scores(grading: Grading, calibrated: Sequence[Calibrated]) -> Section:
    names = {stage.id: stage.name for stage in grading.playbook.rubric.stages}
    rows = tuple(
        (
            names[one.stage_id],
            one.method.value,
            str(one.labels),
            _number(one.raw_error),
            _number(one.calibrated_error),
            one.why or "calibrated is nearer to people",
        )
        for one in calibrated
    )
    lead = (
        "Errors are root mean squares against people's scores, the calibrated ones of calls that the fit had not seen. "
        "All labelled calls of the store are used, drawn or not."
    )
    return Section("calibration", "Calibrated scores of calls", lead, (Table("Raw and calibrated", _SCORES, rows),))


def estimate_values(grading: Grading, estimated: Estimated, calibrated: Sequence[Calibrated]) -> dict[str, Any]:
    """The same as plain values for JSON, with the remarks as they are printed."""
    sample = estimated.sample
    stages = []
    for stage in estimated.stages:
        by = stage.corrected
        corrected = None if by is None else {"mean": by.mean, "low": by.low, "high": by.high, "level": LEVEL}
        stages.append({**asdict(stage), "corrected": corrected, "difference": stage.difference})
    return {
        "weeks": list(sample.weeks),
        "team": sample.team,
        "engine": grading.engine.name,
        "model": grading.engine.model,
        "playbook": grading.version(),
        "calls": len(estimated.frame.weeks),
        "sample": {"at": sample.at.isoformat(), "seed": sample.seed, "calls": list(estimated.members.order)},
        "remarks": list(_remarks(estimated)),
        "stages": stages,
        "calibration": [{k: v for k, v in asdict(one).items() if k != "scores"} for one in calibrated],
    }


def score_rows(estimated: Estimated, calibrated: Sequence[Calibrated]) -> list[ScoreRow]:
    """Every scored stage of every call of the period, by call and in the order of the stages."""
    return [
        ScoreRow(
            call_id=call_id,
            week=week,
            stage_id=one.stage_id,
            raw=estimated.frame.scores[call_id, one.stage_id],
            calibrated=one.scores.get(call_id),
            keep="calibrated" if one.helps else "raw",
            method=one.method.value,
            labels=one.labels,
            remark=one.why,
        )
        for call_id, week in sorted(estimated.frame.weeks.items())
        for one in calibrated
        if (call_id, one.stage_id) in estimated.frame.scores
    ]


def no_scores(calibrated: Sequence[Calibrated]) -> str:
    """Why no score was calibrated, in one line; empty where some were."""
    if any(one.method is not Method.NONE for one in calibrated):
        return ""
    return "; ".join(f"{one.stage_id}: {one.why}" for one in calibrated)
