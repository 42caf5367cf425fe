"""What may be written while: a draft whole, a listed agreement hardly, an ended one never."""

from __future__ import annotations

from datetime import datetime

from contracts.agreements.errors import AgreementEnded, AgreementError, NotFound
from contracts.agreements.models import AgreementState, Award, ContractItem, FrameworkAgreement, Lot
from contracts.agreements.writing.managing import managed_agreement
from contracts.parties.models import Membership


class NotEditable(AgreementError):
    """The agreement is listed: what was awarded stays as it was awarded."""

    code = "not_editable"
    title = "Die Vereinbarung ist bereits gelistet"
    advice = "Tragen Sie eine Änderung des Vertrags in das Änderungsregister ein."


def require_draft(agreement: FrameworkAgreement, what: str) -> None:
    """Raise AgreementEnded, or NotEditable unless it is a draft; *what* begins the sentence."""
    require_not_ended(agreement)
    if agreement.state != AgreementState.DRAFT:
        raise NotEditable(
            f"{what} nur im Entwurf änderbar. Nach der Listung gilt, was zugeschlagen wurde; "
            "eine Änderung gehört in das Änderungsregister (§ 132 GWB)."
        )


def require_not_ended(agreement: FrameworkAgreement) -> None:
    """Raise AgreementEnded once the agreement is over."""
    if agreement.state == AgreementState.ENDED:
        raise AgreementEnded(
            f"Die Rahmenvereinbarung {agreement.number} ist beendet. Sie kann gelesen, aber nicht "
            "mehr geändert werden."
        )


def editable_lot(lot_id: int, *, by: Membership, now: datetime) -> tuple[Lot, FrameworkAgreement]:
    """The lot and its locked agreement, which has not ended.

    Raises NotAllowed, NotFound or AgreementEnded. Call inside a transaction.
    """
    lot = Lot.objects.select_related("account").filter(pk=lot_id).first()
    if lot is None:
        raise NotFound("Dieses Los gibt es nicht.")
    return lot, _open_agreement(lot.agreement_id, by, now)


def editable_award(
    award_id: int, *, by: Membership, now: datetime
) -> tuple[Award, FrameworkAgreement]:
    """The award and its locked agreement, as `editable_lot`."""
    award = Award.objects.select_related("lot", "supplier", "account").filter(pk=award_id).first()
    if award is None:
        raise NotFound("Diesen Zuschlag gibt es nicht.")
    return award, _open_agreement(award.lot.agreement_id, by, now)


def editable_item(
    item_id: int, *, by: Membership, now: datetime
) -> tuple[ContractItem, FrameworkAgreement]:
    """The position and its locked agreement, as `editable_lot`."""
    item = ContractItem.objects.select_related("award__lot", "account").filter(pk=item_id).first()
    if item is None:
        raise NotFound("Diese Position gibt es nicht.")
    return item, _open_agreement(item.award.lot.agreement_id, by, now)


def _open_agreement(agreement_id: int, by: Membership, now: datetime) -> FrameworkAgreement:
    agreement = managed_agreement(agreement_id, by=by, now=now)
    require_not_ended(agreement)
    return agreement
