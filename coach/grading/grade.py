"""Grading one call: ask the parts, prove the claims, settle, score.  Pure code, one await, pure code."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version

from coach.calls.transcript import Redacted, Speaker
from coach.engines.exchange import Engine, Fault, Reply, Request, Usage
from coach.errors import NotFound
from coach.grading.ask import OVERVIEW, Asking, Part, parts, requests, schema_hash
from coach.grading.claims import StageCritique, TimelineMark
from coach.grading.critique import CallCritique, CallScore, Finding, Mark, Proven, Provenance, StageScore, Ungraded
from coach.grading.evidence import Prover
from coach.grading.findings import findings_of, merge_samples, settle, ungraded_finding
from coach.grading.flow import ack_before_fix, calm_until, flow_flags, marks_of
from coach.grading.hear import hear
from coach.grading.score import call_score, stage_scores
from coach.grading.signals import heat_of, signals
from coach.grading.whole import Whole, whole_of
from coach.playbook.load import Playbook

CUSTOMER_MARKS = ("account_complete", "customer_escalation")


@dataclass(frozen=True)
class Grading:
    """How a run grades: playbook, what is asked of whom, stages a request, samples a call.

    `stages` asks for these stages alone, without the overview: a partial grading, whose critique holds their
    findings and stage scores, no call score, nothing that rests on the whole call (ACK2 among it, which code decides
    from several stages' marks and the urgency), and is never kept in a store.  Empty: everything.
    """

    playbook: Playbook
    asking: Asking
    engine: Engine
    stages_per_request: int = 1
    repeats: int = 1
    stages: tuple[str, ...] = ()

    def parts(self) -> list[Part]:
        """The parts asked of every call; of a partial grading those parts of a whole one that hold its stages.

        Raises NotFound for a stage that the playbook does not have.
        """
        whole = parts(self.playbook, self.stages_per_request)
        known = [stage.id for stage in self.playbook.rubric.stages]
        for stage in self.stages:
            if stage not in known:
                raise NotFound(f"there is no stage {stage!r}", f"choose among: {', '.join(known)}")
        # A part keeps the words of a whole grading, so that what was recorded or remembered answers it.
        return [p for p in whole if not self.stages or not {*p.id.split("+")}.isdisjoint(self.stages)]

    def version(self) -> str:
        """The playbook's version as it stands on every critique of this grading."""
        return self.playbook.version(schema_hash())

    def provenance(self, call: Redacted) -> Provenance:
        """Where a critique of this call comes from."""
        book = self.playbook
        return Provenance(
            engine=self.engine.name,
            model=self.engine.model,
            ai=self.engine.ai,
            playbook=self.version(),
            rubric=book.rubric_version[:12],
            prompts=book.prompt_version[:12],
            schema_hash=schema_hash(),
            repeats=self.repeats,
            calls_digest=call.digest(),
            program=program_version(),
        )


def program_version() -> str:
    """The installed version of coach."""
    try:
        return version("coach")
    except PackageNotFoundError:
        return "unknown"


Heard = list[StageCritique | Ungraded]


async def grade_call(call: Redacted, week: str, grading: Grading) -> CallCritique:
    """The critique of one call.  Never raises for what one answer lacks; EngineDown passes through."""
    wanted = grading.parts()
    meter = _Meter(grading.engine)
    heard = await _hear_all(call, grading, wanted, meter)
    critique = judge(call, week, grading, wanted, heard)
    used = meter.usage
    return critique.model_copy(
        update={"tokens_in": used.tokens_in, "tokens_cached": used.tokens_cached, "tokens_out": used.tokens_out}
    )


class _Meter:
    """The engine, counting the tokens of the replies about one call, recalled ones too: what its grade took."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.name, self.model, self.ai = engine.name, engine.model, engine.ai
        self.usage = Usage()

    async def answer(self, request: Request) -> Reply | Fault:
        answer = await self._engine.answer(request)
        if isinstance(answer, Reply):
            self.usage += answer.usage
        return answer

    async def aclose(self) -> None:
        """The engine beneath belongs to whoever opened it."""


async def _hear_all(call: Redacted, grading: Grading, wanted: Sequence[Part], engine: Engine) -> list[Heard]:
    """The answers, a list a sample.  No failure of one cancels the others."""
    asked = []
    for sample in range(grading.repeats):
        asking = replace(grading.asking, sample=grading.asking.sample + sample)
        for part, request in zip(wanted, requests(call, grading.playbook, asking, wanted), strict=True):
            asked.append(hear(request, engine, grading.playbook, part))
    answers = await asyncio.gather(*asked, return_exceptions=True)
    for answer in answers:
        if isinstance(answer, BaseException):
            raise answer
    heard: Heard = [a for a in answers if not isinstance(a, BaseException)]
    return [heard[i : i + len(wanted)] for i in range(0, len(heard), len(wanted))]


def judge(call: Redacted, week: str, grading: Grading, wanted: Sequence[Part], heard: Sequence[Heard]) -> CallCritique:
    """From what was heard to the critique: everything here is code and repeats exactly."""
    rubric, prover = grading.playbook.rubric, Prover(call)
    samples = [_sample_findings(sample, wanted, grading, prover) for sample in heard]
    first = heard[0]
    timeline = _timeline([c for c in first if isinstance(c, StageCritique)], prover)
    marks = marks_of(timeline)
    found = {f.check_id: f for f in settle(merge_samples(samples), call, rubric)}
    heat = heat_of(call, grading.playbook.lexicons)
    whole = whole_of(_overview(wanted, first), call, rubric, prover, heat)
    if not grading.stages and any(c.id == "ACK2" for c in rubric.checks()):
        calm = calm_until(marks.get("first_fix_or_policy"), heat, call)
        urgent = whole.urgency == "safety"
        found["ACK2"] = ack_before_fix(found, marks, prover, calm_before_fix=calm, emergency=urgent)
    ordered = [found[c.id] for c in rubric.checks() if c.id in found]
    stages, score = _scores(ordered, wanted, grading)
    best, change = _moments(first, prover)
    flags = () if grading.stages else flow_flags({f.check_id: f for f in ordered}, marks, call, prover)
    return CallCritique(
        call_id=call.call_id,
        agent=call.agent,
        team=call.team,
        week=week,
        started_at=call.started_at,
        channel=call.channel.value,
        findings=tuple(ordered),
        unproven=tuple(prover.unproven),
        ungraded=tuple(c for sample in heard for c in sample if isinstance(c, Ungraded)),
        stages=stages,
        call=score,
        timeline=tuple(timeline),
        best_moment=best,
        change_moment=change,
        flow_flags=flags,
        problems=_problems(call, first),
        signals=signals(call, grading.playbook.lexicons),
        close_quotes=prover.close,
        quotes=prover.proven,
        provenance=grading.provenance(call),
        **_whole_fields(whole),
    )


def _overview(wanted: Sequence[Part], sample: Heard) -> StageCritique | Ungraded:
    """What was said of the call as a whole; a partial grading does not ask."""
    asked = wanted and wanted[-1].id == OVERVIEW
    return sample[-1] if asked else Ungraded(stage_id=OVERVIEW, reason="not_asked", detail="")


def _scores(
    findings: Sequence[Finding], wanted: Sequence[Part], grading: Grading
) -> tuple[tuple[StageScore, ...], CallScore]:
    rubric, ai = grading.playbook.rubric, grading.engine.ai
    scores = stage_scores(rubric, findings, ai=ai)
    whole = call_score(rubric, scores, ai=ai)
    if not grading.stages:
        return scores, whole
    asked = {stage for part in wanted for stage in part.id.split("+")}
    return tuple(s for s in scores if s.stage_id in asked), CallScore(score=None, coverage=whole.coverage, band=None)


def _whole_fields(whole: Whole) -> dict[str, object]:
    return {name: getattr(whole, name) for name in Whole.model_fields}


def _sample_findings(sample: Heard, wanted: Sequence[Part], grading: Grading, prover: Prover) -> list[Finding]:
    rubric = grading.playbook.rubric
    found: list[Finding] = []
    for part, answer in zip(wanted, sample, strict=True):
        if isinstance(answer, Ungraded):
            found += [
                ungraded_finding(c, rubric.stage_of(c).id, f"{answer.reason}: {answer.detail}") for c in part.checks
            ]
        else:
            found += findings_of(answer.findings, part.checks, rubric, prover)
    return found


def _timeline(critiques: Sequence[StageCritique], prover: Prover) -> list[Mark]:
    marks: list[TimelineMark] = [mark for c in critiques for mark in c.timeline]
    proven = []
    for mark in marks:
        speaker = Speaker.CUSTOMER if mark.mark in CUSTOMER_MARKS else Speaker.AGENT
        quote = prover.prove(mark.quote, f"timeline {mark.mark}", speaker)
        if quote is not None:
            proven.append(Mark(kind=mark.mark, quote=quote))
    return sorted(proven, key=lambda m: prover.place(m.quote))


def _moments(heard: Heard, prover: Prover) -> tuple[Proven | None, Proven | None]:
    """The first proven best moment and the first proven moment worth changing, in the order of the stages."""
    critiques = [c for c in heard if isinstance(c, StageCritique)]
    best = [p for c in critiques if (p := prover.prove(c.best_moment, "best moment", Speaker.AGENT))]
    change = [p for c in critiques if (p := prover.prove(c.change_moment, "moment to change", Speaker.AGENT))]
    return (best[0] if best else None, change[0] if change else None)


def _problems(call: Redacted, heard: Heard) -> tuple[str, ...]:
    said = [p for c in heard if isinstance(c, StageCritique) for p in c.transcript_problems]
    return tuple(dict.fromkeys((*call.problems, *said)))
