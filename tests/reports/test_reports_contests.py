"""A contested verdict on the pages: the person's value, the engine's beside it, who decided and why."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import digest_made as made
import pytest
from agent_made import LINES, critique_of, finding_of, proven_of
from test_reports_agent_formats import MADE, NASTY, filled, printed, text_of

from coach.grading.critique import Overruled, Verdict
from coach.playbook.rubric import Rubric
from coach.reports.agent import agent_report
from coach.reports.agent_parts import AgentReport
from coach.reports.contested import Contest
from coach.reports.focus import FocusState
from coach.reports.formats.csv_ import findings_csv
from coach.reports.formats.digest_html import digest_html
from coach.reports.formats.digest_json import digest_json
from coach.reports.formats.digest_markdown import digest_markdown
from coach.reports.formats.html import agent_html
from coach.reports.formats.json_ import as_json
from coach.reports.formats.markdown import agent_markdown
from coach.reports.team import TeamDigest
from coach.reports.team_parts import ReviewItem

T02 = proven_of("T02")
FORMS: dict[str, Callable[[AgentReport], str]] = {
    "html": lambda report: text_of(agent_html(report, MADE)),
    "markdown": agent_markdown,
    "terminal": lambda report: printed(report, 300),
}


def contest(check_id: str = "RES1", state: str = "upheld", **fields: Any) -> Contest:
    matter = {"call_id": "c-001", "because": "I rang", "decided_by": "Kim", "reason": "it is in T09"}
    return Contest.model_validate({"check_id": check_id, "state": state, **matter, **fields})


def report_of(
    rubric: Rubric, before: str, after: str, *contests: Contest, ai: bool = True, **fields: Any
) -> AgentReport:
    """One call's report in which a person gave RES1 another verdict than the engine."""
    decided = Overruled(verdict=Verdict(before), share=Verdict(before).value_of, by="Kim", reason="it is in T09")
    finding = finding_of("RES1", after, rubric, overruled=decided, **fields)
    history = [critique_of(rubric, {"RES1": finding}, ai=ai)]
    return agent_report(agent="a-07", week="2026-W47", history=history, calls={}, rubric=rubric, contests=contests)


@pytest.mark.parametrize("form", FORMS)
def test_a_changed_verdict_shows_both_values_and_who_decided(rubric: Rubric, form: str) -> None:
    """The person's as the verdict, the model's, the name and the reason beneath it."""
    told = report_of(rubric, "missed", "met", contest(verdict="met", engine_verdict="missed"))
    text = " ".join(FORMS[form](told).split())
    assert "done, a person decided" in text
    assert "contested: I rang" in text
    assert "upheld as “done” by Kim: it is in T09 (the model said “a chance left open”)" in text
    assert "The model's reasoning: What was said and what it did." in text


@pytest.mark.parametrize("form", FORMS)
def test_a_denied_contest_shows_the_reason(rubric: Rubric, form: str) -> None:
    """Who kept the verdict, and why; the verdict's own words are as ever."""
    history = [critique_of(rubric, {"RES1": "missed"})]
    told = agent_report(
        agent="a-07",
        week="2026-W47",
        history=history,
        calls={},
        rubric=rubric,
        contests=[contest(state="denied")],
    )
    text = " ".join(FORMS[form](told).split())
    assert "denied by Kim, the verdict stays: it is in T09" in text
    assert "a chance left open" in text
    assert "a person decided" not in text.replace("A person decides", "")


def test_the_json_has_the_engines_verdict_in_a_field_of_its_own(rubric: Rubric) -> None:
    """Empty where nobody decided."""
    told = report_of(rubric, "missed", "partial", contest(verdict="partial", engine_verdict="missed"))
    shown = {f["check_id"]: f for f in json.loads(as_json(told))["calls"][0]["findings"]}
    assert (shown["RES1"]["verdict"], shown["RES1"]["engine_verdict"]) == ("partial", "missed")
    assert shown["ACK1"]["engine_verdict"] == ""
    assert shown["RES1"]["contests"][0]["state"] == "upheld"


