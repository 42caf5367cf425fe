"""A receiver of webhooks: a real HTTP server that answers as it is told, and keeps what came."""

from __future__ import annotations

import base64
import hashlib
import hmac
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Reply:
    """How to answer: after so many seconds, with a status, headers and a body."""

    status: int = 204
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    wait: float = 0
    drip: float = 0  # seconds between the bytes of the body


@dataclass
class Received:
    """What came: headers in lower case, and the very bytes."""

    path: str
    headers: dict[str, str]
    body: bytes

    def is_signed_with(self, secret: str) -> bool:
        """Standard Webhooks, written from its text and not from our code."""
        key = base64.b64decode(secret.split("_", 1)[1])
        text = b".".join(
            (self.headers["webhook-id"].encode(), self.headers["webhook-timestamp"].encode(),
             self.body)
        )  # fmt: skip
        wanted = base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()
        given = [row.split(",", 1) for row in self.headers["webhook-signature"].split(" ")]
        return any(version == "v1" and value == wanted for version, value in given)


class Receiver:
    """Answers with the replies given, in order; the last one for good."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.replies: list[Reply] = [Reply()]
        self.received: list[Received] = []
        self.at_once = 0
        self.most_at_once = 0
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?quelle=kaufhaus"

    def take(self, request: Received) -> Reply:
        with self._lock:
            self.received.append(request)
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]

    def done(self) -> None:
        with self._lock:
            self.at_once -= 1


@contextmanager
def receiving(tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """Run a receiver on a free port of 127.0.0.1, behind TLS if asked."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            named = {name.lower(): value for name, value in self.headers.items()}
            reply = receiver.take(Received(self.path, named, self.rfile.read(length)))
            try:
                time.sleep(reply.wait)
                self._answer(reply)
            except OSError:
                return  # the sender has hung up
            finally:
                receiver.done()

        def _answer(self, reply: Reply) -> None:
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            for position in range(0, len(reply.body), 1 if reply.drip else 65_536):
                self.wfile.write(reply.body[position : position + (1 if reply.drip else 65_536)])
                self.wfile.flush()
                time.sleep(reply.drip)

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    receiver = Receiver(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
