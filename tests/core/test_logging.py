"""The log is read on a terminal: nothing that a caller sends may move its cursor or begin a line of its own."""

import logging

import pytest

from learnflow.core.logging import configure_logging, get_logger


@pytest.mark.parametrize("as_json", [False, True])
def test_control_characters_of_a_caller_are_written_out(
    as_json: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [])
    configure_logging(level=logging.getLevelName(root.level), as_json=as_json)
    get_logger("test").error("request", path="/\x1b[2J\0", address="a\nb")
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "\x1b[2J" not in said
    assert "\0" not in said
    assert "/" in said


def test_a_traceback_keeps_its_lines(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [])
    configure_logging(level=logging.getLevelName(root.level))
    try:
        raise RuntimeError("why")
    except RuntimeError:
        get_logger("test").exception("failed")
    assert "RuntimeError: why\n" in capsys.readouterr().err
