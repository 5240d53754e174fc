"""Coverage of the guidance: both directions, real names, and nothing hidden."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from coach.calibration.coverage import Covered, coverage, summary
from coach.playbook.load import Playbook, load_playbook
from coach.playbook.prompt import Templates
from coach.playbook.rubric import GuidanceItem

BOOK = load_playbook()
Make = Callable[..., Covered]


def with_item(item_id: str, embody: tuple[str, ...], covered_by: tuple[str, ...]) -> Covered:
    """G01 or another item of the shipped guidance, covered otherwise."""
    new = GuidanceItem.model_validate({"id": item_id, "text": "x", "embody": embody, "covered_by": covered_by})
    guidance = tuple(new if item.id == item_id else item for item in BOOK.guidance)
    return next(c for c in coverage(replace(BOOK, guidance=guidance)) if c.id == item_id)


def test_every_item_of_the_shipped_guidance_is_covered_or_openly_open() -> None:
    """A hundred items, in order, without a fault."""
    found = coverage(BOOK)
    assert [c.id for c in found] == [f"G{n:02d}" for n in range(1, 101)]
    assert [c for c in found if c.faults] == []
    counts = summary(found)
    assert counts.items == 100
    assert counts.states["fault"] == 0
    assert sum(counts.states.values()) == 100


def test_checks_cover_and_are_covered() -> None:
    """G01 stands with two checks, both of which list it."""
    assert with_item("G01", ("criterion",), ("CALM1", "CALM3")).state == "covered"


@pytest.mark.parametrize(
    ("covered_by", "fault"),
    [
        (("CALM1",), "CALM3 lists it, but covered_by does not name CALM3"),
        (("CALM1", "CALM3", "RES1"), "RES1: the check's guidance does not list G01"),
        (("CALM1", "CALM3", "CALM9"), "CALM9: the rubric has no such check"),
        (("CALM1", "CALM3", "prompt:grade_stages"), "prompt:grade_stages: grading reaches no such template"),
        (("CALM1", "CALM3", "report:horoscope"), "report:horoscope: there is no report of that name"),
        (("CALM1", "CALM3", "digest:ranking"), "digest:ranking: there is no digest of that name"),
        (("CALM1", "CALM3", "signal:mood"), "signal:mood: there is no signal of that name"),
        (("CALM1", "CALM3", "quiz:exam"), "quiz:exam: there is no quiz of that name"),
        (("CALM1", "CALM3", "practice:theatre"), "practice:theatre: there is no practice of that name"),
        (("CALM1", "CALM3", "open:someday"), "open:someday: there is no open of that name"),
        (("CALM1", "CALM3", "poster:wall"), "poster:wall: neither a check nor prompt:"),
    ],
)
def test_a_name_that_does_not_hold_is_a_fault(covered_by: tuple[str, ...], fault: str) -> None:
    """Unknown checks, one-sided listings, unreached templates, sections and signals off the list."""
    found = with_item("G01", ("criterion",), covered_by)
    assert found.state == "fault"
    assert any(fault in told for told in found.faults)


@pytest.mark.parametrize(
    "name",
    [
        "prompt:grade_stage",
        "prompt:grade_stage.j2",
        "prompt:_shared/fairness",
        "report:arc",
        "digest:heatmap",
        "signal:heat",
        "quiz:bank",
        "practice:customer",
    ],
)
def test_what_exists_covers(name: str) -> None:
    """Templates that grading reaches (includes too), sections, signals, the quiz's bank and parts of practice."""
    assert with_item("G04", ("prompt",), (name,)).state == "covered"


@pytest.mark.parametrize("mark", ["criterion", "prompt", "report"])
def test_a_marked_item_without_a_real_cover_is_a_fault(mark: str) -> None:
    """What later work may bring covers none of these today."""
    for covered_by in ((), ("open:digest",)):
        found = with_item("G04", (mark, "quiz"), covered_by)
        assert found.faults == (f"marked {mark} and covered by nothing that exists",)


def test_what_is_open_is_listed_as_open() -> None:
    """Alone it makes the item open; beside something real it is still shown and counted."""
    alone, beside = (
        with_item("G04", ("quiz",), ("open:digest",)),
        with_item("G04", ("report",), ("report:arc", "open:digest")),
    )
    assert (alone.state, alone.open) == ("open", ("open:digest",))
    assert (beside.state, beside.open) == ("covered", ("open:digest",))
    assert summary([alone, beside]).with_open == 2


@pytest.mark.parametrize(
    ("embody", "state"), [(("config",), "set_aside"), (("dropped",), "set_aside"), (("quiz",), "fault")]
)
def test_only_settings_and_dropped_items_may_be_covered_by_nothing(embody: tuple[str, ...], state: str) -> None:
    """An item for the quiz names at least work that is to come."""
    assert with_item("G04", embody, ()).state == state


def test_a_copied_playbook_that_still_calls_quiz_and_role_play_open_stays_sound() -> None:
    """It is shown as open and is no fault: a trainer's copy from before need not be edited."""
    for name in ("open:quiz", "open:role-play"):
        assert with_item("G04", ("quiz",), (name,)).state == "open"


def test_the_shipped_guidance_waits_for_neither_quiz_nor_role_play() -> None:
    """Both exist: what is marked so names the bank or a part of practice."""
    for item in coverage(BOOK):
        named = {cover.name.partition(":")[0] for cover in item.covers}
        assert not {"open:quiz", "open:role-play"}.intersection(item.open)
        assert "quiz" not in item.embody or "quiz" in named
        assert "role-play" not in item.embody or "practice" in named


def test_an_item_that_the_file_lacks_is_a_fault() -> None:
    """A hundred were promised; a trainer's own come after them."""
    guidance = (*BOOK.guidance[:-1], BOOK.guidance[-1].model_copy(update={"id": "G101"}))
    found = coverage(replace(BOOK, guidance=guidance))
    assert [c.id for c in found[-2:]] == ["G100", "G101"]
    assert found[-2].faults == ("not in rubrics/guidance.yaml",)


def test_a_switched_off_house_check_still_stands_for_its_guidance() -> None:
    """Switching CALM4 off leaves no hole in the guidance."""
    assert summary(coverage(load_playbook(house_checks=False))).states["fault"] == 0


def test_a_broken_template_does_not_stop_the_count(tmp_path: Path) -> None:
    """Lint tells of the template; coverage still tells of the rest."""
    shutil.copytree(BOOK.folder / "prompts", tmp_path / "prompts")
    (tmp_path / "prompts/grade_stage.j2").write_text("{% if %}", encoding="utf-8")
    book: Playbook = replace(BOOK, templates=Templates(tmp_path / "prompts"))
    assert summary(coverage(book)).states["fault"] == 0


def test_the_summary_counts_entries_by_kind() -> None:
    """Only entries that hold are counted."""
    counts: Any = summary([with_item("G01", ("criterion",), ("CALM1", "CALM3", "report:arc", "signal:mood"))])
    assert counts.kinds == {"check": 2, "report": 1}
