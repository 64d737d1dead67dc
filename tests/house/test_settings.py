"""The settings are documented, and a server that must not face people does not start."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from learnflow.core.config import Environment, InsecureConfiguration, Settings
from learnflow.entry import env_example

ROOT = Path(__file__).parents[2]


def settings(**values: object) -> Settings:
    return Settings(_env_file=None, **values)


def test_env_example_is_what_settings_says() -> None:
    assert (ROOT / ".env.example").read_text() == env_example.render(), (
        "write it anew: learnflow env-example > .env.example"
    )


def test_env_example_taken_as_it_is_changes_nothing(tmp_path: Path) -> None:
    uncommented = tmp_path / ".env"
    lines = [line.removeprefix("# ") for line in env_example.render().splitlines() if line.startswith("# LEARNFLOW_")]
    assert len(lines) == len(Settings.model_fields)
    uncommented.write_text("\n".join(lines))
    assert Settings(_env_file=uncommented) == settings()


@pytest.mark.parametrize("secret", ["", "short", "change-me-to-a-long-random-value-of-your-own"])
def test_production_refuses_a_missing_short_or_default_secret(secret: str) -> None:
    with pytest.raises(InsecureConfiguration, match="LEARNFLOW_SECRET_KEY"):
        settings(environment=Environment.production, secret_key=secret).signing_key()


def test_production_takes_a_secret_of_its_own() -> None:
    secret = "k3Jx" * 12
    assert settings(environment=Environment.production, secret_key=secret).signing_key() == secret


def test_the_data_folder_is_its_owners_alone(tmp_path: Path) -> None:
    settings(data_dir=tmp_path / "var").signing_key()
    assert (tmp_path / "var").stat().st_mode & 0o077 == 0


def test_development_generates_a_secret_once_and_keeps_it(tmp_path: Path) -> None:
    first = settings(data_dir=tmp_path).signing_key()
    assert len(first) >= 32
    assert settings(data_dir=tmp_path).signing_key() == first
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("database_url", "postgresql://localhost/learnflow"),
        ("sign_in_failures", "often"),
        ("submission_rate", "0.5/minute"),
        ("trusted_proxies", "10.0.0.0/8, the proxy"),
        ("log_level", "LOUD"),
        ("judge_modules", "numpy, os"),
        ("judge_modules", "numpy.linalg"),
        ("judge_modules", "numpy,numpy"),
        ("judge_modules", "../secrets"),
        ("judge_modules", "learnflow"),
        ("port", "65536"),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused_by_name_before_anything_starts(name: str, value: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        settings(**{name: value})
    assert [error["loc"] for error in refusal.value.errors()] == [(name,)]


def test_lists_are_written_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEARNFLOW_CORS_ORIGINS", "https://a.example, https://b.example")
    assert settings().cors_origins == ("https://a.example", "https://b.example")
    assert settings().judge_modules == ()
    monkeypatch.setenv("LEARNFLOW_JUDGE_MODULES", " numpy, yaml,")
    assert settings().judge_modules == ("numpy", "yaml")
