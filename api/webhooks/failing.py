"""Deliveries as a source of what the operator sees failing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Model, OuterRef, Q, QuerySet, Subquery

from api.models import DeliveryState, WebhookAttempt, WebhookDelivery
from contracts.sweeps.failing import SHOWN, SOURCES, Failing


def _failing() -> QuerySet[WebhookDelivery]:
    """Given up, or tried in vain so far; of endpoints that are switched on."""
    in_vain = Q(state=DeliveryState.PENDING, attempts__gte=1)
    return WebhookDelivery.objects.filter(
        in_vain | Q(state=DeliveryState.FAILED), endpoint__is_active=True
    )


class _Deliveries:
    def failing(self) -> Sequence[Failing]:
        last = WebhookAttempt.objects.filter(delivery=OuterRef("pk")).order_by("-pk")
        rows = _failing().annotate(
            last_at=Subquery(last.values("at")[:1]), error=Subquery(last.values("error")[:1])
        )
        return [
            Failing(
                key=row.pk,
                work="Webhook zustellen",
                item=f"{row.message_id} an {row.endpoint}",
                tries=row.attempts,
                since=row.created_at,
                last_at=row.last_at,
                next_at=row.next_at,
                reason=row.error or "",
            )
            for row in rows.select_related("endpoint").order_by("created_at", "pk")[:SHOWN]
        ]

    def count(self) -> int:
        return _failing().count()

    def try_again(self, key: int, now: datetime) -> Model | None:
        row = _failing().select_for_update(of=("self",)).filter(pk=key).first()
        if row is not None:
            row.state, row.next_at, row.done_at = DeliveryState.PENDING, now, None
            row.save(update_fields=["state", "next_at", "done_at"])
        return row


SOURCES["webhooks"] = _Deliveries()
