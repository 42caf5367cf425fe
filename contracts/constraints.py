"""From the name of a violated constraint to a named refusal: the one place that does it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from django.db import IntegrityError

Refusals = Mapping[str, Callable[[], Exception]]
"""What to raise by constraint name; made anew each time, so no traceback is carried along."""


@contextmanager
def translated(refusals: Refusals) -> Iterator[None]:
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
        raise refusal() from error
