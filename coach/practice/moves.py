"""What a line of the agent's does, seen from its wording: the classifier of practice without a model.

It stands on the pattern engine and finds wording; it does not judge meaning.  Every move carries the words it was seen
in.  What a move does to the customer is decided in `customer.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from coach.calls.instruct import gives_orders
from coach.engines.exchange import Line
from coach.engines.patterns import moves as seen
from coach.engines.patterns import questions
from coach.engines.patterns.analysis import Analysis, analyse
from coach.engines.patterns.grammar import EVERYDAY
from coach.engines.patterns.particulars import may_be_content, numbers_in, stem
from coach.engines.patterns.reading import Spoken
from coach.engines.patterns.wording import Wording, words_of
from coach.grading.critique import Known
from coach.playbook.load import read_part
from coach.practice.cast import practice_folder
from coach.practice.words import HEARING, Move

READ_LINES = 60  # of the talk so far; a particular told longer ago than that is not looked up
LEAST_WORDS = 2  # a shorter line ("Okay.") does nothing
LEAST_ACT = 2  # words after "I'll open a": what, and for whom or where
QUOTE_CHARS = 280
ENOUGH_GIVEN_BACK = 3
MANY_APOLOGIES = 2  # after so many, another one is too many


# The pattern engine takes an agent's first line for a greeting; here the customer speaks first.
_GREETING = Line("T00", "agent", "Hello.", None, None)


class Made(Known):
    """A move and the words that show it, verbatim from the line."""

    move: Move
    quote: str


class _Lists(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    lists: dict[str, tuple[str, ...]]


class Phrasebook:
    """The playbook's word lists and practice's own, compiled once for a session.

    `beyond` are phrases of the scene that promise what the agent may not grant.  Raises BadPlaybook for a broken file.
    """

    def __init__(self, lexicons: Mapping[str, tuple[str, ...]], folder: Path, beyond: Sequence[str] = ()) -> None:
        own = read_part(practice_folder(folder) / "moves.yaml", _Lists, wrap="lists").lists
        self.phrases = {**lexicons, **{f"practice_{name}": found for name, found in own.items()}}
        self.phrases["practice_beyond"] = tuple(beyond)
        self._wording = Wording(self.phrases)

    def read(self, lines: Sequence[Line]) -> Analysis:
        """The talk so far, read by the pattern engine's eyes."""
        return analyse((_GREETING, *lines[-READ_LINES:]), "phone", self.phrases, self._wording)

    def spoken(self, text: str) -> Spoken:
        """One line of the customer's, with the phrases found in it."""
        return Spoken(0, Line("T01", "customer", text, None, None), self._wording)

    def takes_back(self, text: str) -> bool:
        """Whether a line sets an earlier promise right."""
        return "practice_take_back" in self._wording.hits(words_of(text))


class Heard(Known):
    """What a line is heard against: the hearing moves made before it, and how many apologies."""

    moves: tuple[Move, ...] = ()
    apologies: int = 0
    owned: bool = False


def moves_in(lines: Sequence[Line], phrasebook: Phrasebook, before: Heard) -> tuple[Made, ...]:
    """The moves of the last line, each once, in the order of `Move`; empty where wording shows none.

    `lines` is the talk so far and ends with the agent's new line.
    """
    text = lines[-1].text
    if gives_orders(text):
        return (Made(move=Move.OFF_SCRIPT, quote=text[:200]),)
    call = phrasebook.read(lines)
    line = call.reading.lines[-1]
    if len(line.words) < LEAST_WORDS:
        return ()
    found: dict[Move, str] = {}
    for move, quote in (
        *_hearing(call, line),
        *_apologising(call, line, before),
        *_harm(call, line),
        *_solving(call, line, before),
    ):
        found.setdefault(move, quote)
    _settle(found)
    return tuple(Made(move=move, quote=found[move]) for move in Move if move in found)


