"""The last item of an agent's first screen: what they may answer, and how to contest, or what became of a contest."""

from __future__ import annotations

from collections.abc import Sequence

from coach.reports.agent_parts import Moment, YourView
from coach.reports.agent_screen import filled
from coach.reports.contested import Contest
from coach.reports.focus import Focus

OPTIONS = ("Agree", "Not fair", "Context missing")


def your_view(focus: Focus | None, moment: Moment | None, command: str, contests: Sequence[Contest] = ()) -> YourView:
    """Three ways to answer, and how to contest; `command` as in `practise`, named without its values where the page
    shows no moment.

    A verdict that waits for a person is not offered to be contested, and one that a person decided not as a new one.
    """
    return YourView(options=OPTIONS, contest=_contest(focus, moment, command, contests))


def _contest(focus: Focus | None, moment: Moment | None, command: str, contests: Sequence[Contest]) -> str:
    check_id = focus.check_id if focus is not None else ""
    here = moment is not None and focus is not None
    known = [c for c in contests if moment is not None and (c.call_id, c.check_id) == (moment.call_id, check_id)]
    if any(c.state == "open" for c in known):
        return "This verdict is contested: it waits for a person to decide."
    decided = bool(known) or bool(moment and moment.decided)
    lead = "A person decided. To contest anew" if decided else "To contest"
    if not command:
        return f"{lead}{':' if decided else ','} name the call and the check to your team lead; a person decides."
    if not here or moment is None:
        bare = command.partition(" {")[0]
        return f"{lead}: {bare}, with the call's id, the check's in brackets beside its verdict, and --because. A person decides."
    values = {"{call_id}": moment.call_id, "{check_id}": check_id, "{turn_id}": ""}
    return f"{lead}: {filled(command, values)}. A person decides."
