"""What the road test needs beside a browser: a program's API client and a real worker."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

PATIENCE_SECONDS = 90


@dataclass
class Answer:
    """Status, headers and body of an answer over real HTTP."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class ApiProgram:
    """A program with client credentials that speaks HTTP to the live server."""

    url: str
    client_id: str
    client_secret: str
    token: str = ""

    def log_in(self) -> None:
        form = {
            "grant_type": "client_credentials",
            "client_id": self.client_id,
            "client_secret": self.client_secret,
        }
        answer = self._send("POST", "/oauth/token/", urlencode(form).encode(), {})
        assert answer.status == 200, answer.body
        self.token = answer.json()["access_token"]

    def get(self, path: str) -> Answer:
        return self._send("GET", path, None, {})

    def post(self, path: str, body: bytes = b"{}", content: str = "application/json") -> Answer:
        headers = {"Content-Type": content, "Idempotency-Key": str(uuid.uuid4())}
        return self._send("POST", path, body, headers)

    def upload(self, *, award: str, filename: str, content: bytes, mapping: Any = None) -> str:
        """Hand a file in and return the address of its delivery."""
        query = {"award": award, "filename": filename, "mapping": json.dumps(mapping or {})}
        answer = self.post(
            f"/api/v1/supplier/catalogue-uploads?{urlencode(query)}",
            content,
            "application/octet-stream",
        )
        assert answer.status == 202, answer.body
        return answer.headers["Location"].removeprefix(self.url)

    def _send(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        if self.token:
            headers = {**headers, "Authorization": f"Bearer {self.token}"}
        request = Request(self.url + path, data=body, headers=headers, method=method)  # noqa: S310
        try:
            with urlopen(request, timeout=60) as response:  # noqa: S310 - the live server
                return Answer(response.status, dict(response.headers), response.read())
        except HTTPError as error:
            return Answer(error.code, dict(error.headers), error.read())


def wait_for(what: str, found: Callable[[], Any]) -> Any:
    """Ask until *found* returns something true."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not (result := found()):
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.2)
    return result


@contextmanager
def worker(environment: dict[str, str], schedule: str) -> Iterator[None]:
    """A real Celery worker with beat on the test's database and Redis."""
    command = [sys.executable, "-m", "celery", "-A", "shop", "worker", "--pool=solo", "--beat"]
    process = subprocess.Popen(
        [*command, f"--schedule={schedule}"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=PATIENCE_SECONDS)
