"""Named buyers and their quotas (Kontingente): ended, set, moved, given back.

A quota is a limit account of its own; each change rests on a document and is booked once.
The free pool is what the maximum leaves beyond all quotas.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256

from django.db import transaction
from django.db.models import Q, QuerySet, Sum

from contracts.agreements.errors import AgreementError, NotFound
from contracts.agreements.models import AgreementState, BuyerEntitlement, FrameworkAgreement
from contracts.agreements.refused import FieldRefused, OutOfOrder, translated
from contracts.agreements.serialised import lock_agreement
from contracts.agreements.writing.audited import differences, plain
from contracts.agreements.writing.editing import require_not_ended
from contracts.agreements.writing.facts import entitlement_facts
from contracts.agreements.writing.managing import managed_agreement
from contracts.audit.record import record
from contracts.clock import berlin_day
from contracts.ledger.errors import DuplicateReference
from contracts.ledger.models import AccountKind, LimitAccount, Unit
from contracts.ledger.movements import adjust, lock_accounts, open_account, transfer
from contracts.parties.acting import require_role
from contracts.parties.models import Membership, Role
from contracts.retrying import again

_MISSING = "Diese Abrufberechtigung gibt es bei Ihrer Stelle nicht."


class NoQuota(AgreementError):
    """The buyer has no quota of its own, so that there is nothing to move or return."""

    code = "no_quota"


class AlreadyBooked(FieldRefused):
    """The same change was booked with the same document before."""

    code = "already_booked"

    def __init__(self) -> None:
        super().__init__(
            "document",
            "Dieser Beleg ist für diesen Schritt bereits gebucht. Bitte prüfen Sie das Kontingent, "
            "oder nennen Sie einen anderen Beleg.",
        )


def visible_entitlements(
    agreement: FrameworkAgreement, by: Membership
) -> QuerySet[BuyerEntitlement]:
    """The register: the purchasing body sees all buyers, a buyer itself alone."""
    return (
        BuyerEntitlement.objects.filter(
            Q(agreement__purchasing_body_id=by.organisation_id)
            | Q(buyer_id=by.organisation_id) & ~Q(agreement__state=AgreementState.DRAFT),
            agreement=agreement,
        )
        .select_related("buyer", "lot", "quota")
        .order_by("buyer__sort_key", "lot__number", "valid_from", "pk")
    )


def free_pool(agreement: FrameworkAgreement) -> Decimal | None:
    """The maximum (net EUR) minus all quotas; negative when more was promised than there is."""
    if agreement.account is None:
        return None
    given = agreement.entitlements.aggregate(given=Sum("quota__limit_amount"))["given"]
    return agreement.account.limit_amount - (given or Decimal(0))


@again
def end_entitlement(
    *, entitlement_id: int, last_day: date, reason: str, by: Membership, now: datetime
) -> BuyerEntitlement:
    """Let an entitlement end with *last_day*, at the earliest yesterday.

    Raises NotAllowed, NotFound, AgreementEnded, OutOfOrder, OverlappingEntitlements.
    """
    with translated(), transaction.atomic():
        entitlement = _managed(entitlement_id, by, now)
        if last_day < berlin_day(now) - timedelta(days=1):
            raise OutOfOrder(
                "last_day", "Eine Berechtigung endet frühestens gestern, nicht weiter rückwirkend."
            )
        if last_day < entitlement.valid_from:
            raise OutOfOrder("last_day", "Das Ende der Berechtigung liegt vor ihrem Beginn.")
        before = {"valid_to": plain(entitlement.valid_to)}
        entitlement.valid_to = last_day
        entitlement.save(update_fields=["valid_to"])
        record(
            entitlement,
            "entitlement.ended",
            by=by,
            now=now,
            before=before,
            after={"valid_to": last_day.isoformat()},
            reason=reason,
        )
        lock_agreement(entitlement.agreement, entitlement.lot_id)
    return entitlement


@again
def set_quota(
    *, entitlement_id: int, quota: Decimal, document: str, by: Membership, now: datetime
) -> BuyerEntitlement:
    """Agree on a quota (net EUR), or change it; never below what is held and posted.

    Raises LimitBelowUse, InvalidAmount, AlreadyBooked, NotAllowed, NotFound,
    AgreementEnded.
    """
    with transaction.atomic():
        entitlement = _managed(entitlement_id, by, now)
        before = entitlement_facts(entitlement)
        is_first = entitlement.quota is None
        if entitlement.quota is None:
            entitlement.quota = _open(entitlement, quota, document, by, now)
            entitlement.save(update_fields=["quota"])
        else:
            reference = _reference("quota", f"{quota}", document)
            _adjust(entitlement.quota, quota, document, reference, by, now)
        _record(entitlement, "quota.set", before, document, by, now)
        if is_first:
            lock_agreement(entitlement.agreement, entitlement.lot_id)
    return entitlement


@again
def transfer_quota(
    *,
    from_id: int,
    to_id: int,
    amount: Decimal,
    document: str,
    by: Membership,
    now: datetime,
) -> None:
    """Move *amount* (net EUR) of quota from one buyer to another of the same agreement.

    Raises LimitBelowUse when the giver has bound more, TransferNotPossible, InvalidAmount,
    NoQuota, AlreadyBooked, NotAllowed, NotFound, AgreementEnded.
    """
    with transaction.atomic():
        giver, taker = _managed(from_id, by, now), _managed(to_id, by, now)
        if giver.agreement_id != taker.agreement_id:
            raise NotFound(_MISSING)
        reference = _reference("quota", f"{from_id}>{to_id} {amount}", document)
        before = [entitlement_facts(giver), entitlement_facts(taker)]
        try:
            transfer(
                from_account_id=_quota(giver).pk,
                to_account_id=_quota(taker).pk,
                amount=amount,
                document=document,
                reference=reference,
                by=by,
                now=now,
            )
        except DuplicateReference as error:
            raise AlreadyBooked from error
        for entitlement, known in zip((giver, taker), before, strict=True):
            _record(entitlement, "quota.transferred", known, document, by, now)


@again
def return_quota(*, entitlement_id: int, document: str, by: Membership, now: datetime) -> Decimal:
    """Give what is unused back to the purchasing body's free pool; return the amount.

    A step of the buyer's own procurement officer: the quota falls to what is held and
    posted. Raises NoQuota when nothing is left, NotAllowed, NotFound, AlreadyBooked.
    """
    require_role(by, {Role.PROCUREMENT_OFFICER}, now)
    with transaction.atomic():
        entitlement = _locked().filter(pk=entitlement_id, buyer_id=by.organisation_id).first()
        if entitlement is None:
            raise NotFound(_MISSING)
        account = lock_accounts([_quota(entitlement).pk])[_quota(entitlement).pk]
        unused = account.available
        if unused <= 0:
            raise NoQuota("Vom Kontingent ist nichts frei, das zurückgegeben werden kann.")
        before = entitlement_facts(entitlement)
        reference = _reference("return", f"{unused}", document)
        _adjust(account, account.bound, document, reference, by, now)
        _record(entitlement, "quota.returned", before, document, by, now)
    return unused


def _managed(entitlement_id: int, by: Membership, now: datetime) -> BuyerEntitlement:
    """The entitlement of an agreement that the actor's body runs, both locked."""
    found = BuyerEntitlement.objects.filter(pk=entitlement_id).values_list("agreement_id").first()
    if found is None:
        raise NotFound(_MISSING)
    require_not_ended(managed_agreement(found[0], by=by, now=now))
    return _locked().get(pk=entitlement_id)


