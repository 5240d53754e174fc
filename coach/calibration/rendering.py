"""What a model is sent for a call, word for word: for a trainer who edits rubric and prompts.  Nothing is asked here."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass, replace

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


@dataclass(frozen=True)
class PromptDiff:
    """How a message differs between two playbooks: `where` is its part and role, `lines` a unified diff.

    A message that all parts share is told once, under `every part`, and so is a difference that several parts share,
    under their names.  The tokens are estimates, characters / 4, of the first of them.
    """

    where: str
    lines: tuple[str, ...]
    tokens_before: int
    tokens_after: int


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


def diff_prompts(call: Redacted, before: Playbook, after: Playbook, part_id: str | None = None) -> list[PromptDiff]:
    """Where the prompts of two playbooks differ for one call, message by message; nothing where no byte does.

    A part that only one of them has is told as added or removed.  Raises as `render_prompts` does.
    """
    olds, news = ({p.part: p for p in render_prompts(call, book)} for book in (before, after))
    if part_id is not None:
        for book in (before, after):
            render_prompts(call, book, part_id)
        olds, news = ({part_id: parts[part_id]} for parts in (olds, news))
    found: dict[tuple[str, tuple[str, ...]], PromptDiff] = {}
    where: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for part in dict.fromkeys((*olds, *news)):
        for number, role, old, new in _paired(olds.get(part), news.get(part)):
            if old == new:
                continue
            lines = tuple(difflib.unified_diff(old.splitlines(), new.splitlines(), "before", "after", lineterm="", n=1))
            changed = tuple(line for line in lines[2:] if not line.startswith("@@"))
            found.setdefault((role, changed), PromptDiff("", lines, token_estimate(old), token_estimate(new)))
            where.setdefault((role, changed), []).append("every part" if number == 0 else part)
    return [
        replace(one, where=f"{', '.join(dict.fromkeys(where[key]))}; {key[0]} message") for key, one in found.items()
    ]


def _paired(old: RenderedPrompt | None, new: RenderedPrompt | None) -> Iterator[tuple[int, str, str, str]]:
    """The messages of a part in both playbooks as (number, role, before, after); what one lacks is empty there."""
    ours = old.messages if old else ()
    theirs = new.messages if new else ()
    for number in range(max(len(ours), len(theirs))):
        either = (ours if number < len(ours) else theirs)[number]
        yield (
            number,
            either.role,
            ours[number].content if number < len(ours) else "",
            theirs[number].content if number < len(theirs) else "",
        )


def _common_prefix(texts: list[str]) -> int:
    """How many characters all the texts begin with."""
    first, last = min(texts), max(texts)
    return next((i for i, (one, other) in enumerate(zip(first, last, strict=False)) if one != other), len(first))
