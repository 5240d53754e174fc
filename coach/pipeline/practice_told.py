"""What practice adds to agents' pages: scenes from their own moments, how practice went, what colleagues shared.

Joins practice's cards and the store's rows into the values of a page.  Nothing here grades, and nothing of it enters
a score, a trend or a digest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from coach.calls.transcript import Redacted
from coach.grading.critique import CallCritique, Finding
from coach.grading.grade import Grading
from coach.pipeline.exemplars import Held, exemplars_of, held_moments
from coach.pipeline.peer import start_of
from coach.practice.card import Card, invented_card
from coach.practice.cast import Cast, load_cast
from coach.practice.deal import card_of, deal, one_a_line
from coach.reports.agent import MOST_ROLE_PLAYS
from coach.reports.agent_practice import Colleagues, Practised, RolePlay, practised
from coach.reports.exemplars import Exemplars, anchor_of
from coach.reports.focus import Focus
from coach.reports.line import Line, shortened
from coach.store import Scope, Store

DONE = "done"
PLAIN = "plain"  # the persona of an invented scene
EXEMPLARS = "exemplars"  # the page's file name, beside the folders of the weeks
START_WORDS = 30
SLIPPED_WORDS = 25


class PracticeTold:
    """Practice as pages tell it, from one store and one way of grading.

    The cast and the shared moments are read once, when they are first needed.
    """

    def __init__(self, store: Store, grading: Grading) -> None:
        self._store = store
        self._grading = grading

    @cached_property
    def _cast(self) -> Cast:
        return load_cast(self._grading.playbook.folder)

    @cached_property
    def _held(self) -> list[Held]:
        return held_moments(self._store, self._grading)

    def exemplars(self) -> Exemplars | None:
        """Everything that is shared; None where that is nothing."""
        return exemplars_of(self._held, self._grading)

    def role_plays(
        self,
        agent: str,
        week: str,
        focus: Focus | None,
        moment: tuple[CallCritique, Finding] | None,
        history: Sequence[CallCritique],
        calls: Mapping[str, Redacted],
    ) -> tuple[RolePlay, ...]:
        """The scenes to offer: the page's own moment first, then the week's others.

        A focus without a moment this week is rehearsed at an earlier one, as far back as `calls` reach, else in an
        invented scene; one stands at the end, too, where there are few.
        """
        check_id = focus.check_id if focus else ""
        own = self._card(moment, calls)
        cards = [*([own] if own else []), *self._dealt(agent, [c for c in history if c.week == week], calls, check_id)]
        if check_id and not any(card.check_id == check_id for card in cards):
            earlier = self._dealt(agent, history, calls, check_id)
            found = next((card for card in earlier if card.check_id == check_id), None)
            cards.insert(0, found or self._invented(check_id))
        cards = one_a_line(cards)
        if check_id and len(cards) < MOST_ROLE_PLAYS:
            cards = one_a_line([*cards, self._invented(check_id)])
        return tuple(_role_play(agent, card) for card in cards[:MOST_ROLE_PLAYS])

    def _dealt(
        self, agent: str, critiques: Sequence[CallCritique], calls: Mapping[str, Redacted], first: str
    ) -> list[Card]:
        book = self._grading.playbook
        return deal(agent, critiques, calls, book.rubric, book.lexicons, self._cast, first=first, most=MOST_ROLE_PLAYS)

    def _card(self, moment: tuple[CallCritique, Finding] | None, calls: Mapping[str, Redacted]) -> Card | None:
        if moment is None or moment[0].call_id not in calls:
            return None
        critique, finding = moment
        book = self._grading.playbook
        return card_of(critique, finding.check_id, calls[critique.call_id], book.rubric, book.lexicons, self._cast)

    def _invented(self, check_id: str) -> Card:
        ids = [persona.id for persona in self._cast.personas]
        persona = PLAIN if PLAIN in ids else ids[0]
        return invented_card(self._cast, persona, check_id=check_id, rubric=self._grading.playbook.rubric)

    def practised(self, agent: str, focus: Focus | None) -> Practised | None:
        """How the agent's finished sessions on the focus went; None without any."""
        if focus is None:
            return None
        scope = Scope.of_agent(agent)
        rows = self._store.sessions(scope, agent=agent, state=DONE, check_id=focus.check_id)
        return practised([row.result for row in rows if row.result])

    def colleagues(self, agent: str, focus: Focus | None, *, linked: bool) -> Colleagues | None:
        """Where others shared how they made the focus's move; with a link only on a page among `linked` pages."""
        if focus is None:
            return None
        moments = sum(held.agent != agent and held.check_id == focus.check_id for held in self._held)
        if not moments:
            return None
        return Colleagues(
            moments=moments,
            href=f"../../{EXEMPLARS}" if linked else "",
            anchor=anchor_of(focus.check_id),
            command=f"coach practice exemplars --check {focus.check_id}",
        )


def play_command(agent: str, card: Card) -> str:
    """The command that plays a card alone."""
    return f"coach practice play {agent} {_options(card)}"


def peer_command(agent: str, card: Card) -> str:
    """The command that prints a card for two colleagues."""
    return f"coach practice peer {agent} {_options(card)} --format html --to peer.html"


def _options(card: Card) -> str:
    if card.call_id:
        return f"--card {card.id}"
    scene = "" if card.scene.id == card.persona.scene else f" --scene {card.scene.id}"
    check = f" --check {card.check_id}" if card.check_id else ""
    return f"--persona {card.persona.id}{scene}{check}"


def _role_play(agent: str, card: Card) -> RolePlay:
    start, slipped = start_of(card), card.slipped
    return RolePlay(
        title=card.title,
        why=card.why,
        start=start.model_copy(update={"text": shortened(start.text, START_WORDS)}),
        slipped=None
        if slipped is None
        else Line(turn_id=slipped.turn_id, speaker=slipped.speaker, text=shortened(slipped.text, SLIPPED_WORDS)),
        better=card.success.words if card.success else "",
        command=play_command(agent, card),
        peer_command=peer_command(agent, card),
        own=bool(card.call_id),
    )
