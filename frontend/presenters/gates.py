"""Gates as the register shows them: what they stand before, and how they stand today."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from contracts.agreements.gates.register import liftable
from contracts.agreements.models import EquipmentStandard, Gate, Lot
from contracts.parties.models import Membership
from frontend.formatting import format_day

EFFECT_VARIANTS = {"block": "danger", "warn": "info", "cosign": "warning"}


@dataclass(frozen=True, slots=True)
class GateRow:
    """One gate with its scope in words; `may_lift` while it stands and is the actor's."""

    gate: Gate
    scope: tuple[str, ...]
    state: str
    is_over: bool
    may_lift: bool

    @property
    def variant(self) -> str:
        return EFFECT_VARIANTS[self.gate.effect]


def with_scope(gates: QuerySet[Gate]) -> QuerySet[Gate]:
    """Join what the scope in words needs, the newest first."""
    return gates.select_related(
        "article",
        "item__award__lot__agreement",
        "lot__agreement",
        "supplier",
        "buyer",
        "set_by__user",
        "set_by__organisation",
        "lifted_by__user",
    ).order_by("-valid_from", "-pk")


def gate_rows(gates: Iterable[Gate], *, by: Membership, on: date) -> list[GateRow]:
    """Rows in the order given; one query for what the actor may lift."""
    rows = list(gates)
    own = liftable(by).filter(pk__in=[row.pk for row in rows]).values_list("pk", flat=True)
    mine = set(own) if rows else set()
    return [_row(row, may_lift=row.pk in mine, on=on) for row in rows]


def scope_words(gate: Gate) -> tuple[str, ...]:
    """What the gate stands before; all of it has to apply."""
    words = []
    if gate.lot is not None:
        words.append(_lot(gate.lot))
    if gate.item is not None:
        words.append(f"{_lot(gate.item.award.lot)}, Position {gate.item.number} {gate.item.title}")
    if gate.supplier is not None:
        words.append(f"Lieferant {gate.supplier.name}")
    if gate.product_group:
        words.append(f"Warengruppe {gate.product_group}")
    if gate.article is not None:
        words.append(f"Artikel {gate.article.supplier_aid} {gate.article.name}")
    return tuple(words) or ("alle Abrufe",)


def is_over(row: Gate | EquipmentStandard, on: date) -> bool:
    """Whether it was lifted or its last day is past."""
    return row.lifted_at is not None or (row.valid_to is not None and row.valid_to < on)


def standing(row: Gate | EquipmentStandard, on: date) -> str:
    """How it stands today, in words."""
    if row.lifted_at is not None:
        return f"aufgehoben am {format_day(row.lifted_at)}"
    if row.valid_to is not None and row.valid_to < on:
        return f"abgelaufen am {format_day(row.valid_to)}"
    return f"gilt ab {format_day(row.valid_from)}" if row.valid_from > on else "in Kraft"


def _row(gate: Gate, *, may_lift: bool, on: date) -> GateRow:
    over = is_over(gate, on)
    return GateRow(
        gate=gate,
        scope=scope_words(gate),
        state=standing(gate, on),
        is_over=over,
        may_lift=may_lift and not over,
    )


def _lot(lot: Lot) -> str:
    return f"{lot.agreement.number}, Los {lot.number}: {lot.title}"
