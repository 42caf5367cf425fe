"""From the name of a violated constraint to a named refusal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

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
        raise _fresh(refusal) from error


def _fresh(refusal: Exception) -> Exception:
    """The same refusal anew: one raised before carries its traceback and cause along.

    Made without `__init__`, whose arguments a refusal about one field does not keep.
    """
    made = type(refusal).__new__(type(refusal), *refusal.args)
    made.__dict__.update(refusal.__dict__)
    return made
