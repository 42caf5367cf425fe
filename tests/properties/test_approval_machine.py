"""Asking and approving against their model, in real PostgreSQL."""

from __future__ import annotations

import pytest

from .approval_machine import run_machine
from .approval_world import build_stage

pytestmark = pytest.mark.django_db


def test_no_sequence_of_acts_releases_what_nobody_else_signed_for() -> None:
    run_machine(build_stage(), examples=25, steps=15)
