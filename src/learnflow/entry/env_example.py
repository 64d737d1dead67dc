"""Renders `.env.example` from Settings, so that the two can't differ unseen (a test compares them)."""

from enum import Enum
from pathlib import Path

from pydantic import SecretStr
from pydantic_core import PydanticUndefined

from learnflow.core.config import Settings

HEADER = """\
# Every setting of LearnFlow with its default. Copy to .env and uncomment what you change; each is an environment
# variable of the same name too, which wins over .env. An empty value means the default.
"""


def render() -> str:
    parts = [HEADER]
    for name, field in Settings.model_fields.items():
        parts.append(f"\n# {field.description}\n# LEARNFLOW_{name.upper()}={_shown(field.default)}\n")
    return "".join(parts)


def _shown(default: object) -> str:
    match default:
        case SecretStr():
            return default.get_secret_value()
        case Enum():
            return str(default.value)
        case bool():
            return str(default).lower()
        case tuple():
            return ",".join(map(str, default))
        case Path():
            return default.as_posix()
        case _ if default is PydanticUndefined or default is None:
            return ""
        case _:
            return str(default)
