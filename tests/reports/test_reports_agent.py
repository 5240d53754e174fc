"""What stands in an agent's report, and what must never stand there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
from agent_made import LINES, call_of, proven_of

from coach.errors import BadSettings
from coach.grading.critique import Blocker, CallScore, Mark, NoteFinding, Promise, Turning, Ungraded, Unproven
from coach.grading.gate import TriedLine
from coach.reports.agent import Contest, agent_report, agent_report_schema
from coach.reports.focus import FocusState

WEEK = "2026-W47"


@dataclass
class Stock:
    """A stock phrase as the signals count it."""

    phrase: str
    calls: int
    of: int


@pytest.fixture
def calls(make_critique):
    """`calls(n, verdicts, week, **changes)`: n critiques an hour apart, ids c-47-0, c-47-1, ..."""

    def make(n, verdicts=None, week=WEEK, start=0, **changes):
        first = make_critique(week=week).started_at
        return [
            make_critique(
                verdicts, week, call_id=f"c-{week[-2:]}-{i}", started_at=first + timedelta(hours=i), **changes
            )
            for i in range(start, start + n)
        ]

    return make


@pytest.fixture
def report(rubric):
    """`report(history, **changes)`: the report of agent a-07 for week 47, all calls at hand."""

    def make(history, **changes):
        said = {c.call_id: call_of(c.call_id) for c in history}
        values = {"agent": "a-07", "week": WEEK, "history": history, "calls": said, "rubric": rubric}
        return agent_report(**{**values, **changes})

    return make


def test_praise_comes_with_a_quote_and_what_followed(calls, report):
    """What worked is one proven quote of the agent's and the customer's next line."""
    worked = report(calls(1)).worked
    assert (worked.kind, worked.quote.turn_id, worked.quote.speaker) == ("quoted", "T02", "agent")
    assert (worked.after.turn_id, worked.after.speaker) == ("T03", "customer")


def test_a_line_that_a_calmer_one_followed_is_praised_first(calls, report, make_finding):
    """A turning point outweighs the grader's own pick and a weightier check."""
    calm = Turning(change="calmer", quote=proven_of("T07"), after=proven_of("T06"))
    late = make_finding("CLO3", "met", evidence=(proven_of("T06"),))
    worked = report(calls(1, {"CLO3": late}, turning_points=(calm,))).worked
    assert (worked.quote.turn_id, worked.after.turn_id) == ("T06", "T07")


def quoting(make_finding, rubric, *pairs):
    """Verdicts in which these checks alone are met, each quoting the agent's turn given with it."""
    met = {check_id: make_finding(check_id, "met", evidence=(proven_of(turn),)) for check_id, turn in pairs}
    return {c.id: "not_applicable" for c in rubric.checks()} | met


def test_a_turn_that_a_critical_flag_quotes_is_never_praised(calls, report, make_finding, rubric):
    """An open flag bars its turn, however well the line did at a check; with nothing else there is no praise."""
    flag = {"critical_flags": (Mark(kind="hung_up", quote=proven_of("T06")),)}
    two = quoting(make_finding, rubric, ("RES1", "T06"), ("CLO2", "T04"))
    only = quoting(make_finding, rubric, ("RES1", "T06"))
    assert report(calls(1, two, **flag)).worked.quote.turn_id == "T04"
    assert report(calls(1, only, **flag)).worked.kind == "nothing"
    assert report(calls(1, two)).worked.quote.turn_id == "T06"


def test_the_moment_to_change_and_counter_evidence_are_no_praise(calls, report, make_finding, rubric):
    """Neither opens a page, unless it is the grader's best moment and other words of the turn count against."""
    two = quoting(make_finding, rubric, ("RES1", "T06"), ("CLO2", "T04"))
    against = make_finding("CALM1", "missed", counter=(proven_of("T06", start=40, end=60),))
    words = make_finding("RES1", "met", evidence=(proven_of("T06", text="I am booking the fitter", end=23),))
    alone = quoting(make_finding, rubric) | {"RES1": words, "CALM1": against}
    assert report(calls(1, two, change_moment=proven_of("T06"))).worked.quote.turn_id == "T04"
    assert report(calls(1, two | {"CALM1": against})).worked.quote.turn_id == "T04"
    assert report(calls(1, alone)).worked.kind == "nothing"
    assert report(calls(1, alone, best_moment=proven_of("T06"))).worked.quote.turn_id == "T06"
    assert report(calls(1, two | {"CALM1": against}, best_moment=proven_of("T06"))).worked.quote.turn_id == "T04"


