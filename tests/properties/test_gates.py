"""Gates for any rules and any subject: a naive model agrees, and nothing ever unblocks."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from contracts.agreements.gates.judging import GateRule, Subject, blocks, evaluate

FIRST = date(2026, 1, 1)
KEYS = st.integers(min_value=1, max_value=3)
GROUPS = st.sampled_from(["Notebooks", "Displays"])
DAYS = st.integers(min_value=0, max_value=6).map(lambda days: FIRST + timedelta(days=days))
DIMENSIONS = ("article_id", "item_id", "lot_id", "supplier_id", "buyer_id", "body_id")

subjects = st.builds(Subject, product_group=GROUPS, **dict.fromkeys(DIMENSIONS, KEYS))
rules = st.builds(
    GateRule,
    product_group=st.just("") | GROUPS,
    reason=st.just("suspension"),
    explanation=st.just("weil"),
    evidence=st.just(""),
    effect=st.sampled_from(["block", "warn", "cosign"]),
    cosign_role=st.just(""),
    valid_from=DAYS,
    valid_to=st.none() | DAYS,
    except_item_ids=st.frozensets(KEYS, max_size=2),
    **dict.fromkeys(DIMENSIONS, st.none() | KEYS),
)


def naive(rule: GateRule, subject: Subject, on: date) -> bool:
    """Written the other way round: every reason for which the rule does not apply."""
    wanted, found = asdict(rule), asdict(subject)
    if on not in [rule.valid_from + timedelta(days=n) for n in range(100)]:
        return False
    if rule.valid_to is not None and (rule.valid_to - on).days < 0:
        return False
    for name in DIMENSIONS:
        if wanted[name] is not None and wanted[name] != found[name]:
            return False
    if rule.product_group and rule.product_group != subject.product_group:
        return False
    return all(item != subject.item_id for item in rule.except_item_ids)


@given(st.lists(rules, max_size=6), subjects, DAYS)
def test_a_naive_model_agrees(given_rules: list[GateRule], subject: Subject, on: date) -> None:
    expected = [rule for rule in given_rules if naive(rule, subject, on)]
    assert evaluate(given_rules, subject, on) == expected


@given(st.lists(rules, max_size=6), rules, subjects, DAYS)
def test_one_more_gate_never_unblocks(
    given_rules: list[GateRule], more: GateRule, subject: Subject, on: date
) -> None:
    before = blocks(evaluate(given_rules, subject, on))
    after = blocks(evaluate([more, *given_rules], subject, on))
    assert len(after) >= len(before)
    assert all(rule in after for rule in before)


@given(rules, subjects, DAYS, KEYS)
def test_one_more_exception_never_blocks_more(
    rule: GateRule, subject: Subject, on: date, item_id: int
) -> None:
    wider = GateRule(
        **{
            name: getattr(rule, name)
            for name in GateRule.__dataclass_fields__
            if name != "except_item_ids"
        },
        except_item_ids=rule.except_item_ids | {item_id},
    )
    assert len(evaluate([wider], subject, on)) <= len(evaluate([rule], subject, on))
