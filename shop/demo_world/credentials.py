"""The log-ins of the demo in var/demo/credentials.json, readable by their owner only.

Kept over restarts: what stands in the file stays valid.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import TypedDict

FILENAME = "credentials.json"
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _GROUP_LENGTH = 3, 4


class PersonRow(TypedDict):
    """Somebody to log in as; `role` is the code, `label` its German name."""

    key: str
    role: str
    label: str
    person: str
    organisation: str
    hint: str
    email: str
    password: str


class ClientRow(TypedDict):
    """A program's access to the API."""

    name: str
    organisation: str
    client_id: str
    client_secret: str
    scopes: list[str]


class Credentials(TypedDict):
    """The whole file."""

    url: str
    people: list[PersonRow]
    api_clients: list[ClientRow]


def load(folder: Path) -> Credentials | None:
    """What the file holds, or None without a (readable) file."""
    try:
        found: Credentials = json.loads((folder / FILENAME).read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    return found


def save(folder: Path, credentials: Credentials) -> None:
    """Replace the file as a whole; nobody but its owner may read it at any moment."""
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f"{FILENAME}.{os.getpid()}"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(credentials, file, ensure_ascii=False, indent=2)
        file.write("\n")
    draft.replace(folder / FILENAME)


def passwords(kept: Credentials | None) -> Mapping[str, str]:
    """Kept passwords by e-mail."""
    return {row["email"]: row["password"] for row in kept["people"]} if kept else {}


def new_password() -> str:
    """A password one can read out and type: three groups of four, 59 bits."""
    groups = (
        "".join(secrets.choice(_LETTERS) for _ in range(_GROUP_LENGTH)) for _ in range(_GROUPS)
    )
    return "-".join(groups)
