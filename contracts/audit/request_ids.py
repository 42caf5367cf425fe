"""For which request, or task, something is done: kept beside the call, not passed through it.

Whoever receives the request (shop/middleware.py) or the task (shop/celery.py) says so at its
beginning; each audit entry takes it from here.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

LENGTH = 128
_current: ContextVar[str] = ContextVar("request_id", default="")


def current_request_id() -> str:
    """The id of the request or task under way; empty at the shell."""
    return _current.get()


@contextmanager
def serving(request_id: str) -> Iterator[None]:
    """All that is done inside is done for this request."""
    token = _current.set(request_id[:LENGTH])
    try:
        yield
    finally:
        _current.reset(token)
