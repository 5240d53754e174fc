"""What the weekly digest counts, keeps and leaves out."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import digest_made as made
import jsonschema
import pytest

from coach.errors import BadSettings
from coach.grading.critique import Blocker, CallScore, Mark, Promise, Turning, Ungraded, Unproven
from coach.reports.team import Corrected, Coverage, FocusMove, ReviewItem, TeamDigest, digest_schema
from coach.reports.team_runs import hard_runs
from coach.reports.team_tally import Spread, TopK
from coach.reports.team_weights import spearman

HOT = (("T01", 3), ("T03", 4))
STRONG = CallScore(score=4.5, coverage=0.9, band="strong")


def calls(n: int, agent: str = "ana", **changes: Any) -> list[Any]:
    """So many calls of one agent with the same content."""
    return [made.critique(f"{agent}-{i}", agent, **changes) for i in range(n)]


def graded(n: int, check_id: str, verdict: str, agent: str = "ana", **changes: Any) -> list[Any]:
    """So many calls with one finding each."""
    return calls(n, agent, findings=(made.finding(check_id, verdict),), **changes)


def cell(digest: TeamDigest, agent: str, check_id: str) -> Any:
    """One cell of the heat-map."""
    row = next(r for r in digest.needs.rows if r.agent == agent)
    return row.cells[digest.needs.checks.index(check_id)]


def test_an_empty_week_is_a_digest_that_says_so() -> None:
    """No calls: every section is empty, and nothing is made up."""
    digest = made.digest()
    assert digest.engine_line == "No call was graded."
    assert (digest.coverage.graded, digest.needs.rows, digest.agenda, digest.weights.spearman) == (0, (), (), None)


def test_a_week_that_is_no_week_is_refused() -> None:
    """The caller is told how a week is written."""
    with pytest.raises(BadSettings, match="2026-W47"):
        made.digest(week="last week")


def test_coverage_counts_from_the_critiques() -> None:
    """Quotes, unproven claims and ungraded stages are the critiques' own; refusals are grouped by reason."""
    call = made.critique(
        quotes=10,
        close_quotes=2,
        tokens_in=700,
        tokens_cached=300,
        tokens_out=100,
        outcome="open",
        unproven=(Unproven(where="ACK1", turn_id="T02", claimed="x", why="not there"),),
        ungraded=(Ungraded(stage_id="close", reason="truncated", detail=""),),
    )
    refused = (("b.txt", "no agent"), ("a.txt", "no agent"), ("c.pdf", "unknown format"))
    covered = made.digest(
        [call],
        coverage=Coverage(calls_in=4, refused=refused, cost_of=lambda read, cached, out: (read - cached + out) / 1000),
    ).coverage
    assert (covered.graded, covered.quotes, covered.close, covered.unproven, covered.cost) == (1, 10, 2, 1, 0.5)
    assert next((r.reason, r.count, r.examples) for r in covered.refused) == ("no agent", 2, ("a.txt", "b.txt"))
    assert covered.ungraded[0].reason == "truncated"
    assert covered.outcomes == (("open", 1),)


def test_calls_of_another_team_or_week_are_passed_over() -> None:
    """A digest of one team's week holds that and nothing else."""
    mixed = [*calls(2), *calls(1, "bob", team="south"), *calls(1, "cy", week="2026-W46")]
    digest = made.digest(mixed, team="north", history=calls(1, "dee", week="2026-W46", team="south"))
    assert [item.agent for item in digest.agenda] == ["ana"]
    assert digest.coverage.graded == 2


def test_a_cell_needs_three_chances() -> None:
    """Two chances give a count and no rate; a check that nobody had three chances at is named as thin."""
    digest = made.digest([*graded(3, "ACK1", "partial"), *graded(2, "ACK1", "met", "bob"), *graded(2, "RES1", "met")])
    assert cell(digest, "ana", "ACK1").rate == 0.5
    assert digest.needs.checks == ("ACK1",)
    assert [row.agent for row in digest.needs.rows] == ["ana"]
    assert "RES1" in digest.needs.thin


