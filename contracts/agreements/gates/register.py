"""The register of gates: who may set and lift which obstacle, for whom.

A contract manager speaks for the agreements of the own body (suspension, recall,
privacy), the officers of an authority for their own house and nobody else's. Procurement
declares the opt-out for an own contract. See docs/gates.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from contracts.agreements.caps.stops import accounts_of, review_stops
from contracts.agreements.entitlement import entitled_listings, entitlements_on
from contracts.agreements.errors import NotAllowed, NotFound, SentBefore
from contracts.agreements.models import (
    Article,
    Award,
    ContractItem,
    FrameworkAgreement,
    Gate,
    GateEffect,
    GateReason,
    Listing,
    Lot,
)
from contracts.agreements.refused import FieldRefused
from contracts.agreements.serialised import lock_buyer, lock_lots
from contracts.agreements.writing.audited import plain_values
from contracts.audit.record import record
from contracts.clock import berlin_day
from contracts.ledger.movements import lock_accounts
from contracts.parties.acting import require_role
from contracts.parties.models import Membership, Organisation, Role
from contracts.retrying import again

REASONS_BY_ROLE: Mapping[str, tuple[GateReason, ...]] = {
    Role.CONTRACT_MANAGER: (GateReason.SUSPENSION, GateReason.SAFETY, GateReason.PRIVACY),
    Role.DATA_PROTECTION: (GateReason.PRIVACY,),
    Role.IT_OFFICER: (GateReason.STANDARD, GateReason.SAFETY),
    Role.TREASURER: (GateReason.FREEZE,),
    Role.PROCUREMENT_OFFICER: (GateReason.OPT_OUT,),
}
"""What each role may put in the way; the same role may take it away again."""

COSIGNERS = (Role.APPROVER, Role.IT_OFFICER, Role.DATA_PROTECTION, Role.TREASURER)
"""Who can be asked for one more signature."""


class GateRefused(FieldRefused):
    """The gate cannot be set or lifted like this; `field` names the value to change."""

    code = "gate_refused"


@dataclass(frozen=True, slots=True)
class GateScope:
    """What a gate stands before; None and '' leave a dimension open."""

    article_id: int | None = None
    item_id: int | None = None
    lot_id: int | None = None
    supplier_id: int | None = None
    product_group: str = ""

    @property
    def is_empty(self) -> bool:
        ids = (self.article_id, self.item_id, self.lot_id, self.supplier_id)
        return all(pk is None for pk in ids) and not self.product_group


@dataclass(frozen=True, slots=True)
class GateSpec:
    """What is set: why, with which effect, on which evidence, from when to when."""

    scope: GateScope
    reason: GateReason
    explanation: str
    evidence: str
    valid_from: date
    valid_to: date | None = None
    effect: GateEffect = GateEffect.BLOCK
    cosign_role: str = ""


@again
def set_gate(spec: GateSpec, *, by: Membership, now: datetime, token: UUID | None = None) -> Gate:
    """Put an obstacle in the way; one that covers a lot whole stops its account as well.

    A form names itself by its `token`: sent again, it gets the gate of the first time.
    Raises NotAllowed (role, or a reason that is not the role's), NotFound (scope outside
    the actor's agreements or entitlements), GateRefused (an opt-out has its own way:
    `declare_opt_out`) or SentBefore (this token has set another gate).
    """
    require_role(by, tuple(Role(role) for role in REASONS_BY_ROLE), now)
    if spec.reason not in REASONS_BY_ROLE[by.role]:
        raise NotAllowed(f"„{spec.reason.label}“ kann Ihre Rolle nicht setzen.")
    if spec.reason is GateReason.OPT_OUT:
        raise GateRefused("reason", "Ein Opt-out erklären Sie im Opt-out-Register.")
    return _write(spec, token, by=by, now=now)


@again
def declare_opt_out(
    *,
    lot_id: int | None,
    product_group: str,
    contract: str,
    explanation: str,
    valid_to: date,
    by: Membership,
    now: datetime,
    token: UUID | None = None,
) -> Gate:
    """Declare that the own authority buys a product group or lot elsewhere until a date.

    *contract* names the existing contract and is the evidence. From today on its people see
    the articles greyed with the reason and cannot order them. Raises as `set_gate` does.
    """
    require_role(by, (Role.PROCUREMENT_OFFICER,), now)
    spec = GateSpec(
        scope=GateScope(lot_id=lot_id, product_group=product_group.strip()),
        reason=GateReason.OPT_OUT,
        explanation=explanation,
        evidence=contract,
        valid_from=berlin_day(now),
        valid_to=valid_to,
    )
    return _write(spec, token, by=by, now=now)


@again
def lift_gate(*, gate_id: int, reason: str, by: Membership, now: datetime) -> Gate:
    """End a gate at once, with the reason; the accounts it stopped open unless they are full.

    Raises NotFound, NotAllowed or GateRefused (no reason, lifted or over already).
    """
    require_role(by, tuple(Role(role) for role in REASONS_BY_ROLE), now)
    reason = reason.strip()
    if not reason:
        raise GateRefused("reason", "Bitte nennen Sie den Grund der Aufhebung.")
    with transaction.atomic():
        gate = liftable(by).select_for_update(of=("self",), no_key=True).filter(pk=gate_id).first()
        if gate is None:
            raise NotFound("Dieses Hindernis gibt es bei Ihrer Stelle nicht.")
        if gate.lifted_at is not None:
            raise GateRefused("reason", "Dieses Hindernis ist bereits aufgehoben.")
        if gate.valid_to is not None and gate.valid_to < berlin_day(now):
            raise GateRefused("reason", "Dieses Hindernis ist bereits abgelaufen.")
        gate.lifted_at, gate.lifted_by, gate.lift_reason = now, by, reason
        gate.save(update_fields=["lifted_at", "lifted_by", "lift_reason"])
        record(gate, "gate.lifted", by=by, now=now, after={"lifted": True}, reason=reason)
        _reach_orders(gate, now)
    return gate


def liftable(by: Membership) -> QuerySet[Gate]:
    """Gates the actor's role answers for: set by the own organisation, for its own reasons."""
    return Gate.objects.filter(
        set_by__organisation_id=by.organisation_id, reason__in=REASONS_BY_ROLE.get(by.role, ())
    )


