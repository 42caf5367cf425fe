"""The register of contract modifications without a new procedure (§ 132 GWB).

A contract manager registers, a second person approves or rejects. What is approved on one
ground is summed per lot (or per agreement, where no lot is named) and measured against the
original value; the figures of law are those of the day. Each decision waits for the lock
of the agreement, so that two of them can't both be the last that fits.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from contracts.agreements.entitlement import visible_agreements
from contracts.agreements.errors import AgreementEnded, NotFound, SentBefore
from contracts.agreements.legal import (
    EU_THRESHOLD,
    MODIFICATION_DE_MINIMIS,
    MODIFICATION_SINGLE,
    figure,
)
from contracts.agreements.models import (
    AgreementState,
    Award,
    ContractModification,
    FrameworkAgreement,
    Lot,
    ModificationGround,
    ModificationKind,
    ModificationState,
    PriceChange,
    PriceChangeState,
)
from contracts.agreements.prices.admission import admit
from contracts.agreements.prices.errors import (
    InvalidEntry,
    NoOriginalValue,
    OutsideLimits,
    ReasonMissing,
    SamePerson,
    SecondPersonMissing,
    WrongModificationState,
)
from contracts.agreements.writing.managing import managed_agreement
from contracts.audit.record import record
from contracts.clock import berlin_day
from contracts.constraints import Refusals, translated
from contracts.parties.acting import require_role
from contracts.parties.models import Membership, Role
from contracts.pricing import (
    ChangeGround,
    Modification,
    ModificationLimits,
    ModificationVerdict,
    judge_modification,
)
from contracts.retrying import again

MAX_VALUE = Decimal(10) ** 14
_SECONDS = frozenset({Role.REVIEWER, Role.CONTRACT_MANAGER})
_GIVEN_UP = (PriceChangeState.REJECTED, PriceChangeState.WITHDRAWN)
_OWN_ENTRY = (
    "Wer die Vertragsänderung vorgeschlagen hat, kann nicht über sie entscheiden. "
    "Bitte überlassen Sie den Schritt einer anderen Person."
)

MODIFICATION_CONSTRAINTS: Refusals = {
    "agreements_modification_second_person": partial(SamePerson, _OWN_ENTRY),
    "agreements_modification_approved_by_second": partial(
        SecondPersonMissing,
        "Eine Vertragsänderung gilt erst, wenn eine zweite Person sie genehmigt hat.",
    ),
    "agreements_modification_rejection_has_reason": partial(
        ReasonMissing, "Bitte begründen Sie die Ablehnung der Vertragsänderung."
    ),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """What the register is told; `value` is net EUR, negative where the value falls.

    A longer term names its last day: `new_end`.
    """

    kind: ModificationKind
    ground: ModificationGround
    description: str
    value: Decimal
    lot_id: int | None = None
    award_id: int | None = None
    notice_number: str = ""
    new_end: date | None = None


@again
def register(
    *, agreement_id: int, entry: Entry, by: Membership, now: datetime, token: UUID | None = None
) -> ContractModification:
    """Write a proposed modification down, with what it comes to on its ground.

    A form names itself by its `token`: sent again, it gets the entry of the first time.
    Raises NotAllowed, NotFound, AgreementEnded, InvalidEntry, NoOriginalValue,
    NoLegalFigure, OutsideLimits where a new procedure would be needed, and SentBefore (this
    token has registered something else).
    """
    with translated(MODIFICATION_CONSTRAINTS), transaction.atomic():
        agreement = managed_agreement(agreement_id, by=by, now=now)
        if known := _known_by(token, agreement, entry):
            return known
        if entry.kind == ModificationKind.PRICE:
            raise InvalidEntry(
                "Preisänderungen schlägt der Lieferant vor; sie kommen von dort ins Register."
            )
        return _register(agreement, entry, None, by=by, now=now, token=token)


def _known_by(
    token: UUID | None, agreement: FrameworkAgreement, entry: Entry
) -> ContractModification | None:
    """What the form has registered already; the agreement is locked, so that nobody is between."""
    known = agreement.modifications.filter(token=token).first() if token is not None else None
    if known is None:
        return None
    lot, award = _scope(agreement, entry)
    said = {**_said(entry), "lot": lot, "award": award}
    if any(getattr(known, name) != value for name, value in said.items()):
        raise SentBefore(
            f"Dieses Formular ist schon gesendet und hat {known.number} vorgeschlagen. Bitte "
            "laden Sie die Seite neu und geben Sie die weitere Änderung ein."
        )
    return known


def _said(entry: Entry) -> dict[str, object]:
    """The columns that hold what was typed."""
    return {
        "kind": entry.kind,
        "ground": entry.ground,
        "description": entry.description.strip(),
        "value": entry.value,
        "notice_number": entry.notice_number.strip(),
        "new_end": entry.new_end,
    }


def register_for_change(
    change: PriceChange,
    entry: Entry,
    *,
    agreement: FrameworkAgreement,
    by: Membership,
    now: datetime,
) -> ContractModification:
    """Write down the modification a price change needs. Call inside its transaction."""
    row = managed_agreement(agreement.pk, by=by, now=now)
    return _register(row, entry, change, by=by, now=now)


def register_scope(
    agreement: FrameworkAgreement, entry: Entry, *, by: Membership, now: datetime
) -> ContractModification:
    """Write down what a further position rests on, in the transaction that holds the agreement."""
    with translated(MODIFICATION_CONSTRAINTS):
        return _register(agreement, entry, None, by=by, now=now)


@again
def approve(*, modification_id: int, by: Membership, now: datetime) -> ContractModification:
    """The second person's approval, measured again on this day.

    A position that waits for it is written. Raises NotAllowed, NotFound,
    WrongModificationState, SamePerson, AgreementEnded, OutsideLimits, NoLegalFigure, and what
    writing the position refuses.
    """
    require_role(by, _SECONDS, now)
    with translated(MODIFICATION_CONSTRAINTS), transaction.atomic():
        entry, agreement = locked_entry(modification_id, by)
        _require_open(entry)
        _require_second(entry, by)
        _require_running(agreement, now)
        if entry.change is not None and entry.change.state in _GIVEN_UP:
            raise WrongModificationState(
                f"Die Preisänderung {entry.change.number} ist "
                f"{entry.change.get_state_display()}; ihre Vertragsänderung entfällt."
            )
        verdict = _judged(
            entry.ground,
            entry.value,
            agreement=agreement,
            lot=entry.lot,
            original_value=entry.original_value,
            on=berlin_day(now),
        )
        entry.cumulative, entry.cumulative_percent = verdict.cumulative, verdict.percent
        entry.state = ModificationState.APPROVED
        _decided(entry, by, now)
        _record(entry, "modification.approved", by=by, now=now)
        admit(entry, by=by, now=now)
    return entry


@again
def reject(
    *, modification_id: int, reason: str, by: Membership, now: datetime
) -> ContractModification:
    """The second person's refusal. Raises as `approve` does, and ReasonMissing."""
    require_role(by, _SECONDS, now)
    with translated(MODIFICATION_CONSTRAINTS), transaction.atomic():
        entry, _ = locked_entry(modification_id, by)
        reject_entry(entry, reason, by=by, now=now)
    return entry


