"""From the name of a violated constraint to a named refusal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import copy

from django.db import IntegrityError


@contextmanager
def translated(refusals: Mapping[str, Exception]) -> Iterator[None]:
    """Raise the refusal of the violated constraint; what has no name stays a defect.

    Stands outside the transaction, which PostgreSQL has given up by then.
    """
    try:
        yield
    except IntegrityError as error:
        diagnostics = getattr(error.__cause__, "diag", None)
        refusal = refusals.get(getattr(diagnostics, "constraint_name", None) or "")
        if refusal is None:
            raise
        # a fresh one: an exception raised before carries its traceback and cause along
        raise copy(refusal) from error
