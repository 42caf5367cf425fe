"""What an approved modification allows: a higher cap, a longer term.

Caps are raised and terms extended through an approved entry of the register only; a cap is
lowered with a document, and never below what is bound under it.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from contracts.agreements.errors import AgreementEnded, NotFound
from contracts.agreements.models import (
    AgreementState,
    Award,
    ContractItem,
    ContractModification,
    FrameworkAgreement,
    Lot,
    ModificationKind,
    ModificationState,
    ModificationUse,
    UseLevel,
)
from contracts.agreements.prices.entry_uses import write_use
from contracts.agreements.prices.errors import BeyondEntry, NotApproved
from contracts.agreements.prices.modifications import locked_entry
from contracts.agreements.prices.worth import worth_of_pieces
from contracts.agreements.serialised import lock_agreement
from contracts.agreements.writing.managing import managed_agreement
from contracts.audit.record import record
from contracts.clock import berlin_day
from contracts.ledger.models import LimitAccount, Unit
from contracts.ledger.movements import adjust
from contracts.parties.acting import require_role
from contracts.parties.models import Membership, Role
from contracts.retrying import again

_EXTENDED = "modification.term_extended"
_RAISED = "modification.cap_raised"


@again
def raise_cap(
    *, account_id: int, new_limit: Decimal, modification_id: int, by: Membership, now: datetime
) -> LimitAccount:
    """Raise a cap of the agreement (net EUR or pieces) as the approved entry allows.

    What is raised at one level (agreement, lots, awards, positions) adds up to the entry's
    value at most; pieces count by the price in force. A cap rises once per entry. Raises
    NotAllowed, NotFound, NotApproved, BeyondEntry, AlreadyUsed, AgreementEnded, and what
    the ledger refuses.
    """
    require_role(by, {Role.CONTRACT_MANAGER}, now)
    with transaction.atomic():
        entry, _ = _approved(modification_id, ModificationKind.CAP, by)
        account = _account(account_id, raisable_accounts(entry))
        rise = new_limit - account.limit_amount
        if rise <= 0:
            raise BeyondEntry("Die neue Grenze ist nicht höher als die geltende.")
        _use_cap(entry, account, rise, by=by, now=now)
        record(
            entry,
            _RAISED,
            by=by,
            now=now,
            before={"account": account.pk, "limit": str(account.limit_amount)},
            after={"number": entry.number, "limit": str(new_limit)},
            rule="§ 132 GWB",
        )
        _adjust(account, new_limit, f"Vertragsänderung {entry.number}", entry.number, by, now)
    account.refresh_from_db()
    return account


@again
def lower_cap(
    *,
    agreement_id: int,
    account_id: int,
    new_limit: Decimal,
    document: str,
    by: Membership,
    now: datetime,
) -> LimitAccount:
    """Lower a cap, with the document behind it.

    Raises NotAllowed, NotFound, BeyondEntry (it would rise, or no document is named), and
    the ledger's LimitBelowUse.
    """
    with transaction.atomic():
        agreement = managed_agreement(agreement_id, by=by, now=now)
        account = _account(account_id, accounts_of(agreement))
        if not document.strip():
            raise BeyondEntry("Bitte nennen Sie das Schriftstück, auf dem die Senkung beruht.")
        if new_limit >= account.limit_amount:
            raise BeyondEntry(
                "Eine Grenze steigt nur durch eine genehmigte Vertragsänderung (§ 132 GWB)."
            )
        reference = f"lower:{now.isoformat()}"
        record(
            agreement,
            "agreement.cap_lowered",
            by=by,
            now=now,
            before={"account": account.pk, "limit": str(account.limit_amount)},
            after={"limit": str(new_limit)},
            reason=document.strip(),
        )
        _adjust(account, new_limit, document.strip(), reference, by, now)
    account.refresh_from_db()
    return account


@again
def extend_term(*, modification_id: int, by: Membership, now: datetime) -> FrameworkAgreement:
    """Extend the term of the agreement to the day the approved entry names, once per entry.

    Raises NotAllowed, NotFound, NotApproved, BeyondEntry, AlreadyUsed, AgreementEnded.
    """
    require_role(by, {Role.CONTRACT_MANAGER}, now)
    with transaction.atomic():
        entry, agreement = _approved(modification_id, ModificationKind.TERM, by)
        before, new_end = agreement.ends_on, entry.new_end
        use = ModificationUse(level=UseLevel.TERM, new_end=new_end, amount=0)
        write_use(entry, use, by=by, now=now)
        if new_end is None or new_end <= before:
            raise BeyondEntry(f"Die Vereinbarung läuft bereits bis zum {before:%d.%m.%Y}.")
        agreement.ends_on = new_end
        agreement.save(update_fields=["ends_on"])
        record(
            entry,
            _EXTENDED,
            by=by,
            now=now,
            before={"ends_on": before.isoformat()},
            after={"number": entry.number, "ends_on": new_end.isoformat()},
            rule="§ 132 GWB",
        )
        lock_agreement(agreement)
    return agreement


def _use_cap(
    entry: ContractModification,
    account: LimitAccount,
    rise: Decimal,
    *,
    by: Membership,
    now: datetime,
) -> None:
    worth: Decimal | None = rise
    if account.unit == Unit.PIECES:
        worth = worth_of_pieces(account, rise, berlin_day(now))
    if worth is None:
        raise BeyondEntry(
            f"{account.title}: Heute gilt kein Preis, an dem sich der Wert der weiteren Stücke "
            "bemessen ließe. Bitte legen Sie zuerst den Preis fest."
        )
    use = ModificationUse(level=UseLevel(account.kind), account=account, amount=worth)
    write_use(entry, use, by=by, now=now)


def _approved(
    modification_id: int, kind: ModificationKind, by: Membership
) -> tuple[ContractModification, FrameworkAgreement]:
    entry, agreement = locked_entry(modification_id, by)
    if entry.state != ModificationState.APPROVED or entry.kind != kind:
        raise NotApproved(
            f"Die Vertragsänderung {entry.number} ist dafür nicht genehmigt. Nötig ist eine "
            f"genehmigte Änderung „{kind.label}“."
        )
    if agreement.state == AgreementState.ENDED:
        raise AgreementEnded(f"Die Vereinbarung {agreement.number} ist beendet.")
    return entry, agreement


def raisable_accounts(entry: ContractModification) -> QuerySet[LimitAccount]:
    """The caps an entry may concern: the agreement's, and those within its lot and award."""
    return accounts_of(entry.agreement, lot_id=entry.lot_id, award_id=entry.award_id)


