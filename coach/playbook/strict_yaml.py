"""YAML as plain as JSON: no tags, anchors, aliases, merges, duplicate keys or implicit types.

Every scalar is text except a bare `null`; the types of the playbook turn text into numbers and booleans where they
expect them, so that a country code `NO` never becomes false.  Lines are kept for error messages.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from coach.errors import BadPlaybook

# The same grammar in C where the YAML package was built with it: ten times as fast, and every command waits for it.
_LOADER: type[yaml.SafeLoader | yaml.CSafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Path_ = tuple[str | int, ...]
Lines = dict[Path_, int]


def parse(text: str, file: Path) -> tuple[Any, Lines]:
    """The document as dicts, lists, strings and None, and the line of every path in it.

    Raises BadPlaybook with file and line for anything beyond that.
    """
    lines: Lines = {}
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            _refuse_extras(event, file)
        node = yaml.compose(text, Loader=_LOADER)
        value = None if node is None else _value(node, (), lines, file)
    except yaml.MarkedYAMLError as fault:
        mark = fault.problem_mark or fault.context_mark
        raise BadPlaybook(
            f"not valid YAML: {fault.problem}", "mend the line", file=file, line=mark.line + 1 if mark else None
        ) from None
    except yaml.YAMLError as fault:
        raise BadPlaybook(
            f"not valid YAML: {fault}".splitlines()[0], "save the file as UTF-8 text", file=file
        ) from None
    except RecursionError:
        raise BadPlaybook("nested too deeply", "write it as it is in the shipped playbook", file=file) from None
    if node is None:
        raise BadPlaybook("the file is empty", "restore it, or run `coach init` in a new folder", file=file)
    return value, lines


def _refuse_extras(event: yaml.Event, file: Path) -> None:
    line = event.start_mark.line + 1 if event.start_mark else None
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
        raise BadPlaybook(
            "anchors and aliases (& and *) are not used here", "write the value out", file=file, line=line
        )
    if getattr(event, "tag", None):
        raise BadPlaybook(f"tags are not used here ({getattr(event, 'tag', '')})", "remove it", file=file, line=line)


def _value(node: yaml.Node, path: Path_, lines: Lines, file: Path) -> Any:
    lines[path] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, lines, file)
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, (*path, i), lines, file) for i, item in enumerate(node.value)]
    plain = isinstance(node, yaml.ScalarNode) and not node.style
    return None if plain and node.value in ("null", "~", "") else node.value


def _mapping(node: yaml.MappingNode, path: Path_, lines: Lines, file: Path) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode) or key.value == "<<":
            raise BadPlaybook(
                "a key must be a plain word", "merges and nested keys are not used here", file=file, line=line
            )
        if key.value in found:
            raise BadPlaybook(f"{key.value} stands twice", "keep one of the two", file=file, line=line)
        found[key.value] = _value(value, (*path, key.value), lines, file)
        lines[(*path, key.value)] = line
    return found


def fault_of(error: ValidationError, lines: Lines, file: Path) -> BadPlaybook:
    """The first fault of a validation as one line with its place; values are not repeated."""
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    loc = tuple(first["loc"])
    path: tuple[str | int, ...] = ()
    for part in loc:
        if (*path, part) in lines:  # a part that is no key of the file names a kind of value: pydantic puts it in
            path = (*path, part)
    line = lines.get(path)
    more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
    return BadPlaybook(
        f"{'.'.join(map(str, loc))}: {first['msg']}{more}",
        "see docs/write-a-rubric.md",
        file=file,
        line=line,
    )