def visible_gates(by: Membership, on: date) -> QuerySet[Gate]:
    """The register as the organisation may read it.

    A purchasing body: what it set, and opt-outs that touch its agreements. An authority:
    its own, and what purchasing bodies set in front of what it is entitled to.
    """
    organisation_id = by.organisation_id
    own = FrameworkAgreement.objects.filter(purchasing_body_id=organisation_id)
    bought = entitlements_on(organisation_id, on).values("agreement_id")
    lots = Lot.objects.filter(agreement__in=bought)
    suppliers = Award.objects.filter(lot__in=lots).values("supplier_id")
    bodies = FrameworkAgreement.objects.filter(pk__in=bought).values("purchasing_body_id")
    others = Q(buyer__isnull=True, set_by__organisation__in=bodies) & (
        Q(lot__in=lots)
        | Q(item__award__lot__in=lots)
        | Q(lot__isnull=True, item__isnull=True)
        & (Q(supplier__in=suppliers) | Q(article__supplier__in=suppliers))
    )
    opt_outs = Q(reason=GateReason.OPT_OUT) & (
        Q(lot__agreement__in=own)
        | Q(lot__isnull=True)
        & Exists(own.filter(entitlements__buyer=OuterRef(OuterRef("buyer"))).values("pk"))
    )
    return Gate.objects.filter(
        Q(buyer_id=organisation_id)
        | Q(buyer__isnull=True, set_by__organisation_id=organisation_id)
        | others
        | opt_outs
    )


def in_force(gates: QuerySet[Gate], on: date) -> QuerySet[Gate]:
    """Those that stand today or will: neither lifted nor over."""
    return gates.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on), lifted_at__isnull=True)


