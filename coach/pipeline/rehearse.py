"""Practice end to end: an agent's own cards, a session that is saved after every line, and the grading at its end.

Joins rooms that do not know each other (store and practice).  A session is graded like any call and kept apart from
calls: nothing of it enters a score.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from coach.calls.transcript import Redacted
from coach.calls.weeks import week_of, weeks_before
from coach.errors import BadSettings, EngineDown, NotFound, StoreError
from coach.grading.critique import CallCritique, Known
from coach.grading.grade import Grading, grade_call
from coach.pipeline.graded import critiques_of, focuses_of
from coach.playbook.load import Playbook
from coach.practice.as_call import graded_call
from coach.practice.asking import Model
from coach.practice.card import Card
from coach.practice.cast import Cast
from coach.practice.customer import State
from coach.practice.deal import MOST_CARDS, card_of, deal, one_a_line
from coach.practice.ears import PatternEars
from coach.practice.feedback import Feedback, feedback_of
from coach.practice.hints import hint_for
from coach.practice.model_ears import ModelEars
from coach.practice.model_voice import ModelVoice
from coach.practice.moves import Phrasebook
from coach.practice.playing import answer, begin, note, rewind, with_hint, with_note
from coach.practice.session import Ears, Session, Voice
from coach.practice.staircase import level_after
from coach.practice.template_voice import TemplateVoice
from coach.store import PracticeRow, Scope, Store

CARD_WEEKS = 4
UNREACHED = "The model could not be reached at the end: the pattern check graded this session."
ERASED = "The call behind this scene was erased from the store: the session goes on and is not kept."
DONE, OPEN = "done", "open"


class Record(Known):
    """What is kept of a session: the session, and once it was graded its critique and feedback."""

    session: Session
    critique: CallCritique | None = None
    feedback: Feedback | None = None


@dataclass
class Sitting:
    """A session being played: its number in the store (0 where it is kept no more) and where it stands.

    `kept` is the session as it was last written or read.
    """

    id: int
    session: Session
    kept: bytes


class Cards:
    """Deals an agent's cards from what was graded last; `grading` says which critiques those are."""

    def __init__(self, store: Store, grading: Grading, cast: Cast) -> None:
        self._store = store
        self._grading = grading
        self._cast = cast

    def of(self, agent: str, week: str | None = None) -> list[Card]:
        """The agent's cards of the week (their newest without one), then of the three before it; the focus's first.

        At most five, the first of them those of the agent's page.  Raises NotFound for an agent who has no calls.
        """
        scope = Scope.of_agent(agent)
        weeks = self._store.weeks(scope)
        if not weeks:
            known = ", ".join(self._store.agents(Scope.everyone())[:12]) or "none yet"
            raise NotFound(f"no agent {agent!r} in the store", f"agents: {known}")
        week = week or weeks[-1]
        window = weeks_before(week, CARD_WEEKS)
        calls = {call.call_id: call for call in self._store.calls(scope, weeks=window)}
        critiques, focus = list(critiques_of(self._store, self._grading, scope, window)), self._focus(scope)
        book = self._grading.playbook
        this, earlier = (
            deal(agent, some, calls, book.rubric, book.lexicons, self._cast, first=focus)
            for some in ([c for c in critiques if c.week == week], [c for c in critiques if c.week != week])
        )
        if focus and all(card.check_id != focus for card in this):
            this = [*[card for card in earlier if card.check_id == focus][:1], *this]
        return one_a_line([*this, *earlier])[:MOST_CARDS]

    def named(self, agent: str, card_id: str) -> Card:
        """The card `CALL/CHECK` of the agent's own call.

        Raises BadSettings for a name of another form, NotFound where the store has no such call of theirs (it may have
        been erased) or nothing slipped there.
        """
        call_id, slash, check_id = card_id.partition("/")
        if not slash or not check_id:
            raise BadSettings(f"{card_id!r} names no card", "write CALL/CHECK, as `coach practice cards` does")
        scope = Scope.of_agent(agent)
        call = self._store.call(scope, call_id)
        if call is None:
            raise NotFound(
                f"no call {call_id!r} of {agent} in the store",
                "name the agent whose call it is; `coach practice cards AGENT` lists what there is",
            )
        book = self._grading.playbook
        critiques = critiques_of(self._store, self._grading, scope, self._store.weeks(scope))
        critique = next((c for c in critiques if c.call_id == call_id), None)
        card = None
        if critique is not None:
            card = card_of(critique, check_id.upper(), call, book.rubric, book.lexicons, self._cast)
        if card is None:
            raise NotFound(f"nothing to rehearse at {card_id}", "see `coach practice cards` for what there is")
        return card

    def _focus(self, scope: Scope) -> str:
        kept = focuses_of(self._store, self._grading, scope)
        return kept[-1].check_id if kept else ""


