"""Deciding about a proposed price change: the contract manager, then a second person.

The judgement of the proposal is made again at every step, because the price it was
measured against may have moved. Outside the price clause the second person can only
confirm what stands approved in the register of § 132 GWB.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracts.agreements.errors import NotAllowed, NotFound
from contracts.agreements.models import (
    ContractItem,
    ContractModification,
    ModificationKind,
    ModificationState,
    PriceChange,
    PriceChangeRoute,
    PriceChangeState,
)
from contracts.agreements.people import acts_for
from contracts.agreements.prices.application import (
    CONSTRAINTS,
    apply,
    judge,
    require_running,
    tier_rows,
)
from contracts.agreements.prices.changes import locked
from contracts.agreements.prices.errors import (
    EntryMissing,
    NotApproved,
    PriceMoved,
    ReasonMissing,
    SamePerson,
    WrongChangeState,
)
from contracts.agreements.prices.modifications import (
    MODIFICATION_CONSTRAINTS,
    Entry,
    register_for_change,
    reject_entry,
)
from contracts.audit.record import record
from contracts.constraints import translated
from contracts.parties.acting import require_role
from contracts.parties.models import Membership, Role
from contracts.retrying import again

_REFUSALS = {**CONSTRAINTS, **MODIFICATION_CONSTRAINTS}
_SECONDS = frozenset({Role.REVIEWER, Role.CONTRACT_MANAGER})


@again
def decide(
    *,
    change_id: int,
    accept: bool,
    reason: str = "",
    entry: Entry | None = None,
    by: Membership,
    now: datetime,
) -> PriceChange:
    """The contract manager's decision: hand on to the second person, or reject with reason.

    A change outside the price clause needs `entry`, which is written into the register of
    § 132 GWB. Raises NotAllowed, NotFound, WrongChangeState, SamePerson, ReasonMissing,
    EntryMissing, PriceMoved, and what judging or registering refuses.
    """
    require_role(by, {Role.CONTRACT_MANAGER}, now)
    with translated(_REFUSALS), transaction.atomic():
        change, item = locked(change_id, by)
        _require_state(change, PriceChangeState.PROPOSED)
        _require_other_person(change, item, by, now)
        change.decided_by, change.decider_id, change.decided_at = by, by.user_id, now
        if not accept:
            return _rejected(change, reason, by=by, now=now)
        require_running(item.award.lot.agreement, change, now)
        _require_same_verdict(item, change)
        change.state = PriceChangeState.AWAITING_SECOND
        change.save(update_fields=["state", "decided_by", "decider", "decided_at"])
        if change.route == PriceChangeRoute.MODIFICATION:
            _register(change, item, entry, by=by, now=now)
        _record(change, "price_change.decided", by=by, now=now, reason=reason)
    return change


@again
def confirm(
    *, change_id: int, accept: bool, reason: str = "", by: Membership, now: datetime
) -> PriceChange:
    """The second person's word: put the change into force, or reject it with reason.

    Raises NotAllowed, NotFound, WrongChangeState, SamePerson, ReasonMissing, NotApproved,
    PriceMoved, EffectiveDatePast, AgreementEnded, OverlappingPrices, NoPrice.
    """
    require_role(by, _SECONDS, now)
    with translated(_REFUSALS), transaction.atomic():
        change, item = locked(change_id, by)
        _require_state(change, PriceChangeState.AWAITING_SECOND)
        _require_other_person(change, item, by, now)
        change.second_by, change.second_id, change.second_at = by, by.user_id, now
        if not accept:
            rejected = _rejected(change, reason, by=by, now=now)
            _reject_open_entry(change, reason, by=by, now=now)
            return rejected
        require_running(item.award.lot.agreement, change, now)
        _require_same_verdict(item, change)
        _require_entry_approved(change)
        change.state = PriceChangeState.ACCEPTED
        change.save(update_fields=["state", "second_by", "second", "second_at"])
        apply(change, item, by=by, now=now)
        _record(change, "price_change.accepted", by=by, now=now, reason=reason)
    return change


def _require_state(change: PriceChange, wanted: PriceChangeState) -> None:
    if change.state != wanted:
        raise WrongChangeState(
            f"Die Änderung {change.number} ist inzwischen: {change.get_state_display()}. "
            "Dieser Schritt ist nicht mehr möglich."
        )


def _require_other_person(
    change: PriceChange, item: ContractItem, by: Membership, now: datetime
) -> None:
    """Four eyes count people, whatever memberships they have."""
    if item.award.lot.agreement.purchasing_body_id != by.organisation_id:
        raise NotFound("Diese Preisänderung gibt es nicht.")
    if by.user_id in (change.proposer_id, change.decider_id):
        raise SamePerson(
            "Sie haben diese Änderung vorgeschlagen oder entschieden. "
            "Bitte überlassen Sie den Schritt einer anderen Person."
        )
    if acts_for(by.user_id, item.award.supplier_id, now):
        raise NotAllowed("Wer für den Lieferanten handelt, kann über seine Preise nicht mitreden.")


def _require_same_verdict(item: ContractItem, change: PriceChange) -> None:
    """What was judged must still be the case: another price may have come in between."""
    verdict = judge(item, change, tier_rows(change))
    if (verdict.route.value, verdict.percent) != (change.route, change.percent):
        raise PriceMoved(
            f"Der geltende Preis hat sich seit dem Vorschlag {change.number} geändert. Bitte "
            "lehnen Sie ihn ab; der Lieferant kann neu vorschlagen."
        )


def _register(
    change: PriceChange,
    item: ContractItem,
    entry: Entry | None,
    *,
    by: Membership,
    now: datetime,
) -> None:
    if entry is None:
        raise EntryMissing(
            "Diese Änderung liegt außerhalb der Preisklausel. Bitte nennen Sie Rechtsgrund, Wert "
            "und Begründung für das Änderungsregister (§ 132 GWB)."
        )
    award = item.award
    register_for_change(
        change,
        Entry(
            kind=ModificationKind.PRICE,
            ground=entry.ground,
            description=entry.description,
            value=entry.value,
            notice_number=entry.notice_number,
            lot_id=award.lot_id,
            award_id=award.pk,
        ),
        agreement=award.lot.agreement,
        by=by,
        now=now,
    )


def _require_entry_approved(change: PriceChange) -> None:
    if change.route != PriceChangeRoute.MODIFICATION:
        return
    entry = ContractModification.objects.filter(change=change).first()
    if entry is None or entry.state != ModificationState.APPROVED:
        raise NotApproved(
            "Diese Änderung liegt außerhalb der Preisklausel. Sie gilt erst, wenn die "
            "Vertragsänderung im Register nach § 132 GWB genehmigt ist."
        )


def _reject_open_entry(change: PriceChange, reason: str, *, by: Membership, now: datetime) -> None:
    entry = ContractModification.objects.filter(
        change=change, state=ModificationState.PROPOSED
    ).first()
    if entry is not None:
        reject_entry(entry, reason, by=by, now=now)


def _rejected(change: PriceChange, reason: str, *, by: Membership, now: datetime) -> PriceChange:
    if not reason.strip():
        raise ReasonMissing(
            "Bitte begründen Sie die Ablehnung; der Lieferant liest die Begründung."
        )
    change.state = PriceChangeState.REJECTED
    change.rejection = reason.strip()
    change.save()
    _record(change, "price_change.rejected", by=by, now=now, reason=change.rejection)
    return change


def _record(
    change: PriceChange, action: str, *, by: Membership, now: datetime, reason: str = ""
) -> None:
    record(
        change,
        action,
        by=by,
        now=now,
        after={"number": change.number, "state": change.state},
        reason=reason.strip(),
    )
