"""Reads the process environment: flags, lists, and addresses given as URLs."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

BASE_DIR = Path(__file__).resolve().parent.parent
TRUE_WORDS = frozenset({"1", "true", "yes", "on"})


class SettingError(ValueError):
    """A variable of the environment can't be used; the message names it."""


def flag(name: str, *, default: bool = False) -> bool:
    """True when the variable holds 1, true, yes or on (any case)."""
    value = os.environ.get(name)
    return default if value is None else value.strip().lower() in TRUE_WORDS


def words(name: str, *, default: str = "") -> list[str]:
    """The comma-separated parts of the variable, without blanks and empties."""
    parts = os.environ.get(name, default).split(",")
    return [part.strip() for part in parts if part.strip()]


def var_dir() -> Path:
    """The folder for everything written at run time (`KAUFHAUS_VAR`, default ./var)."""
    return Path(os.environ.get("KAUFHAUS_VAR") or BASE_DIR / "var").resolve()


def database_from_url(url: str) -> dict[str, Any]:
    """Django's settings for `postgresql://user:password@host:port/name?host=/socket/dir`.

    A `host` in the query is a unix socket directory, as in libpq; other query
    parameters become connection options. Raises SettingError for other schemes.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"}:
        raise SettingError(f"Only PostgreSQL is supported, not {parts.scheme!r}.")
    options = dict(parse_qsl(parts.query))
    socket_dir = options.pop("host", "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": socket_dir or unquote(parts.hostname or ""),
        "PORT": str(parts.port or options.pop("port", "")),
        "OPTIONS": options,
    }


def broker_from_redis_url(url: str) -> str:
    """The same Redis as Celery wants to read it: `unix:` becomes `redis+socket:`."""
    parts = urlsplit(url)
    if parts.scheme != "unix":
        return url
    number = dict(parse_qsl(parts.query)).get("db", "0")
    return f"redis+socket://{parts.path}?virtual_host={number}"


def secret_key(*, may_generate: bool) -> str:
    """`SECRET_KEY`, or a random one kept in the var folder for the embedded set-up.

    Raises SettingError when none is given and none may be generated: several
    machines would each make their own, and sessions would break silently.
    """
    given = os.environ.get("SECRET_KEY")
    if given:
        return given
    if not may_generate:
        raise SettingError("SECRET_KEY must be set when DATABASE_URL names a real server.")
    path = var_dir() / "secret-key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(f".{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(64), encoding="ascii")
        draft.replace(path)
    return path.read_text(encoding="ascii")