def test_unstable_and_unjudged_findings_do_not_count() -> None:
    """What leaves the denominator of a score leaves the heat-map."""
    out = graded(3, "ACK1", "not_applicable", "bob")
    shaky = calls(3, "cy", findings=(made.finding("ACK1", unstable=True),))
    digest = made.digest([*graded(3, "ACK1", "met"), *out, *shaky])
    assert [row.agent for row in digest.needs.rows] == ["ana"]


def test_rates_rest_on_four_weeks_and_no_more() -> None:
    """Earlier weeks count inside the window; later weeks and older ones do not."""
    weeks = ("2026-W44", "2026-W46", "2026-W43", "2026-W48")
    history = [c for week in weeks for c in graded(1, "ACK1", "missed", week=week)]
    digest = made.digest(graded(1, "ACK1", "met"), history=history)
    assert (cell(digest, "ana", "ACK1").earned, cell(digest, "ana", "ACK1").chances) == (1, 3)
    assert (digest.needs.since, digest.needs.until) == ("2026-W44", "2026-W47")


def test_wording_and_a_model_are_never_mixed_in_a_rate() -> None:
    """The model's calls make the rates even where the pattern check read more; the rest is counted apart."""
    wording = graded(5, "ACK1", "missed", "bob", provenance=made.PATTERNS)
    older = graded(3, "ACK1", "missed", provenance=made.MODEL.model_copy(update={"playbook": "old"}), week="2026-W46")
    digest = made.digest([*wording, *graded(3, "ACK1", "met")], history=older)
    assert digest.ai
    assert [(row.agent, row.cells[0].rate) for row in digest.needs.rows] == [("ana", 1.0)]
    assert digest.coverage.apart == 5


def test_the_pattern_check_is_named_and_judges_no_team() -> None:
    """Without a model the page carries the label; pairs, training and means need meaning."""
    digest = made.digest(
        graded(9, "CALM1", "missed", provenance=made.PATTERNS), focuses={"ana": FocusMove("CALM1", "w", 0.1, 0.2)}
    )
    assert digest.engine_line == "Pattern check, no AI: finds wording, does not judge meaning."
    assert (digest.training, digest.pairings) == ((), ())
    assert all(stage.mean is None for stage in digest.stages)


def test_a_recognition_needs_a_quote_of_the_agents() -> None:
    """No quote, no praise: a strong call without one, or with the customer's words, is not recognised."""
    bare = made.critique("c-1", call=STRONG)
    theirs = made.critique("c-2", call=STRONG, best_moment=made.said(speaker="customer"))
    assert made.digest([bare, theirs]).recognitions == ()
    own = made.critique("c-3", call=STRONG, best_moment=made.said())
    assert [r.call_id for r in made.digest([bare, theirs, own]).recognitions] == ["c-3"]


def test_no_recognition_from_a_calls_worst_moment() -> None:
    """A turn that a critical flag, counter-evidence or the moment to change quotes is not named to a supervisor."""
    quote = made.said()
    against = made.finding("CALM1", "missed", counter=(quote,))
    changes: tuple[dict[str, Any], ...] = (
        {"critical_flags": (Mark(kind="hung_up", quote=quote),)},
        {"findings": (against,)},
        {"change_moment": quote},
    )
    for change in changes:
        assert made.digest([made.critique(call=STRONG, best_moment=quote, **change)]).recognitions == ()


def test_a_moment_that_a_hotter_line_followed_is_recognised_only_alone() -> None:
    """With another moment of the same agent it is left out, also where its call was the harder one."""
    hotter = (("T03", 3), ("T05", 4))
    heated = made.critique("h-1", call=STRONG, best_moment=made.said(), heat=hotter)
    calm = made.critique("e-1", call=STRONG, best_moment=made.said())
    assert [r.call_id for r in made.digest([heated]).recognitions] == ["h-1"]
    assert [r.call_id for r in made.digest([heated, calm]).recognitions] == ["e-1"]


