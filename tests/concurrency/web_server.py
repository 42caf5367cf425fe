"""The real web server on the test's database, and people who press a button at the same time."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Barrier
from typing import Self
from urllib.parse import urlencode

from django.conf import settings

from contracts.parties.models import Membership
from tests.sessions import session_of

ROOT = Path(__file__).resolve().parent.parent.parent
PRODUCT = "shop.wsgi:application"
WORKERS = 2
THREADS = 16
PATIENCE = 120
_TOKEN = "t" * 32


@dataclass(frozen=True)
class Answer:
    """Status and text of an answer; status 0 when the connection broke."""

    status: int
    text: str = ""


BROKEN = Answer(0)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class WebServer:
    """gunicorn with several processes and threads; `application` may be a spoiled one."""

    environment: Mapping[str, str]
    log: Path
    application: str = PRODUCT
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill(signal.SIGTERM)

    def start(self) -> None:
        """Start and wait until it answers."""
        command = [
            sys.executable, "-m", "gunicorn", self.application, f"--bind=127.0.0.1:{self.port}",
            f"--workers={WORKERS}", f"--threads={THREADS}", "--backlog=512", "--timeout=120",
        ]  # fmt: skip
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**os.environ, **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if self.get("/healthz").status == 200:
                return
            time.sleep(0.1)
        raise TimeoutError(self.log.read_text(errors="replace")[-3000:])

    def kill(self, number: signal.Signals = signal.SIGKILL) -> None:
        """End the whole group of processes; with SIGKILL nobody tidies up."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)
            self.process.wait(PATIENCE)
            self.process = None

    def get(self, path: str) -> Answer:
        return self._ask("GET", path, "", {})

    def press(self, cookie: str, path: str, **form: str) -> Answer:
        """POST a form as a person who is logged in."""
        headers = {
            "Cookie": f"{cookie}; {settings.CSRF_COOKIE_NAME}={_TOKEN}",
            "X-CSRFToken": _TOKEN,
            "Content-Type": "application/x-www-form-urlencoded",
        }
        return self._ask("POST", path, urlencode(form), headers)

    def _ask(self, method: str, path: str, body: str, headers: dict[str, str]) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return Answer(answer.status, answer.read().decode())
        except (OSError, http.client.HTTPException):
            return BROKEN
        finally:
            connection.close()


def log_in(member: Membership) -> str:
    """The cookie of a session in which the person acts as *member*."""
    return f"{settings.SESSION_COOKIE_NAME}={session_of(member)}"


def press_at_once(
    server: WebServer, presses: Iterable[tuple[str, str, Mapping[str, str]]]
) -> list[Answer]:
    """Press all the buttons, (cookie, path, form) each, from as many connections at once."""
    wanted = list(presses)
    start = Barrier(len(wanted))

    def press(cookie: str, path: str, form: Mapping[str, str]) -> Answer:
        start.wait(PATIENCE)
        return server.press(cookie, path, **form)

    with ThreadPoolExecutor(len(wanted)) as pool:
        return list(pool.map(lambda row: press(*row), wanted))


def statuses(answers: Iterable[Answer]) -> Counter[int]:
    return Counter(answer.status for answer in answers)