def past(gates: QuerySet[Gate], on: date) -> QuerySet[Gate]:
    """Those that were lifted or are over."""
    return gates.filter(Q(valid_to__lt=on) | Q(lifted_at__isnull=False))


def reachable_listings(by: Membership, on: date) -> QuerySet[Listing]:
    """What the actor's gates can stand before: own agreements, or what is entitled."""
    if by.role == Role.CONTRACT_MANAGER:
        return Listing.objects.filter(
            item__award__lot__agreement__purchasing_body_id=by.organisation_id
        )
    return entitled_listings(by.organisation_id, on)


def reachable_lots(by: Membership, on: date) -> QuerySet[Lot]:
    """Lots of the own agreements, or those the authority is entitled to, open or not."""
    if by.role == Role.CONTRACT_MANAGER:
        return Lot.objects.filter(agreement__purchasing_body_id=by.organisation_id)
    mine = entitlements_on(by.organisation_id, on).filter(
        Q(lot__isnull=True) | Q(lot=OuterRef("pk")), agreement=OuterRef("agreement")
    )
    return Lot.objects.filter(Exists(mine))


def reachable_suppliers(by: Membership, on: date) -> QuerySet[Organisation]:
    """Suppliers with an award in one of those lots."""
    return Organisation.objects.filter(
        Exists(Award.objects.filter(supplier=OuterRef("pk"), lot__in=reachable_lots(by, on)))
    )


def reachable_groups(by: Membership, on: date) -> list[str]:
    """Product groups of what the actor's gates can stand before, sorted."""
    groups = reachable_listings(by, on).exclude(article__product_group="")
    return sorted(set(groups.values_list("article__product_group", flat=True)))


def _write(spec: GateSpec, token: UUID | None, *, by: Membership, now: datetime) -> Gate:
    day = berlin_day(now)
    _check(spec, by, day)
    _check_scope(spec.scope, by, day)
    said = _said(spec, by)
    with transaction.atomic():
        # Two sendings at the same moment meet at `agreements_gate_once_per_token`.
        gate, is_new = Gate.objects.get_or_create(
            set_by=by, token=token or uuid4(), defaults={**said, "set_at": now}
        )
        if not is_new:
            _require_same(gate, said)
            return gate
        record(gate, "gate.set", by=by, now=now, after=_as_audited(spec), reason=gate.explanation)
        _reach_orders(gate, now)
    return gate


def _said(spec: GateSpec, by: Membership) -> dict[str, object]:
    """The columns of what is set."""
    return {
        "article_id": spec.scope.article_id,
        "item_id": spec.scope.item_id,
        "lot_id": spec.scope.lot_id,
        "supplier_id": spec.scope.supplier_id,
        "buyer_id": None if by.role == Role.CONTRACT_MANAGER else by.organisation_id,
        "product_group": spec.scope.product_group,
        "reason": spec.reason,
        "explanation": spec.explanation.strip(),
        "evidence": spec.evidence.strip(),
        "effect": spec.effect,
        "cosign_role": spec.cosign_role,
        "valid_from": spec.valid_from,
        "valid_to": spec.valid_to,
    }


def _require_same(gate: Gate, said: Mapping[str, object]) -> None:
    """A page left open and filled anew must not be taken for a second click."""
    if any(getattr(gate, name) != value for name, value in said.items()):
        raise SentBefore(
            "Dieses Formular ist schon gesendet und hat ein anderes Hindernis gesetzt. Bitte "
            "laden Sie die Seite neu und geben Sie das weitere ein."
        )


def _reach_orders(gate: Gate, now: datetime) -> None:
    """Let the gate reach the rows that a submit or an issue locks, so that none slips past it.

    One that blocks for all buyers may stop lots and awards whole: judged once all accounts
    that say it are locked, in one statement.
    """
    if gate.buyer_id is not None:
        lock_buyer(gate.buyer_id)
        return
    lot_ids = _lots_before(gate)
    if gate.effect != GateEffect.BLOCK:
        lock_lots(lot_ids)
        return
    lock_accounts(accounts_of(lot_ids))
    review_stops(now=now, lot_ids=lot_ids)


