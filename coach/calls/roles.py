"""Who a speaker label means: agent, customer or system.

A label that cannot be told is refused, never guessed.  Nothing here reads what was said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from coach.calls.clean import clean_line
from coach.calls.transcript import Speaker
from coach.errors import BadCall

_WORDS = {
    Speaker.AGENT: (
        "agent rep representative advisor adviser associate operator support csr staff employee consultant "
        "assistant handler host service helpdesk clerk specialist internal seller teller colleague"
    ),
    Speaker.CUSTOMER: "customer caller client user guest member visitor consumer buyer patient external requester contact",
    Speaker.SYSTEM: "system ivr bot chatbot automated announcement recording hold music queue notice status event",
}
_ROLE_OF = {word: speaker for speaker, words in _WORDS.items() for word in words.split()}
# These phrases hold a word of the other side.
_PHRASES = (
    (
        re.compile(
            r"\b(customer|client|user|guest|member|call) (service|services|support|care|success|relations|handler|centre|center)\b"
        ),
        Speaker.AGENT,
    ),
    (re.compile(r"\b(service|support) (user|customer|client)\b"), Speaker.CUSTOMER),
    (re.compile(r"\b(virtual|automated|ai) (assistant|agent)\b"), Speaker.SYSTEM),
)
_NOT_WORD = re.compile(r"[\W\d_]+")


@dataclass(frozen=True)
class Cast:
    """Who is who in one call.  `agent_name` and `customer` are names that the labels gave away, or empty."""

    speaker: Mapping[str, Speaker]
    agent_name: str
    customer: str


def _plain(label: str) -> str:
    return _NOT_WORD.sub(" ", clean_line(label).casefold()).strip()


def role_of(label: str) -> Speaker | None:
    """The speaker that a label's words mean ("Agent 1", "Customer Service Rep", "CALLER"), or None."""
    plain = _plain(label)
    for phrase, speaker in _PHRASES:
        if phrase.search(plain):
            return speaker
    found = {_ROLE_OF[word] for word in plain.split() if word in _ROLE_OF}
    return found.pop() if len(found) == 1 else None


def _names(label: str, name: str) -> bool:
    """True where the label is the name or a part of it."""
    mine, whole = _plain(label).split(), _plain(name).split()
    return bool(mine) and set(mine) <= set(whole)


def _rest(label: str) -> str:
    """What a label holds besides role words: "Maya" of "Agent (Maya)"."""
    words = [
        w for w in re.split(r"[\W_]+", clean_line(label)) if w and not w.isdigit() and w.casefold() not in _ROLE_OF
    ]
    return " ".join(words) if any(w[0].isupper() for w in words) and role_of(" ".join(words)) is None else ""


def cast_of(labels: Iterable[str], agent_names: Iterable[str], customer: str) -> Cast:
    """Map every label of a call.

    `agent_names` are the names (and ids) of the call's agent, `customer` is the customer's, both from the record and
    both allowed to be empty.  Of two labels one of which is known, the other is the other side.  Raises BadCall with
    the labels found where one cannot be mapped.
    """
    found = list(dict.fromkeys(labels))
    names = [name for name in agent_names if name]
    speaker: dict[str, Speaker] = {}
    for label in found:
        role = role_of(label)
        if any(_names(label, name) for name in names):
            role = Speaker.AGENT
        elif customer and _names(label, customer):
            role = Speaker.CUSTOMER
        if role is not None:
            speaker[label] = role
    unknown = [label for label in found if label not in speaker]
    people = {role for role in speaker.values() if role is not Speaker.SYSTEM}
    if len(unknown) == 1 and len(people) == 1 and unknown[0].strip():
        speaker[unknown[0]] = Speaker.CUSTOMER if people == {Speaker.AGENT} else Speaker.AGENT
    elif unknown:
        listed = ", ".join(repr(clean_line(label)[:40]) for label in found[:8])
        raise BadCall(
            f"cannot tell agent from customer by the labels {listed}",
            "label turns Agent and Customer, or give agent_name and customer in manifest.csv",
        )
    return Cast(speaker, _given_away(speaker, Speaker.AGENT), _given_away(speaker, Speaker.CUSTOMER))


def _given_away(speaker: Mapping[str, Speaker], who: Speaker) -> str:
    return next((rest for label, role in speaker.items() if role is who and (rest := _rest(label))), "")
