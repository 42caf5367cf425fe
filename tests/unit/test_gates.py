"""The pure function of the gates: scopes, days, exceptions, and the sentence of a refusal."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from contracts.agreements.gates.judging import GateRule, Subject, blocks, cosigns, evaluate

DAY = date(2026, 6, 15)
SUBJECT = Subject(
    article_id=1,
    item_id=2,
    lot_id=3,
    supplier_id=4,
    buyer_id=5,
    product_group="Notebooks",
    body_id=6,
)
RULE = GateRule(
    article_id=None,
    item_id=None,
    lot_id=None,
    supplier_id=None,
    buyer_id=None,
    product_group="",
    reason="suspension",
    explanation="Lieferverzug",
    evidence="Schreiben vom 1.6.2026",
    effect="block",
    cosign_role="",
    valid_from=date(2026, 1, 1),
    valid_to=None,
)


@pytest.mark.parametrize(
    "field", ["article_id", "item_id", "lot_id", "supplier_id", "buyer_id", "body_id"]
)
def test_each_scope_matches_its_own_key_and_no_other(field: str) -> None:
    own = getattr(SUBJECT, field)
    assert evaluate([replace(RULE, **{field: own})], SUBJECT, DAY)
    assert not evaluate([replace(RULE, **{field: own + 100})], SUBJECT, DAY)


def test_a_product_group_matches_by_its_name() -> None:
    assert evaluate([replace(RULE, product_group="Notebooks")], SUBJECT, DAY)
    assert not evaluate([replace(RULE, product_group="Displays")], SUBJECT, DAY)


def test_an_excepted_item_passes_whatever_the_scope_says() -> None:
    rule = replace(RULE, product_group="Notebooks", except_item_ids=frozenset({2}))
    assert not evaluate([rule], SUBJECT, DAY)
    assert evaluate([rule], replace(SUBJECT, item_id=7), DAY)


def test_first_and_last_day_count() -> None:
    rule = replace(RULE, valid_from=DAY, valid_to=DAY)
    assert evaluate([rule], SUBJECT, DAY)
    assert not evaluate([rule], SUBJECT, DAY - timedelta(days=1))
    assert not evaluate([rule], SUBJECT, DAY + timedelta(days=1))


def test_only_block_stops_and_only_cosign_asks_for_a_signature() -> None:
    rules = [replace(RULE, effect=effect) for effect in ("block", "warn", "cosign")]
    assert [rule.effect for rule in blocks(rules)] == ["block"]
    assert [rule.effect for rule in cosigns(rules)] == ["cosign"]


def test_the_sentence_names_reason_evidence_and_last_day() -> None:
    assert RULE.sentence == "Aussetzung: Lieferverzug (Beleg: Schreiben vom 1.6.2026)"
    assert replace(RULE, valid_to=date(2026, 12, 31)).sentence == (
        "Aussetzung: Lieferverzug (Beleg: Schreiben vom 1.6.2026; gilt bis 31.12.2026)"
    )
    assert replace(RULE, evidence="").sentence == "Aussetzung: Lieferverzug"