@pytest.mark.parametrize("after", [2, 3])
def test_a_line_that_a_heated_one_followed_opens_only_where_nothing_else_can(
    calls, report, make_finding, rubric, after
):
    """Where the customer grew hotter or stayed heated another line is praised, if there is one."""
    heat = (("T01", 0), ("T03", 2), ("T05", after), ("T07", 0))
    two = quoting(make_finding, rubric, ("RES1", "T04"), ("CLO2", "T06"))
    only = quoting(make_finding, rubric, ("RES1", "T04"))
    assert report(calls(1, two, heat=heat, best_moment=proven_of("T04"))).worked.quote.turn_id == "T06"
    assert report(calls(1, only, heat=heat)).worked.quote.turn_id == "T04"


def test_a_call_that_needs_attention_is_praised_last(calls, report, make_finding, rubric):
    """The heat of a call in the lowest band does not put it first."""
    verdicts = quoting(make_finding, rubric, ("RES1", "T06"))
    low = calls(1, verdicts, start=1, call=CallScore(score=2.0, coverage=1.0, band="needs attention"))
    fine = calls(1, verdicts, heat=(("T05", 0), ("T07", 0)))
    assert report(fine + low).worked.call_id == "c-47-0"
    assert report(low).worked.call_id == "c-47-1"


def test_a_quote_of_a_few_words_gives_way(calls, report, make_finding, rubric):
    """The grader's pick of three words opens a page only where no longer line was praised."""
    short = make_finding("RES1", "met", evidence=(proven_of("T02", text="I am sorry."),))
    verdicts = quoting(make_finding, rubric, ("CLO2", "T06")) | {"RES1": short}
    assert report(calls(1, verdicts, heat=())).worked.quote.turn_id == "T06"


def test_a_next_line_of_placeholders_alone_is_passed_over(calls, report):
    """Names and references are no reaction: the customer's next line in words is shown, or none."""
    lines = list(LINES)
    lines[2] = ("customer", "[CUSTOMER]. [CUSTOMER]. LH-49866.")
    history = calls(3, {"RES1": "missed"})
    shown = report(history, calls={c.call_id: call_of(c.call_id, lines=lines) for c in history})
    assert (shown.moment.own.turn_id, shown.moment.impact.turn_id) == ("T02", "T05")
    assert (shown.worked.quote.turn_id, shown.worked.after.turn_id) == ("T02", "T05")
    short = report(history, calls={c.call_id: call_of(c.call_id, lines=lines[:3]) for c in history})
    assert short.moment.impact is None


def test_no_quote_no_praise(calls, report, rubric):
    """Without a met finding that quotes the agent, the page says what was attempted."""
    worst = {c.id: "not_applicable" for c in rubric.checks()} | {"APO2": "partial"}
    worked = report(calls(1, worst)).worked
    assert (worked.kind, worked.quote) == ("attempted", None)
    assert worked.lead.endswith("Attempted: an apology that says what it is for.")


def test_nothing_to_show_is_said(calls, report, rubric):
    """A week without calls, and calls without anything proven, each have their line."""
    nothing = {c.id: "not_applicable" for c in rubric.checks()}
    assert report([]).worked.lead == "No call was graded this week."
    assert report(calls(1, nothing)).worked.kind == "nothing"


def test_the_one_thing_is_worded_as_a_better_landing(calls, report, rubric):
    """The focus says the check, its aim and "It would land better to ..."."""
    one = report(calls(3, {"RES1": "missed"})).one_thing
    reader = rubric.check("RES1").reader
    assert (one.focus.check_id, one.lead, one.aim) == ("RES1", reader.plain, reader.aim)
    assert one.better == f"It would land better to {reader.better}."