def accounts_of(
    agreement: FrameworkAgreement, *, lot_id: int | None = None, award_id: int | None = None
) -> QuerySet[LimitAccount]:
    """The agreement's cap and those of its lots, awards and positions (no buyer's quota)."""
    lots = Lot.objects.filter(agreement=agreement)
    if lot_id is not None:
        lots = lots.filter(pk=lot_id)
    awards = Award.objects.filter(lot__in=lots)
    if award_id is not None:
        awards = awards.filter(pk=award_id)
    return LimitAccount.objects.filter(
        Q(agreement=agreement)
        | Q(lot__in=lots)
        | Q(award__in=awards)
        | Exists(ContractItem.objects.filter(award__in=awards, account=OuterRef("pk")))
    )


def _account(account_id: int, accounts: QuerySet[LimitAccount]) -> LimitAccount:
    account = accounts.filter(pk=account_id).first()
    if account is None:
        raise NotFound("Diese Grenze gehört nicht zu der Vertragsänderung.")
    return account


def _adjust(
    account: LimitAccount,
    new_limit: Decimal,
    document: str,
    reference: str,
    by: Membership,
    now: datetime,
) -> None:
    adjust(
        account.pk,
        new_limit=new_limit,
        document=document,
        reference=reference,
        by=by,
        now=now,
    )
