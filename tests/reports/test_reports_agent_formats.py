"""The agent's report in every format: the same matter, harmless wherever it is printed."""

from __future__ import annotations

import io
import json
import re
from dataclasses import dataclass
from datetime import timedelta

import html5lib
import jsonschema
import pytest
from agent_made import LINES, call_of, critique_of, finding_of, proven_of
from jinja2 import UndefinedError
from markdown_it import MarkdownIt
from rich.console import Console

from coach.grading.critique import Blocker, Mark, NoteFinding, Overruled, Promise, Ungraded, Unproven, Verdict
from coach.reports.agent import Contest, agent_report, agent_report_schema
from coach.reports.formats.html import agent_html, page
from coach.reports.formats.json_ import as_json
from coach.reports.formats.markdown import agent_markdown
from coach.reports.formats.terminal import agent_terminal

WEEK = "2026-W47"
MADE = "22 Nov 2026"
NASTY = "<script>alert(1)</script> [red]x[/] **b** | `c` [l](http://a.b) {{ 7*7 }} \x1b[31m\u202e &amp; <img src=http://a.b/x>"
LONG = " ".join(["and it went on and on"] * 15)
FORBIDDEN = re.compile(
    r"\b(you (failed|always|never|should have|did not)|failed|bad|poor(ly)?|worst|weak(ness)?|lazy|rude|careless|"
    r"incompetent|attitude|personality|rank(ed|ing)?|below average|than (other|your) colleagues)\b",
    re.IGNORECASE,
)


@dataclass
class Stock:
    """A stock phrase as the signals count it."""

    phrase: str
    calls: int
    of: int


def filled(rubric, said=LINES, n=6, now=None, ai=True, **verdicts):
    """A report with something in every part: `n` calls last week and `now` (or as many) this week, of the lines `said`."""

    def q(turn):
        return proven_of(turn, said)

    def quoted(check_id, verdict):
        finding = finding_of(check_id, verdict, rubric)
        swap = {
            "opportunity": finding.opportunity and q("T01"),
            "evidence": tuple(q(e.turn_id) for e in finding.evidence),
        }
        return finding.model_copy(update={**swap, "counter": tuple(q(e.turn_id) for e in finding.counter)})

    chosen = {
        "RES1": "missed",
        "LIS2": "missed",
        "CLO1": "ungraded",
        "LIS1": "not_observable",
        "RES4": "not_applicable",
    }
    findings = {c.id: quoted(c.id, {**chosen, **verdicts}.get(c.id, "met")) for c in rubric.checks()}
    decided = Overruled(verdict=Verdict.MISSED, share=0.0, by="Kim", reason=said[5][1])
    findings["CLA1"] = findings["CLA1"].model_copy(update={"overruled": decided})
    extra = {
        "unproven": (Unproven(where="CLO1", turn_id="T06", claimed=said[0][1][:80], why="not in that turn"),),
        "ungraded": (Ungraded(stage_id="close", reason="refused", detail=""),),
        "flow_flags": ("late_solving",),
        "problems": ("instruction_like_text",),
        "blockers": (Blocker(kind="tool", what=said[3][1], quote=q("T04")),),
        "promises": (Promise(who="agent", what=said[5][1], when="Thursday", quote=q("T06")),),
        "goodwill": (Mark(kind="thanks_received", quote=q("T07")),),
        "note": (NoteFinding(item="steps", present=False, quote=""),),
        "timeline": (Mark(kind="first_ack", quote=q("T02")), Mark(kind="first_apology", quote=q("T02"))),
        "issue_quote": q("T01"),
        "heat": (("T01", 3), ("T03", 3), ("T05", 3), ("T07", 1)),
        "outcome": "open",
    }
    first = critique_of(rubric, week=WEEK).started_at
    history = [
        critique_of(
            rubric,
            findings,
            week,
            ai,
            call_id=f"c-{week[-2:]}-{i}",
            started_at=first - timedelta(weeks=back, hours=i),
            **extra,
        )
        for back, week, count in ((1, "2026-W46", n), (0, WEEK, now or n))
        for i in range(count)
    ]
    return agent_report(
        agent="a-07",
        week=WEEK,
        history=history,
        calls={c.call_id: call_of(c.call_id, lines=said) for c in history},
        rubric=rubric,
        stock=[Stock(said[3][1][:60], 9, 12)],
        confirmed_flags=[Mark(kind="insult", quote=q("T04"))],
        contests=[
            Contest(call_id="c-47-0", check_id=c, because=said[3][1], state=state, decided_by="Kim", reason=said[5][1])
            for c, state in (("RES1", "confirmed"), ("LIS2", "dismissed"), ("RES4", "open"), ("CLA2", "denied"))
        ]
        + [
            Contest(
                call_id="c-47-0",
                check_id="CLA1",
                because=said[3][1],
                wanted="met",
                state="upheld",
                decided_by="Kim",
                reason=said[5][1],
                verdict="met",
                engine_verdict="missed",
                ai=ai,
            )
        ],
        practice_command="coach practice play {call_id}",
        not_graded={"c-99": said[0][1][:40]},
    )


