"""One rater's file of labels while it is worked on: every change is on the disk at once, and no other's is overwritten."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from coach.calibration.labels import Key, Label, labels_text, rater_file, read_rater, write_whole
from coach.errors import BadLabels


@dataclass(frozen=True)
class Merged:
    """What taking labels in has done: how many keys got their first label, another one, or kept what they had."""

    new: int
    changed: int
    unchanged: int


class RaterFile:
    """A rater's labels on disk, by call and check; a key has two where a person or Git put them there.

    Raises BadLabels for a name that cannot be a rater's and for a file that cannot be read.
    """

    def __init__(self, folder: Path, rater: str) -> None:
        self.rater = rater
        self.path = rater_file(folder, rater)
        # Before the labels are read: what changes between the two is then noticed by the first write.
        self._seen = self._digest()
        self._labels: Mapping[Key, tuple[Label, ...]] = _by_key(read_rater(self.path))

    def of(self, key: Key) -> tuple[Label, ...]:
        """The labels of one call and check."""
        return self._labels.get(key, ())

    def labels(self) -> list[Label]:
        """All of them."""
        return [label for found in self._labels.values() for label in found]

    def put(self, changes: Mapping[Key, tuple[Label, ...]]) -> None:
        """Put these labels in the place of what their keys had, on disk first; all others stay.

        Raises BadLabels where another program has changed the file meanwhile, and CannotWrite; then nothing changed.
        """
        if self._digest() != self._seen:
            raise BadLabels(
                f"{self.path}: another program has changed it, so this was not kept",
                "leave and start again; what was kept before is still there",
            )
        labels = {key: found for key, found in {**self._labels, **changes}.items() if found}
        text = labels_text(label for found in labels.values() for label in found)
        write_whole(self.path, text)
        self._labels, self._seen = labels, hashlib.sha256(text.encode()).digest()

    def merge(self, labels: Iterable[Label]) -> Merged:
        """Take in labels from elsewhere, one a key; one that says what the file's says leaves the file's as it is.

        Raises as `put` does.
        """
        given = {label.key: label for label in labels}
        changes = {key: (label,) for key, label in given.items() if not _same(self.of(key), label)}
        new = sum(1 for key in changes if not self.of(key))
        if changes:
            self.put(changes)
        return Merged(new, len(changes) - new, len(given) - len(changes))

    def _digest(self) -> bytes:
        try:
            return hashlib.sha256(self.path.read_bytes()).digest()
        except FileNotFoundError:
            return b""
        except OSError as fault:
            raise BadLabels(f"{self.path}: cannot be read: {fault.strerror}", "check the path and its rights") from None


def _by_key(labels: Iterable[Label]) -> dict[Key, tuple[Label, ...]]:
    found: dict[Key, tuple[Label, ...]] = {}
    for label in labels:
        found[label.key] = (*found.get(label.key, ()), label)
    return found


def _same(held: tuple[Label, ...], label: Label) -> bool:
    return len(held) == 1 and held[0].model_copy(update={"at": label.at}) == label
