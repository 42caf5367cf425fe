"""Gates: one pure function says block, warn or co-sign, at every moment.

Basket, submit, every decision and issue ask `evaluate`; suspensions, opt-outs, freezes
and equipment standards are records it reads, so there is one place that says no
(docs/gates.md).
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Q

from contracts.agreements.models import (
    EquipmentStandard,
    Gate,
    GateEffect,
    GateReason,
    Listing,
    StandardLevel,
)
from contracts.parties.models import Role

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class GateRule:
    """A gate as plain data; None or '' in a scope field matches everything.

    `body_id` is the purchasing body whose agreements the gate is about (None: all of
    them); items in `except_item_ids` pass whatever the scope says.
    """

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
    body_id: int | None = None
    except_item_ids: frozenset[int] = frozenset()

    @property
    def sentence(self) -> str:
        """Reason, explanation, evidence and last day, as a refusal says them."""
        label = GateReason(self.reason).label
        details = [f"Beleg: {self.evidence}"] if self.evidence else []
        details += [f"gilt bis {self.valid_to:%d.%m.%Y}"] if self.valid_to else []
        tail = f" ({'; '.join(details)})" if details else ""
        explanation = self.explanation.removesuffix(".") if tail else self.explanation
        return f"{label}: {explanation}{tail}"


@dataclass(frozen=True, slots=True)
class Subject:
    """What is about to be bought, by whom, under whose agreement."""

    article_id: int
    item_id: int
    lot_id: int
    supplier_id: int
    buyer_id: int
    product_group: str
    body_id: int


def subject_of(listing: Listing, buyer_id: int) -> Subject:
    """A listing as gates see it; it comes from `prices.quotes.with_contract`."""
    award = listing.item.award
    return Subject(
        article_id=listing.article_id,
        item_id=listing.item_id,
        lot_id=award.lot_id,
        supplier_id=award.supplier_id,
        buyer_id=buyer_id,
        product_group=listing.article.product_group,
        body_id=award.lot.agreement.purchasing_body_id,
    )


def evaluate(rules: Iterable[GateRule], subject: Subject, on: date) -> list[GateRule]:
    """Return the gates that stand before *subject* on the day."""
    return [rule for rule in rules if _in_force(rule, on) and _covers(rule, subject)]


def blocks(found: Iterable[GateRule]) -> list[GateRule]:
    """Of the gates found, those that stop the purchase."""
    return [rule for rule in found if rule.effect == GateEffect.BLOCK]


def cosigns(found: Iterable[GateRule]) -> list[GateRule]:
    """Of the gates found, those that ask for one more signature."""
    return [rule for rule in found if rule.effect == GateEffect.COSIGN]


def rules_for(
    buyer_id: int, lot_ids: Collection[int], supplier_ids: Collection[int], on: date
) -> list[GateRule]:
    """Read, in two queries, the gates and standards that could concern lots and buyer."""
    rows = (
        Gate.objects.filter(
            Q(valid_to__isnull=True) | Q(valid_to__gte=on),
            Q(buyer__isnull=True) | Q(buyer_id=buyer_id),
            Q(lot__isnull=True) | Q(lot_id__in=lot_ids),
            Q(supplier__isnull=True) | Q(supplier_id__in=supplier_ids),
            valid_from__lte=on,
            lifted_at__isnull=True,
        )
        .select_related("set_by")
        .order_by("pk")
    )
    return [*map(_rule_of_gate, rows), *_standard_rules(buyer_id, on)]


def gates_before(
    listings: Mapping[Key, Listing], buyer_id: int, on: date
) -> dict[Key, list[GateRule]]:
    """The gates before each listing; keys without any are left out."""
    subjects = {key: subject_of(listing, buyer_id) for key, listing in listings.items()}
    rules = rules_for(
        buyer_id,
        {subject.lot_id for subject in subjects.values()},
        {subject.supplier_id for subject in subjects.values()},
        on,
    )
    found = {key: evaluate(rules, subject, on) for key, subject in subjects.items()}
    return {key: rows for key, rows in found.items() if rows}


def _rule_of_gate(row: Gate) -> GateRule:
    return GateRule(
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
        # whoever names no buyer speaks for all buyers of its own agreements, and no others
        body_id=row.set_by.organisation_id if row.buyer_id is None else None,
    )


_EFFECTS = {
    StandardLevel.MANDATORY: (GateEffect.BLOCK, ""),
    StandardLevel.RECOMMENDED: (GateEffect.COSIGN, Role.IT_OFFICER),
}


def _standard_rules(buyer_id: int, on: date) -> list[GateRule]:
    """The buyer's equipment standards as rules; a free one asks for nothing."""
    rows = (
        EquipmentStandard.objects.filter(
            Q(valid_to__isnull=True) | Q(valid_to__gte=on),
            owner_id=buyer_id,
            level__in=list(_EFFECTS),
            valid_from__lte=on,
            lifted_at__isnull=True,
        )
        .annotate(item_ids=ArrayAgg("entries__item_id", default=[]))
        .order_by("pk")
    )
    return [_rule_of_standard(row) for row in rows]


def _rule_of_standard(row: EquipmentStandard) -> GateRule:
    effect, role = _EFFECTS[StandardLevel(row.level)]
    item_ids: list[int | None] = row.item_ids  # type: ignore[attr-defined]
    return GateRule(
        article_id=None,
        item_id=None,
        lot_id=None,
        supplier_id=None,
        buyer_id=row.owner_id,
        product_group=row.product_group,
        reason=GateReason.STANDARD,
        explanation=row.explanation,
        evidence=row.title,
        effect=effect,
        cosign_role=role,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        except_item_ids=frozenset(pk for pk in item_ids if pk is not None),
    )


def _in_force(rule: GateRule, on: date) -> bool:
    return rule.valid_from <= on and (rule.valid_to is None or on <= rule.valid_to)


def _covers(rule: GateRule, subject: Subject) -> bool:
    if subject.item_id in rule.except_item_ids:
        return False
    scope = (
        (rule.article_id, subject.article_id),
        (rule.item_id, subject.item_id),
        (rule.lot_id, subject.lot_id),
        (rule.supplier_id, subject.supplier_id),
        (rule.buyer_id, subject.buyer_id),
        (rule.body_id, subject.body_id),
    )
    return all(wanted in (None, found) for wanted, found in scope) and rule.product_group in (
        "",
        subject.product_group,
    )