def test_without_a_focus_the_page_says_what_it_needs(calls, report):
    """Too few chances and nothing to gain are different sentences; nothing else of a focus is shown."""
    few, met = report(calls(2, {"RES1": "missed"})), report(calls(3))
    assert "needs 3 chances at the same check within 4 weeks, and 2 graded calls so far" in few.one_thing.lead
    assert "every check with three chances or more was met" in met.one_thing.lead
    assert (few.moment, few.try_instead, few.why, few.practise, few.mentor) == (None, None, "", None, "")


def test_the_moment_has_situation_words_and_what_came_next(calls, report):
    """Situation, behaviour, impact, each with its turn id."""
    moment = report(calls(3, {"RES1": "missed"})).moment
    assert (moment.call_id, moment.situation.turn_id, moment.own.turn_id, moment.impact.turn_id) == (
        "c-47-2",
        "T01",
        "T02",
        "T03",
    )


def test_a_counter_quote_is_the_moments_own_line(calls, report):
    """For an absence check the line that speaks against it is shown, with the customer line before it."""
    moment = report(calls(3, {"CALM1": "missed"})).moment
    assert (moment.situation.turn_id, moment.own.turn_id, moment.impact.turn_id) == ("T03", "T04", "T05")


def test_words_from_before_the_chance_are_not_the_moments_own(calls, report, make_finding):
    """What was said too early answers nothing: the reply to the chance is shown, after the chance."""
    early = make_finding("RES1", "partial", opportunity=proven_of("T03"), evidence=(proven_of("T02"),))
    moment = report(calls(3, {"RES1": early})).moment
    assert (moment.situation.turn_id, moment.own.turn_id, moment.impact.turn_id) == ("T03", "T04", "T05")


def test_a_week_in_which_the_focus_was_met_shows_that(calls, report):
    """Nothing is left to land better: the met line is the moment, and no other line is suggested."""
    history = [*calls(3, {"RES1": "missed"}, week="2026-W46"), *calls(2)]
    shown = report(history, focus_before=FocusState(check_id="RES1", since_week="2026-W46"))
    assert shown.one_thing.better == "This week it was there in 2 of 2 chances: hold on to it."
    assert (shown.moment.went_well, shown.moment.own.turn_id, shown.try_instead) == (True, "T02", None)
    assert shown.practise.steps.startswith("Five minutes in pairs: one reads T01")


def test_an_opportunity_in_the_agents_own_words_is_its_own_line(calls, report, make_finding):
    """Some chances are the agent's own act, such as asking or closing."""
    asked = make_finding("RES5", "missed", opportunity=proven_of("T06"))
    moment = report(calls(3, {"RES5": asked})).moment
    assert (moment.own.turn_id, moment.impact.turn_id) == ("T06", "T07")


def test_the_moment_stands_without_the_calls_words(calls, report):
    """Where the redacted call is not at hand only proven quotes are shown."""
    shown = report(calls(3, {"RES1": "missed", "CALM1": "met"}), calls={})
    assert (shown.moment.situation.turn_id, shown.moment.own, shown.moment.impact) == ("T01", None, None)
    assert shown.worked.after is None
    assert shown.reframing is None


def test_a_counter_quote_without_the_calls_words(calls, report):
    """The line itself is proven; what stood around it is unknown."""
    moment = report(calls(3, {"CALM1": "missed"}), calls={}).moment
    assert (moment.situation, moment.own.turn_id, moment.impact) == (None, "T04", None)


def test_a_long_quote_is_shortened_on_the_first_screen(calls, report, make_finding):
    """Seventeen words of a quote at most; the whole stands with the call."""
    long = proven_of("T02", text="word " * 59 + "end")
    shown = report(
        calls(
            1,
            {"ACK1": "missed", "RES1": "missed", "RES2": make_finding("RES2", "met", evidence=(long,))},
            best_moment=None,
        )
    )
    assert len(shown.worked.quote.text.split()) == 18
    assert "end" in next(f for f in shown.calls[0].findings if f.check_id == "RES2").quotes[1].quote.text


