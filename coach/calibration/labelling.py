"""A sitting: one rater goes through calls check by check, and whatever they say is in their file at once.

Knows no screen: `cli/label_screen.py` draws it.  It reads this rater's file alone and nothing of any model: raters are
blind.  Labels of calls and checks outside the sitting stay in the file as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, NamedTuple

from coach.calibration.labels import (
    LONGEST_NOTE,
    MOST_TURNS,
    Label,
    LabelVerdict,
    check_definition,
    new_label,
    transcript_version,
    why_stale,
)
from coach.calibration.rater_file import RaterFile
from coach.calls.clean import clean_line
from coach.calls.transcript import Redacted
from coach.errors import BadLabels, NotFound
from coach.playbook.rubric import Check, Rubric

State = Literal["open", "labelled", "stale", "twice"]
"""How a check of a call stands.  `stale` and `twice` (two lines in the file) measure nothing: to be graded again."""


@dataclass(frozen=True)
class Said:
    """What a rater has on one check of one call: the labels in the file, and the turns and note picked for it.

    Turns and note go into the label; before there is a verdict they are nowhere but here.
    """

    labels: tuple[Label, ...] = ()
    turns: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Progress:
    """How far a sitting is: the call's place (from 1) among `calls`; labelled of all checks, in the call and in all."""

    call: int
    calls: int
    labelled_here: int
    checks_here: int
    labelled: int
    checks: int


class Place(NamedTuple):
    """A call and a check of a sitting, both counted from 0."""

    call: int
    check: int


