"""What the label screen shows, as rows and texts: checks with the verdicts they have, turns, the text of a check, help.

Only this rater's labels go into it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from textual.content import Content

from coach.calibration.label_sheets import HOW, check_text
from coach.calibration.labelling import Place, Sitting
from coach.calibration.labels import Label, LabelVerdict
from coach.calls.transcript import RedactedTurn, Speaker
from coach.cli.label_rows import Row
from coach.reports.safe import one_line

WORDS: dict[LabelVerdict, str] = {
    "met": "met",
    "partial": "partial",
    "missed": "missed",
    "not_applicable": "not applicable",
    "not_observable": "not observable",
}
_SHORT: dict[LabelVerdict, str] = {
    "met": "met",
    "partial": "part",
    "missed": "miss",
    "not_applicable": "n/a",
    "not_observable": "n/o",
}
_SPEAKERS = {Speaker.AGENT: "Agent", Speaker.CUSTOMER: "Cust.", Speaker.SYSTEM: "Sys."}
KEYS = (
    "m met  p partial  x missed  a not applicable  o not observable  c clear\n"
    "space pick turn  n note  u undo  j next open  [ ] call  tab pane  ? help  q quit"
)
NOTHING_JUDGED = "No check has got a verdict in this sitting yet."
# Its lines are wrapped for a file; here the screen wraps.
_HOW = re.sub(r"(?<!\n)\n(?![\n\d]) *", " ", HOW)
HELP = f"""Keys

m met   p partial   x or s missed   a not applicable (n/a)   o not observable (n/o)
c       take the verdict away
space   pick the turn under the cursor, or let it go; picked turns have a *
n       a note on the check
N       a note on the check that got the last verdict, while the next one is at hand already
b       back to the check that got the last verdict, to pick its turns or to change it
u       undo the last change: verdict, turn or note, as often as you like
up, down, page up, page down, home, end   move in the pane that has the thick frame
left, right   the check before, the check after
tab     the next pane: turns, checks, text of the check
[ ]     the call before, the call after
j       the next check without a label, in this call or another
q       quit; every verdict is in your file already

Turns and note may be given before the verdict or after it; before it they are not in the file.
A check marked stale has changed since you graded it, or the call has; one marked twice stands twice in your file.
Both are to be graded again.

{_HOW}
(Escape closes this.)"""


def places(sitting: Sitting) -> tuple[list[int], dict[int, int]]:
    """The row of each check, and the check of each row that is no heading."""
    rows: list[int] = []
    row = 0
    for at, stage in enumerate(sitting.stages):
        row += at == 0 or stage != sitting.stages[at - 1]
        rows.append(row)
        row += 1
    return rows, {row: check for check, row in enumerate(rows)}


def check_rows(sitting: Sitting, checks_of: dict[int, int]) -> list[Row]:
    """The checks of the call by stage, each with the verdict it has."""
    states = sitting.states()
    wide = max(len(check.id) for check in sitting.checks)
    rows: list[Row] = []
    for row in range(max(checks_of) + 1):
        check = checks_of.get(row)
        if check is None:
            rows.append(Row(sitting.stages[checks_of[row + 1]], heading=True))
            continue
        said = sitting.said(Place(sitting.at.call, check))
        state = _SHORT[said.labels[0].verdict] if states[check] == "labelled" else states[check]
        word = "-" if state == "open" else state
        head = f"{sitting.checks[check].id:{wide}} {word:5} "
        rows.append(Row(sitting.checks[check].name, head, indent=wide + 1))
    return rows


def turn_rows(sitting: Sitting) -> list[Row]:
    """The turns of the call, those that are picked for the check at hand with a mark."""
    turns, picked = sitting.call.turns, sitting.said().turns
    timed = any(turn.start is not None for turn in turns)
    marks = {turn.id: "*" if turn.id in picked else " " for turn in turns}
    return [Row(turn.text, _head(turn, timed=timed), len(turn.id) + 2, marks[turn.id]) for turn in turns]


def _head(turn: RedactedTurn, *, timed: bool) -> str:
    at = ""
    if timed:
        at = "      " if turn.start is None else f"{int(turn.start) // 60:02d}:{int(turn.start) % 60:02d} "
    return f"{turn.id} {_SPEAKERS[turn.speaker]:6}{at}"


def kept_text(label: Label, before: Sequence[Label]) -> str:
    """What was kept; where another verdict stood there, which: a key too many does the same."""
    if before and before[0].verdict != label.verdict:
        return f"{label.check_id} was {WORDS[before[0].verdict]}, is {WORDS[label.verdict]} now: kept. u takes it back."
    return f"{label.check_id} {WORDS[label.verdict]}{with_turns(label.turns)}: kept."


def with_turns(turns: tuple[str, ...]) -> str:
    return f" with {' '.join(turns)}" if turns else ""


def about(sitting: Sitting) -> Content:
    """What the rater has said of the check at hand, then the check as graders read it."""
    title, *lines = check_text(sitting.check)
    parts = [Content.styled(one_line(title), "bold"), *(Content.styled(line, "reverse") for line in _yours(sitting))]
    parts += [Content(one_line(line)) for line in lines]
    return Content("\n").join(parts)


def _yours(sitting: Sitting) -> list[str]:
    said, state = sitting.said(), sitting.state()
    verdicts = ", ".join(f"{WORDS[label.verdict]}{with_turns(label.turns)}" for label in said.labels)
    lines = []
    if state == "labelled":
        lines.append(f"Yours: {verdicts}")
    elif state == "twice":
        lines.append(f"Twice in your file: {verdicts}. Grade it again.")
    elif state == "stale":
        lines.append(f"Stale: {sitting.why_stale()}. You said: {verdicts}. Grade it again.")
    if state != "labelled" and said.turns:
        lines.append(f"Picked: {' '.join(said.turns)}")
    if said.note:
        lines.append(f"Note: {one_line(said.note)}")
    return lines