def test_the_gated_line_is_shown_where_it_belongs(calls, report):
    """A line from the gate is shown for its own moment alone; else the trainer's bank speaks."""
    tried = TriedLine(
        call_id="c-47-2", check_id="RES1", turn_id="T04", words="I am booking it now.", source="engine", why=""
    )
    history = calls(3, {"RES1": "missed"})
    shown = report(history, tried=tried).try_instead
    assert (shown.words, shown.source, shown.turn_id) == ("I am booking it now.", "engine", "T04")
    assert report(history, tried=tried.model_copy(update={"call_id": "other"})).try_instead.source == "bank"
    assert report(history, tried=tried.model_copy(update={"source": "bank"})).try_instead.lead.startswith(
        "From the trainer"
    )


def test_commands_are_filled_in_or_left_out(calls, report):
    """The practice and contest commands name the very call, turn and check."""
    history = calls(3, {"RES1": "missed"})
    shown = report(
        history, practice_command="play {call_id} {turn_id} {check_id}", contest_command="no {call_id} {check_id}"
    )
    assert shown.practise.command == "play c-47-2 T01 RES1"
    assert "no c-47-2 RES1" in shown.your_view.contest
    assert report(history, contest_command="").your_view.contest.startswith("To contest, name the call")
    assert report(history).practise.command == ""


def test_a_contest_can_be_typed_without_a_focus(calls, report):
    """Without a focus the command stands alone, and the page says where the check's id is found."""
    contest = report(calls(1)).your_view.contest
    assert contest.startswith("To contest: coach review contest, with the call's id")
    assert "in brackets beside its verdict" in contest


def test_a_contest_stands_under_its_verdict(calls, report):
    """Its call's verdict carries it and stays; one about a check that is not shown stands with the call."""
    here = Contest(call_id="c-47-0", check_id="RES1", because="I rang back", state="open")
    there = here.model_copy(update={"check_id": "CALM4", "state": "dismissed", "decided_by": "Kim"})
    shown = report(calls(2, {"RES1": "missed", "CALM4": "not_applicable"}), contests=[here, there])
    first, second = shown.calls
    assert [(f.check_id, f.verdict, f.contests) for f in first.findings if f.contests] == [("RES1", "missed", (here,))]
    assert [(c.check_id, c.state) for c in first.contests] == [("CALM4", "dismissed")]
    assert first.contests[0].plain
    assert second.contests == ()
    assert not any(f.contests for f in second.findings)


@pytest.mark.parametrize(
    ("state", "by", "reason", "words"),
    [
        ("open", "", "", "it waits for a person to decide"),
        ("confirmed", "Kim", "it is in T09", "agreed by Kim: it is in T09"),
        ("dismissed", "Kim", "not in words", "kept by Kim: not in words"),
        ("dismissed", "", "", "kept"),
    ],
)
def test_a_contests_outcome_is_said(state, by, reason, words):
    """What was decided, by whom and why, as far as it is known."""
    contest = Contest(call_id="c", check_id="RES1", because="I rang", state=state, decided_by=by, reason=reason)
    assert (contest.said, contest.outcome) == ("contested: I rang", words)


def test_steps_of_a_drafted_note_are_few_and_in_order(calls, report, make_finding):
    """Commitments and solutions as the call went; repeated words, greetings and look-ups are left out."""
    texts = ["Hello, good morning.", "Let me have a look.", *(f"I am sending part {n} today." for n in range(1, 6))]
    said = [proven_of("T02", text=text, start=i, end=i + 1) for i, text in enumerate(texts)]
    late = proven_of("T06", text="I will ring you at ten to check.")
    part = proven_of("T06", text="ring you at ten")
    verdicts = {
        "RES1": make_finding("RES1", "met", evidence=(late, part)),
        "RES2": make_finding("RES2", "met", evidence=tuple(said)),
        "RES6": make_finding("RES6", "met", evidence=(proven_of("T04"),)),
    }
    steps = report(calls(1, verdicts)).calls[0].note.steps
    assert steps == (*(f"I am sending part {n} today." for n in (3, 4, 5)), "I will ring you at ten to check.")


def test_a_kept_focus_without_a_moment_can_still_be_practised(calls, report):
    """A focus of last week stays on the page though this week brought no chance."""
    shown = report(
        calls(1, {"RES1": "not_applicable"}), focus_before=FocusState(check_id="RES1", since_week="2026-W46")
    )
    assert shown.moment is None
    assert shown.practise.steps.startswith("Five minutes in pairs: one plays")
    assert shown.try_instead.turn_id == ""


