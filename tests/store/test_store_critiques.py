"""Critiques: one an identity, of the newest version of their call."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from store_samples import WEEK, make_call, make_critique

from coach.calls.transcript import Redacted
from coach.errors import NotFound, StoreError
from coach.grading.critique import CallCritique
from coach.store import Scope, Store, matter

ALL = Scope.everyone()


def find(store: Store, call: Redacted, **other: Any) -> CallCritique | None:
    """The critique of the sample identity, or of one that differs in `other`."""
    identity: dict[str, Any] = {"playbook": "p1", "engine": "live", "model": "m", "repeats": 1, "digest": call.digest()}
    return store.critique(ALL, call.call_id, **{**identity, **other})


def spoil(path: Path) -> None:
    """Make every kept critique unreadable."""
    with sqlite3.connect(path) as raw:
        raw.execute("UPDATE critiques SET critique = ?", (b'{"secret words": 1}',))
    raw.close()


def test_a_critique_comes_back_as_it_was_kept(store: Store) -> None:
    """Nothing of a critique is lost."""
    call = make_call()
    store.keep_call(call, WEEK, "x")
    critique = make_critique(call, note="Naïve – 😀")
    store.keep_critique(critique)
    assert find(store, call) == critique
    assert list(store.critiques(ALL)) == [critique]


@pytest.mark.parametrize(
    "other", [{"playbook": "p2"}, {"engine": "patterns"}, {"model": "n"}, {"repeats": 3}, {"digest": "0" * 64}]
)
def test_another_identity_is_another_critique(
    store: Store, keep: Callable[..., Redacted], other: dict[str, Any]
) -> None:
    """A difference in any part of the identity finds nothing."""
    call = keep()
    assert find(store, call) is not None
    assert find(store, call, **other) is None


def test_grading_again_replaces(store: Store, keep: Callable[..., Redacted]) -> None:
    """The newest grading of an identity is the only one."""
    call = keep()
    store.keep_critique(make_critique(call, note="second"))
    assert [critique.findings[0].reasoning for critique in store.critiques(ALL)] == ["second"]


def test_only_the_newest_version_of_a_call_has_critiques(store: Store, keep: Callable[..., Redacted]) -> None:
    """A changed call is ungraded until it is graded again, and so is one changed back."""
    old = keep()
    store.keep_call(make_call(text="Changed."), WEEK, "x")
    assert list(store.critiques(ALL)) == []
    assert find(store, old) is None
    store.keep_call(old, WEEK, "x")
    assert find(store, old) is None
    store.keep_critique(make_critique(old))
    assert find(store, old) is not None


def test_a_late_critique_of_an_old_version_is_not_shown(store: Store, keep: Callable[..., Redacted]) -> None:
    """A critique belongs to the version its digest names."""
    old = keep()
    new = make_call(text="Changed.")
    store.keep_call(new, WEEK, "x")
    store.keep_critique(make_critique(old, note="late"))
    store.keep_critique(make_critique(new, note="new"))
    assert [critique.findings[0].reasoning for critique in store.critiques(ALL)] == ["new"]


def test_a_critique_of_an_unknown_call_is_refused(store: Store, keep: Callable[..., Redacted]) -> None:
    """Without its call a critique could be narrowed by no scope."""
    with pytest.raises(NotFound, match="c-9"):
        store.keep_critique(make_critique(make_call("c-9")))
    keep()
    with pytest.raises(NotFound, match="as it was graded"):
        store.keep_critique(make_critique(make_call(text="Never kept.")))


def test_filters_rule_out_the_rest(store: Store, keep: Callable[..., Redacted]) -> None:
    """Each filter narrows; a call comes once for each identity left."""
    call = keep()
    keep("c-2", agent="omar", week="2026-W46")
    for engine, model, playbook in [("patterns", "m", "p1"), ("live", "n", "p1"), ("live", "m", "p2")]:
        store.keep_critique(make_critique(call, engine=engine, model=model, playbook=playbook))
    assert len(list(store.critiques(ALL))) == 5
    assert len(list(store.critiques(ALL, weeks=["2026-W46"]))) == 1
    assert len(list(store.critiques(ALL, agent="maya"))) == 4
    assert len(list(store.critiques(ALL, agent="maya", engine="live"))) == 3
    assert len(list(store.critiques(ALL, agent="maya", engine="live", model="m"))) == 2
    assert len(list(store.critiques(ALL, agent="maya", engine="live", model="m", playbook="p2"))) == 1
    again = make_critique(call, engine="live", model="m", playbook="p2")
    again = again.model_copy(update={"provenance": again.provenance.model_copy(update={"repeats": 3})})
    store.keep_critique(again)
    assert list(store.critiques(ALL, playbook="p2", repeats=3)) == [again]
    assert len(list(store.critiques(ALL, playbook="p2"))) == 2


def test_critiques_stream_by_the_start_of_their_calls(
    store: Store, keep: Callable[..., Redacted], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The order holds across the pieces in which a stream is read."""
    monkeypatch.setattr(matter, "CHUNK", 2)
    for number, hours in enumerate([3, 1, 2, 5, 4]):
        keep(f"c-{number}", hours=hours)
    assert [critique.call_id for critique in store.critiques(ALL)] == ["c-1", "c-2", "c-0", "c-4", "c-3"]


def test_a_critique_follows_its_call_to_another_week(store: Store, keep: Callable[..., Redacted]) -> None:
    """After a change of time zone a critique is of its call's week, without being graded again."""
    call = keep(week="2026-W46")
    store.keep_call(call, WEEK, "x")
    assert [critique.week for critique in store.critiques(ALL, weeks=[WEEK])] == [WEEK]
    found = find(store, call)
    assert found is not None
    assert found.week == WEEK


def test_an_unreadable_critique_is_graded_again(store: Store, path: Path, keep: Callable[..., Redacted]) -> None:
    """What an older program wrote is as good as none, and is replaced."""
    call = keep()
    spoil(path)
    assert find(store, call) is None
    store.keep_critique(make_critique(call))
    assert find(store, call) is not None


def test_an_unreadable_critique_stops_a_report_without_its_words(
    store: Store, path: Path, keep: Callable[..., Redacted]
) -> None:
    """A report must not silently leave a call out."""
    keep()
    spoil(path)
    with pytest.raises(StoreError, match=r"critique of call c-1 .* grade its week again") as caught:
        list(store.critiques(ALL))
    assert "secret" not in str(caught.value)


def test_links_need_a_kept_call(store: Store, keep: Callable[..., Redacted]) -> None:
    """Keys are linked to calls that are there; twice is once, none is none."""
    with pytest.raises(NotFound, match="c-9"):
        store.link_replies("c-9", ["k1"])
    keep()
    store.link_replies("c-1", [])
    store.link_replies("c-1", ["k1", "k2"])
    store.link_replies("c-1", ["k2", "k3"])
    store.ledger()
    assert store.purge(call_id="c-1").calls == 1
