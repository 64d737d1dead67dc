"""The server process."""

import uvicorn

from learnflow.core.config import Settings
from learnflow.entry.app import create_app

GRACEFUL_SECONDS = 8
"""How long open requests and event streams may take to end when the server is stopped."""


def serve(settings: Settings) -> None:
    """Answer requests until told to stop. Blocking."""
    uvicorn.run(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        log_config=None,  # core.logging has set it up
        access_log=False,  # core.http writes the request line
        server_header=False,
        proxy_headers=False,  # core.addresses decides whom to believe
        timeout_graceful_shutdown=GRACEFUL_SECONDS,
    )
