"""What a model is sent for a call, word for word: for a trainer who edits rubric and prompts.  Nothing is asked here."""

from __future__ import annotations

from dataclasses import dataclass

from coach.calls.transcript import Redacted
from coach.engines.exchange import Message
from coach.errors import NotFound
from coach.grading.ask import Asking, parts, requests
from coach.playbook.load import Playbook

CHARACTERS_A_TOKEN = 4  # a rule of thumb for English text: what it gives is an estimate and labelled so


@dataclass(frozen=True)
class RenderedPrompt:
    """The messages of one part of a call.

    `prefix_end` is the character offset in the last message up to which all parts of the call are the same bytes;
    together with the messages before it, that is what a provider's cache can keep.
    """

    part: str
    messages: tuple[Message, ...]
    prefix_end: int

    @property
    def tokens_estimate(self) -> int:
        """Tokens of all messages, estimated as characters / 4."""
        return token_estimate("".join(message.content for message in self.messages))

    @property
    def cacheable_estimate(self) -> int:
        """Tokens of the part that repeats for every part of the call, estimated as characters / 4."""
        before = sum(len(message.content) for message in self.messages[:-1])
        return (before + self.prefix_end) // CHARACTERS_A_TOKEN


def token_estimate(text: str) -> int:
    """About how many tokens a text has: characters / 4."""
    return len(text) // CHARACTERS_A_TOKEN


def render_prompts(
    call: Redacted, playbook: Playbook, part_id: str | None = None, *, stages_per_request: int = 1
) -> list[RenderedPrompt]:
    """The prompts of all parts of a call, or of one.

    Raises NotFound for a part that the playbook does not have and BadPlaybook for a template that fails.
    """
    wanted = parts(playbook, stages_per_request)
    names = [part.id for part in wanted]
    if part_id is not None and part_id not in names:
        raise NotFound(f"there is no part {part_id!r}", f"choose one of: {', '.join(names)}")
    asked = requests(call, playbook, Asking("", {}), wanted)
    shared = _common_prefix([request.messages[-1].content for request in asked])
    return [
        RenderedPrompt(part.id, request.messages, shared)
        for part, request in zip(wanted, asked, strict=True)
        if part_id in (None, part.id)
    ]


def _common_prefix(texts: list[str]) -> int:
    """How many characters all the texts begin with."""
    first, last = min(texts), max(texts)
    return next((i for i, (one, other) in enumerate(zip(first, last, strict=False)) if one != other), len(first))
