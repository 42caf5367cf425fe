"""Documents of an agreement: kept once, never changed, withdrawn at most.

Who may download one is a condition inside the query: the purchasing body everything;
entitled buyers and suppliers what was meant for them, of the lot or award it names.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from contracts.agreements.entitlement import entitlements_on
from contracts.agreements.errors import NotFound
from contracts.agreements.models import (
    AgreementDocument,
    AgreementState,
    Award,
    ContractModification,
    DocumentAudience,
    DocumentKind,
    FrameworkAgreement,
    Lot,
    PriceChange,
)
from contracts.agreements.writing.managing import managed_agreement
from contracts.audit.record import record
from contracts.files import media_type, safe_name
from contracts.parties.models import Membership


@dataclass(frozen=True, slots=True)
class NewDocument:
    """A file with what it is and who may read it besides the purchasing body."""

    kind: DocumentKind
    audience: DocumentAudience
    title: str
    filename: str
    content: bytes
    lot_id: int | None = None
    award_id: int | None = None
    change_id: int | None = None
    modification_id: int | None = None

    @property
    def place(self) -> dict[str, int | None]:
        """What of the agreement it belongs to."""
        return {
            "lot_id": self.lot_id,
            "award_id": self.award_id,
            "change_id": self.change_id,
            "modification_id": self.modification_id,
        }


def upload(
    *, agreement_id: int, new: NewDocument, by: Membership, now: datetime
) -> AgreementDocument:
    """Keep the file; the same file at the same place is the same document.

    Raises UnsuitableFile, NotAllowed, NotFound (also for a lot of another agreement).
    """
    kind_of_file = media_type(new.filename, new.content)
    digest = sha256(new.content).hexdigest()
    with transaction.atomic():
        agreement = managed_agreement(agreement_id, by=by, now=now)
        _require_own(agreement, new)
        known = AgreementDocument.objects.defer("content").filter(
            **new.place, agreement=agreement, sha256=digest, withdrawn_at=None
        )
        if (same := known.first()) is not None:
            return same
        document = AgreementDocument.objects.create(
            agreement=agreement,
            **new.place,
            kind=new.kind,
            audience=new.audience,
            title=new.title,
            filename=safe_name(new.filename),
            media_type=kind_of_file,
            content=new.content,
            size=len(new.content),
            sha256=digest,
            uploaded_by=by,
            uploaded_at=now,
        )
        after = {
            "title": new.title,
            "filename": document.filename,
            "kind": new.kind.label,
            "audience": new.audience.label,
            "sha256": digest,
        }
        record(document, "document.uploaded", by=by, now=now, after=after)
    return document


def withdraw(*, document_id: int, reason: str, by: Membership, now: datetime) -> None:
    """Take a document back: only the purchasing body sees it from now on.

    Withdrawing twice changes nothing. Raises NotAllowed, NotFound.
    """
    with transaction.atomic():
        found = AgreementDocument.objects.defer("content").filter(pk=document_id).first()
        if found is None:
            raise NotFound("Dieses Dokument gibt es nicht.")
        managed_agreement(found.agreement_id, by=by, now=now)
        changed = AgreementDocument.objects.filter(pk=document_id, withdrawn_at=None).update(
            withdrawn_at=now
        )
        if changed:
            record(
                found,
                "document.withdrawn",
                by=by,
                now=now,
                before={"title": found.title},
                reason=reason,
            )


def visible_documents(by: Membership, on: date) -> QuerySet[AgreementDocument]:
    """Documents the actor's organisation may download on the day, without their bytes.

    Buyers need an entitlement in force, to the lot where the document belongs to one.
    Suppliers need an award: of the agreement, of the lot, or that very award.
    """
    own = Q(agreement__purchasing_body_id=by.organisation_id)
    read = Q(withdrawn_at__isnull=True) & (
        _for_buyers(by.organisation_id, on) | _for_suppliers(by.organisation_id)
    )
    return (
        AgreementDocument.objects.annotate(
            place=Coalesce(
                "lot_id",
                "award__lot_id",
                "change__item__award__lot_id",
                "modification__lot_id",
                "modification__award__lot_id",
            ),
            owner=Coalesce("award_id", "change__item__award_id", "modification__award_id"),
        )
        .filter(own | read)
        .defer("content")
    )


def _for_buyers(buyer_id: int, on: date) -> Q:
    anywhere = entitlements_on(buyer_id, on).filter(agreement=OuterRef("agreement"))
    here = anywhere.filter(Q(lot__isnull=True) | Q(lot=OuterRef("place")))
    return Q(audience__in=(DocumentAudience.BUYERS, DocumentAudience.PARTIES)) & (
        Q(Exists(here)) | Q(place__isnull=True) & Q(Exists(anywhere))
    )


def _for_suppliers(supplier_id: int) -> Q:
    won = Award.objects.filter(supplier_id=supplier_id, lot__agreement=OuterRef("agreement"))
    in_lot = Q(place__isnull=True) & Q(Exists(won)) | Q(Exists(won.filter(lot=OuterRef("place"))))
    return (
        Q(audience=DocumentAudience.PARTIES)
        & ~Q(agreement__state=AgreementState.DRAFT)
        & (Q(owner__isnull=True) & in_lot | Q(Exists(won.filter(pk=OuterRef("owner")))))
    )


def _require_own(agreement: FrameworkAgreement, new: NewDocument) -> None:
    """What the document belongs to has to belong to the agreement."""
    parts = (
        Lot.objects.filter(pk=new.lot_id or 0, agreement=agreement),
        Award.objects.filter(pk=new.award_id or 0, lot__agreement=agreement),
        PriceChange.objects.filter(pk=new.change_id or 0, item__award__lot__agreement=agreement),
        ContractModification.objects.filter(pk=new.modification_id or 0, agreement=agreement),
    )
    for key, rows in zip(new.place.values(), parts, strict=True):
        if key is not None and not rows.exists():
            raise NotFound("Das gibt es in dieser Rahmenvereinbarung nicht.")
