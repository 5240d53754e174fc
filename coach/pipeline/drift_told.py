"""Drift as a page: the five alarms and the verdicts that flipped."""

from __future__ import annotations

from coach.calibration.drift import ENOUGH_CALLS, Alarm, Baseline, Drift
from coach.reports.bench_page import BenchPage, Section, Table

MOST_FLIPS = 60  # listed on a page


def drift_page(drift: Drift, before: Baseline, after: Baseline) -> BenchPage:
    """The page of a drift; the baseline first."""
    word = "ALARM" if drift.rings else "no alarm"
    remarks = [f"{word}: {drift.calls} calls, {drift.compared} verdicts compared, {len(drift.flips)} flipped."]
    if drift.few:
        remarks.append(f"Under {ENOUGH_CALLS} calls an alarm may be chance, and silence means little.")
    if drift.gone:
        remarks.append(f"In the baseline and not graded now: {', '.join(drift.gone)}.")
    rows = tuple(_row(alarm) for alarm in drift.alarms)
    columns = (
        ("alarm", ""),
        ("where", ""),
        ("before", "num"),
        ("now", "num"),
        ("moved", "num"),
        ("bound", "num"),
        ("", ""),
    )
    alarms = Section("alarms", "Alarms", "", (Table("What moved since the baseline", columns, rows),))
    flips = tuple(
        (flip.check_id, flip.call_id, flip.before.replace("_", " "), flip.after.replace("_", " "))
        for flip in sorted(drift.flips, key=lambda f: (f.check_id, f.call_id))
    )
    sections = [alarms]
    if flips:
        named = (("check", "id"), ("call", "id"), ("before", ""), ("now", ""))
        more = (f"and {len(flips) - MOST_FLIPS} more; --format json lists all",) if len(flips) > MOST_FLIPS else ()
        sections.append(
            Section(
                "flips",
                "Flipped verdicts",
                "",
                (Table("Verdicts that are not what they were", named, flips[:MOST_FLIPS]),),
                more,
            )
        )
    source = f"baseline of {before.at:%Y-%m-%d}: {_grader(before)}; now: {_grader(after)}"
    return BenchPage("Drift", source, tuple(remarks), tuple(sections))


def _grader(one: Baseline) -> str:
    return f"{one.engine} {one.model}, playbook {one.playbook}".replace("  ", " ")


def _row(alarm: Alarm) -> tuple[str, ...]:
    state = alarm.why or ("ALARM" if alarm.rings else "ok")
    before, after, moved = (None if x is None else round(x, 2) for x in (alarm.before, alarm.after, alarm.value))
    if before is not None and after is not None and alarm.name != "lost quotes":
        # As the two figures beside it say; the alarm goes by the exact ones.
        moved = round(after - before, 2)
    figures = (before, after, moved, alarm.bound)
    return (alarm.name, alarm.where, *("-" if x is None else f"{x:.2f}" for x in figures), state)