def printed(report, width=90):
    """What a plain terminal shows."""
    out = io.StringIO()
    Console(file=out, width=width, force_terminal=False).print(agent_terminal(report))
    return out.getvalue()


def text_of(html):
    """The words of a page, without style and pictures."""
    root = html5lib.parse(html, namespaceHTMLElements=False)
    for parent in list(root.iter()):
        for child in [c for c in parent if str(c.tag).rpartition("}")[2] in ("style", "svg")]:
            parent.remove(child)
    return " ".join("".join(root.itertext()).split())


@pytest.fixture(scope="module")
def full(rubric):
    """A report with something in every part."""
    return filled(rubric)


@pytest.fixture(scope="module")
def nasty(rubric):
    """The same with markup, formulas and control sequences in every line of every call."""
    return filled(rubric, [(speaker, f"{NASTY} {text}") for speaker, text in LINES], n=1)


@pytest.mark.parametrize("form", ["html", "markdown", "terminal"])
def test_every_item_stands_in_every_format_in_order(full, form):
    """The seven items come in one order, with the label of who graded and the line that a person decides."""
    text = {
        "html": lambda: text_of(agent_html(full, MADE)),
        "markdown": lambda: agent_markdown(full),
        "terminal": lambda: printed(full),
    }[form]()
    items = (
        "What worked",
        "One thing this week",
        "The moment",
        "Try instead",
        "Practise",
        "Your view",
        "For you alone",
    )
    places = [text.index(item) for item in items]
    assert places == sorted(places)
    assert "Graded by grader-1 through engine live" in text
    assert full.disclaimer in " ".join(text.split())
    assert "I did not feel equipped" in text or form == "terminal"


@pytest.mark.parametrize("form", [lambda r: agent_html(r, MADE), agent_markdown, printed])
def test_the_pattern_check_is_labelled_in_every_format(rubric, form):
    """Without a model every format carries the label and no word of AI."""
    text = form(filled(rubric, ai=False, n=1))
    assert "Pattern check, no AI: finds wording, does not judge meaning." in text
    assert "AI-drafted" not in text
    assert "Wording seen" in text


@pytest.mark.parametrize("form", ["html", "markdown", "terminal"])
def test_check_ids_and_contests_stand_beside_the_verdicts(full, form):
    """Whoever contests can copy the id, and sees what became of it, also for a check that is not listed."""
    shown = {"html": lambda: text_of(agent_html(full, MADE)), "markdown": lambda: agent_markdown(full)}
    text = " ".join(shown.get(form, lambda: printed(full, 200))().split())
    plain = {f.check_id: f.plain for f in full.calls[0].findings}
    assert text.count(f"{plain['RES1']} (RES1)") >= 1 + len(full.calls)
    assert f"contested: {LINES[3][1]}" in text
    assert f"agreed by Kim: {LINES[5][1]}" in text
    assert f"kept by Kim: {LINES[5][1]}" in text
    assert "(RES4)" in text


def test_equal_input_gives_equal_bytes(full):
    """A page made again is the same page, charts included."""
    assert agent_html(full, MADE) == agent_html(full, MADE)


def test_a_page_is_one_file_without_scripts(full):
    """Nothing is loaded, nothing runs, and the browser is told so."""
    html = agent_html(full, MADE)
    assert "default-src 'none'" in html
    assert not re.search(r"<script|<link|<iframe|src=|url\((?!#)|@import|\bon\w+=", html)


def test_transcript_text_is_text_in_html(nasty):
    """Markup that a customer says is shown, not obeyed; template signs are not evaluated."""
    html = agent_html(nasty, MADE)
    root = html5lib.parse(html, namespaceHTMLElements=False)
    assert not [e.tag for e in root.iter() if e.tag in ("script", "img")]
    assert "<script>alert(1)</script> [red]x[/]" in text_of(html)
    assert "{{ 7*7 }}" in html
    assert not re.search("[\x1b\u202e]", html)


def test_transcript_text_is_text_in_markdown(nasty):
    """No HTML, no link, no emphasis and no further table cell comes out of a quote."""
    text = agent_markdown(nasty)
    tokens = MarkdownIt("commonmark", {"html": True, "linkify": True}).enable("table").parse(text)
    inner = [child for token in tokens for child in (token.children or [])]
    assert not [t.type for t in [*tokens, *inner] if t.type in ("html_block", "html_inline", "link_open", "image")]
    assert any("<script>alert(1)</script>" in t.content for t in inner if t.type == "text")
    assert not re.search("[\x1b\u202e]", text)