def test_the_agenda_and_the_agents_page_say_the_same_of_a_focus_that_was_met() -> None:
    """Every chance of the week met: hold on to it, with what moved where it did."""
    met = [made.scored(f"c-{i}", "ana", (made.finding("RES1"),)) for i in range(2)]
    say = made.digest(met, focuses={"ana": FocusMove("RES1", "2026-W46", 0.5, 1.0)}).agenda[0].say
    assert say == "This week it was there in 2 of 2 chances: hold on to it."
    many = [made.scored(f"c-{i}", "ana", (made.finding("RES1"),)) for i in range(5)]
    before = [made.scored(f"b-{i}", "ana", (made.finding("RES1", "missed"),), week="2026-W46") for i in range(5)]
    moved = made.digest(many, history=before, focuses={"ana": FocusMove("RES1", "2026-W46", 0.0, 1.0)}).agenda[0].say
    assert moved.startswith("Say that it moved")
    assert moved.endswith("This week it was there in 5 of 5 chances: hold on to it.")


def test_hard_calls_are_recognised_first_with_what_came_next() -> None:
    """Two moments an agent at most: the strong call with a hostile customer, and the customer's calmer line after."""
    after = Turning(change="calmer", quote=made.said("Right. Fine.", "T05", "customer"), after=made.said())
    easy = [made.critique(f"e-{i}", call=STRONG, best_moment=made.said()) for i in range(3)]
    hard = made.critique("h-1", call=STRONG, best_moment=made.said(), heat=HOT, turning_points=(after,))
    named = made.critique("h-2", heat=HOT, findings=(made.finding("ACK1"),))
    found = made.digest([*easy, hard, named]).recognitions
    assert [r.call_id for r in found] == ["h-1", "h-2"]
    assert found[0].then is not None
    assert found[0].then.text == "Right. Fine."
    assert found[1].why == "named the strain in a hard call"


def test_a_hard_call_without_a_met_check_praises_nobody() -> None:
    """A hostile customer alone is no reason for praise; ownership is one."""
    assert made.digest([made.critique(heat=HOT, findings=(made.finding("ACK1", "missed"),))]).recognitions == ()
    owned = made.critique(heat=HOT, findings=(made.finding("RES1"),), provenance=made.PATTERNS)
    assert "listen before you praise" in made.digest([owned]).recognitions[0].why


def test_issues_are_counted_against_the_week_before() -> None:
    """Listed and new issues stand with their calls; without a week before there is no number for it."""
    this = [*calls(2, recurring_issue="late_delivery"), *calls(1, "bob", recurring_issue="wet_boxes")]
    first = made.digest(this).issues
    assert [(i.name, i.listed, i.calls, i.before) for i in first] == [
        ("Late delivery", True, 2, None),
        ("Wet boxes", False, 1, None),
    ]
    later = made.digest(this, history=calls(3, "cy", week="2026-W46", recurring_issue="late_delivery")).issues
    assert [i.before for i in later] == [3, 0]


def test_blockers_are_a_ledger_and_a_question_for_the_agent() -> None:
    """Policy, tool and authority are counted by kind; the 1:1 asks about them first."""
    blocker = Blocker(kind="tool", what="the depot screen was down", quote=made.said())
    odd = Blocker(kind="the_weather", what="snow", quote=made.said())
    digest = made.digest([made.critique(blockers=(blocker, blocker)), made.critique("c-2", "bob", blockers=(odd,))])
    assert [(b.name, b.count) for b in digest.blockers] == [("Tool", 2), ("The weather", 1)]
    assert [item.ask.split(" ")[0] for item in digest.agenda] == ["2", "1"]


def test_promises_without_a_time_come_first() -> None:
    """Open before settled, without a time before with one; the list is bounded and the count is not."""

    def promise(when: str | None) -> tuple[Promise]:
        return (Promise(who="I", what="ring", when=when, quote=made.said()),)

    settled = calls(45, "ana", promises=promise(None), outcome="resolved")
    timed = made.critique("t-1", promises=promise("by four"), outcome="open")
    loose = made.critique("t-2", promises=promise(""), outcome="open")
    promises = made.digest([*settled, timed, loose]).promises
    assert (promises.total, promises.without_when, len(promises.entries)) == (47, 46, 40)
    assert [(p.call_id, p.when) for p in promises.entries[:2]] == [("t-2", None), ("t-1", "by four")]