Seen = Iterator[tuple[Move, str]]


def _of(line: Spoken, made: Sequence[seen.Move]) -> list[seen.Move]:
    return [one for one in made if one.line.at == line.at]


def _phrase(line: Spoken, *lexicons: str) -> str:
    """The sentence of the first guarded phrase of these lists; empty where there is none."""
    hits = line.found(*lexicons)
    return line.around(*line.place(hits[0])) if hits else ""


def _raw_phrase(line: Spoken, lexicon: str) -> str:
    """The same without the guard against denials, for phrases that hold one ("nothing I can do")."""
    hits = [hit for hit in line.raw(lexicon) if line.said(hit)]
    return line.around(*line.place(hits[0])) if hits else ""


def _hearing(call: Analysis, line: Spoken) -> Seen:
    acks = _of(line, seen.acknowledgements(call.reading, call.told))
    taken = _particulars(call, line)
    for ack in acks:
        yield (Move.SPECIFIC_ACK if ack.full or taken else Move.SCRIPTED_EMPATHY), ack.quote
    if taken and not _of(line, questions.contradictions(call.reading)):
        yield Move.SPECIFIC_ACK, taken
    stock = _phrase(line, "stock_phrase", "slogan")
    if stock and not taken:
        yield Move.SCRIPTED_EMPATHY, stock
    for asked in _of(line, questions.open_questions(call.reading)):
        yield Move.OPEN_QUESTION, asked.quote
    for summed in _of(line, questions.recaps(call.reading, call.told)):
        yield Move.SUMMARY_CONFIRM, summed.quote
    if line.raw("practice_summary") and _given_back(call, line) >= ENOUGH_GIVEN_BACK:
        yield Move.SUMMARY_CONFIRM, line.text[:QUOTE_CHARS]


def _given_back(call: Analysis, line: Spoken) -> int:
    """How many of the customer's content words, figures and days the line holds, whoever said them since."""
    told = {key for one in call.reading.customer if one.at < line.at for key in _content(one)}
    return len(told & _content(line))


def _content(line: Spoken) -> set[str]:
    return content_of(line.text) | set(numbers_in(line).values())


def content_of(text: str) -> set[str]:
    """The words of a text that say something of the matter, without their endings and without everyday ones."""
    return {stem(word.key) for word in words_of(text) if may_be_content(word.key) and word.key not in EVERYDAY}


def _particulars(call: Analysis, line: Spoken) -> str:
    """The sentence that gives back one strong particular or two others; a question or a fix gives nothing back."""
    fixing = {
        line.sentences.index(one.start)
        for one in _of(line, [*seen.commitments(call.reading), *seen.fixes(call.reading)])
    }
    for number in range(len(line.sentences)):
        if line.asks(number) or number in fixing:
            continue
        taken = call.told.taken_in(line, *line.sentences.span(number))
        if any(one.strong for one in taken) or len(taken) > 1:
            return line.sentence_text(number)
    return ""


def _apologising(call: Analysis, line: Spoken, before: Heard) -> Seen:
    for count, sorry in enumerate(_of(line, seen.apologies(call.reading, call.told)), before.apologies):
        if count >= MANY_APOLOGIES:
            yield Move.OVER_APOLOGY, sorry.quote
        elif not seen.is_generic(sorry) and (sorry.full or _says_more(call, sorry)):
            yield Move.APOLOGY_SPECIFIC, sorry.quote
        else:
            yield Move.STOCK_APOLOGY, sorry.quote


def _says_more(call: Analysis, sorry: seen.Move) -> bool:
    """True where the apology's own sentence takes up something the customer told."""
    line = sorry.line
    return bool(call.told.taken_in(line, *line.sentences.span(line.sentences.index(sorry.start))))