def test_transcript_text_is_text_in_a_terminal(nasty):
    """rich's markup in a quote is printed as it was said, and control sequences are gone."""
    text = printed(nasty, width=300)
    assert "[red]x[/]" in text
    assert not re.search("[\x1b\u202e]", text)


def test_a_terminal_of_forty_columns_holds_the_report(full):
    """No line is longer than the terminal is wide."""
    assert max(map(len, printed(full, width=40).splitlines())) <= 40


def test_the_json_keeps_to_its_schema(full):
    """What is published as schema is what is written."""
    jsonschema.validate(json.loads(as_json(full)), agent_report_schema())


def test_charts_stand_only_where_there_is_something_to_draw(rubric):
    """A report of one call without heat has neither an arc nor a trend, and says so in words."""
    critique = critique_of(rubric, {"RES1": "missed"}, heat=())
    report = agent_report(agent="a-07", week=WEEK, history=[critique], calls={}, rubric=rubric)
    html = agent_html(report, MADE)
    assert "<svg" not in html
    assert "No comparison yet" in html


def test_a_page_of_many_calls_draws_the_hottest_and_says_the_rest(rubric):
    """Twelve calls with heat: ten arcs, the mildest two in numbers."""
    history = [
        critique_of(rubric, {"RES1": "met"}, call_id=f"c-{i:02}", heat=(("T01", 1 if i < 2 else 2), ("T03", 0)))
        for i in range(12)
    ]
    said = {c.call_id: call_of(c.call_id) for c in history}
    html = agent_html(agent_report(agent="a-07", week=WEEK, history=history, calls=said, rubric=rubric), MADE)
    assert len(re.findall(r'id="chart-arc-c-\d\d-title"', html)) == 10
    assert html.count("turn by turn: T01 1, T03 0.") == 2
    assert "chart-arc-c-00" not in html


def test_an_empty_week_makes_a_page_too(rubric):
    """Nobody graded anything: every format still says what is."""
    report = agent_report(agent="a-07", week=WEEK, history=[], calls={}, rubric=rubric)
    assert "No call was graded this week." in text_of(agent_html(report, MADE))
    assert "No check had a chance" in agent_markdown(report)
    assert "No focus yet" in printed(report)


def test_a_page_that_misses_a_value_is_an_error():
    """A template never prints a hole."""
    with pytest.raises(UndefinedError):
        page("base.html.j2", disclaimer="x", engine_line="x")


def words_of(screen):
    """The words of a first screen, without turn ids and the names of speakers."""
    return re.findall(r"[\w'’-]+", re.sub(r"(?m)^> `T\d+` [^:]*:", ">", screen))


def checks():
    """The ids of the shipped checks, known at collection."""
    return [
        *(f"CALM{n}" for n in range(1, 5)),
        *(f"LIS{n}" for n in range(1, 5)),
        *(f"ACK{n}" for n in range(1, 4)),
        *(f"APO{n}" for n in range(1, 5)),
        *(f"CLA{n}" for n in range(1, 4)),
        *(f"RES{n}" for n in range(1, 7)),
        *(f"CLO{n}" for n in range(1, 4)),
    ]


def test_the_list_of_checks_is_the_rubrics(rubric):
    """Every check is tried below."""
    assert checks() == [check.id for check in rubric.checks()]


@pytest.mark.parametrize("check_id", checks())
def test_the_first_screen_is_short_and_fair(rubric, check_id):
    """Whatever the one thing is, items 1 to 7 keep to about 180 words, with long quotes to 235, and name no fault of a person."""
    lines = [(speaker, f"{text} {LONG}") for speaker, text in LINES]
    only = dict.fromkeys(checks(), "met") | {check_id: "missed"}
    screen = agent_markdown(filled(rubric, lines, n=2, **only)).split("## What worked")[1].split("## For you alone")[0]
    own = "\n".join(line for line in screen.splitlines() if not line.startswith(">"))
    assert rubric.check(check_id).reader.plain in screen.replace("\\", "")
    assert len(words_of(screen)) <= 235
    assert not FORBIDDEN.search(own)


def test_short_quotes_make_about_a_hundred_and_eighty_words(full):
    """With ordinary lines the first screen is as short as it is meant to be."""
    screen = agent_markdown(full).split("## What worked")[1].split("## For you alone")[0]
    assert 150 <= len(words_of(screen)) <= 200


def test_no_page_names_a_persons_fault(full):
    """The folded part keeps to the same words."""
    html = re.sub(r"<blockquote>.*?</blockquote>|<style>.*?</style>", "", agent_html(full, MADE), flags=re.DOTALL)
    assert not FORBIDDEN.search(text_of(html))
