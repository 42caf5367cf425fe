"""What the HTTP side itself refuses, by name; statuses and codes stand in `errors`."""

from __future__ import annotations


class Refusal(Exception):
    """Base; the text is the German sentence of the problem document."""

    headers: dict[str, str] = {}  # noqa: RUF012 - replaced, never changed


class InvalidParameter(Refusal):
    """A parameter of the address is wrong; `name` is the parameter."""

    def __init__(self, name: str, detail: str) -> None:
        self.name = name
        super().__init__(detail)


class InsufficientScope(Refusal):
    """The token lacks the scope (RFC 6750, section 3.1)."""

    def __init__(self, scope: str) -> None:
        self.headers = {
            "WWW-Authenticate": f'Bearer realm="api", error="insufficient_scope", scope="{scope}"'
        }
        super().__init__(f"Dem Zugang fehlt das Recht „{scope}“.")


class IdempotencyKeyMissing(Refusal):
    """A POST came without a usable Idempotency-Key."""


class IdempotencyKeyReused(Refusal):
    """The key was used before for another request."""


class RequestInFlight(Refusal):
    """A request with the same key is being worked on at this moment."""


class PreconditionMissing(Refusal):
    """A change came without If-Match."""


class PreconditionFailed(Refusal):
    """The change was made to an older state."""


class UnknownAward(Refusal):
    """No award of the supplier carries the reference, or several do."""


class UnknownItem(Refusal):
    """The award has no item of this number."""


class UnknownArticle(Refusal):
    """The supplier has no article of this number."""


class UnsupportedCurrency(Refusal):
    """Prices are agreed in EUR."""
