"""Starts and stops PostgreSQL and Redis for one var folder.

Whoever uses the servers inside `running` holds a claim, a file named by its process.
The last living one to leave stops the servers, so two test runs, or a demo and a shell
command, share them without pulling them from under each other. `start` pins them: they
stay up until `stop`.
"""

from __future__ import annotations

import fcntl
import itertools
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from shop.environment import var_dir
from shop.services.addresses import DATABASE, Addresses, addresses, runtime_dir
from shop.services.errors import ServiceError
from shop.services.home import find_home, own_place, prepare_home
from shop.services.postgres import Postgres
from shop.services.redis_server import RedisServer
from shop.services.roles import ensure_database

PIN = "pinned"
_claim_numbers = itertools.count(1)


@dataclass(frozen=True)
class Status:
    """Which of the two servers answer."""

    postgres: bool
    redis: bool


@contextmanager
def running(var: Path | None = None, *, durable: bool = True) -> Iterator[Addresses]:
    """The servers for the length of the block; the last user to leave stops them."""
    folder = _folder(var)
    claim = _claims(folder) / f"{os.getpid()}.{next(_claim_numbers)}"
    claim.touch()
    try:
        with _locked(folder):
            found = _start(folder, durable=durable)
        yield found
    finally:
        with _locked(folder):
            claim.unlink(missing_ok=True)
            if not _in_use(folder):
                _stop(folder, durable=durable)


def start(var: Path | None = None, *, durable: bool = True) -> Addresses:
    """Starts the servers and pins them; does nothing for a server that runs."""
    folder = _folder(var)
    with _locked(folder):
        found = _start(folder, durable=durable)
        (_claims(folder) / PIN).touch()
        return found


def stop(var: Path | None = None) -> None:
    """Stops the servers, whoever uses them; does nothing when they are down."""
    folder = _folder(var)
    with _locked(folder):
        for claim in _claims(folder).iterdir():
            claim.unlink()
        _stop(folder, durable=True)


def status(var: Path | None = None) -> Status:
    """Whether each server answers."""
    folder = _folder(var)
    return Status(
        postgres=Postgres(folder, find_home(folder), durable=True).is_running(),
        redis=RedisServer(folder, durable=True).is_running(),
    )


def remove(var: Path | None = None) -> None:
    """Stops the servers and deletes their data, also what lies outside the var folder."""
    folder = _folder(var)
    stop(folder)
    for name in ("pg", "redis"):
        path = folder / name
        if path.is_symlink():
            path.unlink()
        elif path.exists():
            shutil.rmtree(path)
    if own_place(folder).exists():
        shutil.rmtree(own_place(folder))


def _start(folder: Path, *, durable: bool) -> Addresses:
    _prepare_runtime_dir(folder)
    found = addresses(folder)
    postgres = Postgres(folder, prepare_home(folder), durable)
    postgres.start()
    ensure_database(found.database_admin_url, DATABASE)
    RedisServer(folder, durable).start()
    return found


def _stop(folder: Path, *, durable: bool) -> None:
    try:
        RedisServer(folder, durable).stop()
    finally:
        Postgres(folder, find_home(folder), durable).stop()
    if _is_ours(runtime_dir(folder)):
        shutil.rmtree(runtime_dir(folder))


def _prepare_runtime_dir(folder: Path) -> None:
    """Makes the socket folder; refuses one that somebody else put there."""
    path = runtime_dir(folder)
    path.mkdir(mode=0o700, exist_ok=True)
    if not _is_ours(path):
        raise ServiceError(f"{path} belongs to somebody else; remove it.")
    # As root, PostgreSQL's own user has to pass through to its folder below.
    path.chmod(0o711 if os.geteuid() == 0 else 0o700)


def _is_ours(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink() and path.lstat().st_uid == os.geteuid()


def _folder(var: Path | None) -> Path:
    return (var or var_dir()).resolve()


def _claims(folder: Path) -> Path:
    path = folder / "run" / "claims"
    path.mkdir(parents=True, exist_ok=True)
    return path


def _in_use(folder: Path) -> bool:
    """True when pinned or claimed by a living process; forgets the claims of dead ones."""
    used = False
    for claim in _claims(folder).iterdir():
        if claim.name == PIN or _lives(int(claim.name.partition(".")[0])):
            used = True
        else:
            claim.unlink()
    return used


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """One process at a time starts or stops."""
    _claims(folder)
    with (folder / "run" / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
