"""A requisition as people read it: groups, budget effect, signatures, history."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import F, FilteredRelation, Prefetch, Q, QuerySet

from contracts.agreements.models import Award
from contracts.parties.models import Role
from orders.binding.budgets import BudgetEffect, effects
from orders.models import (
    ApprovalStep,
    Assignment,
    Decision,
    Requisition,
    RequisitionLine,
)
from orders.signing.signers import Signer, could_sign, once_each
from orders.signing.steps import steps_of_round

from .timeline import Event

UNBOUND_STATES = ("draft", "returned")
SHOWN_EFFECT_STATES = (*UNBOUND_STATES, "submitted")


@dataclass(frozen=True, slots=True)
class VatSum:
    """Net and tax of one VAT category and rate within one future call-off."""

    category: str
    rate: Decimal
    reason: str
    net: Decimal
    tax: Decimal


@dataclass(frozen=True, slots=True)
class LineGroup:
    """Lines that become, or became, one call-off."""

    award: Award
    lines: Sequence[RequisitionLine]
    vat: Sequence[VatSum]

    @property
    def net(self) -> Decimal:
        return sum((row.net for row in self.vat), Decimal(0))

    @property
    def gross(self) -> Decimal:
        return sum((row.net + row.tax for row in self.vat), Decimal(0))


@dataclass(frozen=True, slots=True)
class Signature:
    """A step with what was decided, and who could still sign it."""

    step: ApprovalStep
    decisions: Sequence[Decision]
    candidates: Sequence[Signer]


def groups(lines: Iterable[RequisitionLine]) -> list[LineGroup]:
    """Lines per award, in their order, with their VAT groups."""
    found: dict[int, list[RequisitionLine]] = {}
    for line in lines:
        found.setdefault(line.listing.item.award_id, []).append(line)
    return [LineGroup(rows[0].listing.item.award, rows, vat_sums(rows)) for rows in found.values()]


def vat_sums(lines: Iterable[RequisitionLine]) -> list[VatSum]:
    """Stored net and tax per category and rate."""
    sums: dict[tuple[str, Decimal], VatSum] = {}
    for line in lines:
        key = (line.tax_category, line.tax_rate)
        known = sums.get(key) or VatSum(*key, line.tax_reason, Decimal(0), Decimal(0))
        sums[key] = replace(known, net=known.net + line.net, tax=known.tax + line.tax)
    return list(sums.values())


def budget_effects(
    requisition: Requisition, assignments: Iterable[Assignment]
) -> list[BudgetEffect]:
    """Before, this and after; what is held for the requisition itself counts as this."""
    if requisition.state not in SHOWN_EFFECT_STATES:
        return []
    rows = effects(assignments)
    if requisition.state in UNBOUND_STATES:
        return list(rows)
    return [replace(row, bound=row.bound - row.amount) for row in rows]


def signatures(requisition: Requisition, gross: Decimal, on: date) -> list[Signature]:
    """Steps of the current round; who could still sign, while it waits for anybody."""
    steps = list(
        steps_of_round(requisition)
        .order_by("tier", "pk")
        .prefetch_related(
            Prefetch("decisions", Decision.objects.select_related("person", "on_behalf_of"))
        )
    )
    waiting = [] if requisition.state != "submitted" else steps
    able = could_sign(requisition, waiting, gross=gross, on=on)
    return [
        Signature(
            step,
            list(step.decisions.all()),
            once_each(signer for signer in able if signer.step.pk == step.pk),
        )
        for step in steps
    ]


def pending_events(requisition: Requisition, rows: Iterable[Signature]) -> list[Event]:
    """The signatures still to come, for the end of the timeline."""
    if requisition.state != "submitted":
        return []
    return [
        Event(
            text=f"Freigabe Stufe {row.step.tier}: {Role(row.step.role).label}",
            next_owner=", ".join(map(str, row.candidates)),
            note=row.step.reason,
            pending=True,
        )
        for row in rows
        if row.step.completed_at is None
    ]


def with_current(requisitions: QuerySet[Requisition]) -> QuerySet[Any]:
    """Requisitions with what their current revision says, newest first.

    The revision is joined from outside: pages walk the requisitions by their own order, and a
    count need not look at revisions at all.
    """
    current = FilteredRelation("revisions", condition=Q(revisions__number=F("current_revision")))
    return (
        requisitions.annotate(current=current)
        .annotate(
            title=F("current__title"),
            net=F("current__net"),
            tax=F("current__tax"),
            gross=F("current__gross"),
        )
        .select_related("school", "created_by__user")
        .order_by("-created_at", "-pk")
    )
