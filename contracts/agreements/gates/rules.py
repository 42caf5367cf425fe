"""Reading the gates and standards that could concern an order, in one statement."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from contracts.agreements.facts.reading import listing_facts
from contracts.agreements.kinds import GateEffect, GateReason
from contracts.agreements.models import Listing, StandardLevel
from contracts.parties.models import Role
from contracts.sql import fetch

from .judging import GateRule, Key, before

_COLUMNS = (
    "article_id, item_id, lot_id, supplier_id, buyer_id, product_group, reason, explanation,"
    " evidence, effect, cosign_role, valid_from, valid_to"
)
# Whoever names no buyer speaks for all buyers of its own agreements, and no others.
_RULES = f"""
SELECT {", ".join(f"gate.{name}" for name in _COLUMNS.split(", "))},
       CASE WHEN gate.buyer_id IS NULL THEN setter.organisation_id END, NULL::bigint[], gate.id
  FROM agreements_gate gate
  JOIN parties_membership setter ON setter.id = gate.set_by_id
 WHERE gate.lifted_at IS NULL AND gate.valid_from <= %(on)s
   AND (gate.valid_to IS NULL OR gate.valid_to >= %(on)s)
   AND (gate.buyer_id IS NULL OR gate.buyer_id = %(buyer_id)s)
   AND (gate.lot_id IS NULL OR gate.lot_id = ANY(%(lots)s::bigint[]))
   AND (gate.supplier_id IS NULL OR gate.supplier_id = ANY(%(suppliers)s::bigint[]))
UNION ALL
SELECT NULL, NULL, NULL, NULL, standard.owner_id, standard.product_group, 'standard',
       standard.explanation, standard.title, standard.level, '', standard.valid_from,
       standard.valid_to, NULL,
       ARRAY(SELECT entry.item_id FROM agreements_standarditem entry
              WHERE entry.standard_id = standard.id), standard.id
  FROM agreements_equipmentstandard standard
 WHERE standard.owner_id = %(buyer_id)s AND standard.lifted_at IS NULL
   AND standard.valid_from <= %(on)s
   AND (standard.valid_to IS NULL OR standard.valid_to >= %(on)s)
   AND standard.level = ANY(%(levels)s::text[])
 ORDER BY 15 NULLS FIRST, 16"""
_EFFECTS = {
    StandardLevel.MANDATORY.value: (GateEffect.BLOCK, ""),
    StandardLevel.RECOMMENDED.value: (GateEffect.COSIGN, Role.IT_OFFICER.value),
}
"""What a standard does to whatever it does not name; a free one asks for nothing."""


def rules_for(
    buyer_id: int, lot_ids: Collection[int], supplier_ids: Collection[int], on: date
) -> list[GateRule]:
    """The gates and standards that could concern lots and buyer, gates first."""
    rows = fetch(
        _RULES,
        {
            "on": on,
            "buyer_id": buyer_id,
            "lots": sorted(lot_ids),
            "suppliers": sorted(supplier_ids),
            "levels": list(_EFFECTS),
        },
    )
    return [_rule(row) for row in rows]


def gates_before(
    listings: Mapping[Key, Listing], buyer_id: int, on: date
) -> dict[Key, list[GateRule]]:
    """The gates before each listing (of `with_contract`); keys without any are left out."""
    facts = {key: listing_facts(listing) for key, listing in listings.items()}
    rules = rules_for(
        buyer_id,
        {row.item.award.lot_id for row in facts.values()},
        {row.item.award.supplier_id for row in facts.values()},
        on,
    )
    return before(facts, rules, buyer_id=buyer_id, on=on)


def _rule(row: tuple[Any, ...]) -> GateRule:
    *columns, body_id, except_item_ids, _ = row
    if except_item_ids is None:
        return GateRule(*(*columns, body_id))
    effect, role = _EFFECTS[columns[9]]
    columns[6], columns[9], columns[10] = GateReason.STANDARD.value, effect.value, role
    return GateRule(*(*columns, None, frozenset(except_item_ids)))