def test_a_verdict_that_leaves_the_list_is_told_with_its_call(rubric: Rubric) -> None:
    """Ruled not applicable, it keeps its place in the list, with the engine's quotes, reasoning and value beneath."""
    ruled = contest(verdict="not_applicable", engine_verdict="missed")
    told = report_of(rubric, "missed", "not_applicable", ruled, opportunity=T02)
    call = told.calls[0]
    shown = next(f for f in call.findings if f.check_id == "RES1")
    assert shown.words == "no chance in this call, a person decided"
    assert {q.found_by for q in shown.quotes} == {"the model"}
    assert shown.reasoning == "The model's reasoning: What was said and what it did."
    assert [c.outcome for c in shown.contests] == [
        "upheld as “no chance in this call” by Kim: it is in T09 (the model said “a chance left open”)"
    ]
    assert not any("(RES1)" in words for words in call.no_chance)


@pytest.mark.parametrize("form", FORMS)
def test_what_the_engine_held_against_the_agent_stays_to_be_read(rubric: Rubric, form: str) -> None:
    """Said to be the model's, also where a person's verdict took it out of the finding."""
    against = (proven_of("T04"),)
    decided = Overruled(verdict=Verdict.MISSED, share=0.0, by="Kim", reason="so", counter=against)
    finding = finding_of("CALM1", "met", rubric, overruled=decided, counter=())
    history = [critique_of(rubric, {"CALM1": finding})]
    told = agent_report(agent="a-07", week="2026-W47", history=history, calls={}, rubric=rubric)
    shown = next(f for f in told.calls[0].findings if f.check_id == "CALM1")
    assert [(q.role, q.found_by) for q in shown.quotes if q.role == "against"] == [("against", "the model")]
    if form != "terminal":
        assert "peaks against it, found by the model" in " ".join(FORMS[form](told).split())


@pytest.mark.parametrize("form", FORMS)
def test_a_check_that_goes_with_another_says_so_in_words(rubric: Rubric, form: str) -> None:
    """Nobody decided about this one: the check it goes with is named, and what the engine said."""
    follows = Overruled(verdict=Verdict.MET, share=1.0, by="", reason="It goes with ACK1.", follows="ACK1")
    history = [critique_of(rubric, {"ACK3": finding_of("ACK3", "not_applicable", rubric, overruled=follows)})]
    told = agent_report(agent="a-07", week="2026-W47", history=history, calls={}, rubric=rubric)
    text = " ".join(FORMS[form](told).split())
    assert "no chance in this call, goes with ACK1" in text
    assert f"It goes with “{rubric.check('ACK1').reader.plain}” (ACK1)" in text
    assert "The model said “done”." in text


def weeks_focus(rubric: Rubric, *rulings: str, before: str = "missed", **fields: Any) -> AgentReport:
    """A week of three calls with RES1 in focus, in each of which a person ruled it so; "" leaves the engine's."""
    history = []
    for n, ruled in enumerate(rulings):
        over = Overruled(verdict=Verdict(before), share=Verdict(before).value_of, by="Kim", reason="so")
        finding = finding_of("RES1", ruled or before, rubric, overruled=over if ruled else None, evidence=())
        history.append(critique_of(rubric, {"RES1": finding}, call_id=f"c-00{n}"))
    kept = FocusState(check_id="RES1", since_week="2026-W47")
    return agent_report(
        agent="a-07", week="2026-W47", history=history, calls={}, rubric=rubric, focus_before=kept, **fields
    )


def test_a_focus_that_people_found_done_asks_for_nothing_else(rubric: Rubric) -> None:
    """There are no words of it to show, so no moment, and no other line to try; the page names who decided where."""
    told = weeks_focus(rubric, "met", "met", "met")
    assert (told.moment, told.try_instead) == (None, None)
    assert told.one_thing.better == "This week it was there in 3 of 3 chances: hold on to it."
    assert told.one_thing.decided == "A person decided about this in calls c-000, c-001, c-002."
    assert "CALL" not in told.your_view.contest


def test_a_moment_that_a_person_decided_is_not_offered_to_be_contested_as_new(rubric: Rubric) -> None:
    """The first screen says who decided; one that waits is not offered at all."""
    told = weeks_focus(rubric, "missed", before="met")
    assert told.moment is not None
    assert told.moment.decided == "A person decided: a chance left open."
    assert told.your_view.contest.startswith("A person decided. To contest anew: coach review contest c-000 RES1")
    waits = contest(call_id="c-000", state="open")
    told = weeks_focus(rubric, "", contests=[waits])
    assert told.your_view.contest == "This verdict is contested: it waits for a person to decide."


