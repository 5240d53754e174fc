"""The words for a model: Jinja templates, sandboxed and strict.

A transcript is only ever a variable, never template source.  `Templates` knows which files a prompt really reaches
(its includes too), so that a version counts what a grade depends on and nothing else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, UndefinedError, meta, nodes
from jinja2.exceptions import SecurityError, TemplateNotFound
from jinja2.loaders import DictLoader
from jinja2.sandbox import ImmutableSandboxedEnvironment

from coach.errors import BadPlaybook

# What a prompt needs of the language; the rest (range and friends can spin a processor) is taken out.
FILTERS = ("join", "length", "upper", "lower", "trim", "indent", "first", "last", "default", "list", "sort")


class _Sandbox(ImmutableSandboxedEnvironment):
    """The default sandbox renders an unsafe attribute as empty text; here it is an error."""

    def unsafe_undefined(self, obj: Any, attribute: str) -> Any:
        raise SecurityError(f"{attribute} of {type(obj).__name__} is not open to templates")


class _Lacking(StrictUndefined):
    """What a template asks for in vain is an error; where it asked a thing for it, the error says what that thing has."""

    @property
    def _undefined_message(self) -> str:
        has = sorted(map(str, self._fields()))
        return super()._undefined_message + (f", which has {', '.join(has)}" if has else "")

    def _fields(self) -> Iterable[str]:
        of = self._undefined_obj
        return of if isinstance(of, dict) else getattr(type(of), "model_fields", ())


class Templates:
    """The templates of a folder, read once.  Raises BadPlaybook with file and line for a broken one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._sources = {}
        for file in sorted(folder.rglob("*.j2")):
            self._sources[file.relative_to(folder).as_posix()] = _read(file)
        self._env = _Sandbox(
            loader=DictLoader(self._sources),
            undefined=_Lacking,
            autoescape=False,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=False,
        )
        self._env.globals.clear()
        self._env.filters = {name: self._env.filters[name] for name in FILTERS}

    def names(self) -> list[str]:
        """The names of all templates, sorted."""
        return list(self._sources)

    def render(self, name: str, **values: Any) -> str:
        """One template with its values; a missing variable or a forbidden attribute is a BadPlaybook."""
        try:
            return self._env.get_template(name).render(**values).strip() + "\n"
        except TemplateNotFound as fault:
            raise self._missing(str(fault.name)) from None
        except TemplateSyntaxError as fault:
            raise BadPlaybook(
                f"template does not parse: {fault.message}", "mend the line", file=fault.name, line=fault.lineno
            ) from None
        except (UndefinedError, SecurityError) as fault:
            raise BadPlaybook(
                str(fault.message),
                f"what is passed: {', '.join(sorted(values)) or 'nothing'}",
                file=name,
                line=_line(fault, name),
            ) from None
        except (RecursionError, MemoryError) as fault:
            raise BadPlaybook(f"template does not end: {type(fault).__name__}", "mend it", file=name) from None
        except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError) as fault:
            raise BadPlaybook(f"template fails: {fault}", "mend it", file=name, line=_line(fault, name)) from None

    def reached(self, *names: str) -> dict[str, str]:
        """The sources of these templates and of all they include, by name."""
        found: dict[str, str] = {}
        todo = list(names)
        while todo:
            name = todo.pop()
            if name in found:
                continue
            if name not in self._sources:
                raise self._missing(name)
            found[name] = self._sources[name]
            todo += [n for n in meta.find_referenced_templates(self.parsed(name)) if n]
        return dict(sorted(found.items()))

    def _missing(self, name: str) -> BadPlaybook:
        """That a template is not there, with the line that names it."""
        for by in self._sources:
            with suppress(BadPlaybook):
                named = self.parsed(by).find_all((nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends))
                lines = [n.lineno for n in named if getattr(n.template, "value", None) == name]
                if lines:
                    hint = "correct the name or restore it"
                    return BadPlaybook(f"template {name} is missing", hint, file=by, line=lines[0])
        return BadPlaybook(f"template {name} is missing", "restore it", file=self.folder)

    def variables(self, name: str) -> set[str]:
        """The variables that a template asks for."""
        try:
            return set(meta.find_undeclared_variables(self.parsed(name)))
        except TemplateSyntaxError as fault:
            raise BadPlaybook(
                f"template does not parse: {fault.message}", "mend the line", file=name, line=fault.lineno
            ) from None

    def parsed(self, name: str) -> Any:
        """The syntax tree of a template; BadPlaybook with its line if it does not parse."""
        try:
            return self._env.parse(self._sources[name])
        except TemplateSyntaxError as fault:
            raise BadPlaybook(
                f"template does not parse: {fault.message}", "mend the line", file=name, line=fault.lineno
            ) from None
        except RecursionError:
            raise BadPlaybook("template is nested too deeply", "mend it", file=name) from None

    def version(self, *names: str) -> str:
        """sha256 over the sources that these templates reach."""
        matter = hashlib.sha256()
        for name, source in self.reached(*names).items():
            matter.update(f"{len(name)}:{name}{len(source)}:{source}".encode())
        return matter.hexdigest()


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise BadPlaybook(f"cannot be read: {type(fault).__name__}", "save it as UTF-8 text", file=file) from None


def _line(fault: BaseException, name: str) -> int | None:
    """The template line in which a fault arose: jinja puts template frames into the traceback."""
    line = None
    trace = fault.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename in (name, "<template>"):
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
