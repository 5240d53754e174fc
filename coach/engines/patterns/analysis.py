"""One call worked out once: the reading, its heat, its moves, and what the customer gave an opportunity for.

The eight parts of a call are answered from one `Analysis`.  An opportunity is something the customer said that the
agent still had a turn to answer: a last line that nobody could answer changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from coach.engines.exchange import Line
from coach.engines.patterns import heat, moves, questions
from coach.engines.patterns.claims import Quote, quote_hit, quote_start
from coach.engines.patterns.moves import Move
from coach.engines.patterns.particulars import Particulars
from coach.engines.patterns.reading import Reading, Spoken
from coach.engines.patterns.wording import Phrases, Wording

TROUBLE = ("strain", "feeling", "complaint_2", "threat_leave", "hostile_3", "hostile_4", "annoyed_1")


@dataclass(frozen=True)
class Analysis:
    """All that the checks read.  Lists of moves are in the order of the call."""

    reading: Reading
    lexicons: Phrases

    @cached_property
    def told(self) -> Particulars:
        """Who brought which particular."""
        return Particulars(self.reading, self.lexicons)

    @cached_property
    def heat(self) -> dict[int, int]:
        """Heat 0 to 4 of each customer line, by its place in the call."""
        lines = self.reading.customer
        return {line.at: level for line, level in zip(lines, heat.heat_levels(lines), strict=True)}

    @cached_property
    def acks(self) -> list[Move]:
        """Acknowledgements that come after a trouble was told."""
        first = self.trouble
        return (
            []
            if first is None
            else [m for m in moves.acknowledgements(self.reading, self.told) if m.line.at > first.at]
        )

    @cached_property
    def apologies_made(self) -> list[Move]:
        """All the agent's apologies, called for or not."""
        return moves.apologies(self.reading, self.told)

    @cached_property
    def apologies(self) -> list[Move]:
        """Apologies that come after a trouble was told."""
        first = self.trouble
        return [] if first is None else [move for move in self.apologies_made if move.line.at > first.at]

    @cached_property
    def commitments(self) -> list[Move]:
        """What the agent, or somebody named only as we or they, binds itself to."""
        return moves.commitments(self.reading)

    @cached_property
    def fixes(self) -> list[Move]:
        """Where a fix, a policy or an explanation is opened."""
        whole = [move for move in self.commitments if move.full]
        return sorted([*moves.fixes(self.reading), *whole], key=lambda move: move.order)

    @cached_property
    def contradictions(self) -> list[Move]:
        """Where the agent sets the customer's number right."""
        return questions.contradictions(self.reading)

    @cached_property
    def holds(self) -> list[Spoken]:
        """The system's lines that mark a hold."""
        return [
            line for line in self.reading.lines if line.speaker == "system" and any(w.key == "hold" for w in line.words)
        ]

    @cached_property
    def trouble(self) -> Spoken | None:
        """The first answered customer line that tells of a failure, a strain or a feeling."""
        return next((line for line in self.reading.answered if self._troubled(line)), None)

    def _troubled(self, line: Spoken) -> bool:
        return bool(line.found(*TROUBLE)) or self.heat[line.at] >= 2

    @property
    def calm(self) -> bool:
        """True where no answered customer line shows any heat."""
        return all(self.heat[line.at] == 0 for line in self.reading.answered)

    def trouble_quote(self) -> Quote | None:
        """The customer's words for their trouble."""
        line = self.trouble
        if line is None:
            return None
        hits = line.found(*TROUBLE)
        return quote_hit(line, hits[0]) if hits else quote_start(line)

    def account_quote(self) -> Quote | None:
        """The beginning of the customer's account, else of their first answered line."""
        lines = self.reading.account or self.reading.answered
        return quote_start(lines[0]) if lines else None


def analyse(lines: tuple[Line, ...], channel: str, lexicons: Phrases, wording: Wording) -> Analysis:
    """Read a call's lines with compiled lexicons."""
    return Analysis(Reading(tuple(Spoken(at, line, wording) for at, line in enumerate(lines)), channel), lexicons)