def _harm(call: Analysis, line: Spoken) -> Seen:
    for quote in (
        *(one.quote for one in _of(line, questions.contradictions(call.reading))),
        *filter(
            None,
            (
                _raw_phrase(line, name)
                for name in ("blame_argue", "calm_down", "as_i_said", "hostile_4", "practice_rude", "practice_dispute")
            ),
        ),
    ):
        yield Move.ARGUE_OR_BLAME, quote
    if shield := _raw_phrase(line, "practice_policy_shield"):
        yield Move.POLICY_SHIELD, shield
    promise = _phrase(line, "practice_promise") or (_phrase(line, "practice_beyond") if _binds(call, line) else "")
    if promise and not line.raw("practice_take_back"):
        yield Move.FALSE_PROMISE, promise


def _binds(call: Analysis, line: Spoken) -> bool:
    """True where the line grants something: a commitment, or "you'll", "you will", "you can have"."""
    if _of(line, seen.commitments(call.reading)):
        return True
    keys = {word.key for word in line.words}
    return bool({"you'll", "i'll", "will", "we'll"} & keys) and not line.asks(len(line.sentences) - 1)


def _solving(call: Analysis, line: Spoken, before: Heard) -> Seen:
    whole = [one.quote for one in _of(line, seen.commitments(call.reading)) if one.full] or _own_steps(line)
    if whole:
        yield Move.CONCRETE_STEP_OWNED, whole[0]
    fixes = [*whole, *(one.quote for one in _of(line, seen.fixes(call.reading)))]
    if fixes and not before.moves:
        yield Move.PREMATURE_FIX, fixes[0]
    if choice := _phrase(line, "practice_options"):
        yield Move.OPTIONS, choice
    timed = line.raw("time_expression")
    if before.owned and (whole or line.raw("practice_next_step")) and (timed or line.raw("practice_next_step")):
        yield Move.CLOSE_WITH_NEXT_STEP, whole[0] if whole else _raw_phrase(line, "practice_next_step")
    if hold := _raw_phrase(line, "hold") or _raw_phrase(line, "practice_hold"):
        yield Move.HOLD, hold
    if line.raw("practice_limit") and line.raw("practice_limit_offer"):
        yield Move.LIMIT_WITH_OFFER, _raw_phrase(line, "practice_limit") or line.text[:200]


def _own_steps(line: Spoken) -> list[str]:
    """Acts of the agent's own that the commitments do not hold: in a statement of more than a few words.

    What the agent can do counts where a time stands with it.
    """
    found = []
    timed = {line.sentence_of[hit.first] for hit in line.raw("time_expression")}
    for hit in line.found("practice_own_step", "practice_offer"):
        sentence = line.sentence_of[hit.first]
        rest = sum(at == sentence for at in line.sentence_of[hit.last + 1 :])
        bound = hit.lexicon == "practice_own_step" or sentence in timed
        if bound and not line.asks(sentence) and rest >= LEAST_ACT:
            found.append(line.around(*line.place(hit)))
    return found


def _settle(found: dict[Move, str]) -> None:
    """Take out what another move of the same line rules out."""
    if HEARING & found.keys():
        found.pop(Move.PREMATURE_FIX, None)
    if found.keys() & {Move.SPECIFIC_ACK, Move.APOLOGY_SPECIFIC, Move.STOCK_APOLOGY, Move.OVER_APOLOGY}:
        found.pop(Move.SCRIPTED_EMPATHY, None)  # "sorry for the inconvenience" is one phrase, not two
    if Move.ARGUE_OR_BLAME in found:
        found.pop(Move.SPECIFIC_ACK, None)
    if Move.FALSE_PROMISE in found:
        found.pop(Move.CONCRETE_STEP_OWNED, None)
        found.pop(Move.CLOSE_WITH_NEXT_STEP, None)
    if Move.LIMIT_WITH_OFFER in found:
        found.pop(Move.ARGUE_OR_BLAME, None)
    if Move.HOLD in found:
        found.pop(Move.PREMATURE_FIX, None)
