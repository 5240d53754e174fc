"""The digest in its formats: the same matter, harmless text, equal bytes."""

from __future__ import annotations

import csv
import io
import json
import re
from itertools import pairwise
from typing import Any

import digest_made as made
import html5lib
import pytest
from rich.console import Console

from coach.grading.critique import Blocker, CallScore, Mark, Promise
from coach.reports.digest_sections import sections
from coach.reports.digest_words import clipped, title
from coach.reports.formats.digest_csv import needs_csv, promises_csv
from coach.reports.formats.digest_html import digest_html
from coach.reports.formats.digest_json import digest_json
from coach.reports.formats.digest_markdown import digest_markdown
from coach.reports.formats.digest_terminal import digest_terminal
from coach.reports.heatmap import heatmaps, shade
from coach.reports.team import Corrected, Coverage, FocusMove, ReviewItem, TeamDigest

MADE_AT = "22 Nov 2026, 09:00"
EVIL = "=cmd|' /C calc'!A0 \x1b[31m<script>alert(1)</script> [bold]x[/bold] | **y** {{ 7*7 }}"


def full(**changes: Any) -> TeamDigest:
    """A digest with something in every section."""
    week = list(made.week_of_calls(150, 6))
    start = week[0].started_at
    checks = list(made.rubric().checks())
    for n in range(60):
        verdict, agent = ("met", "agent-07") if n < 6 else ("missed", "agent-08")
        findings = tuple(made.finding(c.id, verdict) for c in checks)
        week.append(made.critique(f"z-{n}", agent, findings=findings, problems=("instruction_like_text",)))
    near = [made.critique(f"n-{i}", "agent-01", started_at=start, heat=(("T01", 4),)) for i in range(2)]
    history = [c for w in ("2026-W45", "2026-W46") for c in made.week_of_calls(60, 6, w)]
    values: dict[str, Any] = {
        "team": "north",
        "history": [c.model_copy(update={"team": "north"}) for c in history],
        "coverage": Coverage(calls_in=155, refused=(("a.txt", "no agent"),), cost_of=lambda *_: 1.5),
        "focuses": {f"agent-0{n}": FocusMove("CALM1", "2026-W45", 0.2, 0.6) for n in range(1, 7)},
    }
    return made.digest([*week, *near], **{**values, **changes})


def hostile() -> TeamDigest:
    """A digest whose quotes and names try to be something else than text."""
    quote = made.said(EVIL)
    call = made.critique(
        call=CallScore(score=4.6, coverage=1.0, band="strong"),
        best_moment=quote,
        heat=(("T01", 4),),
        recurring_issue="<b>issue</b>",
        issue_quote=quote,
        promises=(Promise(who=EVIL, what=EVIL, when="@now", quote=quote),),
        blockers=(Blocker(kind="tool", what=EVIL, quote=quote),),
        critical_flags=(Mark(kind="insult", quote=quote),),
    )
    item = ReviewItem(id="1", kind="contest", call_id="c-1", agent="ana", detail=EVIL)
    return made.digest([call], reviews=(item,), coverage=Coverage(calls_in=1, refused=((EVIL, EVIL),)))


def printed(digest: TeamDigest, width: int = 100) -> str:
    """What a terminal shows."""
    out = Console(file=io.StringIO(), width=width, force_terminal=True, color_system=None)
    out.print(digest_terminal(digest, made_at=MADE_AT))
    return out.file.getvalue()  # type: ignore[attr-defined]


def everything(digest: TeamDigest) -> dict[str, str]:
    """The digest as text in every format for people."""
    return {
        "html": digest_html(digest, made_at=MADE_AT),
        "markdown": digest_markdown(digest, made_at=MADE_AT),
        "terminal": printed(digest),
    }


def test_every_format_holds_every_section() -> None:
    """Titles, the engine and the line about who decides stand in each format."""
    digest = full()
    for text in everything(digest).values():
        for section in sections(digest):
            assert section.title in text
        flat = " ".join(text.split())
        assert digest.engine_line in flat
        assert digest.disclaimer in flat


def test_a_full_digest_has_something_in_every_section() -> None:
    """What the other tests print is whole: pairs, training, runs and a capped queue among it."""
    digest = full()
    empty = [s.id for s in sections(digest) if not (s.tables or s.moments) and s.id != "weights"]
    assert empty == []
    captions = [t.caption for s in sections(digest) for t in s.tables]
    assert "Text that gives the grader orders: 60, the first 50 listed" in captions


def test_an_empty_digest_says_so_in_every_section() -> None:
    """A section that has nothing has a line that says so, and no table."""
    digest = made.digest(coverage=Coverage(calls_in=0))
    for section in sections(digest)[1:]:
        assert section.lead
        assert not section.tables
    for text in everything(digest).values():
        assert "Nothing waits for a person" in text


