"""A result of the trainer's bench on a terminal, in Markdown and as a page that everybody can read."""

from __future__ import annotations

import io

import pytest
from accessibility import BROWSER, SCHEMES, faults_of, violations
from rich.console import Console

from coach.reports.bench_page import BENCH_NOTE, BenchPage, Section, Table
from coach.reports.formats.bench import bench_html, bench_markdown, bench_terminal

NASTY = "[bold]T07[/bold] <script>alert(1)</script> | *x* \x1b[31m"
PAGE = BenchPage(
    "Agreement",
    "patterns against ann; 16 dev calls",
    ("A remark.",),
    (
        Section(
            "levels",
            "Levels",
            "What each asks.",
            (
                Table(
                    "Checks", (("check", "id"), ("kappa", "num"), ("lines", "")), (("ACK1", ".62 [.40, .81]", NASTY),)
                ),
            ),
            ("A dash is no number.",),
        ),
        Section("empty", "Nothing", ""),
    ),
)


def on_terminal() -> str:
    """The page as a wide terminal without colours prints it."""
    out = io.StringIO()
    Console(file=out, width=160, no_color=True).print(bench_terminal(PAGE))
    return out.getvalue()


@pytest.mark.parametrize("words", ["Agreement", "16 dev calls", "A remark.", ".62 [.40, .81]", "A dash", BENCH_NOTE])
def test_every_format_says_everything(words: str) -> None:
    assert words in on_terminal()
    assert words in bench_html(PAGE, made_at="now")
    assert words.replace("[", r"\[").replace("]", r"\]") in bench_markdown(PAGE)


def test_words_of_a_call_stay_words_in_every_format() -> None:
    assert "[bold]T07[/bold]" in on_terminal()
    assert "\x1b[31m" not in on_terminal()
    assert "<script>" not in bench_html(PAGE, made_at="now")
    assert "<script>" not in bench_markdown(PAGE)
    assert r"\| \*x\*" in bench_markdown(PAGE)


def test_equal_results_make_equal_pages() -> None:
    assert bench_html(PAGE, made_at="now") == bench_html(PAGE, made_at="now")


def test_the_page_is_well_made() -> None:
    assert faults_of(bench_html(PAGE, made_at="now")) == []


if BROWSER:

    @pytest.mark.browser
    @pytest.mark.parametrize("scheme", SCHEMES)
    def test_axe_finds_nothing_on_a_page_of_the_bench(scheme: str, tmp_path) -> None:  # type: ignore[no-untyped-def]
        assert violations(bench_html(PAGE, made_at="now"), tmp_path, dark=scheme == "dark") == []