def test_a_decision_about_older_words_says_so(rubric: Rubric) -> None:
    """The engine's verdict is shown, and why the decision does not count."""
    old = contest(verdict="met", aside="an older wording of the check")
    assert old.outcome == (
        "upheld as “done” by Kim: it is in T09 "
        "(decided about an older wording of the check, so the model's verdict stands)"
    )


def test_the_pattern_check_is_not_called_a_model(rubric: Rubric) -> None:
    """Where wording was read, the page names that; what a person decided is told in words about the call."""
    told = report_of(rubric, "missed", "met", contest(verdict="met", engine_verdict="missed", ai=False), ai=False)
    shown = next(f for f in told.calls[0].findings if f.check_id == "RES1")
    assert shown.words == "done, a person decided"
    assert shown.contests[0].outcome.endswith("(the pattern check said “wording not found”)")
    assert shown.reasoning.startswith("The pattern check's reasoning: ")


def test_what_the_engine_could_not_grade_keeps_its_reason(rubric: Rubric) -> None:
    """A person graded what the engine had no proof for."""
    decided = Overruled(verdict=Verdict.UNGRADED, share=None, by="Kim", reason="so", why_ungraded="no quote proves it")
    finding = finding_of("RES1", "met", rubric, overruled=decided, reasoning="")
    told = agent_report(
        agent="a-07", week="2026-W47", history=[critique_of(rubric, {"RES1": finding})], calls={}, rubric=rubric
    )
    shown = next(f for f in told.calls[0].findings if f.check_id == "RES1")
    assert shown.reasoning == "The model's reasoning: no quote proves it"


def test_what_the_agent_wanted_stands_with_the_contest() -> None:
    """In words, before the reason."""
    assert contest(wanted="not_applicable").said == "contested, as “no chance in this call”: I rang"


def test_only_what_the_agent_asked_for_is_called_upheld() -> None:
    """A verdict other than the one wanted, or a worse one where none was named, was changed."""
    given = {"wanted": "met", "before": "missed"}
    assert contest(verdict="partial", **given).outcome.startswith("changed to “in part” by Kim")
    assert contest(verdict="met", **given).outcome.startswith("upheld as “done” by Kim")
    assert contest(verdict="missed", before="met").outcome.startswith("changed to “a chance left open” by Kim")
    assert contest(verdict="not_applicable", before="missed").granted
    assert not contest(verdict="not_applicable", before="met").granted
    assert not contest(state="denied").granted


def test_who_contested_is_named_where_it_was_not_the_agent() -> None:
    """An agent reads their own contest without their own name."""
    assert contest(agent="tom", contested_by="Tom").said == "contested: I rang"
    assert contest(agent="tom", contested_by="Ann").said == "contested by Ann: I rang"


def test_a_persons_verdict_opens_no_page_with_words_that_were_quoted_for_another(rubric: Rubric) -> None:
    """Quotes of what the engine found partial are no praise, and no good moment, once a person found it done."""
    partly = report_of(rubric, "partial", "met")
    proven = {f: "missed" for f in (c.id for c in rubric.checks()) if f != "RES1"}
    decided = Overruled(verdict=Verdict.PARTIAL, share=0.5, by="Kim", reason="so")
    history = [critique_of(rubric, {**proven, "RES1": finding_of("RES1", "met", rubric, overruled=decided)})]
    alone = agent_report(agent="a-07", week="2026-W47", history=history, calls={}, rubric=rubric)
    assert partly.worked.kind == "quoted"
    assert rubric.check("RES1").reader.plain not in partly.worked.lead
    assert alone.worked.quote is None


def test_words_that_a_person_found_missing_are_not_praised_elsewhere(rubric: Rubric) -> None:
    """The turn that an engine took for the move is not praised for another check either."""
    decided = Overruled(verdict=Verdict.MET, share=1.0, by="Kim", reason="so")
    history = [critique_of(rubric, {"RES1": finding_of("RES1", "missed", rubric, overruled=decided, evidence=(T02,))})]
    told = agent_report(agent="a-07", week="2026-W47", history=history, calls={}, rubric=rubric)
    assert told.worked.quote is None


