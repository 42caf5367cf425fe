"""Managing webhooks: create, change, delete, a new secret. Each within one organisation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from api.models import DeliveryState, WebhookDelivery, WebhookEndpoint
from contracts.audit.record import record
from contracts.parties.models import Membership, Organisation
from contracts.refusals import Refusal

from .addresses import checked
from .signing import new_secret, sealed

MAX_ENDPOINTS = 20
BOTH_SECRETS_FOR = timedelta(hours=24)


class TooManyEndpoints(Refusal):
    """The organisation has as many webhooks as it may."""

    code = "too_many_webhooks"
    title = "Zu viele Webhooks"


@dataclass(frozen=True, slots=True)
class EndpointSettings:
    """What an endpoint is to be; without events it hears of everything."""

    url: str
    description: str = ""
    events: Sequence[str] = ()
    is_active: bool = True


def visible_endpoints(by: Membership) -> QuerySet[WebhookEndpoint]:
    """Those of the actor's organisation; a school has its own only."""
    rows = WebhookEndpoint.objects.filter(organisation_id=by.organisation_id)
    return rows if by.school_id is None else rows.filter(school_id=by.school_id)


def create(
    wanted: EndpointSettings, *, by: Membership, now: datetime
) -> tuple[WebhookEndpoint, str]:
    """Make an endpoint; return it with its secret, which is never told again.

    Raises ForbiddenTarget and TooManyEndpoints.
    """
    checked(wanted.url)
    secret = new_secret()
    with transaction.atomic():
        _require_room(by.organisation_id)
        endpoint = WebhookEndpoint.objects.create(
            organisation=by.organisation,
            school=by.school,
            url=wanted.url,
            description=wanted.description,
            events=sorted(set(wanted.events)),
            secret=sealed(secret),
            is_active=wanted.is_active,
            created_by=by,
            created_at=now,
        )
        record(endpoint, "webhook.created", by=by, now=now, after=_state(endpoint))
    return endpoint, secret


def change(
    endpoint: WebhookEndpoint, wanted: EndpointSettings, *, by: Membership, now: datetime
) -> None:
    """Make an endpoint what is wanted. Raises ForbiddenTarget."""
    if wanted.url != endpoint.url:
        checked(wanted.url)
    before = _state(endpoint)
    endpoint.url = wanted.url
    endpoint.description = wanted.description
    endpoint.events = sorted(set(wanted.events))
    endpoint.is_active = wanted.is_active
    if wanted.is_active:
        endpoint.off_reason = ""
    with transaction.atomic():
        endpoint.save(update_fields=["url", "description", "events", "is_active", "off_reason"])
        record(endpoint, "webhook.changed", by=by, now=now, before=before, after=_state(endpoint))


def rotate_secret(endpoint: WebhookEndpoint, *, by: Membership, now: datetime) -> str:
    """Return a new secret; the one before signs as well for a day."""
    secret = new_secret()
    endpoint.previous_secret = endpoint.secret
    endpoint.previous_until = now + BOTH_SECRETS_FOR
    endpoint.secret = sealed(secret)
    with transaction.atomic():
        endpoint.save(update_fields=["secret", "previous_secret", "previous_until"])
        record(endpoint, "webhook.secret_rotated", by=by, now=now)
    return secret


def delete(endpoint: WebhookEndpoint, *, by: Membership, now: datetime) -> None:
    """Delete an endpoint with its log; what it was stays in the audit trail."""
    with transaction.atomic():
        record(endpoint, "webhook.deleted", by=by, now=now, before=_state(endpoint))
        endpoint.delete()


def replay(delivery: WebhookDelivery, *, by: Membership, now: datetime) -> None:
    """Send a message once more, from the first attempt on, under the same id."""
    with transaction.atomic():
        delivery.state = DeliveryState.PENDING
        delivery.attempts = 0
        delivery.next_at = now
        delivery.done_at = None
        delivery.save(update_fields=["state", "attempts", "next_at", "done_at"])
        record(
            delivery.endpoint,
            "webhook.replayed",
            by=by,
            now=now,
            after={"message": delivery.message_id},
        )


def switch_off(endpoint: WebhookEndpoint, reason: str, *, now: datetime) -> None:
    """Send nothing more until somebody switches it on again.

    Only the address that was called: who has named another meanwhile is not switched off for it.
    """
    called = WebhookEndpoint.objects.filter(pk=endpoint.pk, url=endpoint.url)
    if not called.update(is_active=False, off_reason=reason):
        return
    record(endpoint, "webhook.switched_off", by=None, now=now, reason=reason)


def _require_room(organisation_id: int) -> None:
    """Counted under the organisation's lock, so that two at once don't both fit."""
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation_id)
    if WebhookEndpoint.objects.filter(organisation_id=organisation_id).count() >= MAX_ENDPOINTS:
        raise TooManyEndpoints(
            f"Ihre Organisation hat schon {MAX_ENDPOINTS} Webhooks. Bitte löschen Sie einen."
        )


def _state(endpoint: WebhookEndpoint) -> dict[str, object]:
    return {
        "url": endpoint.url,
        "events": endpoint.events,
        "school": endpoint.school_id,
        "is_active": endpoint.is_active,
    }
