"""The plain options of the live engine, checked as they are made.  Reads no file and no environment."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from pydantic import SecretStr

from coach.errors import BadSettings

OPENAI_HOST = "api.openai.com"
OPENAI_URL = f"https://{OPENAI_HOST}/v1"


@dataclass(frozen=True, slots=True)
class Prices:
    """US dollars per million tokens, from the provider's price list: read, read from the cache, written."""

    tokens_in: float
    tokens_cached: float
    tokens_out: float

    def cost(self, tokens_in: int, tokens_cached: int, tokens_out: int) -> float:
        """US dollars for these tokens; `tokens_cached` is the part of `tokens_in` that came from the cache."""
        fresh = max(0, tokens_in - tokens_cached)
        return (fresh * self.tokens_in + tokens_cached * self.tokens_cached + tokens_out * self.tokens_out) / 1e6


@dataclass(frozen=True, slots=True)
class LiveOptions:
    """How to reach a model and how hard to try.  Raises BadSettings for a value that cannot be used.

    `base_url` empty means OpenAI's own; `api_key` may be missing for a server that asks for none.  `concurrency` is
    the most requests in flight.  `deadline_s` bounds one HTTP request from first byte to last, in seconds; a slow
    machine may need hours.  `attempts` counts the sendings of one request that failed on the way (timeouts, 5xx, cut
    connections); rate limits are counted apart, by `patience_s`, the seconds a request may wait for them in all.
    `budget_usd` needs `prices`; it holds for one engine's lifetime.  `cache_key` says whether the server takes
    `prompt_cache_key`; None means only OpenAI's own is asked.
    """

    model: str
    base_url: str = ""
    api_key: SecretStr | None = None
    concurrency: int = 16
    deadline_s: float = 120.0
    attempts: int = 4
    patience_s: float = 900.0
    budget_usd: float | None = None
    prices: Prices | None = None
    cache_key: bool | None = None

    def __post_init__(self) -> None:
        if not self.model:
            raise BadSettings("the live engine needs the name of a model", "give one with --model")
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise BadSettings("the base URL is not a web address", "give one like http://localhost:8000/v1")
        if parts.username or parts.password:
            raise BadSettings("the base URL holds a user name or password", "give the secret as the API key")
        for name in ("concurrency", "deadline_s", "attempts", "patience_s"):
            if not getattr(self, name) > 0:
                raise BadSettings(f"{name} is {getattr(self, name)}", "give a number above zero")
        if self.budget_usd is not None and (self.prices is None or not self.budget_usd > 0):
            raise BadSettings(
                "a budget needs an amount above zero and the prices of the model", "give both, or leave the budget out"
            )

    @property
    def url(self) -> str:
        """The address requests go to, without a slash at its end."""
        return (self.base_url or OPENAI_URL).rstrip("/")

    @property
    def host(self) -> str:
        """The host (and port, where it is given) for messages."""
        parts = urlsplit(self.url)
        return f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)