def test_what_the_engine_says_too_is_told_so() -> None:
    """A person's verdict may be the one that a newer grading gave as well."""
    assert contest(verdict="met", engine_verdict="met").outcome.endswith("(the model says so too)")


@pytest.mark.parametrize("form", FORMS)
def test_an_open_contest_of_a_check_without_a_chance_is_told_in_words(rubric: Rubric, form: str) -> None:
    """The check by its plain name, and that a person has to decide."""
    waits = contest(state="open", decided_by="", reason="")
    history = [critique_of(rubric, {"RES1": "not_applicable"})]
    told = agent_report(agent="a-07", week="2026-W47", history=history, calls={}, rubric=rubric, contests=[waits])
    text = " ".join(FORMS[form](told).split())
    assert "contested: I rang" in text
    assert "it waits for a person to decide" in text
    assert f"{rubric.check('RES1').reader.plain} (RES1)" in text


@pytest.mark.parametrize("form", FORMS)
def test_names_and_reasons_are_text(rubric: Rubric, form: str) -> None:
    """Whatever people typed, it is shown and never taken for markup."""
    told = report_of(
        rubric, "missed", "met", contest(verdict="met", engine_verdict="missed", reason=NASTY, because=NASTY)
    )
    page = agent_html(told, MADE) if form == "html" else FORMS[form](told)
    assert "\x1b" not in page
    assert "<script>alert" not in page if form == "html" else "alert(1)" in page


def test_a_table_of_findings_has_both_verdicts(rubric: Rubric) -> None:
    """Columns at the end: the engine's verdict for every finding, name and reason where a person decided."""
    decided = Overruled(verdict=Verdict.MISSED, share=0.0, by="=Kim", reason="it is in T09")
    finding = finding_of("RES1", "met", rubric, overruled=decided)
    rows = {r["check"]: r for r in csv.DictReader(io.StringIO(findings_csv([critique_of(rubric, {"RES1": finding})])))}
    row = rows["RES1"]
    assert (row["verdict"], row["engine_verdict"], row["decided_because"]) == ("met", "missed", "it is in T09")
    assert row["decided_by"] == "'=Kim"
    assert (rows["ACK1"]["engine_verdict"], rows["ACK1"]["decided_by"]) == ("met", "")


def digest_of(*states: str, kind: str = "contest") -> TeamDigest:
    items = [
        ReviewItem(
            id=str(n), kind=kind, call_id="c-1", agent="ana", detail="not fair", state=state, decided=f"{state} by Kim"
        )
        for n, state in enumerate(states, 1)
    ]
    return made.digest([made.critique("c-1")], reviews=tuple(items))


def test_the_digest_counts_what_was_decided() -> None:
    """Upheld and denied contests beside the queue; open ones wait in it, flags and older decisions are no part of it."""
    digest = digest_of("upheld", "denied", "upheld", "open", "changed", "dismissed")
    assert (digest.contests.upheld, digest.contests.changed, digest.contests.denied) == (2, 1, 1)
    assert [i["id"] for i in json.loads(digest_json(digest))["contests"]["items"]] == ["1", "2", "3", "5"]
    said = "Contested verdicts decided: 2 upheld, 1 changed otherwise, 1 denied."
    for page in (digest_markdown(digest, made_at=MADE), text_of(digest_html(digest, made_at=MADE))):
        assert said in page
        assert "Contests decided: 4" in page
        assert "changed by Kim" in page
        assert "Waiting for a person's decision: contests 1; see “To be reviewed”." in page
    assert "`" not in text_of(digest_html(digest, made_at=MADE))
    assert [k.due for k in digest.reviews if k.kind == "contest"] == [1]


def test_a_week_without_decisions_says_nothing_of_them() -> None:
    """No line of noughts."""
    assert "Contested verdicts" not in digest_markdown(digest_of("open"), made_at=MADE)
    assert digest_of("upheld", kind="random").contests.upheld == 0


def test_a_page_with_every_kind_of_contest_names_each(rubric: Rubric) -> None:
    """Agreed and kept ones of older stores as before, beside upheld and denied ones."""
    text = text_of(agent_html(filled(rubric), MADE))
    for word in ("agreed by Kim", "kept by Kim", "denied by Kim, the verdict stays", "upheld as “done” by Kim"):
        assert f"{word}: {LINES[5][1]}" in text
