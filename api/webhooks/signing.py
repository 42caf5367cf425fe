"""Secrets and signatures of Standard Webhooks (https://www.standardwebhooks.com)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

PREFIX = "whsec_"
_BYTES = 32


class UnreadableSecret(Exception):
    """The secret was sealed under a key that is no longer known."""


def new_secret() -> str:
    """A fresh secret: 256 random bits."""
    return PREFIX + base64.b64encode(secrets.token_bytes(_BYTES)).decode()


def signature(secret: str, *, message_id: str, timestamp: int, body: str) -> str:
    """HMAC-SHA256 over id, seconds since 1970 and body."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{message_id}.{timestamp}.{body}".encode()
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def headers(held: Iterable[str], *, message_id: str, timestamp: int, body: str) -> dict[str, str]:
    """The three headers, with one signature per secret that is in force."""
    signed = (
        signature(secret, message_id=message_id, timestamp=timestamp, body=body) for secret in held
    )
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signed),
    }


def sealed(secret: str) -> str:
    """The secret as it is stored."""
    return _box().encrypt(secret.encode()).decode()


def opened(stored: str) -> str:
    """The secret as it is used. Raises UnreadableSecret."""
    try:
        return _box().decrypt(stored.encode()).decode()
    except InvalidToken:
        raise UnreadableSecret(
            "Das Geheimnis ist mit dem heutigen SECRET_KEY nicht lesbar; bitte ein neues erzeugen."
        ) from None


def _box() -> MultiFernet:
    """Keys from SECRET_KEY, and from its predecessors while it is being exchanged."""
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return MultiFernet([Fernet(_key(text)) for text in keys])


def _key(text: str) -> bytes:
    digest = hashlib.sha256(b"webhook-secrets:" + text.encode()).digest()
    return base64.urlsafe_b64encode(digest)