def reject_entry(
    entry: ContractModification, reason: str, *, by: Membership, now: datetime
) -> None:
    """Reject a proposed entry inside the caller's transaction."""
    _require_open(entry)
    _require_second(entry, by)
    if not reason.strip():
        raise ReasonMissing("Bitte begründen Sie die Ablehnung der Vertragsänderung.")
    entry.state = ModificationState.REJECTED
    entry.rejection = reason.strip()
    _decided(entry, by, now)
    _record(entry, "modification.rejected", by=by, now=now, reason=entry.rejection)


def visible_modifications(by: Membership, on: date) -> QuerySet[ContractModification]:
    """Entries the actor may read.

    The purchasing body's contract people see all of its own; others what is approved in
    the agreements they may look into, a supplier nothing of other suppliers' awards.
    """
    if by.role in (Role.CONTRACT_MANAGER, Role.REVIEWER):
        return ContractModification.objects.filter(agreement__purchasing_body_id=by.organisation_id)
    rows = ContractModification.objects.filter(
        agreement__in=visible_agreements(by.organisation_id, on),
        state=ModificationState.APPROVED,
    )
    if by.role in (Role.SUPPLIER_CATALOGUE, Role.SUPPLIER_ORDERS):
        rows = rows.filter(Q(award__isnull=True) | Q(award__supplier_id=by.organisation_id))
    return rows


