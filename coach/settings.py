"""The only reader of the environment and of coach.toml.

What is said on the command line wins over the environment (`COACH_...`, and `OPENAI_API_KEY`, `OPENAI_BASE_URL`,
`OPENAI_MODEL`), which wins over `coach.toml`, which wins over the defaults here.  Paths in coach.toml are relative
to its folder.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Literal, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from coach.errors import BadSettings

FILE = "coach.toml"


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TeamSettings(_Section):
    """Whose calls: the team's time zone decides in which ISO week a call lies."""

    zone: str = Field(
        default="Europe/London", description="Time zone of the team (IANA name); weeks are counted in it."
    )
    name: str = Field(default="", description="Team of calls whose file and manifest name none.")

    @field_validator("zone")
    @classmethod
    def _known(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(f"unknown time zone {value!r}") from None
        return value


class EngineSettings(_Section):
    """Who answers, and how hard to ask.  Prices are in US dollars for a million tokens."""

    name: Literal["", "patterns", "recorded", "live"] = Field(
        default="", description="patterns, recorded or live; empty: live with a key or base_url, else patterns."
    )
    model: str = Field(default="", description="Model name as the server knows it; needed by the live engine.")
    base_url: str = Field(default="", description="Address of an OpenAI-compatible server; empty: the provider's own.")
    api_key: SecretStr = Field(default=SecretStr(""), description="Key; better kept in the environment than in a file.")
    concurrency: int = Field(default=16, ge=1, le=1000, description="Most requests in flight at once.")
    deadline_s: float = Field(default=120, gt=0, description="Seconds for one request, retries apart.")
    attempts: int = Field(default=5, ge=1, le=20, description="Tries for one request where a fault may pass.")
    max_tokens: int = Field(default=8000, ge=200, description="Most tokens of one reply.")
    temperature: float | None = Field(default=None, description="Sampling temperature; unset: the server's default.")
    price_in: float | None = Field(default=None, ge=0, description="Price of a million input tokens.")
    price_cached: float | None = Field(default=None, ge=0, description="Price of a million cached input tokens.")
    price_out: float | None = Field(default=None, ge=0, description="Price of a million output tokens.")
    budget_usd: float | None = Field(default=None, gt=0, description="Most a run may cost; needs the prices.")


class GradingSettings(_Section):
    """How a call is graded."""

    stages_per_request: int = Field(
        default=1, ge=1, le=7, description="Stages asked in one request: cost against quality."
    )
    repeats: int = Field(default=1, ge=1, le=9, description="Samples a call; shares are their mean.")
    house_checks: bool = Field(default=True, description="Our own additions to the guidance (CALM4).")


class Settings(BaseSettings):
    """All settings.  `folder` is where relative paths start: the folder of coach.toml, else the current one."""

    model_config = SettingsConfigDict(
        env_prefix="COACH_", env_nested_delimiter="__", extra="forbid", frozen=True, validate_default=True
    )

    team: TeamSettings = TeamSettings()
    engine: EngineSettings = EngineSettings()
    grading: GradingSettings = GradingSettings()
    store: str = Field(default="coach.db", description="Database file (SQLite).")
    out: str = Field(default="pages", description="Folder for the pages.")
    playbook: str = Field(default="", description="Folder with rubrics/ and prompts/; empty: the shipped playbook.")
    labels: str = Field(default="labels", description="Folder of people's labels and regression cases, kept in Git.")
    retention_days: int = Field(default=0, ge=0, description="`coach purge` removes calls older than this; 0: keep.")
    openai_api_key: SecretStr = Field(default=SecretStr(""), validation_alias=AliasChoices("OPENAI_API_KEY"))
    openai_base_url: str = Field(default="", validation_alias=AliasChoices("OPENAI_BASE_URL"))
    openai_model: str = Field(default="", validation_alias=AliasChoices("OPENAI_MODEL"))

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003  the signature is pydantic-settings'
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003  the same
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Options, then the environment, then the file."""
        return (init_settings, env_settings, TomlConfigSettingsSource(settings_cls, _file_in_use()))

    @property
    def folder(self) -> Path:
        """Where relative paths start."""
        file = _file_in_use()
        return file.parent if file else Path.cwd()

    @property
    def zone(self) -> ZoneInfo:
        """The team's time zone."""
        return ZoneInfo(self.team.zone)

    def path(self, value: str) -> Path:
        """A path of these settings, made absolute."""
        return (self.folder / Path(value).expanduser()).resolve()

    @property
    def store_address(self) -> str | Path:
        """The database as `store.open_store` takes it."""
        return self.store if "://" in self.store else self.path(self.store)

    @property
    def api_key(self) -> SecretStr:
        """The key in force."""
        return self.engine.api_key if self.engine.api_key.get_secret_value() else self.openai_api_key

    @property
    def base_url(self) -> str:
        """The server in force."""
        return self.engine.base_url or self.openai_base_url

    @property
    def model(self) -> str:
        """The model in force."""
        return self.engine.model or self.openai_model


def _file_in_use() -> Path | None:
    named = os.environ.get("COACH_CONFIG", "")
    file = Path(named).expanduser() if named else Path.cwd() / FILE
    if named and not file.is_file():
        raise BadSettings(f"COACH_CONFIG names {file}, which is not a file", "mend or unset it")
    return file if file.is_file() else None


def read_settings(**options: Any) -> Settings:
    """The settings in force; `options` are what the command line said, nested by section.

    Raises BadSettings with the name of the first faulty value and never the value itself.
    """
    try:
        return Settings(**options)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        name = ".".join(str(part) for part in first["loc"])
        raise BadSettings(
            f"setting {name}: {first['msg'].removeprefix('Value error, ')}",
            f"mend it in {FILE}, the environment or the option (docs/settings.md lists all)",
        ) from None
    except SettingsError as error:
        raise BadSettings(f"the environment: {str(error).splitlines()[0]}", "mend or unset the variable") from None
    except ValueError as error:
        raise BadSettings(f"{FILE} is not valid TOML: {str(error).splitlines()[0]}", "mend the line") from None
    except OSError as error:
        raise BadSettings(f"{FILE} cannot be read: {error.strerror}", "check its permissions") from None


def no_colour() -> bool:
    """Whether the environment asks for plain output (NO_COLOR, or a dumb terminal)."""
    return bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"


def config_file() -> Path | None:
    """The coach.toml in use, or None."""
    return _file_in_use()


class Described(NamedTuple):
    """A setting for a reader: `section` is empty for the top level; `default` is written as TOML."""

    section: str
    name: str
    default: str
    text: str
    environment: str


def describe() -> list[Described]:
    """Every setting that coach.toml may hold: the top level first, then section by section."""
    top, nested = [], []
    for name, field in Settings.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, _Section):
            nested += [_described(name, key, value, f"COACH_{name}__{key}") for key, value in kind.model_fields.items()]
        elif field.description:
            top.append(_described("", name, field, f"COACH_{name}"))
    return top + nested


def _described(section: str, name: str, field: FieldInfo, environment: str) -> Described:
    value = field.default.get_secret_value() if isinstance(field.default, SecretStr) else field.default
    default = '""' if value is None else json.dumps(value)
    return Described(section, name, default, field.description or "", environment.upper())