@pytest.mark.parametrize(
    ("heat", "verdict", "card"),
    [
        ((("T01", 3), ("T03", 3), ("T05", 3)), "not_applicable", True),
        ((("T01", 4),), "not_applicable", True),
        ((("T01", 3), ("T03", 3)), "not_applicable", False),
        ((("T01", 2),), "missed", True),
        ((), "not_applicable", False),
    ],
)
def test_the_wellbeing_card_follows_the_customers_words(calls, report, heat, verdict, card):
    """Three hostile lines, abuse or a threat bring the card, whatever was earned."""
    shown = report(calls(1, {"CALM4": verdict}, heat=heat))
    assert (shown.wellbeing is not None) is card


def test_the_private_parts_can_be_left_out(calls, report):
    """Whoever passes the report on passes nothing private on."""
    shown = report(calls(1, heat=(("T01", 4),)))
    shared = shown.without_private()
    assert shown.wellbeing.suggestions
    assert shown.reframing.line.turn_id == "T01"
    assert shown.self_review
    assert (shared.wellbeing, shared.reframing, shared.self_review) == (None, None, "")


def test_critical_flags_wait_for_a_person(calls, report):
    """An unconfirmed flag is nowhere in the report; a confirmed one is named."""
    flag = Mark(kind="insult", quote=proven_of("T04"))
    history = calls(1, critical_flags=(flag,))
    assert "nsult or mockery" not in report(history).model_dump_json()
    assert report(history, confirmed_flags=[flag]).confirmed[0].name == "Insult or mockery"


def test_what_did_not_count_is_shown(calls, report):
    """Unproven claims and ungraded stages are said, not dropped."""
    claim = Unproven(where="CLO1", turn_id="T06", claimed="anything else", why="not in that turn")
    stage = Ungraded(stage_id="close", reason="refused", detail="")
    one = report(calls(1, unproven=(claim,), ungraded=(stage,))).calls[0]
    two = report(calls(1, unproven=(claim, claim), ungraded=(stage.model_copy(update={"stage_id": "odd"}),))).calls[0]
    assert one.unproven_words == "1 claim was not found in the transcript and does not count."
    assert two.unproven_words == "2 claims were not found in the transcript and do not count."
    assert (one.ungraded, two.ungraded) == (("Confirm and follow through: refused",), ("odd: refused",))


def test_effort_and_outcome_are_two_things(calls, report, rubric):
    """A strong call that ends open or heated is called handled well; a weak one is not."""
    ended = {"outcome": "open"}
    weak = {c.id: "missed" for c in rubric.checks()}
    assert report(calls(1, **ended)).calls[0].handled_well
    assert report(calls(1, heat=(("T01", 3), ("T03", 2)))).calls[0].handled_well
    assert not report(calls(1)).calls[0].handled_well
    assert not report(calls(1, weak, **ended)).calls[0].handled_well


def test_a_note_is_drafted_from_what_was_proven(calls, report):
    """Complaint, steps and follow-up come from quotes; what is not proven stays empty."""
    promise = Promise(who="agent", what="ring", when=None, quote=proven_of("T06"))
    full = report(calls(1, promises=(promise,))).calls[0].note
    bare = report(calls(1, recurring_issue="", issue_quote=None)).calls[0].note
    assert full.complaint.startswith("Missed slot: “I have waited")
    assert full.steps == (LINES[1][1],)
    assert full.follow_up == ("agent: ring (no time named)",)
    assert (bare.complaint, bare.follow_up) == ("", ())


