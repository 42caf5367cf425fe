"""python -m shop.services start | stop | status | run | remove"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import subprocess
import sys
import threading
from types import FrameType
from typing import NoReturn

from shop.services import embedded
from shop.services.errors import ServiceError

DESCRIPTION = "Embedded PostgreSQL and Redis of this folder."
ACTIONS = {
    "start": "start and leave running",
    "stop": "stop, whoever uses them",
    "status": "say what runs; exit status 1 when a server is down",
    "run": "run a command (after --) with the servers up, or wait for Ctrl-C",
    "remove": "stop and delete all data",
}


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m shop.services", description=DESCRIPTION)
    commands = parser.add_subparsers(dest="action", required=True)
    for name, text in ACTIONS.items():
        command = commands.add_parser(name, help=text)
        if name == "run":
            command.add_argument("command", nargs="*")
    options = parser.parse_args(arguments)
    try:
        if options.action == "run":
            return _run(options.command)
        return _do(options.action)
    except ServiceError as error:
        sys.stderr.write(f"{error}\n")
        return 1


def _do(action: str) -> int:
    if action == "start":
        for name, value in embedded.start().environment().items():
            sys.stdout.write(f"export {name}='{value}'\n")
    elif action == "stop":
        embedded.stop()
    elif action == "remove":
        embedded.remove()
    else:
        found = embedded.status()
        for name, up in (("postgres", found.postgres), ("redis", found.redis)):
            sys.stdout.write(f"{name}: {'up' if up else 'down'}\n")
        return 0 if found.postgres and found.redis else 1
    return 0


def _run(command: list[str]) -> int:
    signal.signal(signal.SIGTERM, _leave)
    with embedded.running() as found:
        if command:
            environment = {**os.environ, **found.environment()}
            return subprocess.run(command, check=False, env=environment).returncode  # noqa: S603
        with contextlib.suppress(KeyboardInterrupt):
            threading.Event().wait()
    return 0


def _leave(number: int, _frame: FrameType | None) -> NoReturn:
    """Leaves by an exception, so that the servers are stopped on the way out."""
    sys.exit(128 + number)


if __name__ == "__main__":
    sys.exit(main())
