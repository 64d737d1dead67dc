"""Structured logs: one event a line, every line with the request id it belongs to."""

import logging
import sys

import structlog

from learnflow.core.context import current_origin

_OURS = frozenset({"event", "exception", "stack"})
"""Fields whose line breaks are meant."""


def configure_logging(*, level: str = "INFO", as_json: bool = False) -> None:
    """Send our log lines and the libraries' through one renderer to standard error."""
    shared: list[structlog.types.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        _add_request_id,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    render: structlog.types.Processor = (
        structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _printable, render],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    # uvicorn's access log repeats what our own request line says better.
    logging.getLogger("uvicorn.access").disabled = True
    for name in ("uvicorn", "uvicorn.error"):
        logging.getLogger(name).handlers = []
        logging.getLogger(name).propagate = True


def _printable(_logger: object, _method: str, entry: structlog.types.EventDict) -> structlog.types.EventDict:
    """Callers choose paths and addresses: control characters in them would reach the terminal of who reads the log."""
    for name, value in entry.items():
        if name not in _OURS and isinstance(value, str) and not value.isprintable():
            entry[name] = ascii(value)
    return entry


def _add_request_id(_logger: object, _method: str, entry: structlog.types.EventDict) -> structlog.types.EventDict:
    origin = current_origin()
    if origin.request_id:
        entry.setdefault("request_id", origin.request_id)
    return entry


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    logger: structlog.stdlib.BoundLogger = structlog.get_logger(name)
    return logger
