"""A contested verdict as its agent reads it: what they said, what a person decided, and the engine's value beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from coach.grading.critique import Known, Verdict

WORDS: Mapping[str, str] = {
    Verdict.MET: "done",
    Verdict.PARTIAL: "in part",
    Verdict.MISSED: "a chance left open",
    Verdict.UNGRADED: "not graded",
    Verdict.NOT_APPLICABLE: "no chance in this call",
    Verdict.NOT_OBSERVABLE: "not shown by the record",
}
PATTERN_WORDS: Mapping[str, str] = {
    **WORDS,
    Verdict.MET: "wording seen",
    Verdict.PARTIAL: "some wording seen",
    Verdict.MISSED: "wording not found",
    Verdict.UNGRADED: "cannot tell",
}
_EARNS: Mapping[str, float] = {Verdict.MISSED: 0, Verdict.PARTIAL: 1, Verdict.MET: 2}
_UNSCORED = 1.5  # out of the score: better than a partial that counts, worse than a met


class Contest(Known):
    """What was put before a person about one verdict of an agent's, and what that person decided.

    `state` is `upheld` where a person gave the `verdict` that now stands, `denied` where they kept what it was
    (`confirmed` and `dismissed` in older stores, where no verdict changed).  `before` is the verdict that was contested,
    `wanted` the one that whoever contested it (`contested_by`, empty where nobody said) thinks right, where they named
    one; `engine_verdict` what the engine said where the decision stands in its place.  `aside` names what the decision
    was about, `replaced_by` who decided the same anew, where it no longer holds.  `plain` is the check in words.
    """

    call_id: str
    check_id: str
    because: str
    state: Literal["open", "confirmed", "dismissed", "upheld", "denied"]
    decided_by: str = ""
    reason: str = ""
    wanted: str = ""
    verdict: str = ""
    engine_verdict: str = ""
    aside: str = ""
    ai: bool = True
    agent: str = ""
    contested_by: str = ""
    before: str = ""
    replaced_by: str = ""
    decided_at: str = ""
    plain: str = ""

    @property
    def said(self) -> str:
        """What was contested and why; by whom, where that was not the call's agent."""
        other = self.contested_by and self.contested_by.casefold() != self.agent.casefold()
        by = f" by {self.contested_by}" if other else ""
        wanted = f", as “{spoken(self.wanted)}”" if self.wanted else ""
        return f"contested{by}{wanted}: {self.because}"

    @property
    def granted(self) -> bool:
        """True where the verdict that was ruled is the one that was wanted, or a better one where none was named."""
        if self.state != "upheld":
            return False
        if self.wanted or not self.before:
            return self.wanted in ("", self.verdict)
        return _EARNS.get(self.verdict, _UNSCORED) > _EARNS.get(self.before, _UNSCORED)

    @property
    def outcome(self) -> str:
        """The decision: "upheld as “done” by Kim: ...", "denied by Kim, the verdict stays: ..."; or that it waits."""
        if self.state == "open":
            return "it waits for a person to decide"
        by = f" by {self.decided_by}" if self.decided_by else ""
        decided = f"{self._word()}{by}{self._stays()}"
        if self.reason:
            decided = f"{decided}: {self.reason}"
        return f"{decided} ({more})" if (more := self._more()) else decided

    def _word(self) -> str:
        word = {"confirmed": "agreed", "dismissed": "kept"}.get(self.state, self.state)
        if self.state != "upheld" or not self.verdict:
            return word
        return f"upheld as “{spoken(self.verdict)}”" if self.granted else f"changed to “{spoken(self.verdict)}”"

    def _stays(self) -> str:
        return ", the verdict stays" if self.state == "denied" and not self.replaced_by else ""

    def _more(self) -> str:
        """What stands beside the decision: the engine's verdict, or why the decision no longer holds."""
        grader = grader_of(ai=self.ai)
        if self.replaced_by:
            return f"replaced by {self.replaced_by}'s later decision"
        if self.aside:
            return f"decided about {self.aside}, so {grader}'s verdict stands"
        if not self.engine_verdict:
            return ""
        if self.engine_verdict == self.verdict:
            return f"{grader} says so too"
        return f"{grader} said “{spoken(self.engine_verdict, ai=self.ai)}”"


def spoken(verdict: str, *, ai: bool = True) -> str:
    """A verdict in the words of the page; the pattern check has its own."""
    return (WORDS if ai else PATTERN_WORDS).get(verdict, verdict.replace("_", " "))


def grader_of(*, ai: bool) -> str:
    """Whose verdict it was that a person looked at."""
    return "the model" if ai else "the pattern check"