class Sitting:
    """One rater before calls and checks; begins at the first check that has no label that counts.

    `only` are the ids of the checks to grade; none: all that are in force.  Raises NotFound where there is no call or
    no such check.
    """

    def __init__(
        self,
        calls: Sequence[Redacted],
        rubric: Rubric,
        file: RaterFile,
        *,
        now: Callable[[], datetime],
        only: Sequence[str] = (),
    ) -> None:
        if not calls:
            raise NotFound("there is no call to label", "name call files, or another week")
        self.calls = tuple(calls)
        self.checks = chosen_checks(rubric, only)
        self.stages = tuple(rubric.stage_of(check.id).name for check in self.checks)
        self.file = file
        self._now = now
        self._versions = [transcript_version(call) for call in self.calls]
        self._definitions = [check_definition(check) for check in self.checks]
        self._said: dict[Place, Said] = {}
        self._steps: list[tuple[Place, Said]] = []
        self.at = Place(0, 0)
        self._labelled = [self._count(call) for call in range(len(self.calls))]
        if self.state() == "labelled":
            self.go_to_open()

    @property
    def call(self) -> Redacted:
        """The call that lies open."""
        return self.calls[self.at.call]

    @property
    def check(self) -> Check:
        """The check at hand."""
        return self.checks[self.at.check]

    def said(self, at: Place | None = None) -> Said:
        """What the rater has on a check of a call; without a place, the one at hand."""
        at = at or self.at
        found = self._said.get(at)
        if found is not None:
            return found
        return self._filed(at, self.file.of((self.calls[at.call].call_id, self.checks[at.check].id)))

    def _filed(self, at: Place, labels: tuple[Label, ...]) -> Said:
        """What labels of the file say here; the turns of another transcript are not these turns."""
        if len(labels) != 1:
            return Said(labels)
        same = labels[0].transcript == self._versions[at.call]
        return Said(labels, labels[0].turns if same else (), labels[0].note)

    def state(self, at: Place | None = None) -> State:
        """How a check of a call stands; without a place, the one at hand."""
        labels = self.said(at).labels
        if not labels:
            return "open"
        if len(labels) > 1:
            return "twice"
        return "stale" if self.why_stale(at) else "labelled"

    def why_stale(self, at: Place | None = None) -> str:
        """What has changed since the check was labelled; empty where nothing has, or where it is not labelled."""
        at = at or self.at
        labels = self.said(at).labels
        return why_stale(labels[0], self._versions[at.call], self._definitions[at.check]) if len(labels) == 1 else ""

    def states(self) -> list[State]:
        """How the checks of the call at hand stand."""
        return [self.state(Place(self.at.call, check)) for check in range(len(self.checks))]

    def _count(self, call: int) -> int:
        return sum(self.state(Place(call, check)) == "labelled" for check in range(len(self.checks)))

    def progress(self) -> Progress:
        """How far this is."""
        calls, checks = len(self.calls), len(self.checks)
        here = self._labelled[self.at.call]
        return Progress(self.at.call + 1, calls, here, checks, sum(self._labelled), checks * calls)

    def unkept(self) -> int:
        """How many checks have turns or a note and no verdict that would keep them."""
        filed = {at: self._filed(at, said.labels) for at, said in self._said.items()}
        return sum((said.turns, said.note) != (filed[at].turns, filed[at].note) for at, said in self._said.items())

    def judge(self, verdict: LabelVerdict) -> Label:
        """Give the check at hand a verdict, with the turns and the note it has; what was there is replaced.

        Raises BadLabels for partial where the check has none, and all that `RaterFile.put` raises; nothing changes then.
        """
        said = self.said()
        label = self._label(verdict, said.turns, said.note)
        if said.labels and said.labels[0].model_copy(update={"at": label.at}) == label and len(said.labels) == 1:
            return said.labels[0]
        self._change(replace(said, labels=(label,)))
        return label

    def _label(self, verdict: LabelVerdict, turns: tuple[str, ...], note: str) -> Label:
        rater = self.file.rater
        return new_label(self.call, self.check, verdict, rater=rater, at=self._now(), turns=turns, note=note)

    def pick(self, turn_id: str) -> bool:
        """Pick a turn of the call for the check at hand, or let it go; true where it is picked now.

        Raises BadLabels for a turn the call lacks and for one too many.
        """
        said = self.said()
        if self.call.turn(turn_id) is None:
            raise BadLabels(f"{self.call.call_id}: there is no turn {turn_id}", "take one of the call")
        wanted = {*said.turns} ^ {turn_id}
        if len(wanted) > MOST_TURNS:
            raise BadLabels(f"a label has {MOST_TURNS} turns at the most", "pick those that decide")
        self._amend(said, tuple(turn.id for turn in self.call.turns if turn.id in wanted), said.note)
        return turn_id in wanted

    def note(self, text: str) -> None:
        """Write the note of the check at hand, one clean line; empty takes it away.  Raises BadLabels for a long one."""
        note = clean_line(text)
        if len(note) > LONGEST_NOTE:
            raise BadLabels(f"a note has {LONGEST_NOTE} characters at the most", "shorten it")
        said = self.said()
        if note != said.note:
            self._amend(said, said.turns, note)

    def _amend(self, said: Said, turns: tuple[str, ...], note: str) -> None:
        labels = said.labels
        if self.state() == "labelled":
            labels = (self._label(labels[0].verdict, turns, note),)
        self._change(Said(labels, turns, note))

    def clear(self) -> bool:
        """Take the verdict of the check at hand away; its turns and note stay.  False where there was none."""
        said = self.said()
        if said.labels:
            self._change(replace(said, labels=()))
        return bool(said.labels)

    def _change(self, said: Said) -> None:
        before = self.said()
        self._put(self.at, said)
        self._steps.append((self.at, before))

    def _put(self, at: Place, said: Said) -> None:
        """The file first: where it cannot be written, nothing has changed."""
        key = (self.calls[at.call].call_id, self.checks[at.check].id)
        if said.labels != self.file.of(key):
            self.file.put({key: said.labels})
        self._said[at] = said
        self._labelled[at.call] = self._count(at.call)

    def undo(self) -> bool:
        """Take the last change back and go to where it was made; false where there is none.  Raises as `put` does."""
        if not self._steps:
            return False
        at, before = self._steps[-1]
        self._put(at, before)
        self._steps.pop()
        self.at = at
        return True

    def go(self, check: int) -> None:
        """Go to a check of the call at hand; past an end, to the end."""
        self.at = self.at._replace(check=min(max(check, 0), len(self.checks) - 1))

    def go_to_call(self, by: int) -> bool:
        """Go so many calls on (or back), to the first check there that is to be graded; false where there is none."""
        call = self.at.call + by
        if not 0 <= call < len(self.calls):
            return False
        self.at = Place(call, 0)
        self.at = Place(call, next((at for at, state in enumerate(self.states()) if state != "labelled"), 0))
        return True

    def go_to_open(self) -> bool:
        """Go to the next check to be graded, in this call, then in the calls after it, then from the beginning.

        False where every check has its label.
        """
        each = len(self.checks)
        total = len(self.calls) * each
        here = self.at.call * each + self.at.check
        for step in range(1, total + 1):
            at = Place(*divmod((here + step) % total, each))
            if self._labelled[at.call] < each and self.state(at) != "labelled":
                self.at = at
                return True
        return False

    def go_on(self) -> bool:
        """After a verdict: to the next check of this call that is to be graded; false where none comes after."""
        states = self.states()
        after = next((at for at in range(self.at.check + 1, len(states)) if states[at] != "labelled"), None)
        if after is not None:
            self.go(after)
        return after is not None


def chosen_checks(rubric: Rubric, only: Sequence[str]) -> tuple[Check, ...]:
    """The checks in force of these ids, in the rubric's order; all where none is named.  Raises NotFound."""
    checks = tuple(rubric.checks())
    unknown = sorted(set(only) - {check.id for check in checks})
    if unknown:
        raise NotFound(f"the playbook has no check {unknown[0]}", f"it has {', '.join(check.id for check in checks)}")
    return tuple(check for check in checks if not only or check.id in only)