def _locked() -> QuerySet[BuyerEntitlement]:
    return BuyerEntitlement.objects.select_for_update(of=("self",), no_key=True).select_related(
        "agreement", "buyer", "lot__agreement", "quota"
    )


def _quota(entitlement: BuyerEntitlement) -> LimitAccount:
    if entitlement.quota is None:
        raise NoQuota(
            f"{entitlement.buyer.name} hat kein Kontingent. Bitte legen Sie zuerst eines fest."
        )
    return entitlement.quota


def _open(
    entitlement: BuyerEntitlement, quota: Decimal, document: str, by: Membership, now: datetime
) -> LimitAccount:
    return open_account(
        kind=AccountKind.BUYER_QUOTA,
        unit=Unit.EUR,
        title=f"Kontingent {entitlement.buyer.name} {entitlement.agreement.number}",
        limit=quota,
        document=document,
        by=by,
        now=now,
    )


def _adjust(
    account: LimitAccount,
    limit: Decimal,
    document: str,
    reference: str,
    by: Membership,
    now: datetime,
) -> None:
    try:
        adjust(account.pk, new_limit=limit, document=document, reference=reference, by=by, now=now)
    except DuplicateReference as error:
        raise AlreadyBooked from error


def _record(
    entitlement: BuyerEntitlement,
    action: str,
    known: dict[str, object],
    document: str,
    by: Membership,
    now: datetime,
) -> None:
    if entitlement.quota is not None:
        entitlement.quota.refresh_from_db()
    before, after = differences(known, entitlement_facts(entitlement))
    record(entitlement, action, by=by, now=now, before=before, after=after, reason=document)


def _reference(kind: str, what: str, document: str) -> str:
    """One change with one document is one booking: a second click meets the constraint."""
    return f"{kind}:{sha256(f'{what} {document.strip()}'.encode()).hexdigest()[:32]}"
