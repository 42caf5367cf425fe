"""A cascade past every date against its model, in real PostgreSQL."""

from __future__ import annotations

import pytest

from .cascade_machine import run_machine
from .cascade_world import build_stage

pytestmark = pytest.mark.django_db


def test_nothing_undoes_what_a_rank_gave_back() -> None:
    run_machine(build_stage(), examples=8, steps=14)
