"""Hashes of what decides the schema, the static files and the demo data.

They let a second start skip what would change nothing.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("contracts", "orders", "api", "frontend", "shop")
_INSTALLED_APPS = re.compile(r"^INSTALLED_APPS = \[.*?^\]", re.MULTILINE | re.DOTALL)
CODE_SUFFIXES = frozenset({".py", ".sql", ".json", ".csv", ".toml", ".svg", ".xml", ".xlsx"})


def schema() -> str:
    """Changes with every migration, the pinned packages, the grants and INSTALLED_APPS."""
    migrations = [path for name in PACKAGES for path in (ROOT / name).rglob("migrations/*.py")]
    files = of_files(
        [
            *migrations,
            ROOT / "requirements.lock",
            ROOT / "shop" / "services" / "sql" / "grants.sql",
        ]
    )
    settings = (ROOT / "shop" / "settings.py").read_text(encoding="utf-8")
    apps = _INSTALLED_APPS.search(settings)
    if apps is None:
        raise ValueError("shop/settings.py holds no list INSTALLED_APPS")
    return hashlib.sha256(f"{files}{apps.group()}".encode()).hexdigest()[:16]


def code() -> str:
    """Changes with the program and its data files (not with templates or static files)."""
    return of_files(
        path
        for name in PACKAGES
        for path in _files(ROOT / name)
        if path.suffix in CODE_SUFFIXES and "static" not in path.parts
    )


def folders(*roots: Path) -> str:
    """Changes with any file below the given folders."""
    return of_files(path for root in roots for path in _files(root))


def of_files(paths: Iterable[Path]) -> str:
    """A short hash of the names and contents of these files, wherever the checkout lies."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(os.path.relpath(path, ROOT).encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


def _files(root: Path) -> Iterator[Path]:
    return (path for path in root.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
