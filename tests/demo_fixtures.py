"""The demo world for tests: seeded once a module, in a transaction that is thrown away."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from contracts.clock import berlin_day
from contracts.parties.models import Membership, Role
from shop.demo_world.seed import Outcome, seed

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=40)
DAY = berlin_day(NOW)
URL = "http://127.0.0.1:8000/"


@dataclass(frozen=True)
class Demo:
    """The seeded world: where its files lie and what the first run said."""

    folder: Path
    outcome: Outcome

    def run(self, *, now: datetime = LATER, scale: int = 1) -> Outcome:
        return seed(now=now, scale=scale, folder=self.folder, url=URL)

    def credentials(self) -> dict[str, list[dict[str, str]]]:
        found: dict[str, list[dict[str, str]]] = json.loads(
            (self.folder / "credentials.json").read_text(encoding="utf-8")
        )
        return found


@pytest.fixture(scope="module")
def seeded(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Demo]:
    """The world of one first run; the transaction around it is rolled back at the end."""
    folder = tmp_path_factory.mktemp("demo")
    with django_db_blocker.unblock(), transaction.atomic():
        yield Demo(folder, seed(now=NOW, scale=1, folder=folder, url=URL))
        transaction.set_rollback(True)


@pytest.fixture
def demo(seeded: Demo) -> Iterator[Demo]:
    """The seeded world; whatever a test changes is undone after it."""
    kept = (seeded.folder / "credentials.json").read_bytes()
    with transaction.atomic():
        yield seeded
        transaction.set_rollback(True)
    (seeded.folder / "credentials.json").write_bytes(kept)


def member(key: str, role: Role) -> Membership:
    """The membership of the person whose address begins so."""
    return Membership.objects.select_related("organisation").get(
        user__email=f"{key}.example", role=role
    )
