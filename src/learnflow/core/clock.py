"""The one source of time: UTC and aware, always."""

from datetime import UTC, datetime


def now() -> datetime:
    return datetime.now(UTC)