def test_what_stands_outside_the_score_is_named(calls, report):
    """Blockers, flow, goodwill and the supplied note stand with their call, in words."""
    changes = {
        "blockers": (Blocker(kind="tool", what="The diary was down.", quote=proven_of("T04")),),
        "flow_flags": ("late_solving",),
        "goodwill": (
            Mark(kind="thanks_received", quote=proven_of("T07")),
            Mark(kind="praise_ignored", quote=proven_of("T07")),
        ),
        "note": (NoteFinding(item="steps", present=True, quote="x"),),
        "problems": ("unreadable_agent_turn",),
    }
    call = report(calls(1, **changes)).calls[0]
    assert (call.blockers[0].name, call.note_found[0].present, call.problems) == (
        "Tool",
        True,
        ("unreadable agent turn",),
    )
    assert call.flow == ("After the first part of the call no further solving step was found.",)
    assert [g.text for g in call.goodwill] == ["picked up", "could be picked up with a word"]


def test_no_number_under_five_calls(calls, report):
    """Four calls give words and bands; five give "4 of 5 chances" and a score."""
    few = report(calls(3) + calls(1, {"RES1": "missed"}, start=3))
    many = report(calls(4) + calls(1, {"RES1": "missed"}, start=4))
    assert {c.words for c in few.checks} == {"at every chance", "at some chances"}
    assert all(s.score is None and s.band for s in few.stages)
    assert next(c for c in many.checks if c.check_id == "RES1").words == "4 of 5 chances"
    assert many.stages[0].score == 5.0


def test_chances_still_open_are_said_without_a_number(calls, report):
    """Partial ones are counted apart, none earned is "open so far"."""
    few = report(calls(1, {"RES1": "missed", "CALM4": "not_applicable"}))
    many = report(calls(5, {"RES1": "partial"}))
    assert next(c for c in few.checks if c.check_id == "RES1").words == "open so far"
    assert next(c for c in many.checks if c.check_id == "RES1").words == "0 of 5 chances, 5 in part"
    assert not [c for c in few.checks if c.check_id == "CALM4"]


def test_no_arrow_under_five_calls(calls, report):
    """Four calls now or four before: no comparison, and no number for the week."""
    trend = report(calls(4) + calls(4, {"RES1": "missed"}, "2026-W46")).trends[-1]
    assert trend.change == "unknown"
    assert [p.share for p in trend.points] == [None, None]


def test_a_clear_change_is_up_or_down(calls, report):
    """Five calls on either side and an interval that leaves zero out make an arrow."""
    low, high = {"RES1": "missed", "RES2": "missed"}, {}
    up = report(calls(6, low, "2026-W45") + calls(6, high)).trends[-1]
    down = report(calls(6, high, "2026-W45") + calls(6, low)).trends[-1]
    none = report(calls(6, low, "2026-W45") + calls(6, low)).trends[-1]
    assert (up.change, down.change, none.change) == ("up", "down", "none")
    assert up.words == "Up: the last week (6 calls) against 6 calls before."
    assert up.points[-1].share == 1.0


def test_the_last_weeks_are_pooled_until_they_hold_five_calls(calls, report):
    """Three calls a week still allow a comparison over two weeks."""
    history = calls(5, {}, "2026-W44") + calls(3, {}, "2026-W46") + calls(3)
    assert "the last 2 weeks (6 calls) against 5 calls before" in report(history).trends[-1].words


def test_equal_input_gives_an_equal_report(calls, report):
    """Drawing intervals has a fixed seed; the order of the history does not matter."""
    history = calls(6, {"RES1": "missed"}, "2026-W46") + calls(6)
    assert report(history) == report(list(reversed(history)))


def test_later_weeks_are_not_looked_at(calls, report):
    """A report of an old week says what was known then."""
    assert report(calls(2) + calls(3, {"RES1": "missed"}, "2026-W48")) == report(calls(2))


def test_what_the_customer_told_and_nobody_used(calls, report):
    """Missed particulars are quoted with their call, three at most."""
    shown = report(calls(5, {"LIS2": "missed"}))
    assert [(u.call_id, u.line.turn_id) for u in shown.unused] == [(f"c-47-{i}", "T01") for i in (2, 3, 4)]


def test_low_results_bring_less_text_not_more(calls, report, rubric, make_finding):
    """Where little was earned, notes and suggestions beside the one thing are left out."""
    worst = {
        c.id: make_finding(c.id, "missed", try_words="Say this.") for c in rubric.checks() if c.polarity == "presence"
    }
    worst |= {c.id: "missed" for c in rubric.checks() if c.polarity == "absence"}
    shown = report(calls(3, worst), stock=[Stock("I understand", 9, 12)])
    assert (shown.unused, shown.stock) == ((), ())
    assert [f.check_id for f in shown.calls[0].findings if f.try_words] == [shown.one_thing.focus.check_id]


