"""What the HTTP side itself refuses, by name."""

from __future__ import annotations

from typing import ClassVar

from contracts.refusals import Kind, Refusal


class HttpRefusal(Refusal):
    """A refusal that is about the request itself and has a status of its own."""

    status: ClassVar[int]
    headers: dict[str, str] = {}  # noqa: RUF012 - replaced, never changed


class InvalidParameter(HttpRefusal):
    """A parameter of the address is wrong; `name` is the parameter."""

    status = 400
    code = "invalid_parameter"
    title = "Parameter ungültig"

    def __init__(self, name: str, detail: str) -> None:
        self.name = name
        super().__init__(detail)


class InsufficientScope(HttpRefusal):
    """The token lacks the scope (RFC 6750, section 3.1)."""

    status = 403
    code = "insufficient_scope"
    title = "Recht fehlt"

    def __init__(self, scope: str) -> None:
        self.headers = {
            "WWW-Authenticate": f'Bearer realm="api", error="insufficient_scope", scope="{scope}"'
        }
        super().__init__(f"Dem Zugang fehlt das Recht „{scope}“.")


class IdempotencyKeyMissing(HttpRefusal):
    """A POST came without a usable Idempotency-Key."""

    status = 400
    code = "idempotency_key_missing"
    title = "Idempotency-Key fehlt"


class IdempotencyKeyReused(HttpRefusal):
    """The key was used before for another request."""

    status = 422
    code = "idempotency_key_reused"
    title = "Idempotency-Key schon verwendet"


class RequestInFlight(HttpRefusal):
    """A request with the same key is being worked on at this moment."""

    status = 409
    code = "request_in_flight"
    title = "Anfrage in Bearbeitung"


class PreconditionMissing(HttpRefusal):
    """A change came without If-Match."""

    status = 428
    code = "precondition_missing"
    title = "If-Match fehlt"


class PreconditionFailed(HttpRefusal):
    """The change was made to an older state."""

    status = 412
    code = "precondition_failed"
    title = "Inzwischen geändert"


class UnknownAward(Refusal):
    """No award of the supplier carries the reference, or several do."""

    code = "unknown_award"
    kind = Kind.INVALID
    title = "Zuschlag nicht gefunden"
    field = "award"


class UnknownItem(Refusal):
    """The award has no item of this number."""

    code = "unknown_item"
    kind = Kind.INVALID
    title = "Position nicht gefunden"
    field = "item"


class UnknownArticle(Refusal):
    """The supplier has no article of this number."""

    code = "unknown_article"
    kind = Kind.INVALID
    title = "Artikel nicht gefunden"
    field = "article"


class UnsupportedCurrency(Refusal):
    """Prices are agreed in EUR."""

    code = "unsupported_currency"
    kind = Kind.INVALID
    title = "Währung nicht vereinbart"
    field = "currency"
