"""Uploads of suppliers' catalogues: received, checked, submitted, withdrawn.

    received -> reading -> checked -> submitted -> published
                      \\-> refused
    and withdrawn from every state before publication.

The file lies in the row. Receiving only nudges the worker after the commit; beat's sweep
finds uploads whose nudge was lost or whose check died half-way.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from collections.abc import Mapping as AbstractMapping
from datetime import datetime

from celery import current_app
from django.db import transaction
from django.db.models import QuerySet

from contracts.agreements.models import AgreementState, Award
from contracts.audit.record import record
from contracts.clock import berlin_day
from contracts.parties.acting import require_role
from contracts.parties.models import Membership, Role
from contracts.sweeps.runner import Sweep

from .columns import parse_mapping
from .errors import (
    AwardClosed,
    EmptyUpload,
    NotFound,
    NothingToSubmit,
    UploadTooLarge,
    WrongUploadState,
)
from .models import CatalogueUpload, UploadState
from .staging import check

__all__ = [
    "check",
    "check_pending",
    "receive",
    "submit",
    "visible_uploads",
    "withdraw",
]

MAX_BYTES = 64 * 2**20
FILENAME_LENGTH = 250
CHECK_TASK = "contracts.catalogue.tasks.check_upload"
CHECKS = Sweep("uploads.check", "Kataloglieferungen prüfen", CatalogueUpload)

OPEN_STATES = (
    UploadState.RECEIVED,
    UploadState.READING,
    UploadState.CHECKED,
    UploadState.SUBMITTED,
)
MANAGING_ROLES = (Role.CONTRACT_MANAGER, Role.REVIEWER)


def receive(
    *,
    by: Membership,
    award_id: int,
    filename: str,
    content: bytes,
    mapping: AbstractMapping[str, object],
    now: datetime,
) -> CatalogueUpload:
    """Keep a supplier's file for one of its awards and have it checked after the commit.

    `mapping` is `readers.mapping.Mapping` as JSON, plus `contract_item`: the heading of
    the column with contract item numbers. Empty means to guess by the headings.

    The same bytes with the same mapping for the same award give the upload that is
    under way already. Raises NotAllowed, NotFound (foreign award), AwardClosed,
    EmptyUpload, UploadTooLarge, InvalidMapping.
    """
    require_role(by, (Role.SUPPLIER_CATALOGUE,), now)
    if not content:
        raise EmptyUpload("Die Datei ist leer. Bitte eine Datei mit Artikeln hochladen.")
    if len(content) > MAX_BYTES:
        raise UploadTooLarge(len(content), MAX_BYTES)
    parse_mapping(mapping)
    digest = hashlib.sha256(content).hexdigest()
    with transaction.atomic():
        award = _open_award(by, award_id, now)
        known = CatalogueUpload.objects.defer("content").filter(
            award=award, sha256=digest, mapping=dict(mapping), state__in=OPEN_STATES
        )
        if (upload := known.order_by("pk").first()) is not None:
            return upload
        upload = CatalogueUpload.objects.create(
            supplier_id=by.organisation_id,
            award=award,
            uploaded_by=by,
            uploaded_at=now,
            filename=filename[-FILENAME_LENGTH:] or "katalog",
            content=content,
            sha256=digest,
            size=len(content),
            mapping=dict(mapping),
        )
        record(
            upload,
            "upload.received",
            by=by,
            now=now,
            after={"filename": upload.filename, "sha256": digest, "award": award.pk},
        )
        # robust: a broker that is down must not fail an upload that is safely kept
        transaction.on_commit(lambda: _nudge(upload.pk), robust=True)
    return upload


def submit(*, upload_id: int, by: Membership, now: datetime) -> CatalogueUpload:
    """Hand a checked upload to the contract manager.

    Raises NotAllowed, NotFound, WrongUploadState, NothingToSubmit.
    """
    require_role(by, (Role.SUPPLIER_CATALOGUE,), now)
    with transaction.atomic():
        upload = _own_locked(by, upload_id)
        if upload.state != UploadState.CHECKED:
            raise WrongUploadState(
                upload.state,
                "Nur geprüfte Lieferungen können eingereicht werden; "
                f"diese ist {upload.get_state_display()}.",
            )
        if upload.rows_staged == 0:
            raise NothingToSubmit(
                "Keine Zeile der Datei wurde übernommen. Bitte die Meldungen beheben und "
                "die Datei neu hochladen."
            )
        upload.submitted_at = now
        _move(upload, UploadState.SUBMITTED, by=by, now=now)
    return upload


def withdraw(*, upload_id: int, by: Membership, now: datetime) -> CatalogueUpload:
    """Take an upload back that is not published yet; a running check stops by itself.

    Raises NotAllowed, NotFound, WrongUploadState.
    """
    require_role(by, (Role.SUPPLIER_CATALOGUE,), now)
    with transaction.atomic():
        upload = _own_locked(by, upload_id)
        if upload.state not in OPEN_STATES:
            raise WrongUploadState(
                upload.state,
                "Diese Lieferung kann nicht mehr zurückgezogen werden; "
                f"sie ist {upload.get_state_display()}.",
            )
        _move(upload, UploadState.WITHDRAWN, by=by, now=now)
    return upload


def visible_uploads(by: Membership) -> QuerySet[CatalogueUpload]:
    """Uploads the actor may read, newest first, without the files' bytes.

    A supplier's catalogue keeper sees the supplier's own. Contract manager and reviewer
    see what was submitted for their purchasing body's agreements.
    """
    rows = (
        CatalogueUpload.objects.defer("content")
        .select_related("supplier", "award__lot__agreement")
        .order_by("-uploaded_at", "-pk")
    )
    if by.role == Role.SUPPLIER_CATALOGUE:
        return rows.filter(supplier_id=by.organisation_id)
    if by.role in MANAGING_ROLES:
        return rows.filter(
            award__lot__agreement__purchasing_body_id=by.organisation_id,
            submitted_at__isnull=False,
        )
    return rows.none()


def check_pending(*, now: datetime, upload_ids: Collection[int] | None = None) -> int:
    """Check the uploads named, or all, that wait or whose check died; return how many.

    An upload that another worker is reading is passed over by its lock.
    """
    waiting = CatalogueUpload.objects.filter(state__in=(UploadState.RECEIVED, UploadState.READING))
    if upload_ids is not None:
        waiting = waiting.filter(pk__in=upload_ids)
    keys = waiting.order_by("pk").values_list("pk", flat=True)
    is_complete = upload_ids is None
    return CHECKS.run(keys, lambda pk: check(pk, now=now), now=now, complete=is_complete).done


def _open_award(by: Membership, award_id: int, now: datetime) -> Award:
    """The supplier's award, locked so that the same file sent twice at once is one upload."""
    award = (
        Award.objects.select_for_update(of=("self",), no_key=True)
        .select_related("lot__agreement")
        .filter(pk=award_id, supplier_id=by.organisation_id)
        .first()
    )
    if award is None:
        raise NotFound("Diesen Zuschlag gibt es nicht.")
    agreement = award.lot.agreement
    if agreement.state == AgreementState.ENDED or agreement.ends_on < berlin_day(now):
        raise AwardClosed(f"Die Rahmenvereinbarung {agreement.number} ist beendet.")
    return award


def _own_locked(by: Membership, upload_id: int) -> CatalogueUpload:
    upload = (
        CatalogueUpload.objects.select_for_update(of=("self",))
        .defer("content")
        .filter(pk=upload_id, supplier_id=by.organisation_id)
        .first()
    )
    if upload is None:
        raise NotFound("Diese Kataloglieferung gibt es nicht.")
    return upload


def _move(upload: CatalogueUpload, state: UploadState, *, by: Membership, now: datetime) -> None:
    before = upload.state
    upload.state = state
    upload.save(update_fields=["state", "submitted_at"])
    record(
        upload,
        f"upload.{state.value}",
        by=by,
        now=now,
        before={"state": before},
        after={"state": state.value},
    )


def _nudge(upload_id: int) -> None:
    current_app.send_task(CHECK_TASK, args=[upload_id], retry=False)
