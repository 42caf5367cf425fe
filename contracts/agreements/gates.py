"""Gates: one pure function says block, warn or co-sign, at every moment.

Basket, submit, approve and issue all ask `evaluate`; suspensions, opt-outs and
freezes are records it reads, so there is one place that says no.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from .models import Gate


@dataclass(frozen=True, slots=True)
class GateRule:
    """A gate as plain data; None or '' in a scope field matches everything."""

    article_id: int | None
    item_id: int | None
    lot_id: int | None
    supplier_id: int | None
    buyer_id: int | None
    product_group: str
    reason: str
    explanation: str
    evidence: str
    effect: str
    cosign_role: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Subject:
    """What is about to be bought, by whom."""

    article_id: int
    item_id: int
    lot_id: int
    supplier_id: int
    buyer_id: int
    product_group: str


def evaluate(rules: Iterable[GateRule], subject: Subject, on: date) -> list[GateRule]:
    """Return the gates that stand before *subject* on the day."""
    return [rule for rule in rules if _in_force(rule, on) and _covers(rule, subject)]


def blocks(found: Iterable[GateRule]) -> list[GateRule]:
    """Of the gates found, those that stop the purchase."""
    return [rule for rule in found if rule.effect == "block"]


def rules_for(
    buyer_id: int, lot_ids: Collection[int], supplier_ids: Collection[int], on: date
) -> list[GateRule]:
    """Read, in one query, the gates that could concern these lots and this buyer."""
    rows = Gate.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=on),
        Q(buyer__isnull=True) | Q(buyer_id=buyer_id),
        Q(lot__isnull=True) | Q(lot_id__in=lot_ids),
        Q(supplier__isnull=True) | Q(supplier_id__in=supplier_ids),
        valid_from__lte=on,
        lifted_at__isnull=True,
    ).order_by("pk")
    return [
        GateRule(
            article_id=row.article_id,
            item_id=row.item_id,
            lot_id=row.lot_id,
            supplier_id=row.supplier_id,
            buyer_id=row.buyer_id,
            product_group=row.product_group,
            reason=row.reason,
            explanation=row.explanation,
            evidence=row.evidence,
            effect=row.effect,
            cosign_role=row.cosign_role,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
        )
        for row in rows
    ]


def _in_force(rule: GateRule, on: date) -> bool:
    return rule.valid_from <= on and (rule.valid_to is None or on <= rule.valid_to)


def _covers(rule: GateRule, subject: Subject) -> bool:
    return (
        rule.article_id in (None, subject.article_id)
        and rule.item_id in (None, subject.item_id)
        and rule.lot_id in (None, subject.lot_id)
        and rule.supplier_id in (None, subject.supplier_id)
        and rule.buyer_id in (None, subject.buyer_id)
        and rule.product_group in ("", subject.product_group)
    )
