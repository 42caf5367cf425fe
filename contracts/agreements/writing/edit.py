"""Editing: a draft in everything, a listed agreement in title and responsible person.

Whatever changes is kept in the audit trail, before and after. Maxima move on their limit
accounts, with the notice or the award as document, and never below what is bound.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import uuid4

from django.db import transaction
from django.db.models import Model, ProtectedError

from contracts.agreements.errors import AgreementError
from contracts.agreements.models import (
    AgreementState,
    AllocationRule,
    Award,
    FrameworkAgreement,
    Lot,
    LotCpv,
)
from contracts.agreements.refused import FieldRefused, translated
from contracts.agreements.writing.audited import differences, plain_values
from contracts.agreements.writing.cpv import check_codes
from contracts.agreements.writing.editing import (
    NotEditable,
    editable_award,
    editable_lot,
    require_draft,
    require_not_ended,
)
from contracts.agreements.writing.facts import Facts, agreement_facts, award_facts, lot_facts
from contracts.agreements.writing.managing import managed_agreement
from contracts.audit.record import record
from contracts.clock import berlin_day
from contracts.ledger.models import AccountKind, LimitAccount, Unit
from contracts.ledger.movements import adjust, open_account
from contracts.parties.models import Membership, Role
from contracts.retrying import again

_LISTED_FIELDS = ("title", "responsible")


class StillUsed(AgreementError):
    """Something hangs on the row; it can't be removed."""

    code = "still_used"


@dataclass(frozen=True, slots=True)
class AgreementHead:
    """The head of an agreement; amounts net EUR, None where not known yet."""

    number: str
    title: str
    notice_number: str
    starts_on: date
    ends_on: date
    estimate: Decimal | None
    maximum: Decimal | None
    responsible_id: int
    term_justification: str = ""


@dataclass(frozen=True, slots=True)
class LotHead:
    """A lot; amounts net EUR."""

    number: int
    title: str
    allocation: AllocationRule
    estimate: Decimal | None
    maximum: Decimal
    cpv: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class AwardHead:
    """An award; `maximum` (net EUR) None where it has no cap of its own."""

    reference: str
    awarded_on: date
    rank: int
    maximum: Decimal | None


@again
def edit_agreement(
    *, agreement_id: int, head: AgreementHead, by: Membership, now: datetime
) -> FrameworkAgreement:
    """Write the head anew.

    Raises NotEditable when a listed agreement would change in more than title and
    responsible person, LimitBelowUse, AlreadyExists, OutOfOrder, FieldRefused,
    AgreementEnded, NotAllowed, NotFound.
    """
    with translated(), transaction.atomic():
        agreement = managed_agreement(agreement_id, by=by, now=now)
        require_not_ended(agreement)
        known = agreement_facts(agreement)
        agreement.number = head.number
        agreement.title = head.title
        agreement.notice_number = head.notice_number
        agreement.starts_on, agreement.ends_on = head.starts_on, head.ends_on
        agreement.estimated_value = head.estimate
        agreement.term_justification = head.term_justification
        agreement.responsible = _responsible(head.responsible_id, by, now)
        wanted = {**agreement_facts(agreement), "maximum": head.maximum}
        _require_listed_fields(agreement, known, wanted)
        agreement.account = limited(
            agreement.account,
            head.maximum,
            AccountKind.AGREEMENT_VALUE,
            f"{head.number} Höchstwert",
            head.notice_number,
            by,
            now,
        )
        agreement.save()
        record_change(agreement, "agreement.edited", known, agreement_facts(agreement), by, now)
    return agreement


@again
def edit_lot(*, lot_id: int, head: LotHead, by: Membership, now: datetime) -> Lot:
    """Write a draft's lot anew. Raises as `edit_agreement`, and UnknownCpv."""
    codes = check_codes(head.cpv)
    with translated(), transaction.atomic():
        lot, agreement = editable_lot(lot_id, by=by, now=now)
        require_draft(agreement, "Lose sind")
        known = lot_facts(lot)
        lot.number, lot.title = head.number, head.title
        lot.allocation, lot.estimated_value = head.allocation, head.estimate
        lot.save()
        move_limit(lot.account, head.maximum, agreement.notice_number, by, now)
        lot.cpv_codes.exclude(code__in=codes).delete()
        LotCpv.objects.bulk_create(
            (LotCpv(lot=lot, code=code) for code in codes), ignore_conflicts=True
        )
        record_change(lot, "lot.edited", known, lot_facts(lot), by, now)
    return lot