def test_the_pattern_check_carries_its_label() -> None:
    """Without a model the label stands on the page, and rates are called a partial view."""
    findings = (made.finding("CALM1", "missed"),)
    digest = made.digest([made.critique(f"c-{i}", findings=findings, provenance=made.PATTERNS) for i in range(5)])
    for text in everything(digest).values():
        flat = " ".join(text.split())
        assert "Pattern check, no AI: finds wording, does not judge meaning." in flat
        assert "Partial view: wording that was not found is no miss." in flat


def test_equal_digests_give_equal_bytes() -> None:
    """Charts included."""
    assert everything(full()) == everything(full())


def test_html_escapes_what_people_said() -> None:
    """No tag, script or template of a transcript comes through."""
    page = digest_html(hostile(), made_at=MADE_AT)
    assert "<script" not in page
    assert "<b>issue" not in page
    assert "&lt;script&gt;" in page
    assert "{{ 7*7 }}" in page
    assert "\x1b" not in page


def test_html_is_one_file_without_script_or_network() -> None:
    """Nothing is loaded from anywhere."""
    page = digest_html(full(), made_at=MADE_AT)
    assert "<script" not in page
    assert not re.search(r"""(src|href)=["'](?!#)""", page)
    assert "url(http" not in page


def test_html_parses_and_names_its_parts() -> None:
    """Valid markup, ids that occur once, every table header with a scope and every table with a caption."""
    parser = html5lib.HTMLParser(strict=True, tree=html5lib.getTreeBuilder("etree"), namespaceHTMLElements=False)
    tree = parser.parse(digest_html(full(), made_at=MADE_AT))
    ids = [e.get("id") for e in tree.iter() if e.get("id")]
    assert len(ids) == len(set(ids))
    assert all(th.get("scope") for th in tree.iter("th"))
    assert all(table.find("caption") is not None for table in tree.iter("table"))
    for link in tree.iter("a"):
        assert str(link.get("href")).removeprefix("#") in ids


def test_headings_do_not_skip_a_level() -> None:
    """One h1, sections under it, people under their section."""
    levels = [int(n) for n in re.findall(r"<h([1-6])", digest_html(full(), made_at=MADE_AT))]
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_markdown_keeps_tables_whole() -> None:
    """A pipe or markup in a quote makes no cell and no tag; every row of a table has its columns."""
    text = digest_markdown(hostile(), made_at=MADE_AT)
    assert "<script" not in text
    assert "**y**" not in text
    rows = [line for line in text.splitlines() if line.startswith("|")]
    for before, after in pairwise(rows):
        if re.fullmatch(r"[| :-]+", after):
            assert len(re.findall(r"(?<!\\)\|", before)) == len(re.findall(r"\|", after))


