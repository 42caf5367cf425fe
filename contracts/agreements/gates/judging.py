"""Gates: one pure function says block, warn or co-sign, at every moment.

Suspensions, opt-outs, freezes and equipment standards are records it reads, so there is
one place that says no (docs/gates.md).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from contracts.agreements.facts.shapes import ListingFacts
from contracts.agreements.kinds import GateEffect, GateReason

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


def subject_of(listing: ListingFacts, buyer_id: int) -> Subject:
    """A listing as gates see it."""
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


def before(
    listings: Mapping[Key, ListingFacts], rules: Iterable[GateRule], *, buyer_id: int, on: date
) -> dict[Key, list[GateRule]]:
    """The gates before each listing; keys without any are left out."""
    rules = list(rules)
    if not rules:
        return {}
    found = {
        key: evaluate(rules, subject_of(listing, buyer_id), on) for key, listing in listings.items()
    }
    return {key: rows for key, rows in found.items() if rows}


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
