"""The product's own server on the loopback, and clients that keep their connection."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.runner import ROOT

PATIENCE = 120
TOKEN = "t" * 32
# As `make demo` starts it (shop/demo.py).
SERVER = ("--workers=2", "--worker-class=gthread", "--threads=4", "--preload", "--backlog=512")


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, where to go on, text, and how long it took."""

    status: int
    location: str
    text: str
    seconds: float


class Client:
    """A browser of one desk: one connection, kept."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)

    def press(self, cookie: str, path: str, form: Mapping[str, object]) -> Answer:
        """Send a form as the person of the session."""
        headers = {
            "Cookie": f"{cookie}; csrftoken={TOKEN}",
            "X-CSRFToken": TOKEN,
            "Content-Type": "application/x-www-form-urlencoded",
        }
        started = time.perf_counter()
        self.connection.request("POST", path, urlencode(form), headers)
        answer = self.connection.getresponse()
        text = answer.read().decode()
        seconds = time.perf_counter() - started
        return Answer(answer.status, answer.getheader("Location", ""), text, seconds)

    def close(self) -> None:
        self.connection.close()


@contextmanager
def serving(environment: Mapping[str, str], log: Path) -> Iterator[int]:
    """gunicorn with the settings of *environment*; the port it listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "shop.wsgi:application",
             f"--bind=127.0.0.1:{port}", *SERVER],
            cwd=ROOT,
            env={**os.environ, **environment, "ALLOWED_HOSTS": "127.0.0.1"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )  # fmt: skip
    try:
        _wait(port, log)
        yield port
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(PATIENCE)


def _wait(port: int, log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with suppress(OSError):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        time.sleep(0.1)
    raise TimeoutError(log.read_text(errors="replace")[-3000:])