class Rehearsal:
    """Plays sessions: who listens and speaks, who grades, and where it is kept.

    Without a model, wording is read and template lines are spoken.  `wording` grades where `grading`'s engine cannot be
    reached, so that no session ends without feedback.
    """

    def __init__(
        self,
        store: Store,
        playbook: Playbook,
        cast: Cast,
        grading: Grading,
        wording: Grading,
        zone: ZoneInfo,
        model: Model | None = None,
    ) -> None:
        self._store = store
        self._playbook = playbook
        self._cast = cast
        self._grading = grading
        self._wording = wording
        self._zone = zone
        self._model = model
        self._phrasebooks: dict[tuple[str, ...], Phrasebook] = {}

    def level(self, agent: str) -> int:
        """The difficulty that the agent's finished sessions lead to."""
        return level_after(row.result for row in self._store.sessions(Scope.of_agent(agent), state=DONE))

    def start(
        self,
        card: Card,
        agent: str,
        now: datetime,
        *,
        team: str = "",
        level: int | None = None,
        test_mode: bool = False,
    ) -> Sitting:
        """Begin a session and keep it; `team` is for a scene that stands on no call."""
        call = self._store.call(Scope.of_agent(agent), card.call_id) if card.call_id else None
        played = len(self._store.sessions(Scope.of_agent(agent)))
        session = begin(
            card,
            agent,
            now,
            team=team if call is None else call.team,
            level=level or self.level(agent),
            test_mode=test_mode,
            seed=played,
        )
        return self._kept(session)

    def again(
        self, session: Session, now: datetime, *, start: int = 1, level: int | None = None, test_mode: bool = False
    ) -> Sitting:
        """A second go at a session's scene from the agent's line `start` on, kept as a session of its own.

        Another level starts with another anger: it goes with a second go from the start alone (else BadSettings).
        """
        level = level or session.level
        if start > 1 and level != session.level:
            raise BadSettings("another level goes with a second go from the start", "leave out --from, or --level")
        before = rewind(session, start) if session.exchanges or start > 1 else session
        fresh = {"started_at": now, "notes": (), "left": (), "ended": "", "test_mode": test_mode, "level": level}
        if level != session.level:
            fresh["opening"] = State(anger=session.card.anger(level))
        return self._kept(before.model_copy(update=fresh))

    def _kept(self, session: Session) -> Sitting:
        row = PracticeRow(
            id=0,
            agent=session.agent,
            team=session.team,
            call_id=session.card.call_id,
            check_id=session.card.check_id,
            persona=session.card.persona.id,
            state=OPEN,
            result="",
            level=session.level,
            started_at=session.started_at,
            session=_written(Record(session=session)),
        )
        return Sitting(self._store.begin_session(row), session, row.session)

    def save(self, sitting: Sitting) -> None:
        """Keep where the session stands; where its call was erased meanwhile it goes on and says so.

        Raises StoreBusy where somebody else went on with it.
        """
        self._write(sitting, _written(Record(session=sitting.session)))

    def _write(self, sitting: Sitting, record: bytes, *, state: str = OPEN, result: str = "") -> None:
        if not sitting.id:
            return
        if self._store.save_session(sitting.id, record, before=sitting.kept, state=state, result=result):
            sitting.kept = record
        else:
            sitting.id = 0
            sitting.session = with_note(sitting.session, ERASED)

    async def say(self, sitting: Sitting, text: str) -> None:
        """One line of the agent's and the customer's answer; the line is on the disk before anybody answers it.

        Raises BadSettings for a line without words, and where the session is over.
        """
        sitting.session = note(sitting.session, text)
        self.save(sitting)
        await self.catch_up(sitting)

    async def catch_up(self, sitting: Sitting) -> None:
        """Answer a line that was said before a crash; nothing where none waits."""
        if not sitting.session.pending:
            return
        ears, voice = self._heard_by(sitting.session)
        session = await answer(sitting.session, ears, voice)
        if self._model and self._model.lost:
            session = with_note(session, f"From here on the customer speaks template lines: {self._model.lost}.")
        sitting.session = with_hint(session, hint_for(session, self._playbook.rubric))
        self.save(sitting)

    def _heard_by(self, session: Session) -> tuple[Ears, Voice]:
        book = self._playbook
        beyond = session.card.scene.beyond
        if beyond not in self._phrasebooks:
            self._phrasebooks[beyond] = Phrasebook(book.lexicons, book.folder, beyond)
        phrasebook = self._phrasebooks[beyond]
        behind = PatternEars(phrasebook)
        if self._model is None:
            return behind, TemplateVoice()
        voice = ModelVoice(self._model, book.templates, phrasebook, self._cast.never_say)
        return ModelEars(self._model, book.templates, behind), voice

    async def finish(self, sitting: Sitting) -> Feedback | None:
        """Grade the session, keep it as done and give the feedback; None where nothing was said in it."""
        session = sitting.session
        if not session.exchanges:
            return None
        call = graded_call(session, f"practice-{sitting.id or 'unkept'}")
        critique = await self._graded(call)
        if critique.provenance.engine != self._grading.engine.name:
            sitting.session = session = with_note(session, UNREACHED)
        feedback = feedback_of(session, critique, call, self._playbook.rubric)
        done = {row.id: row.result for row in self._store.sessions(Scope.of_agent(session.agent), state=DONE)}
        done[sitting.id] = feedback.result
        feedback = feedback.model_copy(update={"next_level": level_after(done[number] for number in sorted(done))})
        record = Record(session=session, critique=critique, feedback=feedback)
        self._write(sitting, _written(record), state=DONE, result=feedback.result)
        return feedback

    async def _graded(self, call: Redacted) -> CallCritique:
        """The critique of a session; the pattern check's where the grader gave no answer at all."""
        week = week_of(call.started_at, self._zone)
        if self._model and self._model.lost:
            return await grade_call(call, week, self._wording)
        try:
            critique = await grade_call(call, week, self._grading)
        except EngineDown:
            return await grade_call(call, week, self._wording)
        silent = len(critique.ungraded) >= len(self._grading.parts())
        return await grade_call(call, week, self._wording) if silent else critique


def record_of(row: PracticeRow) -> Record:
    """A kept session.  Raises StoreError for one that an older program wrote in a form that cannot be read."""
    try:
        return Record.model_validate_json(row.session)
    except ValidationError:
        # The error's own text holds the session's words.
        raise StoreError(f"practice session {row.id} cannot be read", "start another") from None


def kept_session(store: Store, agent: str | None, session_id: int | None) -> PracticeRow:
    """The session of that number, else the agent's newest that can be resumed.  Raises NotFound where there is none."""
    scope = Scope.of_agent(agent) if agent else Scope.everyone()
    if session_id is not None:
        row = store.session(scope, session_id)
        if row is None:
            raise NotFound(
                f"no practice session {session_id}{f' of {agent}' if agent else ''} in the store",
                "see `coach practice sessions`; one whose call was erased is gone with it",
            )
        return row
    rows = store.sessions(scope, state=OPEN)
    if not rows:
        whose = f" of {agent}" if agent else ""
        raise NotFound(
            f"no session{whose} waits to be resumed", "name who plays, as in `coach practice play AGENT --resume`"
        )
    return rows[-1]


def _written(record: Record) -> bytes:
    return record.model_dump_json().encode()
