"""The settings: where they come from, which wins, and what a bad one says."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from coach.errors import BadSettings
from coach.settings import config_file, describe, no_colour, read_settings


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def put(text: str, folder: Path = Path()) -> Path:
    """Write coach.toml."""
    file = folder / "coach.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_options_win_over_the_environment_over_the_file_over_the_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each layer shows where the one above is silent."""
    put('[engine]\nmodel = "file"\nconcurrency = 2\nattempts = 2\n')
    monkeypatch.setenv("COACH_ENGINE__MODEL", "environment")
    monkeypatch.setenv("COACH_ENGINE__CONCURRENCY", "3")
    settings = read_settings(engine={"model": "option"})
    assert settings.engine.model == "option"
    assert (settings.engine.concurrency, settings.engine.attempts, settings.engine.deadline_s) == (3, 2, 120)


def test_the_providers_own_variables_are_heard_last(monkeypatch: pytest.MonkeyPatch) -> None:
    """OPENAI_... serve where ours say nothing."""
    for name, value in (("API_KEY", "sk-made-up"), ("BASE_URL", "http://127.0.0.1/v1"), ("MODEL", "theirs")):
        monkeypatch.setenv(f"OPENAI_{name}", value)
    settings = read_settings()
    assert settings.api_key.get_secret_value() == "sk-made-up"
    assert (settings.base_url, settings.model) == ("http://127.0.0.1/v1", "theirs")
    ours = read_settings(engine={"api_key": "sk-ours", "base_url": "http://localhost", "model": "ours"})
    assert ours.api_key.get_secret_value() == "sk-ours"
    assert (ours.base_url, ours.model) == ("http://localhost", "ours")


def test_paths_are_relative_to_the_folder_of_the_file(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A coach.toml that COACH_CONFIG names elsewhere brings its folder along."""
    (here / "team").mkdir()
    file = put('store = "kept/coach.db"\n', here / "team")
    monkeypatch.setenv("COACH_CONFIG", str(file))
    settings = read_settings()
    assert settings.store_address == here / "team" / "kept" / "coach.db"
    assert settings.path(settings.out) == here / "team" / "pages"
    assert config_file() == file


def test_an_address_of_a_database_stays_an_address() -> None:
    """What holds :// is not made a path."""
    assert read_settings(store="sqlite:///x.db").store_address == "sqlite:///x.db"


def test_a_config_that_is_not_there_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """COACH_CONFIG must name a file."""
    monkeypatch.setenv("COACH_CONFIG", "nowhere.toml")
    with pytest.raises(BadSettings, match=r"COACH_CONFIG names nowhere\.toml, which is not a file"):
        read_settings()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("store = [", "coach.toml is not valid TOML"),
        ("colour = 'red'\n", "setting colour"),
        ("[engine]\nconcurrency = 0\n", "setting engine.concurrency"),
        ("[engine]\nname = 'guess'\n", "setting engine.name"),
        ("[grading]\nrepeats = 10\n", "setting grading.repeats"),
        ("[team]\nzone = 'Mars/Base'\n", "setting team.zone: unknown time zone 'Mars/Base'"),
        ("[team]\nzone = '../../etc/passwd'\n", "unknown time zone"),
    ],
)
def test_a_bad_value_is_one_line_with_its_name(text: str, said: str) -> None:
    """What is wrong and where, as BadSettings."""
    put(text)
    with pytest.raises(BadSettings, match=said.replace(".", r"\.")) as raised:
        read_settings()
    assert "\n" not in str(raised.value)


def test_a_file_that_is_no_text_or_cannot_be_read_is_said(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bytes that are no UTF-8; a system that refuses (simulated: root may read everything)."""
    (here / "coach.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadSettings, match="not valid TOML"):
        read_settings()

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("coach.settings.Settings", refuse)
    with pytest.raises(BadSettings, match="cannot be read: Permission denied"):
        read_settings()


def test_a_variable_that_cannot_be_parsed_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """A section in the environment must be JSON; the line names the variable and not its value."""
    monkeypatch.setenv("COACH_ENGINE", "sk-made-up{")
    with pytest.raises(BadSettings, match=r"the environment: .*engine") as raised:
        read_settings()
    assert "sk-made-up" not in str(raised.value)


def test_a_key_is_never_printed() -> None:
    """Neither as text nor in an error."""
    settings = read_settings(engine={"api_key": "sk-made-up"})
    assert "sk-made-up" not in repr(settings)
    with pytest.raises(BadSettings) as raised:
        read_settings(engine={"api_key": ["sk-made-up"]})
    assert "sk-made-up" not in str(raised.value)


def test_every_setting_is_described_with_a_default_that_can_be_read_back() -> None:
    """Names, sections, texts and variables; the defaults as TOML give the defaults."""
    rows = describe()
    assert all(row.text.endswith(".") for row in rows)
    assert {row.section for row in rows} == {"", "team", "engine", "grading"}
    assert next(row.environment for row in rows if row.name == "zone") == "COACH_TEAM__ZONE"
    for row in rows:
        value = tomllib.loads(f"{row.name} = {row.default}")[row.name]
        if value != "":
            read_settings(**({row.section: {row.name: value}} if row.section else {row.name: value}))


def test_colour_is_off_where_the_environment_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    """NO_COLOR set to anything, or a dumb terminal."""
    monkeypatch.setenv("TERM", "xterm")
    assert not no_colour()
    monkeypatch.setenv("NO_COLOR", "1")
    assert no_colour()
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert no_colour()
