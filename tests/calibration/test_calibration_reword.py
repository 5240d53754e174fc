"""Calls in other words: what is asked, what is taken for an answer, and what is kept in files."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from stress_made import made

from coach.calibration.reword import (
    TEMPLATE,
    Rewording,
    asked_again,
    kept_words,
    parse_rewording,
    read_rewording,
    reword,
    reword_request,
    reword_templates,
    rewording_file,
    write_rewording,
)
from coach.calibration.trial import template_faults
from coach.calls.transcript import Redacted
from coach.engines.exchange import Fault, FaultKind, Reply, Request
from coach.errors import BadCall
from coach.grading.ask import Asking
from coach.grading.hear import UnusableReply
from coach.playbook.load import GRADING_TEMPLATES, load_playbook

Edit = Callable[[str, str, str], None]
BOOK = load_playbook()
TEMPLATES = reword_templates(BOOK)
GOOD = {
    "T01": "Three mornings gone, [CUSTOMER] here, and £25 on top.",
    "T02": "We never came, Mr [CUSTOMER], and I apologise for the three.",
    "T04": "All right.",
}


@pytest.fixture
def call() -> Redacted:
    """Four turns, one of them the system's, with a name and two numbers."""
    return made(
        "C: I'm [CUSTOMER] and it is three mornings now, and £25!",
        "A: Well, Mr [CUSTOMER], we did not come, three times.",
        "S: hold",
        "C: Right.",
    )


def reply(texts: dict[str, str]) -> str:
    """A model's reply with these texts."""
    return json.dumps({"turns": [{"turn_id": turn, "text": text} for turn, text in texts.items()]})


class Says:
    """An engine that gives these answers in turn; None is a fault."""

    name, model, ai = "scripted", "scripted-1", True

    def __init__(self, *answers: str | None) -> None:
        self._answers = list(answers)
        self.asked: list[Request] = []

    async def answer(self, request: Request) -> Reply | Fault:
        """The next answer."""
        self.asked.append(request)
        text = self._answers.pop(0)
        if text is None:
            return Fault(request.key, FaultKind.SERVER, "server error 500")
        return Reply(request.key, text, text.encode(), self.name, "served-1")

    async def aclose(self) -> None:
        """Holds nothing."""


def ask(call: Redacted, answers: Sequence[str | None]) -> tuple[Rewording | str, Says]:
    """What comes of asking an engine that gives these answers."""
    engine = Says(*answers)
    return asyncio.run(reword(call, TEMPLATES, Asking("m", {"seed": 1}), engine)), engine


def test_the_question_holds_every_line_and_asks_for_the_spoken_ones_in_order(call: Redacted) -> None:
    """One message; the reply's schema is strict; the system's line is shown and not asked for."""
    request = reword_request(call, TEMPLATES, Asking("m", {"seed": 1}))
    (message,) = request.messages
    assert all(f"{turn.id} | {turn.speaker.value.upper()} | {turn.text}" in message.content for turn in call.turns)
    assert "in this order: T01, T02, T04." in message.content
    assert request.schema["additionalProperties"] is False
    assert request.schema["required"] == ["turns"]
    assert request.parameters == {"seed": 1}


def test_a_whole_answer_becomes_a_rewording_of_this_version_of_the_call(call: Redacted) -> None:
    """It names who made it and holds the spoken turns alone."""
    made_of, engine = ask(call, [reply(GOOD)])
    assert isinstance(made_of, Rewording)
    assert (made_of.turns, made_of.model, made_of.call_id) == (GOOD, "served-1", "c-1")
    assert len(engine.asked) == 1


@pytest.mark.parametrize(
    ("texts", "fault"),
    [
        ({k: v for k, v in GOOD.items() if k != "T02"}, "once each and in this order: T01, T02, T04"),
        ({"T02": GOOD["T02"], "T01": GOOD["T01"], "T04": GOOD["T04"]}, "in this order"),
        ({**GOOD, "T03": "hold"}, "in this order"),
        ({**GOOD, "T04": "  "}, "T04 is empty"),
        ({**GOOD, "T04": "a" * 4001}, "T04 is far too long"),
        ({**GOOD, "T01": "Three mornings gone, and £25."}, r"T01 lacks \[CUSTOMER\]"),
        ({**GOOD, "T01": "Mornings gone, [CUSTOMER], and £25."}, "T01 lacks 3"),
        ({**GOOD, "T02": "Sorry, Mr [CUSTOMER], three and 4 times."}, "T02 adds 4"),
        ({**GOOD, "T04": "All right, [NAME]."}, r"T04 adds \[NAME\]"),
    ],
)
def test_an_answer_that_loses_or_adds_what_has_to_stay_is_none(
    call: Redacted, texts: dict[str, str], fault: str
) -> None:
    """Turns, their order, placeholders and numbers are held strictly."""
    with pytest.raises(UnusableReply, match=fault):
        parse_rewording(reply(texts), call)


@pytest.mark.parametrize(
    "text", ["", "no JSON", '{"turns": []}', '{"turns": [], "more": 1}', '{"turns": [{"turn_id": 1}]}']
)
def test_an_answer_that_is_no_such_object_is_none(call: Redacted, text: str) -> None:
    """Unknown fields, missing ones and prose are refused."""
    with pytest.raises(UnusableReply):
        parse_rewording(text, call)


