"""From what happened to what was delivered: fan out, send, try again. At least once.

Two workers never send to one endpoint at the same time: an advisory lock on the endpoint lets
one of them through, and its row lock holds the delivery. A dead endpoint so costs one worker
one time-out per run, and nobody else waits for it.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction
from django.db.models import Q
from django.urls import reverse

from api.models import DeliveryState, WebhookAttempt, WebhookDelivery, WebhookEndpoint
from orders.models import OutboxMessage
from orders.telling.watching import KIND, Change, changed

from . import signing
from .addresses import ForbiddenTarget, checked
from .endpoints import switch_off
from .transport import Answer, Unanswered, post

DELAYS = tuple(
    timedelta(seconds=seconds)
    for seconds in (0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
)
"""Before each attempt, from the one before: 0/5 s/5 m/30 m/2 h/5 h/10 h/14 h/20 h/24 h."""
JITTER = 0.1
BATCH = 500
RUN = timedelta(seconds=60)
KEPT_FOR = timedelta(days=90)
GONE = 410
_LOCK_CLASS = 0x57484B  # "WHK": keeps these locks apart from others


def fan_out(*, now: datetime) -> int:
    """Turn what happened into deliveries, once per endpoint; return how many were taken."""
    with transaction.atomic():
        messages = list(
            OutboxMessage.objects.select_for_update(skip_locked=True)
            .filter(kind=KIND, done_at__isnull=True, due_at__lte=now)
            .order_by("due_at", "pk")[:BATCH]
        )
        happened = [changed(row.payload) for row in messages]
        endpoints = list(
            WebhookEndpoint.objects.filter(
                organisation__in={row.authority_id for row in happened},
                organisation__is_active=True,
                is_active=True,
            )
        )
        WebhookDelivery.objects.bulk_create(
            _deliveries(happened, endpoints, now), ignore_conflicts=True
        )
        OutboxMessage.objects.filter(pk__in=[row.pk for row in messages]).update(done_at=now)
    return len(messages)


def send_due(*, now: datetime) -> int:
    """Send whatever is due, endpoint by endpoint; return how many were delivered.

    An endpoint that fails gets nothing more in this run.
    """
    sent, began = 0, time.monotonic()
    due = WebhookDelivery.objects.filter(_due(now)).values_list("endpoint", flat=True)
    for endpoint_id in list(due.order_by("endpoint").distinct()):
        while (spent := timedelta(seconds=time.monotonic() - began)) < RUN:
            if not _send_next(endpoint_id, now + spent):
                break
            sent += 1
    return sent


def forget_old(*, now: datetime) -> int:
    """Delete deliveries older than KEPT_FOR with their log; return how many rows."""
    return WebhookDelivery.objects.filter(created_at__lt=now - KEPT_FOR).delete()[0]


def body_of(happened: Change) -> str:
    """The thin body: what happened to what; the rest is to be read (and may be newer)."""
    body = {
        "type": happened.happened.value,
        "timestamp": happened.at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "data": {
            "id": happened.requisition_id,
            "number": happened.number,
            "state": happened.state,
            "revision": happened.revision,
            "href": reverse("api:buyer-requisition", args=[happened.number]),
        },
    }
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False)


def _deliveries(
    happened: Iterable[Change], endpoints: Iterable[WebhookEndpoint], now: datetime
) -> Iterator[WebhookDelivery]:
    rows = list(endpoints)
    for row in happened:
        body = body_of(row)
        for endpoint in rows:
            if _hears(endpoint, row):
                yield WebhookDelivery(
                    endpoint=endpoint,
                    message_id=f"msg_{row.uid}",
                    type=row.happened.value,
                    body=body,
                    created_at=now,
                    next_at=now + DELAYS[0],
                )


def _hears(endpoint: WebhookEndpoint, happened: Change) -> bool:
    return (
        endpoint.organisation_id == happened.authority_id
        and (endpoint.school_id is None or endpoint.school_id == happened.school_id)
        and (not endpoint.events or happened.happened.value in endpoint.events)
    )


def _due(now: datetime) -> Q:
    return Q(
        state=DeliveryState.PENDING,
        next_at__lte=now,
        endpoint__is_active=True,
        endpoint__organisation__is_active=True,
    )


def _send_next(endpoint_id: int, now: datetime) -> bool:
    """Send the endpoint's next delivery; whether it arrived (and another may follow)."""
    with transaction.atomic():
        if not _alone_with(endpoint_id):
            return False
        delivery = (
            WebhookDelivery.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("endpoint")
            .filter(_due(now), endpoint=endpoint_id)
            .order_by("next_at", "pk")
            .first()
        )
        return delivery is not None and _send(delivery, now)


def _alone_with(endpoint_id: int) -> bool:
    with connection.cursor() as cursor:
        number = endpoint_id % 2**31
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [_LOCK_CLASS, number])
        return bool(cursor.fetchone()[0])


def _send(delivery: WebhookDelivery, now: datetime) -> bool:
    began = time.monotonic()
    answer, error = _answered(delivery, now)
    WebhookAttempt.objects.create(
        delivery=delivery,
        at=now,
        status=answer.status if answer is not None else None,
        milliseconds=round(1000 * (time.monotonic() - began)),
        error=error,
        answer=answer.body if answer is not None else "",
    )
    delivery.attempts += 1
    arrived = answer is not None and not error
    _settle(delivery, now, arrived=arrived)
    if answer is not None and answer.status == GONE:
        switch_off(delivery.endpoint, f"Die Adresse antwortete {GONE} (Gone).", now=now)
    return arrived


def _answered(delivery: WebhookDelivery, now: datetime) -> tuple[Answer | None, str]:
    """What the endpoint answered, and what was wrong with it."""
    try:
        headers = signing.headers(
            _secrets(delivery.endpoint, now),
            message_id=delivery.message_id,
            timestamp=int(now.timestamp()),
            body=delivery.body,
        )
        answer = post(checked(delivery.endpoint.url), body=delivery.body, headers=headers)
    except (ForbiddenTarget, Unanswered, signing.UnreadableSecret) as error:
        return None, str(error)[:200]
    return answer, _fault(answer.status)


def _fault(status: int) -> str:
    if 200 <= status < 300:
        return ""
    if 300 <= status < 400:
        return f"Antwort {status}: Einer Umleitung folgt kein Webhook."
    return f"Antwort {status}"


def _secrets(endpoint: WebhookEndpoint, now: datetime) -> list[str]:
    held = [endpoint.secret]
    if endpoint.previous_until is not None and endpoint.previous_until > now:
        held.append(endpoint.previous_secret)
    return [signing.opened(stored) for stored in held]


def _settle(delivery: WebhookDelivery, now: datetime, *, arrived: bool) -> None:
    """Delivered, given up, or due again after the next delay with some jitter."""
    delivery.next_at = None
    if arrived:
        delivery.state = DeliveryState.DELIVERED
    elif delivery.attempts >= len(DELAYS):
        delivery.state = DeliveryState.FAILED
    else:
        delivery.next_at = now + _jittered(DELAYS[delivery.attempts])
    delivery.done_at = now if delivery.next_at is None else None
    delivery.save(update_fields=["state", "attempts", "next_at", "done_at"])


def _jittered(delay: timedelta) -> timedelta:
    return delay * (1 + JITTER * secrets.SystemRandom().uniform(-1, 1))
