"""Idempotency-Key on POST (after draft-ietf-httpapi-idempotency-key-header).

The work and the record of its answer share one transaction, so there is never one
without the other, whatever dies in between. An advisory lock on (client, key) lets
one request through; a second one at the same time is told 409 at once instead of
waiting. The lock ends with the transaction: nothing stale is left to clean up.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.http import HttpResponse
from django.utils import timezone
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from contracts.retrying import PleaseRepeat, again
from contracts.sweeps.runner import Sweep

from .models import ApiClient, IdempotencyRecord
from .problems import EXPECTED
from .refusals import IdempotencyKeyMissing, IdempotencyKeyReused, RequestInFlight

HEADER = "Idempotency-Key"
REPLAYED_HEADER = "Idempotency-Replayed"
KEPT_FOR = timedelta(days=30)
FORGETTING = Sweep("answers.forget", "Alte Antworten der Schnittstelle löschen", ApiClient)
_KEY = re.compile(r"[\x21-\x7e]{1,255}")


@again
def once(
    request: Request,
    command: Callable[[], Response],
    on_refusal: Callable[[Exception], Response],
) -> HttpResponse:
    """Run *command* unless its key was used before; then give the stored answer again.

    An answer that refuses is stored as well, a defect is not: it may be tried again.
    The transaction is opened here, so a deadlock is repeated here. Raises PleaseRepeat (which
    is not stored), IdempotencyKeyMissing, IdempotencyKeyReused, RequestInFlight.
    """
    client: ApiClient = request.auth.client
    key = _key(request)
    fingerprint = _fingerprint(request)
    with transaction.atomic():
        if not _lock(client, key):
            raise RequestInFlight("Eine Anfrage mit diesem Idempotency-Key läuft noch.")
        record = IdempotencyRecord.objects.filter(client=client, key=key).first()
        if record is not None:
            if record.fingerprint != fingerprint:
                raise IdempotencyKeyReused(
                    "Dieser Idempotency-Key gehört zu einer anderen Anfrage."
                )
            return _answer(record, replayed=True)
        try:
            with transaction.atomic():
                response = command()
        except PleaseRepeat:
            raise  # nothing was decided: the key stays free
        except EXPECTED as error:
            response = on_refusal(error)
        return _answer(_store(client, key, fingerprint, response), replayed=False)


def forget_old(*, now: datetime) -> int:
    """Delete the answers older than KEPT_FOR; return how many."""
    old = IdempotencyRecord.objects.filter(created_at__lt=now - KEPT_FOR)
    keys = old.order_by("client").values_list("client", flat=True).distinct()
    return FORGETTING.run(keys, lambda pk: old.filter(client=pk).delete()[0], now=now).done


def _key(request: Request) -> str:
    key = request.headers.get(HEADER, "")
    if not _KEY.fullmatch(key):
        raise IdempotencyKeyMissing(
            "Bitte senden Sie mit jeder schreibenden Anfrage einen eigenen Idempotency-Key "
            "(1 bis 255 druckbare ASCII-Zeichen)."
        )
    return key


def _lock(client: ApiClient, key: str) -> bool:
    digest = hashlib.sha256(f"idempotency:{client.pk}:{key}".encode()).digest()
    number = int.from_bytes(digest[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        return bool(cursor.fetchone()[0])


def _fingerprint(request: Request) -> str:
    """Hash of what the request says; a multipart boundary, new each time, is left out."""
    digest = hashlib.sha256()
    digest.update(f"{request.method} {request.get_full_path()}\n".encode())
    data = request.data
    if isinstance(data, Mapping) and any(isinstance(v, UploadedFile) for v in data.values()):
        for name in sorted(data):
            digest.update(f"{name}\n".encode())
            digest.update(_part(data[name]))
    else:
        digest.update(json.dumps(data, sort_keys=True, default=str).encode())
    return digest.hexdigest()


def _part(value: Any) -> bytes:
    inner = hashlib.sha256()
    if isinstance(value, UploadedFile):
        inner.update(f"{value.name}\n".encode())
        for chunk in value.chunks():
            inner.update(chunk)
        value.seek(0)
    else:
        inner.update(str(value).encode())
    return inner.digest()


def _store(client: ApiClient, key: str, fingerprint: str, response: Response) -> IdempotencyRecord:
    return IdempotencyRecord.objects.create(
        client=client,
        key=key,
        fingerprint=fingerprint,
        status=response.status_code,
        content_type=response.content_type or "application/json",
        location=response.headers.get("Location", ""),
        etag=response.headers.get("ETag", ""),
        body=JSONRenderer().render(response.data),
        created_at=timezone.now(),
    )


def _answer(record: IdempotencyRecord, *, replayed: bool) -> HttpResponse:
    answer = HttpResponse(
        bytes(record.body), status=record.status, content_type=record.content_type
    )
    for name, value in (("Location", record.location), ("ETag", record.etag)):
        if value:
            answer[name] = value
    if replayed:
        answer[REPLAYED_HEADER] = "true"
    return answer
