"""Races show what collides: here no act is repeated, so that a deadlock is seen."""

from __future__ import annotations

import pytest

from contracts import retrying


@pytest.fixture(autouse=True)
def unrepeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retrying, "collided", lambda _error: False)
