"""Rendered prompts: the exact messages and where their shared beginning ends."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from coach.calibration.rendering import diff_prompts, render_prompts, token_estimate
from coach.calibration.trial import CHAT, PHONE_CALL
from coach.errors import NotFound
from coach.grading.ask import Asking, parts, render_transcript, requests
from coach.playbook.load import load_playbook

BOOK = load_playbook()


def test_every_part_has_the_messages_that_an_engine_is_sent() -> None:
    """Word for word, in the order of the parts."""
    asked = requests(PHONE_CALL, BOOK, Asking("any", {}), parts(BOOK))
    assert [prompt.messages for prompt in render_prompts(PHONE_CALL, BOOK)] == [request.messages for request in asked]


def test_one_part_is_rendered_alone() -> None:
    """With the same prefix as among all."""
    (alone,) = render_prompts(CHAT, BOOK, "close")
    assert alone == next(prompt for prompt in render_prompts(CHAT, BOOK) if prompt.part == "close")


def test_the_prefix_is_common_to_all_parts_and_holds_the_transcript() -> None:
    """Up to its end all parts are equal, one character further they are not."""
    prompts = render_prompts(PHONE_CALL, BOOK)
    end = prompts[0].prefix_end
    assert {prompt.prefix_end for prompt in prompts} == {end}
    assert len({prompt.messages[-1].content[:end] for prompt in prompts}) == 1
    assert len({prompt.messages[-1].content[: end + 1] for prompt in prompts}) > 1
    assert prompts[0].messages[-1].content[:end].startswith(render_transcript(PHONE_CALL, BOOK))


def test_tokens_are_estimated_by_characters() -> None:
    """Four characters a token, of all messages and of what can be cached."""
    prompt = render_prompts(CHAT, BOOK)[0]
    system, user = (message.content for message in prompt.messages)
    assert token_estimate("twelve chars") == 3
    assert prompt.tokens_estimate == (len(system) + len(user)) // 4
    assert prompt.cacheable_estimate == (len(system) + prompt.prefix_end) // 4


def test_a_single_part_is_cacheable_to_its_end() -> None:
    """With all stages in one request the prefix still ends before the overview's own words."""
    whole = render_prompts(CHAT, BOOK, stages_per_request=7)
    assert [prompt.part for prompt in whole][-1] == "overview"
    assert len(whole) == 2


def test_a_part_that_is_not_there_is_told_with_those_that_are() -> None:
    """One clear line."""
    with pytest.raises(NotFound, match="there is no part 'opening'; choose one of: calm, listen"):
        render_prompts(CHAT, BOOK, "opening")


def test_a_playbook_differs_from_itself_in_no_byte() -> None:
    """Nothing changed, nothing to show."""
    assert diff_prompts(PHONE_CALL, BOOK, load_playbook()) == []


def test_a_changed_anchor_is_shown_once_for_all_parts(own: Path, edit: Callable[[str, str, str], None]) -> None:
    """The system message is one for every part, and so is what changes in it."""
    edit("rubrics/deescalation.yaml", "No agent line blames or mocks the customer", "No agent line blames anybody")
    (found,) = diff_prompts(PHONE_CALL, BOOK, load_playbook(own))
    assert found.where == "every part; system message"
    assert any(line.startswith("+Met: No agent line blames anybody") for line in found.lines)
    assert found.tokens_after < found.tokens_before


def test_a_changed_stage_template_is_shown_part_by_part(own: Path, edit: Callable[[str, str, str], None]) -> None:
    """What several parts change alike is told once with their names, and one part can be asked for alone."""
    template = (own / "prompts/grade_stage.j2").read_text(encoding="utf-8")
    edit("prompts/grade_stage.j2", template, template + "\nBe exact.\n")
    book = load_playbook(own)
    (shared,) = diff_prompts(CHAT, BOOK, book)
    assert shared.where == f"{', '.join(stage.id for stage in BOOK.rubric.stages)}; user message"
    (alone,) = diff_prompts(CHAT, BOOK, book, "close")
    assert alone.where == "close; user message"
    with pytest.raises(NotFound):
        diff_prompts(CHAT, BOOK, book, "opening")
