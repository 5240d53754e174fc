"""The kept trials: a worse prompt, the same prompt asked again, and a proposal, replayed on a real model's replies."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from cli_tools import Ran

from coach.playbook.load import shipped

Coach = Callable[..., Ran]
TRIALS = Path(__file__).resolve().parents[2] / "fixtures" / "trials"


def compared(coach: Coach, side: str, *more: str) -> str:
    """What the shipped playbook compared with a side says, however it was wrapped."""
    ran = coach("trainer", "compare", "shipped", side, "--sample", *more)
    assert ran.code == 0, ran.err
    return " ".join(ran.out.split())


@pytest.fixture
def generous(coach: Coach, here: Path) -> str:
    """The side whose prompts were made lenient."""
    coach("init", ".", "--with-playbook")
    command = ["git", "apply", "--directory=playbook", str(TRIALS / "generous.diff")]
    subprocess.run(command, cwd=here, check=True, capture_output=True)
    (here / "coach.toml").unlink()
    return f"playbook=playbook,replies={TRIALS / 'generous'}"


@pytest.mark.parametrize("part", ["dev", "holdout"])
def test_a_deliberately_worse_prompt_is_never_called_better(coach: Coach, generous: str, part: str) -> None:
    said = compared(coach, generous, "--stage", "all", "--part", part)
    assert "B is worse." in said
    assert "0 were graded by one side alone" in said


def test_a_worse_prompt_fails_the_gate(coach: Coach, generous: str) -> None:
    ran = coach("trainer", "compare", "shipped", generous, "--sample", "--stage", "all", "--fail-on-worse")
    assert ran.code == 3


def test_the_same_prompt_asked_again_cannot_be_told_from_itself(coach: Coach) -> None:
    again = f"sample=1,replies={TRIALS / 'again'}"
    said = compared(coach, again, "--stage", "all")
    assert "Cannot tell whether B is better or worse." in said
    assert "0 of 416 verdicts flip" not in said


def test_a_recorded_proposal_is_shown_as_a_diff(coach: Coach) -> None:
    ran = coach("trainer", "suggest", "RES3", "--sample", "--replies", TRIALS / "choice")
    assert ran.code == 0, ran.err
    assert "From 2 dev cases where people agree and the grader does not:" in ran.out
    assert "+++ b/rubrics/deescalation.yaml" in ran.out
    assert "nothing was changed" in ran.out


@pytest.mark.usefixtures("labels")
def test_labels_of_a_check_whose_text_changed_are_stale_until_people_label_again(coach: Coach) -> None:
    coach("init", ".", "--with-playbook")
    calls = shipped() / "fixtures" / "calls"
    applied = coach(
        "trainer", "suggest", "RES3", calls, "--engine", "recorded", "--replies", TRIALS / "choice", "--apply"
    )
    assert applied.code == 0, applied.err
    assert (
        "37 labels of reader-b not counted, stale"
        in coach("trainer", "agree", calls, "--people", "--stage", "resolve").err
    )
    for rater in ("reader-a", "reader-b"):
        sheet = TRIALS / "choice" / f"{rater}.csv"
        assert "37 changed" in coach("trainer", "label", calls, "--rater", rater, "--import", sheet).out
    assert "not counted" not in coach("trainer", "agree", calls, "--people", "--stage", "resolve").err