def _lots_before(gate: Gate) -> set[int]:
    """The lots from which something is ordered that a gate for all buyers may stand before.

    An article's are those in which its supplier has an award: it may be listed meanwhile.
    """
    lots = Lot.objects.filter(agreement__purchasing_body_id=gate.set_by.organisation_id)
    if gate.lot_id is not None:
        lots = lots.filter(pk=gate.lot_id)
    if gate.supplier_id is not None:
        lots = lots.filter(awards__supplier_id=gate.supplier_id)
    if gate.item_id is not None:
        lots = lots.filter(awards__items=gate.item_id)
    if gate.article_id is not None:
        lots = lots.filter(awards__supplier__articles=gate.article_id)
    return set(lots.values_list("pk", flat=True))


def _check(spec: GateSpec, by: Membership, day: date) -> None:
    """Raise GateRefused for what makes no sense, whoever asks."""
    refusals = (
        (not spec.explanation.strip(), "explanation", "Bitte erläutern Sie das Hindernis."),
        (not spec.evidence.strip(), "evidence", "Bitte nennen Sie den Beleg."),
        (spec.valid_from < day, "valid_from", "Ein Hindernis gilt frühestens ab heute."),
        (
            spec.valid_to is not None and spec.valid_to < spec.valid_from,
            "valid_to",
            "Das Ende liegt vor dem Beginn. Bitte prüfen Sie die Tage.",
        ),
        (
            (spec.effect == GateEffect.COSIGN) != bool(spec.cosign_role),
            "cosign_role",
            "Bitte nennen Sie bei einer Mitzeichnung, und nur dort, wer mitzeichnet.",
        ),
        (
            bool(spec.cosign_role) and spec.cosign_role not in COSIGNERS,
            "cosign_role",
            "Diese Rolle kann nicht mitzeichnen.",
        ),
        (
            spec.scope.is_empty and spec.reason is not GateReason.FREEZE,
            "scope",
            "Bitte geben Sie an, wofür das Hindernis gilt.",
        ),
        (
            by.role == Role.CONTRACT_MANAGER and _has_only_group(spec.scope),
            "scope",
            "Bitte wählen Sie zur Warengruppe ein Los oder einen Lieferanten.",
        ),
    )
    for is_wrong, field, sentence in refusals:
        if is_wrong:
            raise GateRefused(field, sentence)


def _has_only_group(scope: GateScope) -> bool:
    return bool(scope.product_group) and scope == GateScope(product_group=scope.product_group)


def _check_scope(scope: GateScope, by: Membership, day: date) -> None:
    """Raise NotFound for anything outside the actor's agreements or entitlements."""
    listings = reachable_listings(by, day)
    reaches = (
        (scope.article_id, Article.objects.filter(listings__in=listings)),
        (scope.item_id, ContractItem.objects.filter(award__lot__in=reachable_lots(by, day))),
        (scope.lot_id, reachable_lots(by, day)),
        (scope.supplier_id, reachable_suppliers(by, day)),
    )
    for pk, rows in reaches:
        if pk is not None and not rows.filter(pk=pk).exists():
            raise NotFound("Das gehört nicht zu dem, worüber Ihre Stelle entscheidet.")


def _as_audited(spec: GateSpec) -> dict[str, object]:
    scope = spec.scope
    return plain_values(
        {
            "article": scope.article_id,
            "item": scope.item_id,
            "lot": scope.lot_id,
            "supplier": scope.supplier_id,
            "product_group": scope.product_group,
            "reason": spec.reason.value,
            "effect": spec.effect.value,
            "cosign_role": str(spec.cosign_role),
            "evidence": spec.evidence,
            "valid_from": spec.valid_from,
            "valid_to": spec.valid_to,
        }
    )
