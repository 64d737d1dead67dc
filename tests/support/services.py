"""A process that holds a pool of its own, to be killed."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def running_service(source: str) -> Iterator[subprocess.Popen[bytes]]:
    """Python that runs `source`, once it has printed "ready"; waited for at the end."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen([sys.executable, "-c", source], stdout=subprocess.PIPE, env=environment) as service:
        assert service.stdout is not None
        assert service.stdout.readline() == b"ready\n"
        yield service
