"""Checking an upload: read it as a stream, stage it by COPY, compare it in sets.

The check commits batch by batch, so that others see how far it is. What makes that safe:
a session lock of PostgreSQL says who reads an upload, and goes when that process dies.
Whoever takes the lock over throws the staged rows away and starts again, so the result
is the same however often the check begins.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection, transaction

from contracts.audit.record import record
from contracts.clock import berlin_day

from .columns import parse_mapping
from .comparison import assess, match_items, refuse_unmatched
from .models import CatalogueUpload, StagedArticle, UploadIssue, UploadState
from .readers import FileRejected, Reading, RowIssue, read
from .rows import RowMaker, StagedRow

BATCH = 5000
MAX_ATTEMPTS = 5

_COPY_STAGED = """
COPY supplier_catalogue_stagedarticle
    (upload_id, row, supplier_aid, name, description, manufacturer, mpn, gtin, product_group,
     unit, features, delivery_days, price, price_unit, item_id, action, reason, changed_fields)
FROM STDIN
"""
_COPY_ISSUES = """
COPY supplier_catalogue_uploadissue (upload_id, row, "column", code, value, message, is_error)
FROM STDIN
"""


class _Stopped(Exception):
    """The upload was withdrawn while it was read."""


def check(upload_id: int, *, now: datetime) -> bool | None:
    """Read, stage and compare an upload: received (or left half-read) -> checked or refused.

    `rows_read` grows visibly meanwhile. Does nothing for an upload in another state (False),
    or while another process checks it (None); running it twice gives the same result.
    """
    with _sole_reader(upload_id) as mine:
        if not mine:
            return None
        if not _claim(upload_id, now):
            return False
        upload = CatalogueUpload.objects.get(pk=upload_id)
        try:
            _stage(upload, now)
            _finish(upload, now)
        except FileRejected as rejection:
            _refuse(upload_id, rejection.message, now)
        except _Stopped:
            return False
        return True


@contextmanager
def _sole_reader(upload_id: int) -> Iterator[bool]:
    """Try to become the one that reads the upload; the lock ends with the connection."""
    key = f"supplier_catalogue.upload:{upload_id}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [key])
        (mine,) = cursor.fetchone()
    try:
        yield bool(mine)
    finally:
        if mine:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [key])


def _claim(upload_id: int, now: datetime) -> bool:
    """Mark the upload as being read and clear what an earlier attempt left."""
    with transaction.atomic():
        upload = (
            CatalogueUpload.objects.select_for_update()
            .defer("content")
            .filter(pk=upload_id, state__in=(UploadState.RECEIVED, UploadState.READING))
            .first()
        )
        if upload is None:
            return False
        if upload.attempts < MAX_ATTEMPTS:
            _clear(upload_id)
            upload.state = UploadState.READING
            upload.attempts += 1
            upload.rows_read = 0
            upload.save(update_fields=["state", "attempts", "rows_read"])
            return True
    _refuse(
        upload_id,
        "Die Prüfung ist wiederholt abgebrochen. Bitte die Datei neu ausgeben und hochladen "
        "oder den Betrieb verständigen.",
        now,
    )
    return False


def _stage(upload: CatalogueUpload, now: datetime) -> None:
    rows = RowMaker.of(upload.pk, upload.award_id, berlin_day(now))
    source = io.BytesIO(bytes(upload.content))
    mapping = parse_mapping(upload.mapping)
    with read(source, filename=upload.filename, mapping=mapping) as reading:
        CatalogueUpload.objects.filter(pk=upload.pk).update(format=_format(reading))
        batch = _Batch(upload.pk, rows)
        for found in reading:
            if isinstance(found, RowIssue):
                rows.issues.append(found)
            elif (row := rows.make(found)) is not None:
                batch.staged.append(row)
            if batch.is_full:
                batch.write(reading.rows_read)
        batch.write(reading.rows_read)


def _format(reading: Reading) -> str:
    info = reading.info
    name = {"bmecat": "BMEcat", "csv": "CSV", "xlsx": "XLSX"}[info.format]
    return f"{name} {info.version}".strip()[:30]


@dataclass(slots=True)
class _Batch:
    """Rows and issues that wait for their COPY."""

    upload_id: int
    rows: RowMaker
    staged: list[StagedRow] = field(default_factory=list)

    @property
    def is_full(self) -> bool:
        return len(self.staged) + len(self.rows.issues) >= BATCH

    def write(self, rows_read: int) -> None:
        """Commit what waits, with the progress so far. Raises _Stopped."""
        issues = [
            (self.upload_id, i.row, i.column, i.code, i.value, i.message, i.is_error)
            for i in self.rows.issues
        ]
        with transaction.atomic():
            going_on = CatalogueUpload.objects.filter(
                pk=self.upload_id, state=UploadState.READING
            ).update(rows_read=rows_read)
            if not going_on:
                raise _Stopped
            _copy(_COPY_STAGED, self.staged)
            _copy(_COPY_ISSUES, issues)
        self.staged.clear()
        self.rows.issues.clear()


def _copy(statement: str, rows: Iterable[tuple[object, ...]]) -> None:
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def _finish(upload: CatalogueUpload, now: datetime) -> None:
    """Match, refuse what belongs to no item, compare with what is published, count."""
    day = berlin_day(now)
    with transaction.atomic():
        locked = CatalogueUpload.objects.select_for_update().defer("content").get(pk=upload.pk)
        if locked.state != UploadState.READING:
            raise _Stopped
        match_items(locked, day)
        refuse_unmatched(locked)
        assess(locked, day)
        locked.rows_staged = locked.staged.count()
        refused = locked.issues.filter(is_error=True).values("row").distinct()
        locked.rows_refused = refused.count()
        locked.state = UploadState.CHECKED
        locked.checked_at = now
        locked.save(update_fields=["rows_staged", "rows_refused", "state", "checked_at"])
        record(
            locked,
            "upload.checked",
            by=None,
            now=now,
            after={
                "read": locked.rows_read,
                "staged": locked.rows_staged,
                "refused": locked.rows_refused,
            },
        )


def _refuse(upload_id: int, reason: str, now: datetime) -> None:
    """Refuse the file as a whole; nothing of it stays staged, its row messages stay."""
    with transaction.atomic():
        upload = CatalogueUpload.objects.select_for_update().defer("content").get(pk=upload_id)
        if upload.state not in (UploadState.RECEIVED, UploadState.READING):
            return
        StagedArticle.objects.filter(upload_id=upload_id).delete()
        upload.state = UploadState.REFUSED
        upload.refusal = reason
        upload.checked_at = now
        upload.save(update_fields=["state", "refusal", "checked_at"])
        record(upload, "upload.refused", by=None, now=now, reason=reason)


def _clear(upload_id: int) -> None:
    StagedArticle.objects.filter(upload_id=upload_id).delete()
    UploadIssue.objects.filter(upload_id=upload_id).delete()