def earlier(n: int, agent: str = "ana") -> list[Any]:
    """Chances at ACK1 in the week before."""
    return graded(n, "ACK1", "missed", agent, week="2026-W46")


def test_only_a_focus_over_five_chances_is_said_to_have_moved() -> None:
    """No direction below five chances, in the week or before it."""
    moves = dict.fromkeys(("ana", "bob", "cy"), ("ACK1", "2026-W45", 0.2, 0.6))
    week = [*graded(5, "ACK1", "met"), *graded(1, "ACK1", "met", "bob"), *graded(5, "ACK1", "met", "cy")]
    digest = made.digest(week, history=[*earlier(6), *earlier(9, "bob"), *earlier(4, "cy")], focuses=moves)
    assert [(i.agent, i.chances) for i in digest.improved] == [("ana", 5)]
    assert digest.agenda[0].moved == "It moved up: 20 % of 6 chances before, 60 % of 5 this week."
    assert digest.agenda[0].say.startswith("Say that it moved")
    assert digest.agenda[1].moved == "1 chance this week, 9 in the weeks before: too few to say whether it moved."
    assert digest.agenda[2].moved.startswith("5 chances this week, 4 in the weeks before: too few")


@pytest.mark.parametrize(
    ("then", "now", "words"),
    [(0.6, 0.3, "the other way"), (0.5, 0.52, "About the same"), (None, 0.5, "No earlier rate")],
)
def test_the_agenda_says_plainly_whether_it_moved(then: float | None, now: float, words: str) -> None:
    """Down, level and unknown are said as such, and the advice is worded as what would land better."""
    move = FocusMove("ACK1", "2026-W45", then, now)
    digest = made.digest(graded(5, "ACK1", "partial"), history=earlier(5), focuses={"ana": move})
    assert words in digest.agenda[0].moved
    assert digest.agenda[0].say.startswith("It would land better to ")
    assert digest.improved == ()


def test_a_focus_on_a_check_that_is_gone_is_no_focus() -> None:
    """A rubric may lose a check: its old focus, and agents without calls, leave no trace."""
    moves = {"ana": FocusMove("OLD1", "2026-W45", 0.1, 0.9), "zed": FocusMove("ACK1", "2026-W45", 0.1, 0.9)}
    digest = made.digest(calls(1), focuses=moves)
    assert [(i.agent, i.check_id) for i in digest.agenda] == [("ana", None)]
    assert (digest.improved, digest.pairings) == ((), ())
    assert digest.check("OLD1").name == "OLD1"


def test_pairs_spread_the_asking() -> None:
    """Who does well is asked in turn, so that the first by name is not asked by everybody."""
    able = [c for a in ("amy", "ben", "cat", "dan") for c in graded(5, "ACK1", "met", a)]
    learners = [c for a in ("x", "y") for c in graded(5, "ACK1", "missed", a)]
    moves = {a: FocusMove("ACK1", "2026-W45", 0.1, 0.1) for a in ("x", "y")}
    digest = made.digest([*able, *learners], focuses=moves)
    assert [p.partners for p in digest.pairings] == [("amy", "ben"), ("cat", "dan")]
    assert made.digest(learners, focuses=moves).pairings == ()


def test_training_follows_the_weak_checks_of_the_team() -> None:
    """At most three exercises, from five chances up, the check that weighs most first."""
    weak = [c for check in ("ACK1", "RES1", "CLO3", "APO4") for c in graded(5, check, "missed", check.lower())]
    digest = made.digest([*weak, *graded(4, "LIS2", "missed"), *graded(9, "CALM1", "met")])
    assert [t.check_id for t in digest.training] == ["ACK1", "RES1", "CLO3"]
    assert digest.training[0].text == made.rubric().check("ACK1").reader.training