@again
def edit_award(*, award_id: int, head: AwardHead, by: Membership, now: datetime) -> Award:
    """Write a draft's award anew; its terms get a new version instead (`terms.add_terms`)."""
    with translated(), transaction.atomic():
        award, agreement = editable_award(award_id, by=by, now=now)
        require_draft(agreement, "Zuschläge sind")
        known = award_facts(award)
        award.reference, award.awarded_on = head.reference, head.awarded_on
        award.rank = head.rank
        award.account = limited(
            award.account,
            head.maximum,
            AccountKind.AWARD_VALUE,
            f"Zuschlag {head.reference}",
            head.reference,
            by,
            now,
        )
        award.save()
        record_change(award, "award.edited", known, award_facts(award), by, now)
    return award


@again
def remove_lot(*, lot_id: int, by: Membership, now: datetime) -> None:
    """Take a lot without awards out of a draft. Raises StillUsed, NotEditable, …"""
    with transaction.atomic():
        lot, agreement = editable_lot(lot_id, by=by, now=now)
        require_draft(agreement, "Lose sind")
        known = lot_facts(lot)
        lot.cpv_codes.all().delete()
        remove_row(lot, agreement, "lot.removed", known, by, now)


@again
def remove_award(*, award_id: int, by: Membership, now: datetime) -> None:
    """Take an award without positions out of a draft. Raises StillUsed, NotEditable, …"""
    with transaction.atomic():
        award, agreement = editable_award(award_id, by=by, now=now)
        require_draft(agreement, "Zuschläge sind")
        if not award.items.exists():
            award.terms.all().delete()
        remove_row(award, agreement, "award.removed", award_facts(award), by, now)


def _require_listed_fields(agreement: FrameworkAgreement, known: Facts, wanted: Facts) -> None:
    if agreement.state == AgreementState.DRAFT:
        return
    fixed = [
        name
        for name, value in wanted.items()
        if name not in _LISTED_FIELDS and value != known[name]
    ]
    if fixed:
        raise NotEditable(
            "Nach der Listung sind nur Titel und verantwortliche Person änderbar. Eine Änderung "
            "des Vertrags gehört in das Änderungsregister (§ 132 GWB)."
        )


def _responsible(membership_id: int, by: Membership, now: datetime) -> Membership:
    found = (
        Membership.objects.valid_on(berlin_day(now))
        .filter(
            pk=membership_id,
            organisation_id=by.organisation_id,
            role__in=(Role.CONTRACT_MANAGER, Role.REVIEWER),
        )
        .select_related("user", "organisation")
        .first()
    )
    if found is None:
        raise FieldRefused(
            "responsible",
            "Verantwortlich ist, wer heute zum Vertragsmanagement Ihrer Stelle gehört.",
        )
    return found


def limited(
    account: LimitAccount | None,
    limit: Decimal | None,
    kind: AccountKind,
    title: str,
    document: str,
    by: Membership,
    now: datetime,
) -> LimitAccount | None:
    """The account with the limit: opened, adjusted, or left behind when there is none."""
    if limit is None:
        return None
    if account is None:
        return open_account(
            kind=kind,
            unit=Unit.EUR,
            title=title,
            limit=limit,
            document=document,
            by=by,
            now=now,
        )
    move_limit(account, limit, document, by, now)
    return account


def move_limit(
    account: LimitAccount, limit: Decimal, document: str, by: Membership, now: datetime
) -> None:
    """Set a cap to *limit*, with the document that allows it. Raises LimitBelowUse."""
    if limit == account.limit_amount:
        return
    adjust(
        account.pk,
        new_limit=limit,
        document=document,
        reference=f"draft:{uuid4()}",
        by=by,
        now=now,
    )
    account.limit_amount = limit


def record_change(
    row: Model, action: str, known: Facts, written: Facts, by: Membership, now: datetime
) -> None:
    """Keep what differs, where anything does."""
    before, after = differences(known, written)
    if after:
        record(row, action, by=by, now=now, before=before, after=after)


def remove_row(
    row: Model,
    agreement: FrameworkAgreement,
    action: str,
    known: Facts,
    by: Membership,
    now: datetime,
) -> None:
    """Delete the row; the agreement's trail keeps what it was. Raises StillUsed."""
    try:
        row.delete()
    except ProtectedError as error:
        raise StillUsed(
            "Daran hängt noch etwas. Bitte nehmen Sie zuerst heraus, was darunter steht."
        ) from error
    record(agreement, action, by=by, now=now, before=plain_values(known))
