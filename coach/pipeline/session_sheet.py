"""A practice session on paper: what was said and the feedback, from the kept record to the page's values."""

from __future__ import annotations

from coach.pipeline.rehearse import Record
from coach.practice.feedback import Feedback
from coach.practice.moods import ENDINGS, GOAL_WORDS, PLAIN, VERDICT_WORDS, again_command
from coach.practice.session import Session
from coach.reports.formats import practice_html, practice_markdown
from coach.reports.line import Line
from coach.reports.practice_session import PlayedCheck, PlayedLine, SessionSheet

__all__ = ["session_html", "session_markdown", "session_sheet"]


def session_html(record: Record, number: int, made_at: str) -> str:
    """A session as an HTML page; `made_at` is printed as it is."""
    return practice_html.session_html(session_sheet(record, number), made_at)


def session_markdown(record: Record, number: int) -> str:
    """A session as Markdown."""
    return practice_markdown.session_markdown(session_sheet(record, number))


def session_sheet(record: Record, number: int) -> SessionSheet:
    """The session's values; `number` is its number in the store."""
    session = record.session
    card = session.card
    feedback = {} if record.feedback is None else _feedback(record.feedback, number)
    return SessionSheet(
        number=number,
        agent=session.agent,
        title=card.title,
        situation=card.scene.situation,
        goal=card.success.words if card.success else "",
        level=session.level,
        opening=Line(turn_id="", speaker="customer", text=card.opening),
        anger=session.opening.anger,
        lines=_lines(session),
        ending=ENDINGS[session.ended],
        went_back=len(session.left),
        notes=session.notes,
        **feedback,
    )


def _lines(session: Session) -> tuple[PlayedLine, ...]:
    return tuple(
        PlayedLine(
            number=number,
            said=Line(turn_id=str(number), speaker="agent", text=exchange.agent),
            moves=tuple(PLAIN[made.move] for made in exchange.moves),
            anger=exchange.state.anger,
            answer=Line(turn_id="", speaker="customer", text=exchange.customer.text),
            hint=exchange.hint,
        )
        for number, exchange in enumerate(session.exchanges, 1)
    )


def _feedback(feedback: Feedback, number: int) -> dict[str, object]:
    return {
        "result": feedback.result,
        "goal_met": GOAL_WORDS[feedback.goal_met],
        "strength": feedback.strength.words,
        "strength_quote": feedback.strength.quote,
        "one_thing": feedback.one_thing.words,
        "one_thing_quote": feedback.one_thing.quote,
        "raised": tuple(f"Your line {one.line}. {one.words} “{one.quote}”" for one in feedback.raised),
        "checks": tuple(
            PlayedCheck(check_id=c.check_id, plain=c.plain, verdict=VERDICT_WORDS[c.verdict.value], quote=c.quote)
            for c in feedback.checks
        ),
        "disagreements": feedback.disagreements,
        "graded_by": feedback.graded_by,
        "again": again_command(number, feedback.again_from),
    }