def test_means_need_five_calls_and_say_whether_labels_stand_behind_them() -> None:
    """Four scored calls give no mean; five give one with an interval; a corrected one stands beside it."""
    findings = tuple(made.finding(c.id) for c in made.rubric().stage("resolve").checks)
    four = [made.scored(f"c-{i}", "ana", findings) for i in range(4)]
    low = made.scored("c-9", "ana", tuple(made.finding(f.check_id, "missed") for f in findings))

    def stage(digest: TeamDigest) -> Any:
        return next(s for s in digest.stages if s.stage_id == "resolve")

    assert stage(made.digest(four)).mean is None
    mean = stage(made.digest([*four, low]))
    assert (mean.mean, mean.corrected, mean.uncorrected, mean.high) == (4.2, None, "", 5.0)
    assert mean.low < 4.2
    by_people = Corrected(mean=3.9, low=3.1, high=4.4, labels=30)
    both = stage(made.digest([*four, low], corrected={"resolve": by_people, "close": "7 of 20 labels"}))
    assert (both.mean, both.corrected) == (4.2, by_people)


def test_equal_weights_are_compared_from_four_agents_up() -> None:
    """Under four scored agents there is no correlation; a low one warns."""
    assert made.digest(made.week_of_calls(60, 3)).weights.spearman is None
    check = made.digest(made.week_of_calls(120, 6)).weights
    assert check.agents == 6
    assert check.spearman is not None
    assert check.warn == (check.spearman < 0.95)


def test_the_rank_correlation_shares_ties() -> None:
    """Values known by hand: 1 for the same order, -1 for the opposite, none for a row that does not vary."""
    assert spearman([1, 2, 3, 4], [10, 20, 30, 40]) == 1
    assert spearman([1, 2, 3, 4], [4, 3, 2, 1]) == -1
    assert spearman([1, 2, 2, 4], [1, 3, 2, 4]) == pytest.approx(0.9487)
    assert spearman([1, 1, 1], [1, 2, 3]) is None


def test_hard_calls_without_a_breather_are_a_run() -> None:
    """From end to start where lengths are known, else from start to start; a gap ends the run."""
    start = made.critique().started_at
    by_start = [(start + timedelta(minutes=m), 0.0, f"c-{m}") for m in (0, 14, 40, 50, 60)]
    assert [r.call_ids for r in hard_runs("ana", by_start[::-1])] == [("c-0", "c-14"), ("c-40", "c-50", "c-60")]
    timed = [
        (start, 1200.0, "a"),
        (start + timedelta(minutes=24), 60.0, "b"),
        (start + timedelta(minutes=31), 60.0, "c"),
    ]
    assert [r.call_ids for r in hard_runs("ana", timed)] == [("a", "b")]


def test_only_the_longest_runs_are_told() -> None:
    """Five runs in a week: the three longest, in the order of time."""
    start = made.critique().started_at
    lengths = (2, 3, 2, 4, 5)
    week = [
        (start + timedelta(days=day, minutes=10 * n), 0.0, f"{day}-{n}")
        for day, calls_of_day in enumerate(lengths)
        for n in range(calls_of_day)
    ]
    assert [r.calls for r in hard_runs("ana", week)] == [3, 4, 5]


def test_runs_look_at_the_customers_words_alone() -> None:
    """Two hostile calls ten minutes apart are a run; calm ones are not, and a length is used where it is known."""
    start = made.critique().started_at
    near = [made.critique(f"c-{i}", started_at=start + timedelta(minutes=10 * i), heat=HOT) for i in range(2)]
    assert [r.calls for r in made.digest(near).hard_runs] == [2]
    assert made.digest([c.model_copy(update={"heat": (("T01", 2),)}) for c in near]).hard_runs == ()
    assert made.digest([c.model_copy(update={"signals": {"duration_s": 60}}) for c in near]).hard_runs == ()
    assert len(made.digest([c.model_copy(update={"signals": {"duration_s": True}}) for c in near]).hard_runs) == 1


