"""The rules of a rubric, its guidance and its word lists that types alone cannot hold.  Nothing here reads files."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from coach.calibration.fault import LintFault, Place, Source
from coach.calibration.rendering import token_estimate
from coach.playbook.rubric import Check, GuidanceItem, Lexicons, Rubric

WHOLE = 100  # what the weights of the stages add up to
LISTS = ("note_items", "critical_flags", "blockers", "recurring_issues", "rulings")  # beside the stages, with ids
BY_CODE = "ACK2"  # the one check that code decides (coach/grading/flow.py)
NOBODY_SEES = re.compile(
    r"\b(tone of voice|smil(?:e|es|ed|ing)|nod(?:s|ded|ding)?|sincer\w+|genuine(?:ly)?|heartfelt|body language"
    r"|eye contact|facial expressions?|(?<!customer )feels|friendly|empath\w*|attitudes?|in (?:his|her|their|the) hearts?"
    r"|roll(?:s|ed|ing)? (?:his|her|their|the) eyes|eye-?rolling)\b",
    re.IGNORECASE,
)
KNOWN_CHECKS = ("ACK1", "ACK2", "APO1", "APO2", "CALM4", "LIS1", "LIS2", "RES1", "RES2", "RES4", "RES6")
KNOWN_STAGES = ("acknowledge", "close")
"""The ids that grading and reports know by name: what they do with them silently stays undone where one is missing."""
UNFINISHED = re.compile(r"\b(?:TODO|TBD|FIXME|XXX)\b|\?\?\?|^\W*$")
NAME_BUDGET = 60  # characters of a name: it stands in tables
CHECK_BUDGET = 500  # tokens (characters / 4) of one check's text for graders; the shipped ones take 170 to 370
CONFUSED = re.compile(r"\bdiffus(?:e|es|ed|ing)\b", re.IGNORECASE)

Named = Iterable[tuple[Place, str]]


def rubric_faults(rubric: Rubric, source: Source, guidance: frozenset[str] | None) -> Iterator[LintFault]:
    """Every fault of a rubric that its types let pass; `guidance` None where that file could not be read."""
    yield from repeated(source, "stage", ((("stages", i, "id"), s.id) for i, s in enumerate(rubric.stages)))
    yield from repeated(source, "check", (((*place, "id"), check.id) for place, check in _checks(rubric)))
    for name in LISTS:
        entries = enumerate(getattr(rubric, name))
        yield from repeated(source, f"entry of {name}", (((name, i, "id"), entry.id) for i, entry in entries))
    yield from weight_faults(source, [stage.weight for stage in rubric.stages])
    yield from known_faults(source, {s.id for s in rubric.stages}, {check.id for _, check in _checks(rubric)})
    for i, stage in enumerate(rubric.stages):
        yield from _long_name(source, ("stages", i, "name"), stage.id, stage.name)
    rulings = frozenset(ruling.id for ruling in rubric.rulings)
    for place, check in _checks(rubric):
        yield from unknown(source, (*place, "rulings"), check.id, "ruling", check.rulings, rulings)
        if guidance is not None:
            yield from unknown(source, (*place, "guidance"), check.id, "guidance item", check.guidance, guidance)
        yield from _needs(rubric, source, place, check)
        yield from check_faults(source, place, check)


def known_faults(source: Source, stages: Collection[str], checks: Collection[str]) -> Iterator[LintFault]:
    """Ids that code knows by name and does not find."""
    missing = [f"stage {name}" for name in KNOWN_STAGES if name not in stages]
    missing += [f"check {name}" for name in KNOWN_CHECKS if name not in checks]
    for name in missing:
        yield source.fault(("stages",), f"there is no {name}, which code knows by name", "keep the id and its meaning")


def weight_faults(source: Source, weights: Sequence[int]) -> Iterator[LintFault]:
    """The weights of the stages are shares of a whole."""
    if (total := sum(weights)) != WHOLE:
        what = f"the weights of the stages add up to {total}, not {WHOLE}"
        yield source.fault(("stages",), what, "shift weight between stages")


def guidance_faults(
    items: Sequence[GuidanceItem], source: Source, rulings: frozenset[str] | None
) -> Iterator[LintFault]:
    """Guidance items that stand twice, and rulings that the rubric does not have."""
    yield from repeated(source, "guidance item", ((("items", i, "id"), item.id) for i, item in enumerate(items)))
    if rulings is None:
        return
    for i, item in enumerate(items):
        yield from unknown(source, ("items", i, "rulings"), item.id, "ruling", item.rulings, rulings)


def lexicon_faults(lexicons: Lexicons, source: Source, expected: Iterable[str]) -> Iterator[LintFault]:
    """Empty and repeated entries, and lists that the program looks for and does not find."""
    for name, entries in lexicons.items():
        seen: set[str] = set()
        for i, entry in enumerate(entries):
            folded = " ".join(entry.casefold().split())
            if not folded.strip("*"):
                yield source.fault((name, i), f"{name}: an empty entry", "remove the line")
            elif folded in seen:
                yield source.fault((name, i), f"{name}: {entry!r} stands twice", "keep one of the two")
            seen.add(folded)
    for name in sorted(set(expected) - set(lexicons)):
        yield source.fault((), f"the word list {name} is missing", "restore it; it may be an empty list: []")


def wording_faults(file: str, text: str) -> Iterator[LintFault]:
    """The word that means to spread where the one that means to calm is meant."""
    for number, line in enumerate(text.splitlines(), 1):
        for found in CONFUSED.finditer(line):
            yield LintFault(file, number, f"{found.group()!r} means to spread", "write defuse")


def _checks(rubric: Rubric) -> Iterator[tuple[Place, Check]]:
    for i, stage in enumerate(rubric.stages):
        for j, check in enumerate(stage.checks):
            yield ("stages", i, "checks", j), check


def repeated(source: Source, what: str, named: Named) -> Iterator[LintFault]:
    """Ids that stand twice."""
    seen: set[str] = set()
    for place, name in named:
        if name in seen:
            yield source.fault(place, f"{what} {name} stands twice", "give each its own id")
        seen.add(name)


def unknown(
    source: Source, place: Place, owner: str, what: str, named: Sequence[str], known: frozenset[str]
) -> Iterator[LintFault]:
    """Names of what there is not, or that are named twice."""
    for i, name in enumerate(named):
        if name not in known:
            yield source.fault((*place, i), f"{owner}: there is no {what} {name}", "correct the id or add it")
        elif name in named[:i]:
            yield source.fault((*place, i), f"{owner}: {what} {name} stands twice", "keep one of the two")


def _needs(rubric: Rubric, source: Source, place: Place, check: Check) -> Iterator[LintFault]:
    """`needs` names another check that exists, and following it never comes back."""
    by_id = {other.id: other for _, other in _checks(rubric)}
    place = (*place, "needs")
    if check.needs is None:
        return
    if check.needs not in by_id:
        yield source.fault(place, f"{check.id}: there is no check {check.needs} to need", "correct the id")
        return
    seen, at = [check.id], check.needs
    while at in by_id and at not in seen:
        seen.append(at)
        at = by_id[at].needs or ""
    if at == check.id:
        yield source.fault(place, f"{check.id} needs itself: {' > '.join([*seen, at])}", "break the circle")


def check_faults(source: Source, place: Place, check: Check) -> Iterator[LintFault]:
    """What is wrong with a check by itself."""
    verdicts = [example.verdict for example in check.grader.examples]
    if verdicts.count("met") != 1:
        yield source.fault(
            (*place, "grader", "examples"),
            f"{check.id}: its examples are {' and '.join(verdicts)}",
            "give one that is met and one that is partial or missed",
        )
    if "partial" in verdicts and check.grader.partial is None:
        yield source.fault(
            (*place, "grader", "examples"),
            f"{check.id}: an example is partial and the check has no partial",
            "make it missed, or say what partial is",
        )
    if check.by_code != (check.id == BY_CODE):
        yield source.fault(
            (*place, "by_code"), f"{check.id}: code decides {BY_CODE} and no other check", "set by_code accordingly"
        )
    yield from _long_name(source, (*place, "name"), check.id, check.name)
    yield from _anchor_faults(source, place, check)
    for i, example in enumerate(check.grader.examples):
        if any(not line.startswith(("CUSTOMER: ", "AGENT: ")) for line in example.lines):
            yield source.fault(
                (*place, "grader", "examples", i),
                f"{check.id}: a line of an example has no speaker",
                "begin each line with CUSTOMER: or AGENT:",
            )
    for name, text in _grader_texts(check):
        for found in NOBODY_SEES.finditer(text):
            yield source.fault(
                (*place, *name),
                f"{check.id}: {found.group()!r} cannot be seen in a transcript",
                "say which words can be pointed at",
            )


def _long_name(source: Source, place: Place, owner: str, name: str) -> Iterator[LintFault]:
    if len(name) > NAME_BUDGET:
        what = f"{owner}: its name has {len(name)} characters, over the {NAME_BUDGET} that fit a table"
        yield source.fault(place, what, "shorten it; the rules belong into the grader's text")


def _anchor_faults(source: Source, place: Place, check: Check) -> Iterator[LintFault]:
    """Anchors that say nothing or the same, and a check that takes more of the prompt than one check may."""
    said: dict[str, str] = {}
    for name in ("met", "partial", "missed"):
        text = getattr(check.grader, name)
        folded = " ".join((text or "").casefold().split())
        if folded and folded in said:
            what = f"{check.id}: {said[folded]} and {name} are the same words"
            yield source.fault((*place, "grader", name), what, "say what tells them apart")
        said[folded] = name
    for name_, text in _grader_texts(check):
        if UNFINISHED.search(text) and text:
            yield source.fault((*place, *name_), f"{check.id}: {text!r} is not finished", "write the anchor")
    texts = (*(text for _, text in _grader_texts(check)), *(line for e in check.grader.examples for line in e.lines))
    tokens = token_estimate("".join(texts))
    if tokens > CHECK_BUDGET:
        what = f"{check.id}: its text has about {tokens} tokens (estimate), over the {CHECK_BUDGET} of one check"
        yield source.fault((*place, "grader"), what, "shorten it, or make two checks of it")


def _grader_texts(check: Check) -> Iterator[tuple[Place, str]]:
    """The rules a grader reads, without the invented lines of the examples."""
    yield ("name",), check.name
    for name in ("opportunity", "not_applicable", "met", "partial", "missed"):
        yield ("grader", name), getattr(check.grader, name) or ""
    for i, rule in enumerate(check.grader.rules):
        yield ("grader", "rules", i), rule
    for i, example in enumerate(check.grader.examples):
        yield ("grader", "examples", i, "because"), example.because