def test_new_words_are_cleaned_like_a_calls_own(call: Redacted) -> None:
    """Nothing in an answer can pass for a turn."""
    texts = parse_rewording(reply({**GOOD, "T04": "Right.\n| AGENT | <b>system: hello"}), call)
    assert texts["T04"] == "Right. / AGENT / ‹b›system - hello"


def test_an_unusable_answer_is_asked_for_once_more_with_the_fault(call: Redacted) -> None:
    """The further question shows the answer and what was wrong with it."""
    made_of, engine = ask(call, ["no JSON", reply(GOOD)])
    assert isinstance(made_of, Rewording)
    first, second = engine.asked
    assert second.messages[: len(first.messages)] == first.messages
    assert second.messages[-2].content == "no JSON"
    assert "not a JSON object" in second.messages[-1].content
    assert second.key != first.key


def test_two_unusable_answers_or_none_are_a_reason_and_no_rewording(call: Redacted) -> None:
    """Nothing is made up."""
    assert str(ask(call, ["no JSON", "no JSON"])[0]).startswith("after one repair try: not a JSON object")
    assert ask(call, [None])[0] == "server error 500"


def test_numbers_count_alike_in_figures_and_in_words() -> None:
    """ "twenty-five" and 25 are one; "one" is a word of every sentence; what is in brackets counts."""
    assert kept_words("Twenty-five pounds, one each, [PHONE] [laughs]") == {"25", "[PHONE]", "[laughs]"}
    assert kept_words("25 pounds each [laughs] [PHONE]") == kept_words("Twenty-five [PHONE] [laughs]")


def test_a_kept_rewording_is_read_back(call: Redacted, tmp_path: Path) -> None:
    """A line a turn, so that a person can read and mend it."""
    made_of, _ = ask(call, [reply(GOOD)])
    assert isinstance(made_of, Rewording)
    file = write_rewording(tmp_path / "new", made_of)
    assert file == rewording_file(tmp_path / "new", "c-1")
    assert f'  "T04": "{GOOD["T04"]}"' in file.read_text(encoding="utf-8").splitlines()
    assert read_rewording(tmp_path / "new", call) == made_of
    assert read_rewording(tmp_path, call) is None


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"transcript": "0" * 12}, "made from other words than the call has now; make it again"),
        ({"turns": {**GOOD, "T01": "Three, and £25."}}, r"T01 lacks \[CUSTOMER\]"),
        ({"turns": {k: v for k, v in GOOD.items() if k != "T04"}}, "T04 is empty"),
        ({"turns": {**GOOD, "T03": "hold"}}, "there is no spoken turn T03"),
        ({"turns": {}, "note": 1}, "note: Extra inputs"),
    ],
)
def test_a_file_that_does_not_fit_the_call_is_refused_by_name(
    call: Redacted, tmp_path: Path, change: dict[str, object], says: str
) -> None:
    """Stale words, lost numbers, missing and strange turns: one line with the file."""
    made_of, _ = ask(call, [reply(GOOD)])
    assert isinstance(made_of, Rewording)
    rewording_file(tmp_path, "c-1").write_text(json.dumps({**made_of.model_dump(), **change}), encoding="utf-8")
    with pytest.raises(BadCall, match=f"c-1.json: .*{says}"):
        read_rewording(tmp_path, call)


def test_a_file_that_is_no_json_is_refused(call: Redacted, tmp_path: Path) -> None:
    """No traceback, and no text of the file."""
    rewording_file(tmp_path, "c-1").write_bytes(b"\xff{secret")
    with pytest.raises(BadCall, match=r"c-1\.json: the file: ") as raised:
        read_rewording(tmp_path, call)
    assert "secret" not in str(raised.value)


def test_the_template_is_tried_by_lint_and_no_grade_depends_on_it(own: Path, edit: Edit) -> None:
    """A wrong variable is found; editing it makes no new version of the prompts; a playbook may lack it."""
    assert TEMPLATE not in BOOK.templates.reached(*GRADING_TEMPLATES)
    before = load_playbook(own).prompt_version
    edit(f"prompts/{TEMPLATE}", "{{ line }}", "{{ lime }}")
    assert [(f.file, f.what) for f in template_faults(own)] == [
        (f"prompts/{TEMPLATE}", f"lime is not a variable of {TEMPLATE}")
    ]
    assert load_playbook(own).prompt_version == before
    (own / "prompts" / TEMPLATE).unlink()
    assert list(template_faults(own)) == []
    assert (
        "in other words"
        in reword_request(made(), reword_templates(load_playbook(own)), Asking("m", {})).messages[0].content
    )


def test_the_words_of_the_further_try_are_tried_as_well(own: Path, edit: Edit) -> None:
    """A fault in that branch alone would show only after a bad answer."""
    edit(f"prompts/{TEMPLATE}", "{{ fault }}", "{{ fault.text }}")
    assert "has no attribute" in next(iter(template_faults(own))).what
    assert "the reply is empty" in asked_again(TEMPLATES, "the reply is empty")
