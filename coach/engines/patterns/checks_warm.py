"""The checks of acknowledging and apologising: ACK1, ACK3, APO1, APO2, APO4."""

from __future__ import annotations

from coach.engines.patterns.analysis import Analysis
from coach.engines.patterns.claims import Claim, absent, against, quote_move, seen, unseen
from coach.engines.patterns.moves import Move, is_generic

TAKEN_BACK_WITHIN = 12  # words after an acknowledgement in which "but" takes it back
TOO_MANY = 3  # apologies before the first step
_HELPS = frozenset({"i'll", "i", "let", "we", "we'll", "what", "good"})
_NO_TROUBLE = "No complaint, strain or feeling is seen in the customer's words."


def ack1(call: Analysis) -> Claim:
    """A feeling or strain word tied to a particular is met; either alone, or a stock phrase, is partial."""
    if call.trouble is None:
        return _untroubled(call, "ACK1")
    if not call.acks:
        return unseen("ACK1", "No word for a feeling or strain is seen; it may be acknowledged in other words.")
    best = _best(call.acks)
    why = "Names a feeling or strain with a particular." if best.full else "Names a feeling or strain in general words."
    return seen("ACK1", "met" if best.full else "partial", call.trouble_quote(), [quote_move(best)], why)


def _best(acks: list[Move]) -> Move:
    return next((move for move in acks if move.full), acks[0])


def _untroubled(call: Analysis, check: str) -> Claim:
    return absent(check, _NO_TROUBLE) if call.calm else unseen(check, _NO_TROUBLE)


def ack3(call: Analysis) -> Claim:
    """An acknowledgement followed at once by "but" is taken back; its absence shows nothing."""
    if call.trouble is None:
        return _untroubled(call, "ACK3")
    back = [move for move in call.acks if _taken_back(move)]
    if not call.acks or len(back) < len(call.acks):
        return unseen("ACK3", "Not every acknowledgement seen is followed by a word that takes it back.")
    return against(
        "ACK3", "missed", call.trouble_quote(), [quote_move(m) for m in back], "Taken back within twelve words."
    )


def _taken_back(move: Move) -> bool:
    line = move.line
    last = max(at for at, word in enumerate(line.words) if word.start < move.end)
    for hit in line.raw("negation_after_ack"):
        follows = line.words[hit.last + 1].key if hit.last + 1 < len(line.words) else ""
        if last < hit.first <= last + TAKEN_BACK_WITHIN and follows not in _HELPS and line.said(hit):
            return True
    return False


def apo1(call: Analysis) -> Claim:
    """At least one apology after a trouble was told."""
    if call.trouble is None:
        return _untroubled(call, "APO1")
    if not call.apologies:
        return unseen("APO1", "No apology is seen in the wording known to this check.")
    first = call.apologies[0]
    return seen("APO1", "met", call.trouble_quote(), [quote_move(first)], "An apology is seen.")


def apo2(call: Analysis) -> Claim:
    """The apology says what it is for; one that fits any complaint is partial."""
    if call.trouble is None:
        return _untroubled(call, "APO2")
    if not call.apologies:
        return unseen("APO2", "No apology is seen, so there is none to read.")
    whole = next((move for move in call.apologies if move.full), None)
    if whole is not None:
        return seen("APO2", "met", call.trouble_quote(), [quote_move(whole)], "The apology stands beside a particular.")
    if all(is_generic(move) for move in call.apologies):
        first = call.apologies[0]
        return seen(
            "APO2", "partial", call.trouble_quote(), [quote_move(first)], "The apology's words fit any complaint."
        )
    return unseen("APO2", "What the apology is for cannot be read from wording.")


def apo4(call: Analysis) -> Claim:
    """Apologies do not pile up before the first step."""
    if call.trouble is None:
        return _untroubled(call, "APO4")
    if not call.apologies:
        return unseen("APO4", "No apology is seen, so there is none to read.")
    steps = [move.order for move in (*call.commitments, *call.fixes)] + [(line.at, 0) for line in call.holds]
    first = min(steps, default=None)
    before = [move for move in call.apologies if first is None or move.order < first]
    if len(before) >= TOO_MANY:
        quotes = [quote_move(move) for move in before]
        return against(
            "APO4", "missed", call.trouble_quote(), quotes, f"{len(before)} apologies before the first step seen."
        )
    if first is None:
        return unseen("APO4", "No step is seen; it may stand in other words.")
    return against("APO4", "met", call.trouble_quote(), (), "A step follows within two apologies.")