def locked_entry(
    modification_id: int, by: Membership
) -> tuple[ContractModification, FrameworkAgreement]:
    """The entry and its agreement, locked in this order: agreement, entry.

    Raises NotFound outside the actor's body. Call inside a transaction.
    """
    rows = ContractModification.objects.filter(
        pk=modification_id, agreement__purchasing_body_id=by.organisation_id
    )
    agreement_id = rows.values_list("agreement_id", flat=True).first()
    if agreement_id is None:
        raise NotFound("Diese Vertragsänderung gibt es nicht.")
    agreement = FrameworkAgreement.objects.select_for_update(of=("self",), no_key=True).get(
        pk=agreement_id
    )
    entry = rows.select_for_update(of=("self",), no_key=True).select_related("lot", "change").get()
    return entry, agreement


def _register(
    agreement: FrameworkAgreement,
    entry: Entry,
    change: PriceChange | None,
    *,
    by: Membership,
    now: datetime,
    token: UUID | None = None,
) -> ContractModification:
    _require_running(agreement, now)
    _check(entry)
    _check_end(entry, agreement)
    lot, award = _scope(agreement, entry)
    original = _original_value(agreement, lot)
    verdict = _judged(
        entry.ground,
        entry.value,
        agreement=agreement,
        lot=lot,
        original_value=original,
        on=berlin_day(now),
    )
    row = ContractModification.objects.create(
        agreement=agreement,
        lot=lot,
        award=award,
        change=change,
        number=_number(now),
        **_said(entry),
        original_value=original,
        cumulative=verdict.cumulative,
        cumulative_percent=verdict.percent,
        proposed_by=by,
        proposer_id=by.user_id,
        proposed_at=now,
        token=token,
    )
    _record(row, "modification.registered", by=by, now=now)
    return row


def _check(entry: Entry) -> None:
    if not entry.description.strip():
        raise InvalidEntry("Bitte beschreiben und begründen Sie die Vertragsänderung.")
    value = entry.value
    if not value.is_finite() or abs(value) >= MAX_VALUE or value != round(value, 2):
        raise InvalidEntry("Der Wert ist ein Betrag in EUR mit höchstens zwei Stellen.")


def _check_end(entry: Entry, agreement: FrameworkAgreement) -> None:
    """A longer term says until when, and nothing else does."""
    if (entry.kind == ModificationKind.TERM) != (entry.new_end is not None):
        raise InvalidEntry(
            "Bitte nennen Sie bei einer Änderung der Laufzeit, und nur dort, den neuen letzten Tag."
        )
    if entry.new_end is not None and entry.new_end <= agreement.ends_on:
        raise InvalidEntry(
            f"Die Vereinbarung läuft bereits bis zum {agreement.ends_on:%d.%m.%Y}. "
            "Bitte nennen Sie einen späteren Tag."
        )


