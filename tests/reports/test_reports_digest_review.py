"""Which calls the digest asks a person to look at."""

from __future__ import annotations

import digest_made as made

from coach.reports.team_review import proven_share, review_picks


def sound(call_id: str, doubtful: int = 0, **changes: object) -> object:
    """A call with all checks met, `doubtful` of them ungraded."""
    checks = list(made.rubric().checks())
    findings = [made.finding(c.id, "ungraded" if i < doubtful else "met") for i, c in enumerate(checks)]
    return made.critique(call_id, findings=tuple(findings), **changes)


def picked(critiques: list, kind: str) -> list[str]:
    """The calls picked for one reason."""
    return [item.call_id for item in review_picks(critiques, made.rubric()) if item.kind == kind]


def test_the_least_proven_tenth_is_picked() -> None:
    """Twenty calls give two: those with the fewest sound checks."""
    week = [sound(f"c-{i:02d}", doubtful=i % 7) for i in range(20)]
    assert picked(week, "low_confidence") == ["c-13", "c-06"]


def test_a_sound_week_has_no_doubtful_call() -> None:
    """Where every check rests on exact quotes nothing is called doubtful; nor without a model."""
    assert picked([sound(f"c-{i}") for i in range(20)], "low_confidence") == []
    assert picked([sound("c-1", 20, provenance=made.PATTERNS)], "low_confidence") == []


def test_the_random_twentieth_is_the_same_every_time() -> None:
    """Chosen by the call's id alone: order and grades do not matter, and small weeks give one."""
    week = [sound(f"c-{i:02d}") for i in range(40)]
    drawn = picked(week, "random")
    assert len(drawn) == 2
    assert picked(list(reversed(week)), "random") == drawn
    assert len(picked(week[:3], "random")) == 1


def test_close_quotes_and_shaky_checks_lower_the_share() -> None:
    """A check counts as sound only if it is graded, stable and rests on exact quotes."""
    findings = (
        made.finding("ACK1"),
        made.finding("RES1", evidence=(made.said(match="close"),)),
        made.finding("LIS2", unstable=True),
        made.finding("CLO1", "ungraded"),
    )
    assert proven_share(made.critique(findings=findings, close_quotes=1), 4) == 0.25
    assert proven_share(made.critique(findings=findings), 0) == 0.0


def test_a_list_is_bounded_and_its_count_is_not() -> None:
    """Of 1,200 doubtful calls 120 are due, and fifty are listed."""
    digest = made.digest([sound(f"c-{i:04d}", doubtful=1) for i in range(1200)])
    kinds = {k.kind: k for k in digest.reviews}
    assert (kinds["low_confidence"].due, len(kinds["low_confidence"].items)) == (120, 50)
    assert (kinds["random"].due, len(kinds["random"].items)) == (60, 50)


def test_nothing_to_review_is_an_empty_queue() -> None:
    """No calls, no picks."""
    assert review_picks([], made.rubric()) == ()
    assert made.digest().reviews == ()
