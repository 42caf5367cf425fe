"""One POST to a checked address: no redirects, no proxies, a deadline, a capped answer.

Plain http.client: the socket has to be ours, so that it leads to the address that was checked
and can be cut at the deadline, however slowly the other side drips.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from .addresses import Target

TIMEOUT = 20.0
"""Seconds from the connection to the end of the answer."""
MAX_ANSWER = 1_000


class Unanswered(Exception):
    """Nothing usable came back; the text says what happened."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; the body up to MAX_ANSWER bytes."""

    status: int
    body: str


def post(
    target: Target, *, body: str, headers: Mapping[str, str], timeout: float = TIMEOUT
) -> Answer:
    """Send *body* and read the answer. Raises Unanswered."""
    try:
        connection = _connected(target, timeout)
    except OSError as error:
        raise Unanswered(f"Keine Verbindung: {error}") from error
    with connection, _deadline(connection, timeout) as cut:
        late = Unanswered(f"Keine Antwort innerhalb von {timeout:g} Sekunden.")
        try:
            answer = _exchange(target, connection, body, headers)
        except TimeoutError as error:
            raise late from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            if cut.is_set():
                raise late from error
            raise Unanswered(f"Verbindung abgebrochen: {error!r}"[:200]) from error
        if cut.is_set():
            raise late  # the body came to a stop where the connection was cut
    return answer


def _connected(target: Target, timeout: float) -> socket.socket:
    connection = socket.create_connection((target.address, target.port), timeout=timeout)
    if target.scheme == "http":
        return connection
    try:
        return ssl.create_default_context().wrap_socket(
            connection, server_hostname=target.host, do_handshake_on_connect=False
        )
    except (OSError, ValueError):
        connection.close()
        raise


def _exchange(
    target: Target, connection: socket.socket, body: str, headers: Mapping[str, str]
) -> Answer:
    if isinstance(connection, ssl.SSLSocket):
        connection.do_handshake()
    client = http.client.HTTPConnection(target.host, target.port)
    client.sock = connection
    client.putrequest("POST", target.path, skip_host=True, skip_accept_encoding=True)
    content = body.encode()
    sent = {
        "Host": target.host_header,
        "Content-Type": "application/json",
        "Content-Length": str(len(content)),
        "User-Agent": "Kaufhaus-Webhooks/1",
        "Connection": "close",
        **headers,
    }
    for name, value in sent.items():
        client.putheader(name, value)
    client.endheaders(content)
    response = client.getresponse()
    text = response.read(MAX_ANSWER).decode("utf-8", "replace").replace("\x00", "")
    return Answer(response.status, text)


@contextmanager
def _deadline(connection: socket.socket, seconds: float) -> Iterator[threading.Event]:
    """Cut the connection when the time is up; the event says that it was."""
    over = threading.Event()

    def cut() -> None:
        over.set()
        try:
            connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # the other side was faster

    timer = threading.Timer(seconds, cut)
    timer.start()
    try:
        yield over
    finally:
        timer.cancel()
