"""Every setting there is. Built once in `entry` and handed down; nothing reads the environment elsewhere."""

import os
import secrets
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal, Self

import limits
from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from learnflow.core import module_names
from learnflow.core.addresses import is_loopback, parse_networks

SHORTEST_SECRET = 32
"""Characters of `secret_key`: HMAC-SHA-256 wants a key of at least its output's 32 bytes (RFC 7518, 3.2)."""

PLACEHOLDER_SECRETS = frozenset({"change-me", "changeme", "secret", "change-me-to-a-long-random-value-of-your-own"})


def _known_database(url: str) -> str:
    if url and not url.startswith(("sqlite+aiosqlite:///", "postgresql+asyncpg://")):
        raise ValueError("begin with sqlite+aiosqlite:/// or postgresql+asyncpg://")
    return url


def _rate(text: str) -> str:
    try:
        limits.parse(text)
    except ValueError as error:
        raise ValueError("write a number per time, such as 30/minute or 10/15minute") from error
    return text


def _networks(texts: tuple[str, ...]) -> tuple[str, ...]:
    parse_networks(texts)
    return texts


def _modules(names: tuple[str, ...]) -> tuple[str, ...]:
    for name in names:
        fault = module_names.fault_of(name)
        if fault is not None:
            raise ValueError(f"{name!r}: {fault}")
    if len(set(names)) < len(names):
        raise ValueError("name each module once")
    return names


Rate = Annotated[str, AfterValidator(_rate)]


class Environment(StrEnum):
    development = "development"
    production = "production"


class Tier(StrEnum):
    """How strong a sandbox must at least be before code is judged."""

    full = "full"
    reduced = "reduced"
    none = "none"


class InsecureConfiguration(ValueError):
    """The settings would start a server that must not face other people."""


class Settings(BaseSettings):
    """Settings come from `LEARNFLOW_…` environment variables, then `.env`, then the defaults here."""

    model_config = SettingsConfigDict(env_prefix="LEARNFLOW_", env_file=".env", extra="ignore", env_ignore_empty=True)

    environment: Environment = Field(Environment.development, description="development or production.")
    host: str = Field("127.0.0.1", description="Address the server listens on.")
    port: Annotated[int, Field(ge=0, le=65535)] = Field(8000, description="Port the server listens on.")
    data_dir: Path = Field(Path("var"), description="Folder for the SQLite database and the generated secret.")
    database_url: Annotated[str, AfterValidator(_known_database)] = Field(
        "", description="sqlite+aiosqlite:///… or postgresql+asyncpg://…; empty: learnflow.db in the data folder."
    )
    database_pool_size: Annotated[int, Field(ge=1, le=500)] = Field(
        10, description="Connections each process keeps open; as many again may be opened for a burst."
    )
    secret_key: SecretStr = Field(
        SecretStr(""),
        description="Signs access tokens. In development one is generated and kept; production needs its own, "
        "at least 32 characters.",
    )
    access_token_minutes: Annotated[int, Field(ge=1, le=1440)] = Field(15, description="Life of an access token.")
    session_days: Annotated[int, Field(ge=1, le=365)] = Field(30, description="Days a session lives without a refresh.")
    refresh_grace_seconds: Annotated[int, Field(ge=0, le=60)] = Field(
        10, description="How long a used refresh token may come again, for two tabs that refresh at once."
    )
    sign_in_failures: Rate = Field(
        "10/15minute", description="Failed sign-ins allowed per account and address before 429."
    )
    submission_rate: Rate = Field("30/minute", description="Hand-ins and runs allowed per student.")
    queue_limit: Annotated[int, Field(ge=1)] = Field(
        2000, description="Submissions that may wait for a grader before hand-ins are answered with 503."
    )
    graders: Annotated[int, Field(ge=0, le=256)] = Field(
        default_factory=lambda: (os.cpu_count() or 1) + 1,
        description="Forkers that judge inside the server process; empty: one more than cores; 0: none "
        "(then run `learnflow grader`).",
    )
    grader_lease_seconds: Annotated[float, Field(ge=1, le=600)] = Field(
        30, description="How long a grader may be silent before its work is given to another."
    )
    judge_lowest_tier: Tier = Field(
        Tier.full,
        description="full, reduced or none: the weakest sandbox in which code may be judged; none, no sandbox at all, "
        "counts only in development with the host on loopback.",
    )
    judge_modules: Annotated[tuple[str, ...], NoDecode, AfterValidator(_modules)] = Field(
        (),
        description="Modules beside the standard library that exercises may use, by commas, such as numpy; each, and "
        "what it imports, must be installed where the judge runs.",
    )
    catalogue_open: bool = Field(True, description="Whether guests may read the exercise catalogue.")
    cors_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Origins of web pages that may call the API, separated by commas."
    )
    trusted_proxies: Annotated[tuple[str, ...], NoDecode, AfterValidator(_networks)] = Field(
        (), description="Addresses or networks of reverse proxies whose X-Forwarded-For is believed, by commas."
    )
    metrics_token: SecretStr = Field(
        SecretStr(""), description="Bearer token for /metrics and readiness detail; empty: loopback only."
    )
    log_level: Annotated[
        Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(lambda text: str(text).upper())
    ] = Field("INFO", description="DEBUG, INFO, WARNING or ERROR.")
    log_json: bool = Field(False, description="Whether log lines are JSON instead of text for people.")

    @model_validator(mode="before")
    @classmethod
    def _split_lists(cls, values: dict[str, object]) -> dict[str, object]:
        for name in ("cors_origins", "trusted_proxies", "judge_modules"):
            raw = values.get(name)
            if isinstance(raw, str):
                values[name] = tuple(part.strip() for part in raw.split(",") if part.strip())
        return values

    @model_validator(mode="after")
    def _fill_database_url(self) -> Self:
        if not self.database_url:
            self.database_url = f"sqlite+aiosqlite:///{self.data_dir / 'learnflow.db'}"
        return self

    @property
    def lowest_tier(self) -> Tier:
        """`judge_lowest_tier`, but at least `reduced` where others than a developer on this machine may hand in."""
        alone = self.environment is Environment.development and (self.host == "localhost" or is_loopback(self.host))
        return self.judge_lowest_tier if alone or self.judge_lowest_tier is not Tier.none else Tier.reduced

    def signing_key(self) -> str:
        """The key for access tokens; in development generated once and kept in the data folder.

        Raises InsecureConfiguration in production when the key is missing, short or a known placeholder.
        """
        secret = self.secret_key.get_secret_value()
        if secret and len(secret) >= SHORTEST_SECRET and secret.lower() not in PLACEHOLDER_SECRETS:
            return secret
        if self.environment is Environment.production:
            fault = "is missing" if not secret else "is too short or a placeholder"
            raise InsecureConfiguration(
                f"LEARNFLOW_SECRET_KEY {fault}. Set it to a random value of at least {SHORTEST_SECRET} characters, for "
                'example from: python3 -c "import secrets; print(secrets.token_urlsafe(48))"'
            )
        if secret:
            raise InsecureConfiguration(
                f"LEARNFLOW_SECRET_KEY is too short or a placeholder: use at least {SHORTEST_SECRET} random "
                "characters, or leave it empty in development to have one generated."
            )
        return _kept_secret(self.data_dir / "secret_key")


def _kept_secret(path: Path) -> str:
    """The secret in `path`, written there first if need be; two processes starting at once agree on one."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)  # the database beside it holds people's addresses
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    if not path.exists():
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass  # another process was first: its secret counts
        finally:
            fresh.unlink()
    return path.read_text().strip()
