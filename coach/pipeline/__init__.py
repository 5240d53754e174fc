"""The whole flow on one page.

    call file -> Transcript -> Redacted -> Requests -> (an engine answers) -> StageCritique | Ungraded -> CallCritique
              -> store -> AgentReport, TeamDigest -> pages

`run_batch` is that flow over many calls.  Its steps are modules: `intake` (files to calls), `work` (calls to critiques),
`tell` (what to tell people), `pages` (files).  It knows no command line and prints nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from coach.calls.read import Defaults
from coach.engines.choose import Opened
from coach.engines.exchange import Usage
from coach.grading.grade import Grading
from coach.pipeline.intake import stored_calls, take_in
from coach.pipeline.pages import Pages, write_exemplars
from coach.pipeline.progress import Counts, Stop, Watch
from coach.pipeline.tell import Teller
from coach.pipeline.work import grade_all, queue_for_people, width_of
from coach.pipeline.writers import open_writers
from coach.store import Store

__all__ = ["Counts", "Job", "Stop", "Summary", "Watch", "run_batch"]


@dataclass(frozen=True)
class Job:
    """What a batch is to do: the calls of `paths` (of the store where there are none), of one week or of all.

    `priced` says whether the engine knows what its tokens cost, `labels` where people's labels lie.
    """

    paths: tuple[Path, ...]
    week: str | None
    defaults: Defaults
    zone: ZoneInfo
    out: Path
    concurrency: int
    made_at: datetime
    priced: bool = False
    labels: Path | None = None


@dataclass(frozen=True)
class Summary:
    """What a batch did.  `recalled` and `asked` count requests to the engine, `usage` the tokens of those asked."""

    counts: Counts
    engine: str
    model: str
    ai: bool
    stopped: bool
    recalled: int = 0
    asked: int = 0
    usage: Usage = field(default_factory=Usage)
    cost_usd: float | None = None
    written: Sequence[Path] = ()
    notes: Sequence[str] = ()


async def run_batch(job: Job, store: Store, grading: Grading, opened: Opened, watch: Watch, stop: Stop) -> Summary:
    """Take the calls in, grade them, write the pages of every week they lie in.

    Raises EngineDown, StoreError, BadManifest or CannotWrite after keeping what was done; a stopped run writes no
    pages.
    """
    counts = Counts()
    written: list[Path] = []
    stop.when_asked(opened.stop)
    run_id = store.start_run(
        week=job.week or "",
        engine=grading.engine.name,
        model=grading.engine.model,
        playbook=grading.version(),
        zone=str(job.zone),
    )
    try:
        await _grade(job, store, grading, opened, watch, stop, counts, run_id)
        await _write_pages(job, Teller(store, grading, job.labels), sorted(counts.weeks), stop, written)
    finally:
        summary = _summary(job, counts, opened, stop, written)
        store.finish_run(run_id, _numbers(summary, grading.repeats))
    return summary


async def _grade(
    job: Job, store: Store, grading: Grading, opened: Opened, watch: Watch, stop: Stop, counts: Counts, run_id: int
) -> None:
    calls = (
        take_in(job.paths, job.defaults, store, job.zone, job.week, counts, watch)
        if job.paths
        else stored_calls(store, job.zone, job.week, counts)
    )
    width = width_of(opened, job.concurrency, len(grading.parts()))
    try:
        await grade_all(calls, grading, store, counts, watch, width=width, stop=stop)
    finally:
        store.keep_refusals(run_id, counts.refused)
        queue_for_people(store, counts)


async def _write_pages(job: Job, teller: Teller, weeks: Sequence[str], stop: Stop, written: list[Path]) -> None:
    """Write the pages of these weeks, and the moments that agents share, until the run is stopped."""
    for week in weeks:
        pages = Pages(job.out, week, job.made_at)
        async with open_writers(teller.count_agents(week)) as writers:
            async for told in teller.agents(week, width=job.concurrency):
                if stop.asked:
                    return
                await writers.write(pages, told)
            await writers.finish()
        written += writers.written
        for digest in teller.digests(week):
            await asyncio.sleep(0)
            if stop.asked:
                return
            written += pages.write_digest(digest)
    written += write_exemplars(job.out, teller.exemplars(), job.made_at)


def _summary(job: Job, counts: Counts, opened: Opened, stop: Stop, written: Sequence[Path]) -> Summary:
    memory, live = opened.memory, opened.live
    return Summary(
        counts=counts,
        engine=opened.name,
        model=opened.model,
        ai=opened.ai,
        stopped=stop.asked,
        recalled=memory.recalled if memory else 0,
        asked=memory.asked if memory else 0,
        usage=memory.usage if memory else Usage(),
        cost_usd=live.spent_usd if live and job.priced else None,
        written=tuple(written),
        notes=tuple(live.notes) if live else (),
    )


def _numbers(summary: Summary, repeats: int) -> dict[str, int | float]:
    """The run's counts as the store keeps them."""
    counts = summary.counts
    return {
        "calls_in": counts.calls_in,
        "graded": counts.graded,
        "repeats": repeats,
        "refused": len(counts.refused),
        "ungraded_stages": counts.ungraded_stages,
        "unproven": counts.unproven,
        "recalled": summary.recalled,
        "asked": summary.asked,
        "tokens_in": summary.usage.tokens_in,
        "tokens_cached": summary.usage.tokens_cached,
        "tokens_out": summary.usage.tokens_out,
        "cost_usd": summary.cost_usd or 0.0,
    }
