"""One embedded PostgreSQL: initdb, start, stop, all by its own programs."""

from __future__ import annotations

import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path

from shop.services.addresses import ADMIN_ROLE, postgres_socket_dir
from shop.services.errors import ServiceError
from shop.services.home import Home

TIMEOUT_SECONDS = 60
MAX_CONNECTIONS = 200

# Data of a test run may be lost with the machine; a demo's may not. Tests keep their rows
# uncommitted: an autovacuum would note "no rows" in between, and plans would go by that.
FAST_AND_LOSABLE = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "autovacuum": "off",
}


@dataclass(frozen=True)
class Postgres:
    """`durable=False` trades safety after a power cut for speed (tests)."""

    var: Path
    home: Home
    durable: bool

    @property
    def log(self) -> Path:
        return self.home.data / "server.log"

    def is_running(self) -> bool:
        if not (self.home.data / "PG_VERSION").exists():
            return False
        return self._run("pg_ctl", "status", check=False).returncode == 0

    def start(self) -> None:
        """Starts the server and waits until it answers. Raises ServiceError with its log."""
        if self.is_running():
            return
        self.home.own(postgres_socket_dir(self.var))
        if not (self.home.data / "PG_VERSION").exists():
            self._initialise()
        result = self._run(
            "pg_ctl", "start", "--wait", f"--timeout={TIMEOUT_SECONDS}",
            f"--log={self.log}", "--options", self._options(), check=False,
        )  # fmt: skip
        if result.returncode != 0:
            tail = self.log.read_text(errors="replace")[-2000:] if self.log.exists() else ""
            raise ServiceError(f"PostgreSQL did not start.\n{result.stderr}\n{tail}")

    def stop(self) -> None:
        """Ends all sessions and the server; returns when it is gone."""
        if self.is_running():
            self._run("pg_ctl", "stop", "--wait", "--mode=fast", f"--timeout={TIMEOUT_SECONDS}")

    def _initialise(self) -> None:
        self.home.own(self.home.data)
        self._run(
            "initdb", f"--username={ADMIN_ROLE}", "--auth-local=trust", "--auth-host=reject",
            "--encoding=UTF8", "--locale=C", "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8", *(() if self.durable else ("--no-sync",)),
        )  # fmt: skip

    def _options(self) -> str:
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(postgres_socket_dir(self.var)),
            "unix_socket_permissions": "0700",
            "max_connections": str(MAX_CONNECTIONS),
            "shared_buffers": "256MB",
            "jit": "off",
            "random_page_cost": "1.1",
            **({} if self.durable else FAST_AND_LOSABLE),
        }
        return shlex.join(
            part for name, value in settings.items() for part in ("-c", f"{name}={value}")
        )

    def _run(
        self, program: str, *arguments: str, check: bool = True
    ) -> subprocess.CompletedProcess[str]:
        user = self.home.user
        # The log is a file: a pipe would be inherited by the server and never close.
        result = subprocess.run(  # noqa: S603 - our own programs and arguments
            [str(self.home.programs / program), f"--pgdata={self.home.data}", *arguments],
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if program == "initdb" else subprocess.DEVNULL,
            stderr=subprocess.PIPE if "start" not in arguments else None,
            text=True,
            cwd="/",
            env={"LC_ALL": "C", "PATH": "/usr/bin:/bin", "TZ": "UTC"},
            user=None if user is None else user.pw_uid,
            group=None if user is None else user.pw_gid,
            extra_groups=None if user is None else [],
        )
        if check and result.returncode != 0:
            raise ServiceError(f"{program} failed: {result.stderr}")
        return result
