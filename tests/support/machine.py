"""What a machine may lack. A developer's run tells it and goes on; in CI nothing is left out in silence: it fails."""

import os
from typing import NoReturn

import pytest


def lacks(why: str) -> NoReturn:
    """End the test that needs it: skipped with the reason, failed where CI is set."""
    if os.environ.get("CI"):
        pytest.fail(f"CI must be able to run this: {why}")
    pytest.skip(why)


def needs_root(why: str) -> None:
    if os.geteuid() != 0:
        lacks(why)