def test_the_terminal_prints_no_sequence_and_no_markup() -> None:
    """Control sequences are gone and square brackets stay brackets, on a narrow screen too."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", printed(hostile(), 60))
    assert "\x1b" not in text
    assert "[bold]" in text


def test_no_cell_of_the_csv_is_a_formula() -> None:
    """A leading sign gets an apostrophe; columns are named."""
    rows = list(csv.DictReader(io.StringIO(promises_csv(hostile()))))
    assert rows[0]["who"].startswith("'=cmd")
    assert rows[0]["when"] == "'@now"
    assert rows[0]["quote"].startswith("'=")


def test_the_csv_of_needs_has_a_row_a_cell() -> None:
    """Cells below three chances are left out."""
    digest = full()
    rows = list(csv.DictReader(io.StringIO(needs_csv(digest))))
    shown = [c for row in digest.needs.rows for c in row.cells if c.rate is not None]
    assert len(rows) == len(shown)
    assert (rows[0]["agent"], rows[0]["check"], rows[0]["engine"]) == ("agent-01", "CALM1", "model")
    few = made.digest(
        [made.critique(f"c-{i}", findings=(made.finding("ACK1"),), provenance=made.PATTERNS) for i in range(3)]
        + [made.critique(f"d-{i}", findings=(made.finding("RES1"),), provenance=made.PATTERNS) for i in range(2)]
    )
    assert [r["engine"] for r in csv.DictReader(io.StringIO(needs_csv(few)))] == ["patterns"]


def test_json_holds_the_digest() -> None:
    """Text as it was said, and a line end."""
    digest = hostile()
    text = digest_json(digest)
    assert TeamDigest.model_validate(json.loads(text)) == digest
    assert text.endswith("}\n")


def test_the_heat_map_has_words_for_its_shades() -> None:
    """Counts in the cells, a table beside the picture, and a description of who has most open."""
    digest = full()
    ((chart, width),) = heatmaps(digest)
    assert chart.columns == ("Check", "What it is", *(f"agent-0{n}" for n in range(1, 9)))
    assert len(chart.rows) == len(digest.needs.checks)
    assert 'role="img"' in chart.svg
    assert "Less than half done:" in chart.svg
    assert width > 30


def test_a_large_team_gets_several_charts() -> None:
    """Twelve agents each, long ids cut above the columns and whole in the table."""
    long = "a-very-long-agent-identity"
    findings = (made.finding("ACK1", "missed"), made.finding("RES1"))
    names = [long, *(f"a{n:02d}" for n in range(13))]
    week = [made.critique(f"{a}-{i}", a, findings=findings) for a in names for i in range(3)]
    charts = [chart for chart, _ in heatmaps(made.digest(week))]
    assert [len(chart.columns) - 2 for chart in charts] == [12, 2]
    assert "part 2 of 2" in charts[1].title
    assert long in charts[0].columns
    assert "a-very-long…" in charts[0].svg


def test_a_page_of_many_agents_has_the_table_alone() -> None:
    """Above 48 agents there is no chart, and the page says why."""
    findings = (made.finding("ACK1"),)
    digest = made.digest([made.critique(f"{a}-{i}", f"a{a}", findings=findings) for a in range(49) for i in range(3)])
    assert heatmaps(digest) == ()
    page = digest_html(digest, made_at=MADE_AT)
    assert "<svg" not in page
    assert "up to 48 agents" in page


def test_cells_without_chances_say_which_kind() -> None:
    """Too few chances and none at all are two things."""
    week = [made.critique(f"c-{i}", findings=(made.finding("ACK1"), made.finding("RES1"))) for i in range(3)]
    week += [made.critique(f"d-{i}", "bob", findings=(made.finding("ACK1"),)) for i in range(3)]
    week += [
        made.critique("d-9", "cy", findings=(made.finding("ACK1"), made.finding("RES1"))),
        *[made.critique(f"e-{i}", "cy", findings=(made.finding("ACK1"),)) for i in range(2)],
    ]
    ((chart, _),) = heatmaps(made.digest(week))
    assert chart.rows[1][2:] == ("3 of 3", "no chance", "too few chances")


@pytest.mark.parametrize(("rate", "tone"), [(1.0, 0), (0.8, 1), (0.5, 2), (0.21, 3), (0.2, 4), (0.0, 4)])
def test_the_darker_the_more_is_open(rate: float, tone: int) -> None:
    """Five shades from nearly all done to hardly any."""
    assert shade(rate) == tone


def test_the_digest_never_ranks_or_blames() -> None:
    """No ranking words and none of blame, in any format."""
    for text in everything(full()).values():
        words = re.sub(r"<style.*?</style>", "", text, flags=re.DOTALL).lower()
        for word in ("worst", "bottom", "top performer", "you failed", "you always", "lazy", "attitude", "leaderboard"):
            assert word not in words


def test_a_long_quote_is_cut_at_a_word() -> None:
    """The list stays a list; the call holds the rest."""
    cut = clipped(made.said("word " * 80)).text
    assert len(cut) <= 242
    assert cut.endswith("word …")


def test_corrected_means_stand_beside_the_engines_own_in_every_format() -> None:
    """Labels are named where they stand behind a mean; JSON carries the values."""
    by_people = Corrected(mean=3.04, low=2.5, high=3.5, labels=40)
    digest = full(corrected=dict.fromkeys((s.id for s in made.rubric().stages), by_people))
    for text in {**everything(digest), "terminal": printed(digest, 200)}.values():
        assert "3.0, 2.5 to 3.5, corrected with 40 labels" in " ".join(text.split())
        assert "ncorrected" not in text
    assert json.loads(digest_json(digest))["stages"][0]["corrected"]["labels"] == 40


def test_a_mean_without_enough_labels_is_uncorrected_and_says_why() -> None:
    """One stage is corrected, one waits for labels, the others have nothing."""
    first, second, *_ = made.rubric().stages
    by_people = Corrected(mean=3.04, low=2.5, high=3.5, labels=40)
    text = digest_markdown(full(corrected={first.id: by_people, second.id: "7 of 20 labels"}), made_at=MADE_AT)
    assert "| uncorrected: 7 of 20 labels |" in text
    assert "| uncorrected |" in text
    assert "rest on the engine's verdicts." in text
    assert "| uncorrected |" in (bare := digest_markdown(full(), made_at=MADE_AT))
    assert "rest on the engine's verdicts: no labelled sample stands behind them" in bare


def test_calls_graded_another_way_are_counted_apart() -> None:
    """Calls of another playbook are in no rate."""
    other = made.MODEL.model_copy(update={"playbook": "other"})
    mixed = made.digest([made.critique("c-1"), made.critique("c-2"), made.critique("c-3", provenance=other)])
    assert "1 call graded with another engine" in digest_markdown(mixed, made_at=MADE_AT)


def test_a_heading_names_team_and_week() -> None:
    """Without a team it says that all are in it."""
    assert title(made.digest(team="north")) == "north, week 2026-W47"
    assert title(made.digest()) == "All teams, week 2026-W47"
