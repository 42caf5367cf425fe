"""From what happened to what was delivered: fan out, send, try again. At least once.

Two workers never send to one endpoint at the same time: an advisory lock on the endpoint lets
one of them through, and its row lock holds the delivery. A dead endpoint so costs one worker
one time-out per run, and nobody else waits for it.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction
from django.db.models import Q
from django.urls import reverse

from api.models import DeliveryState, WebhookAttempt, WebhookDelivery, WebhookEndpoint
from contracts.sweeps.runner import Sweep
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
RUN = timedelta(seconds=60)
KEPT_FOR = timedelta(days=90)
GONE = 410
_LOCK_CLASS = 0x57484B  # "WHK": keeps these locks apart from others

FAN_OUTS = Sweep("webhooks.fan_out", "Änderungen auf Webhooks verteilen", OutboxMessage)
DELIVERIES = Sweep("webhooks.send", "Webhooks zustellen", WebhookDelivery)
FORGETTING = Sweep("webhooks.forget", "Alte Zustellungen löschen", WebhookEndpoint)


def fan_out(*, now: datetime) -> int:
    """Turn what happened into deliveries, once per endpoint; return how many were taken."""
    waiting = OutboxMessage.objects.filter(kind=KIND, done_at__isnull=True, due_at__lte=now)
    keys = waiting.order_by("due_at", "pk").values_list("pk", flat=True)
    return FAN_OUTS.run(keys, lambda pk: _fan_out(pk, now), now=now).done


def send_due(*, now: datetime) -> int:
    """Send whatever is due, endpoint by endpoint; return how many were delivered.

    An endpoint that fails, or at which another worker is, gets nothing more in this run.
    """
    began = time.monotonic()
    left_alone: set[int] = set()
    due = WebhookDelivery.objects.filter(_due(now)).order_by("endpoint", "next_at", "pk")
    endpoint_of = dict(due.values_list("pk", "endpoint"))

    def send(delivery_id: int) -> bool | None:
        spent = timedelta(seconds=time.monotonic() - began)
        endpoint_id = endpoint_of[delivery_id]
        if endpoint_id in left_alone or spent >= RUN:
            return None
        with transaction.atomic():
            if not _alone_with(endpoint_id):
                left_alone.add(endpoint_id)
                return None
            arrived = _send_one(delivery_id, now + spent)
            if arrived is False:
                left_alone.add(endpoint_id)
            return arrived

    return DELIVERIES.run(endpoint_of, send, now=now).done


def forget_old(*, now: datetime) -> int:
    """Delete deliveries older than KEPT_FOR with their log; return how many rows."""
    old = WebhookDelivery.objects.filter(created_at__lt=now - KEPT_FOR)
    keys = old.order_by("endpoint").values_list("endpoint", flat=True).distinct()
    return FORGETTING.run(keys, lambda pk: old.filter(endpoint=pk).delete()[0], now=now).done


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


def _fan_out(message_id: int, now: datetime) -> int | None:
    with transaction.atomic():
        rows = OutboxMessage.objects.select_for_update(skip_locked=True)
        message = rows.filter(pk=message_id, done_at__isnull=True).first()
        if message is None:
            return None
        WebhookDelivery.objects.bulk_create(
            _deliveries(changed(message.payload), now), ignore_conflicts=True
        )
        message.done_at = now
        message.save(update_fields=["done_at"])
        return 1


def _deliveries(happened: Change, now: datetime) -> Iterator[WebhookDelivery]:
    endpoints = WebhookEndpoint.objects.filter(
        organisation=happened.authority_id, organisation__is_active=True, is_active=True
    )
    body = body_of(happened)
    for endpoint in endpoints:
        if _hears(endpoint, happened):
            yield WebhookDelivery(
                endpoint=endpoint,
                message_id=f"msg_{happened.uid}",
                type=happened.happened.value,
                body=body,
                created_at=now,
                next_at=now + DELAYS[0],
            )


def _hears(endpoint: WebhookEndpoint, happened: Change) -> bool:
    of_the_school = endpoint.school_id is None or endpoint.school_id == happened.school_id
    return of_the_school and (not endpoint.events or happened.happened.value in endpoint.events)


def _due(now: datetime) -> Q:
    return Q(
        state=DeliveryState.PENDING,
        next_at__lte=now,
        endpoint__is_active=True,
        endpoint__organisation__is_active=True,
    )


def _send_one(delivery_id: int, now: datetime) -> bool | None:
    """Send it if it still is due; whether it arrived. None: another worker has it, or had it."""
    delivery = (
        WebhookDelivery.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("endpoint")
        .filter(_due(now), pk=delivery_id)
        .first()
    )
    return None if delivery is None else _send(delivery, now)


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
