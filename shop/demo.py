"""python -m shop.demo: the whole house on one machine, until Ctrl-C.

Starts the servers, brings schema, static files and demo data up to date, runs web,
worker and beat as the role that owns nothing, and prints who may log in.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn

import psycopg
import redis

from shop import assets, fingerprint, heartbeat
from shop.environment import var_dir
from shop.processes import ProcessError, Processes, Program
from shop.services import embedded
from shop.services.addresses import Addresses
from shop.services.errors import ServiceError

ROOT = Path(__file__).resolve().parent.parent
HOST = os.environ.get("HOST", "127.0.0.1")
PORT = int(os.environ.get("PORT", "8000"))
URL = f"http://{HOST}:{PORT}"
READY_TIMEOUT_SECONDS = 60
PAUSE_SECONDS = 0.2
CREDENTIALS = "credentials.json"
SHOWN = ("label", "organisation", "email", "password")
MANAGE = [sys.executable, str(ROOT / "manage.py")]


class Stopped(Exception):
    """SIGINT, SIGTERM or SIGHUP arrived."""


class Stamps:
    """Remembers in var/demo what was done for which state of the files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def holds(self, name: str, value: str) -> bool:
        path = self.folder / f"{name}.stamp"
        return path.exists() and path.read_text(encoding="ascii") == value

    def set(self, name: str, value: str) -> None:
        (self.folder / f"{name}.stamp").write_text(value, encoding="ascii")


def main() -> int:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    started = time.monotonic()
    try:
        _refuse_taken_port()
        with embedded.running() as found:
            environment = {"SITE_URL": URL, **os.environ, **found.environment(), "DEMO": "1"}
            with Processes(var_dir() / "demo", environment) as processes:
                _prepare(processes, found)
                _serve(processes, found)
                _announce(time.monotonic() - started)
                while True:
                    processes.check()
                    time.sleep(1)
    except Stopped:
        sys.stdout.write("Stopped.\n")
        return 0
    except (ProcessError, ServiceError) as error:
        sys.stderr.write(f"{error}\n")
        return 1


def _stop(_number: int, _frame: FrameType | None) -> NoReturn:
    # A second signal must not interrupt the orderly end.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    raise Stopped


def _refuse_taken_port() -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, PORT))
        except OSError as error:
            raise ServiceError(
                f"{HOST}:{PORT} is taken; choose another: make demo PORT=8001"
            ) from error


def _prepare(processes: Processes, found: Addresses) -> None:
    """Assets beside migrations: the one waits for the network, the other for Python."""
    stamps = Stamps(processes.folder)
    fetching = processes.start("assets", [sys.executable, "-m", "shop.assets"])
    cluster = _cluster_id(found)
    schema = f"{cluster}-{fingerprint.schema()}"
    if not stamps.holds("schema", schema):
        with _step("Migrating the database"):
            processes.run("migrate", [*MANAGE, "migrate", "--skip-checks"])
        stamps.set("schema", schema)
    processes.finish(fetching)
    collecting = _collect(processes, stamps)
    seed = f"{schema}-{fingerprint.code()}"
    if not stamps.holds("seed", seed) or not (processes.folder / CREDENTIALS).exists():
        with _step("Filling in the demo data"):
            processes.run("seed", [*MANAGE, "seed_demo", "--skip-checks"])
        stamps.set("seed", seed)
    if collecting is not None:
        program, static = collecting
        processes.finish(program)
        stamps.set("static", static)


def _collect(processes: Processes, stamps: Stamps) -> tuple[Program, str] | None:
    static = fingerprint.folders(ROOT / "frontend" / "static", assets.TARGET)
    if stamps.holds("static", static) and (var_dir() / "static").is_dir():
        return None
    command = [*MANAGE, "collectstatic", "--noinput", "--clear", "--skip-checks"]
    return processes.start("collectstatic", command), static


def _cluster_id(found: Addresses) -> str:
    """Names this very PostgreSQL, so that stamps don't outlive deleted data."""
    with psycopg.connect(found.database_admin_url) as connection:
        row = connection.execute("SELECT system_identifier FROM pg_control_system()").fetchone()
    if row is None:
        raise ServiceError("PostgreSQL did not name itself.")
    return str(row[0])


def _serve(processes: Processes, found: Addresses) -> None:
    with redis.Redis.from_url(found.redis_url) as client:
        # The sign of life of a worker that was killed must not count for ours.
        client.delete(heartbeat.KEY)
    celery = [sys.executable, "-m", "celery", "-A", "shop"]
    processes.start(
        "worker", [*celery, "worker", "--concurrency=2", "--without-gossip", "--without-mingle"]
    )
    processes.start(
        "web",
        [
            sys.executable, "-m", "gunicorn", "shop.wsgi:application", f"--bind={HOST}:{PORT}",
            "--workers=2", "--worker-class=gthread", "--threads=4", "--preload",
            "--no-control-socket",
            f"--access-logfile={processes.folder / 'access.log'}",
        ],
    )  # fmt: skip
    processes.start("beat", [*celery, "beat", "--pidfile="])
    with _step("Starting web, worker and beat"):
        _wait_until_ready(processes)


def _wait_until_ready(processes: Processes) -> None:
    end = time.monotonic() + READY_TIMEOUT_SECONDS
    while not _ready():
        processes.check()
        if time.monotonic() > end:
            raise ProcessError(f"Not ready after {READY_TIMEOUT_SECONDS} s; see {processes.folder}")
        time.sleep(PAUSE_SECONDS)


def _ready() -> bool:
    try:
        with urllib.request.urlopen(f"http://{HOST}:{PORT}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _announce(seconds: float) -> None:
    lines = [f"Kaufhaus: {URL}/   (ready after {seconds:.0f} s, Ctrl-C stops)", ""]
    path = var_dir() / "demo" / CREDENTIALS
    if path.exists():
        people = json.loads(path.read_text(encoding="utf-8"))["people"]
        lines += _table([{name: row[name] for name in SHOWN} for row in people])
    _say("\n".join(lines))


def _table(rows: list[dict[str, str]]) -> list[str]:
    """The rows as text columns, headed by the names of the fields."""
    if not rows:
        return []
    names = list(rows[0])
    cells = [names, *([str(row.get(name, "")) for name in names] for row in rows)]
    widths = [max(len(line[index]) for line in cells) for index in range(len(names))]
    return [
        "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip()
        for line in cells
    ]


@contextmanager
def _step(text: str) -> Iterator[None]:
    started = time.monotonic()
    _say(f"{text} …")
    yield
    _say(f"  done in {time.monotonic() - started:.0f} s")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
