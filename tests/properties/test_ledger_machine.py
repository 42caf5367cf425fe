"""The ledger against its model, in real PostgreSQL, as the application's role."""

from __future__ import annotations

import pytest

from .ledger_machine import run_machine

pytestmark = pytest.mark.django_db


def test_no_sequence_of_movements_breaks_a_limit() -> None:
    run_machine(examples=35, steps=20)