def test_stock_phrases_are_a_note(calls, report):
    """The three most frequent phrases, with their counts."""
    stock = [Stock(f"phrase {i}", i, 12) for i in range(2, 7)]
    assert [(s.phrase, s.calls, s.of) for s in report(calls(1), stock=stock).stock] == [
        (f"phrase {i}", i, 12) for i in (6, 5, 4)
    ]


def test_the_pattern_check_does_not_judge(calls, report, make_finding):
    """Its label stands on the page; findings say what was seen; there is no score, no effort trend, no mentor."""
    verdicts = {"RES1": "missed", "ACK1": "partial", "CALM1": "missed", "LIS4": "ungraded"}
    shown = report(calls(6, verdicts, ai=False))
    words = {f.check_id: f.words for f in shown.calls[0].findings}
    assert shown.engine_line == "Pattern check, no AI: finds wording, does not judge meaning."
    assert "AI-drafted" not in shown.disclaimer
    assert shown.worked.lead.startswith("Wording seen for:")
    assert shown.one_thing.lead.endswith("(as far as wording shows)")
    assert (words["RES1"], words["ACK1"], words["LIS4"]) == ("wording not found", "some wording seen", "cannot tell")
    assert words["CALM1"] == "wording seen that speaks against it"
    assert all(s.partial_view and s.score is None for s in shown.stages)
    assert (len(shown.trends), shown.mentor, shown.calls[0].band) == (1, "", None)


def test_the_pattern_check_names_wording_it_has_not_seen(calls, report):
    """Under five calls a check without any wording is not called open."""
    shown = report(calls(1, {"RES1": "missed"}, ai=False))
    assert next(c for c in shown.checks if c.check_id == "RES1").words == "wording not seen so far"


def test_unstable_findings_are_shown_and_do_not_count(calls, report, make_finding):
    """Differing answers are named as such."""
    shown = report(calls(1, {"RES1": make_finding("RES1", "missed", unstable=True)}))
    finding = next(f for f in shown.calls[0].findings if f.check_id == "RES1")
    assert (finding.words, finding.counts) == ("answers differed, so it does not count", False)


def test_an_ungraded_finding_gives_its_reason(calls, report, make_finding):
    """Where there is no reasoning, why it was not graded stands in its place."""
    shown = report(calls(1, {"RES1": make_finding("RES1", "ungraded", reasoning="")}))
    assert next(f for f in shown.calls[0].findings if f.check_id == "RES1").reasoning == (
        "Not graded: the quote is not in that turn."
    )


def test_calls_without_grades_are_listed(calls, report):
    """Every call of the week is accounted for."""
    assert report(calls(1), not_graded={"c-9": "the engine did not answer"}).not_graded == (
        ("c-9", "the engine did not answer"),
    )


def test_another_agents_call_is_refused(calls, report):
    """A page never holds what belongs to somebody else."""
    with pytest.raises(ValueError, match="another agent"):
        report(calls(1, agent="a-08"))


def test_two_sources_of_grades_are_refused(calls, report):
    """A model's grades and the pattern check's are never mixed."""
    with pytest.raises(ValueError, match="mixes 2 sources"):
        report(calls(1) + calls(1, ai=False, start=1))


def test_a_week_that_is_none_is_refused(report):
    """A slip in the week is said as such."""
    with pytest.raises(BadSettings, match="not a week"):
        report([], week="last week")


def test_no_number_for_a_call_leaves_with_the_report(calls, report):
    """The JSON of a report holds neither a call's score nor a finding's share."""
    call = report(calls(6)).calls[0].model_dump()
    assert not {"score", "share", "p", "coverage"} & {key for part in (call, *call["findings"]) for key in part}


def test_the_schema_is_closed():
    """Readers of the JSON can rely on its fields."""
    schema = agent_report_schema()
    assert schema["additionalProperties"] is False
    assert {"agent", "week", "one_thing", "calls"} <= set(schema["required"])
