"""The description of the API is one that a client can be generated from."""

from pathlib import Path
from typing import Any

import pytest

from learnflow.core.config import Settings
from learnflow.entry.app import create_app


@pytest.fixture
def operations(tmp_path: Path) -> list[dict[str, Any]]:
    document = create_app(Settings(_env_file=None, data_dir=tmp_path)).openapi()
    return [operation for methods in document["paths"].values() for operation in methods.values()]


def test_every_operation_has_a_name_of_its_own_and_a_summary(operations: list[dict[str, Any]]) -> None:
    names = [operation["operationId"] for operation in operations]
    assert len(set(names)) == len(names)
    assert {"register", "login", "list_exercises", "create_submission", "audit_log"} <= set(names)
    summaries = [operation["summary"] for operation in operations]
    assert all(summary and "\n" not in summary and not summary.endswith(".") for summary in summaries)
    # The docstring's words and not FastAPI's: the function's name with capitals.
    assert [name for name, said in zip(names, summaries, strict=True) if said == name.replace("_", " ").title()] == []


def test_errors_are_documented_as_the_problems_they_are(operations: list[dict[str, Any]]) -> None:
    for operation in operations:
        for status, answer in operation["responses"].items():
            if int(status) >= 400:
                assert list(answer["content"]) == ["application/problem+json"]
            if status in ("429", "503"):
                assert "Retry-After" in answer["headers"]
            if status == "401" and operation["tags"] == ["submissions"]:
                assert operation["security"] == [{"AccessToken": []}]


def test_every_room_that_asks_the_database_says_that_it_may_be_away(operations: list[dict[str, Any]]) -> None:
    without = [operation["operationId"] for operation in operations if "503" not in operation["responses"]]
    assert without == ["index", "live", "metrics"]
