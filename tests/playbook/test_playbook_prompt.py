"""Templates: sandboxed, strict, and versioned by what they reach."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from coach.errors import BadPlaybook
from coach.playbook.prompt import Templates

Make = Callable[..., Templates]


def test_a_value_is_never_template_source(templates: Make) -> None:
    """Jinja syntax inside a variable is printed as it stands."""
    made = templates(a="{{ said }}")
    assert made.render("a.j2", said="{{ 7*7 }} {% raw %} {# x #}") == "{{ 7*7 }} {% raw %} {# x #}\n"


def test_a_missing_variable_is_an_error_with_its_line(templates: Make) -> None:
    """Nothing is printed as empty text by mistake."""
    with pytest.raises(BadPlaybook, match=r"a\.j2:2: 'said' is undefined"):
        templates(a="x\n{{ said }}").render("a.j2")


@pytest.mark.parametrize("source", ["{{ v.__class__ }}", "{{ v.__class__.__mro__ }}", "{{ v.append(1) }}"])
def test_an_unsafe_attribute_is_an_error_and_not_empty_text(templates: Make, source: str) -> None:
    """The sandbox says so instead of rendering nothing."""
    with pytest.raises(BadPlaybook):
        templates(a=source).render("a.j2", v=[1])


@pytest.mark.parametrize("name", ["range", "lipsum", "cycler", "joiner", "namespace", "dict"])
def test_globals_are_taken_out(templates: Make, name: str) -> None:
    """Nothing that could spin a processor or hold state is left to a template."""
    with pytest.raises(BadPlaybook, match="undefined"):
        templates(a=f"{{{{ {name} }}}}").render("a.j2")


@pytest.mark.parametrize(
    "source",
    [
        "{{ 1 / 0 }}",
        "{% for a, b in [1] %}{{ a }}{% endfor %}",
        "{{ v | random }}",
        "{{ v | attr('x') }}",
        "{% include 'gone.j2' %}",
        "{% if %}",
        "{{ 'a' + 1 }}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% include 'a.j2' %}",
        "{{ 'a' * 9999999999999 }}",
        "{{ loop.x }}",
        "{% extends v %}",
    ],
)
def test_whatever_fails_inside_a_template_is_a_bad_playbook(templates: Make, source: str) -> None:
    """Arithmetic, unpacking, unknown filters, missing includes, syntax, recursion, memory: one kind of error."""
    with pytest.raises(BadPlaybook):
        templates(a=source).render("a.j2", v=[1])


def test_a_missing_template_is_a_bad_playbook(templates: Make) -> None:
    """Rendering, reaching and reading name the template that is not there."""
    made = templates(a="{% include 'gone.j2' %}")
    with pytest.raises(BadPlaybook, match=r"gone\.j2 is missing"):
        made.reached("a.j2")
    with pytest.raises(BadPlaybook, match=r"b\.j2 is missing"):
        made.render("b.j2")


def test_parsing_names_the_line(templates: Make) -> None:
    """A syntax error has file and line, also where only the variables were asked for."""
    made = templates(a="x\n{% for %}", b="\n{{ x | nothing }}")
    with pytest.raises(BadPlaybook, match=r"a\.j2:2: template does not parse"):
        made.parsed("a.j2")
    with pytest.raises(BadPlaybook, match=r"b\.j2:2: template does not parse"):
        made.variables("b.j2")


def test_a_template_nested_without_end_is_a_bad_playbook(templates: Make) -> None:
    """Ten thousand brackets do not overflow into a traceback."""
    with pytest.raises(BadPlaybook, match="too deeply"):
        templates(a="{{ " + "(" * 10_000).parsed("a.j2")


def test_names_and_variables_are_told(templates: Make) -> None:
    """What a template asks for, without what it binds itself."""
    made = templates(a="{% for x in rows %}{{ x }}{{ loop.index }}{% endfor %}{{ said }}", b="")
    assert made.names() == ["a.j2", "b.j2"]
    assert made.variables("a.j2") == {"rows", "said"}


def test_a_version_counts_what_is_reached_and_nothing_else(tmp_path: Path) -> None:
    """An include's edit changes the version; a template that is not reached does not."""
    files = {"a.j2": "{% include 'b.j2' %}", "b.j2": "one", "c.j2": "other"}

    def version(**changes: str) -> str:
        for name, source in {**files, **{f"{k}.j2": v for k, v in changes.items()}}.items():
            (tmp_path / name).write_text(source, encoding="utf-8")
        return Templates(tmp_path).version("a.j2")

    first = version()
    assert version(c="changed") == first
    assert version(b="two") != first


def test_a_template_that_includes_itself_is_reached_once(templates: Make) -> None:
    """The walk over includes ends."""
    assert list(templates(a="{% include 'a.j2' %}").reached("a.j2")) == ["a.j2"]


def test_a_file_that_is_not_text_is_a_bad_playbook(tmp_path: Path) -> None:
    """Bytes that are no UTF-8 name the file."""
    (tmp_path / "a.j2").write_bytes(b"\xff\xfe")
    with pytest.raises(BadPlaybook, match="UnicodeDecodeError"):
        Templates(tmp_path)
