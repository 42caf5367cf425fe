"""Where the embedded servers listen; computed from the var folder, nothing is started.

Unix socket paths end at 107 characters, so sockets lie in a short folder below /tmp,
named after a hash of the var folder.
"""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import dataclass
from pathlib import Path

DATABASE = "kaufhaus"
OWNER_ROLE = "kaufhaus_owner"
APP_ROLE = "kaufhaus_app"
ADMIN_ROLE = "postgres"

# Not tempfile.gettempdir(): TMPDIR may differ between two commands that must meet.
_SHORT_TMP = Path("/tmp")  # noqa: S108 - ownership of the folder is checked before use


@dataclass(frozen=True)
class Addresses:
    """URLs of one embedded set-up; `admin` is for tests and start-up only."""

    database_url: str
    database_owner_url: str
    database_admin_url: str
    redis_url: str

    def environment(self) -> dict[str, str]:
        """The variables that shop.settings reads."""
        return {
            "DATABASE_URL": self.database_url,
            "DATABASE_OWNER_URL": self.database_owner_url,
            "REDIS_URL": self.redis_url,
        }


def runtime_dir(var: Path) -> Path:
    """The short folder that holds the sockets of the servers of this var folder."""
    name = hashlib.sha256(str(var.resolve()).encode()).hexdigest()[:12]
    base = _SHORT_TMP if _SHORT_TMP.is_dir() else Path(tempfile.gettempdir())
    return base / f"kaufhaus-{name}"


def postgres_socket_dir(var: Path) -> Path:
    return runtime_dir(var) / "pg"


def redis_socket(var: Path) -> Path:
    return runtime_dir(var) / "redis" / "s"


def addresses(var: Path, *, database: str = DATABASE) -> Addresses:
    """The addresses for `var`, whether or not the servers run."""
    host = postgres_socket_dir(var)

    def url(role: str, name: str) -> str:
        return f"postgresql://{role}@/{name}?host={host}"

    return Addresses(
        database_url=url(APP_ROLE, database),
        database_owner_url=url(OWNER_ROLE, database),
        database_admin_url=url(ADMIN_ROLE, ADMIN_ROLE),
        redis_url=f"unix://{redis_socket(var)}?db=0",
    )
