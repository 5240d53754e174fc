"""A contested verdict as its agent reads it: what they said, what a person decided, and the engine's value beside it."""

from __future__ import annotations

from typing import Literal

from coach.grading.critique import Known


class Contest(Known):
    """What an agent put before a person about one verdict, and what that person decided.

    `state` is `upheld` where the person agreed with the agent and gave the `verdict` that now stands, `denied` where
    they kept the engine's (`confirmed` and `dismissed` in older stores, where no verdict changed).  `wanted` is the
    verdict that the agent thinks right, where they named one; `engine_verdict` what the engine said where the decision
    stands in its place; `aside` names what the decision was about where it no longer holds.
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

    @property
    def said(self) -> str:
        """The agent's side, after "contested:"."""
        wanted = f", as {spoken(self.wanted)}" if self.wanted else ""
        return f"contested{wanted}: {self.because}"

    @property
    def outcome(self) -> str:
        """The decision: "upheld as met by Kim: ...", "denied by Kim: ..."; empty while nobody has decided."""
        if self.state == "open":
            return ""
        word = {"confirmed": "agreed", "dismissed": "kept"}.get(self.state, self.state)
        as_what = f" as {spoken(self.verdict)}" if self.verdict else ""
        by = f" by {self.decided_by}" if self.decided_by else ""
        decided = f"{word}{as_what}{by}: {self.reason}" if self.reason else f"{word}{as_what}{by}"
        return f"{decided} ({more})" if (more := self._more()) else decided

    def _more(self) -> str:
        """What stands beside the decision: the engine's verdict, or why the decision no longer holds."""
        grader = grader_of(ai=self.ai)
        if self.aside:
            return f"decided about {self.aside}, so {grader}'s verdict stands"
        return f"{grader} said {spoken(self.engine_verdict)}" if self.engine_verdict else ""


def spoken(verdict: str) -> str:
    """A verdict in words: "not applicable"."""
    return verdict.replace("_", " ")


def grader_of(*, ai: bool) -> str:
    """Whose verdict it was that a person looked at."""
    return "the model" if ai else "the pattern check"