def _scope(agreement: FrameworkAgreement, entry: Entry) -> tuple[Lot | None, Award | None]:
    """Lot and award of the agreement; an award brings its lot along."""
    lots = Lot.objects.filter(agreement=agreement)
    if entry.award_id is not None:
        award = Award.objects.select_related("lot").filter(pk=entry.award_id, lot__in=lots).first()
        if award is None:
            raise NotFound("Diesen Zuschlag gibt es in der Vereinbarung nicht.")
        return award.lot, award
    if entry.lot_id is None:
        return None, None
    lot = lots.filter(pk=entry.lot_id).first()
    if lot is None:
        raise NotFound("Dieses Los gibt es in der Vereinbarung nicht.")
    return lot, None


def _original_value(agreement: FrameworkAgreement, lot: Lot | None) -> Decimal:
    value = agreement.estimated_value if lot is None else lot.estimated_value
    if value is None or value <= 0:
        raise NoOriginalValue(
            "Ohne Schätzwert lässt sich die Vertragsänderung nicht bemessen. "
            "Bitte tragen Sie den Schätzwert nach."
        )
    return value


def _judged(
    ground: str,
    value: Decimal,
    *,
    agreement: FrameworkAgreement,
    lot: Lot | None,
    original_value: Decimal,
    on: date,
) -> ModificationVerdict:
    """The arithmetic of § 132 GWB over what is approved in the same scope.

    Raises OutsideLimits with every reason.
    """
    rows = ContractModification.objects.filter(
        agreement=agreement, lot=lot, state=ModificationState.APPROVED
    ).exclude(change__state__in=_GIVEN_UP)
    earlier = [
        Modification(ChangeGround(past_ground), past_value)
        for past_ground, past_value in rows.values_list("ground", "value")
    ]
    limits = ModificationLimits(
        eu_threshold=figure(EU_THRESHOLD, on),
        single_percent=figure(MODIFICATION_SINGLE, on),
        de_minimis_percent=figure(MODIFICATION_DE_MINIMIS, on),
    )
    verdict = judge_modification(
        Modification(ChangeGround(ground), value),
        original_value=original_value,
        earlier=earlier,
        limits=limits,
    )
    if not verdict.within_limits:
        raise OutsideLimits(
            [*verdict.reasons, "Eine Änderung dieses Umfangs braucht ein neues Vergabeverfahren."]
        )
    return verdict


def _require_open(entry: ContractModification) -> None:
    if entry.state != ModificationState.PROPOSED:
        raise WrongModificationState(
            f"Die Vertragsänderung {entry.number} ist schon {entry.get_state_display()}."
        )


def _require_second(entry: ContractModification, by: Membership) -> None:
    if entry.proposer_id == by.user_id:
        raise SamePerson(_OWN_ENTRY)


def _require_running(agreement: FrameworkAgreement, now: datetime) -> None:
    if agreement.state == AgreementState.ENDED:
        raise AgreementEnded(f"Die Vereinbarung {agreement.number} ist beendet.")
    if agreement.ends_on < berlin_day(now):
        raise AgreementEnded(
            f"Die Laufzeit der Vereinbarung {agreement.number} ist am "
            f"{agreement.ends_on:%d.%m.%Y} abgelaufen."
        )


def _decided(entry: ContractModification, by: Membership, now: datetime) -> None:
    entry.decided_by, entry.decider_id, entry.decided_at = by, by.user_id, now
    entry.save()


def _number(now: datetime) -> str:
    """The next number of the register, e.g. VA-2026-001001; there may be gaps."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('agreements_modification_number')")
        (number,) = cursor.fetchone()
    return f"VA-{berlin_day(now).year}-{number:06d}"


def _record(
    entry: ContractModification, action: str, *, by: Membership, now: datetime, reason: str = ""
) -> None:
    record(
        entry,
        action,
        by=by,
        now=now,
        after={
            "number": entry.number,
            "state": entry.state,
            "value": str(entry.value),
            "cumulative": str(entry.cumulative),
            **({} if entry.new_end is None else {"new_end": entry.new_end.isoformat()}),
        },
        reason=reason,
        rule="§ 132 GWB",
    )
