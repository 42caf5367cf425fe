"""One embedded Redis on a unix socket."""

from __future__ import annotations

import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from shop.services.addresses import redis_socket
from shop.services.binaries import redis_program
from shop.services.errors import ServiceError

TIMEOUT_SECONDS = 15
PAUSE_SECONDS = 0.02


@dataclass(frozen=True)
class RedisServer:
    """`durable=True` keeps an append-only file, so queued work survives a restart."""

    var: Path
    durable: bool

    @property
    def data(self) -> Path:
        return self.var / "redis"

    def _client(self) -> redis.Redis:
        """One attempt only: a server that is down is an answer here, not a hiccup."""
        return redis.Redis(
            unix_socket_path=str(redis_socket(self.var)), retry=Retry(NoBackoff(), 0)
        )

    def pid(self) -> int | None:
        """The process that answers on the socket, or None."""
        client = self._client()
        try:
            return int(client.info("server")["process_id"])
        except redis.RedisError:
            return None
        finally:
            client.close()

    def is_running(self) -> bool:
        return self.pid() is not None

    def start(self) -> None:
        """Starts the server and waits until it answers."""
        if self.is_running():
            return
        self.data.mkdir(parents=True, exist_ok=True)
        redis_socket(self.var).parent.mkdir(mode=0o700, exist_ok=True)
        keep = "yes" if self.durable else "no"
        options = {
            "port": "0",
            "unixsocket": str(redis_socket(self.var)),
            "unixsocketperm": "700",
            "dir": str(self.data),
            "logfile": str(self.data / "server.log"),
            "pidfile": str(self.data / "server.pid"),
            "daemonize": "yes",
            "appendonly": keep,
            "save": "",
        }
        arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
        subprocess.run(  # noqa: S603 - our own program and arguments
            [str(redis_program()), *arguments],
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            cwd="/",
        )
        if not self._wait(running=True):
            tail = (self.data / "server.log").read_text(errors="replace")[-2000:]
            raise ServiceError(f"Redis did not start.\n{tail}")

    def stop(self) -> None:
        """Ends the server; returns when it is gone."""
        if not self.is_running():
            return
        client = self._client()
        try:
            client.shutdown(nosave=True)
        finally:
            client.close()
        if not self._wait(running=False):
            raise ServiceError("Redis did not stop.")

    def _wait(self, *, running: bool) -> bool:
        end = time.monotonic() + TIMEOUT_SECONDS
        while time.monotonic() < end:
            if self.is_running() is running:
                return True
            time.sleep(PAUSE_SECONDS)
        return False
