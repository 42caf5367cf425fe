"""How PostgreSQL refuses: by the name of a constraint, or for want of a right."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.db import IntegrityError, ProgrammingError, transaction


@contextmanager
def refused_by(name: str) -> Iterator[None]:
    """The statement violates the constraint (or trigger) of this name."""
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        yield
    cause = refusal.value.__cause__
    assert isinstance(cause, psycopg.Error)
    assert cause.diag.constraint_name == name


@contextmanager
def forbidden() -> Iterator[None]:
    """The application's role has no right to do this."""
    with pytest.raises(ProgrammingError) as refusal, transaction.atomic():
        yield
    assert isinstance(refusal.value.__cause__, psycopg.errors.InsufficientPrivilege)
