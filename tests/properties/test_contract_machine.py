"""Agreement, cap and price operations against their model, in real PostgreSQL."""

from __future__ import annotations

import pytest

from .contract_machine import run_machine
from .contract_world import build_stage

pytestmark = pytest.mark.django_db


def test_no_sequence_of_operations_breaks_a_cap_or_a_price() -> None:
    run_machine(build_stage(), examples=12, steps=12)