def test_the_order_of_the_calls_changes_nothing() -> None:
    """Equal calls in any order give equal bytes."""
    week = list(made.week_of_calls(150, 7))
    shuffled = list(week)
    random.Random(4).shuffle(shuffled)  # noqa: S311  (a test's order)
    assert made.digest(week).model_dump_json() == made.digest(shuffled).model_dump_json()


def test_what_is_kept_does_not_grow_with_the_week() -> None:
    """Ten times the calls of the same agents: the digest's lists stay bounded."""
    digest = made.digest(made.week_of_calls(1500, 4))
    assert len(digest.recognitions) <= 8
    assert len(digest.promises.entries) == 40
    assert all(len(i.call_ids) <= 8 for i in digest.issues)
    assert all(len(kind.items) <= 50 for kind in digest.reviews)
    assert all(len(kind.entries) <= 6 for kind in digest.blockers)


def test_agents_stand_in_alphabetical_order_everywhere() -> None:
    """No list of people follows a score."""
    digest = made.digest(reversed(list(made.week_of_calls(120, 6))))
    for people in (digest.agenda, digest.needs.rows, digest.recognitions):
        names = [item.agent for item in people]
        assert names == sorted(names)


def test_the_digest_holds_to_its_published_schema() -> None:
    """JSON of a full digest validates against the schema, and reads back as the same value."""
    digest = made.digest(made.week_of_calls(60), focuses={"agent-01": FocusMove("ACK1", "2026-W45", 0.2, 0.6)})
    text = digest.model_dump(mode="json")
    jsonschema.validate(text, digest_schema())
    assert TeamDigest.model_validate(text) == digest


def test_top_k_keeps_the_largest_whatever_the_order() -> None:
    """Three of six, the largest first; `wants` tells beforehand."""
    top: TopK[str] = TopK(3)
    for key, item in ((4, "d"), (1, "a"), (6, "f"), (2, "b"), (5, "e"), (3, "c")):
        top.add((key,), item)
    assert top.best_first() == ["f", "e", "d"]
    assert not top.wants((4,))
    assert top.wants((7,))


def test_a_single_value_has_no_error() -> None:
    """The spread of one call is none, and of two it is half their distance."""
    spread = Spread()
    spread.add(3.0)
    assert (spread.mean, spread.error()) == (3.0, 0.0)
    spread.add(5.0)
    assert (spread.mean, spread.error()) == (4.0, pytest.approx(1.0))


def test_a_flag_is_for_the_supervisor_with_its_quote() -> None:
    """A critical flag enters the queue with name and quote, whatever engine found it."""
    flag = Mark(kind="escalation_refused", quote=made.said("There is nobody.", "T08"))
    odd = Mark(kind="odd_one", quote=made.said())
    call = made.critique(critical_flags=(flag, odd), problems=("instruction_like_text",))
    kinds = {k.kind: k for k in made.digest([call]).reviews}
    assert kinds["critical_flag"].due == 2
    assert "Escalation refused: “There is nobody.” (T08)" in [i.detail for i in kinds["critical_flag"].items]
    assert kinds["instruction_like_text"].due == 1


def test_known_items_stand_once_and_closed_ones_not_at_all() -> None:
    """What the queue holds replaces this week's pick of the same call; a decided item leaves the page."""
    flag = Mark(kind="insult", quote=made.said())
    week = [made.critique("c-1", critical_flags=(flag,)), made.critique("c-2", "bob")]
    known = (
        ReviewItem(id="1", kind="critical_flag", call_id="c-1", agent="ana", detail="insult"),
        ReviewItem(id="2", kind="contest", call_id="c-2", agent="bob", detail="not fair", state="upheld"),
        ReviewItem(id="3", kind="tea_break", call_id="c-2", agent="bob", detail="?"),
    )
    kinds = {k.kind: k for k in made.digest(week, reviews=known).reviews}
    assert [i.id for i in kinds["critical_flag"].items] == ["1"]
    assert kinds["critical_flag"].due == 1
    assert "contest" not in kinds
    assert kinds["tea_break"].name == "Tea break"
