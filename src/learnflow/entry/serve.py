"""The server process."""

import asyncio
import socket
import sys

import uvicorn
from fastapi import FastAPI

from learnflow.core.config import Settings
from learnflow.entry.app import create_app
from learnflow.entry.migrate import missing_migrations
from learnflow.submissions.live import Live

GRACEFUL_SECONDS = 4
"""How long open requests may take to end when the server is stopped; graders that still work have
`grading.service.DRAIN_SECONDS` more, and both together stay under the 10 seconds that supervisors wait."""


class Server(uvicorn.Server):
    """Ends what waits for a verdict when it is told to stop; by itself it would wait for every stream to be over."""

    def __init__(self, config: uvicorn.Config, app: FastAPI) -> None:
        super().__init__(config)
        self.app = app

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        live: Live = self.app.state.live
        live.close()
        await super().shutdown(sockets)


def serve(settings: Settings) -> None:
    """Answer requests until told to stop. Blocking. Exits with a sentence when it can't do its work here."""
    _require_free(settings.host, settings.port)
    if asyncio.run(missing_migrations(settings.database_url)):
        sys.exit("learnflow: the database's tables are missing or of an older version. Run `learnflow migrate` first.")
    app = create_app(settings)
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        log_config=None,  # core.logging has set it up
        access_log=False,  # core.http writes the request line
        server_header=False,
        proxy_headers=False,  # core.addresses decides whom to believe
        timeout_graceful_shutdown=GRACEFUL_SECONDS,
    )
    server = Server(config, app)
    server.run()
    if not server.started:
        sys.exit(1)


def _require_free(host: str, port: int) -> None:
    """Told before the sandboxes start, and with what to do."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        sys.exit(
            f"learnflow: cannot listen on {host} port {port}: {error.strerror or error}. Stop what uses it, or choose "
            "another with LEARNFLOW_HOST and LEARNFLOW_PORT (`make run PORT=8123`)."
        )
