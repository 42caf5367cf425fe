"""What cancelling does to ties, minimum order and tiers; by hand."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from types import ModuleType

import pytest

from contracts.agreements.facts.shapes import Position, Tie
from contracts.pricing import Tier
from orders.call_offs import cancel_effect
from orders.call_offs.cancel_effect import (
    Along,
    IssuedFacts,
    LineFacts,
    effect_of,
)
from tests.properties.mutation import spoilt_copy

DEVICE, WARRANTY, SUPPORT, SURCHARGE = (1, "1.1"), (1, "1.8"), (1, "1.9"), (1, "1.7")
TIERS = (Tier(1, Decimal(429)), Tier(100, Decimal("411.50")))


def line(
    key: int,
    position: Position,
    kept: int,
    price: str = "10",
    *,
    open_: int | None = None,
    surcharge: bool = False,
    tiers: tuple[Tier, ...] = (),
) -> LineFacts:
    return LineFacts(
        key=key,
        line_no=key,
        title=f"Zeile {key}",
        item_id=hash(position),
        position=position,
        kept=kept,
        open=kept if open_ is None else open_,
        net_unit_price=Decimal(price),
        price_unit=1,
        periods=1,
        is_surcharge=surcharge,
        tiers=tiers,
    )


def tie(position: Position, to: Position, factor: int = 1) -> Tie:
    return Tie(position, position[1], to, to[1], factor)


def issued(
    *lines: LineFacts,
    ties: tuple[Tie, ...] = (),
    minimum: str = "0",
    elsewhere: Mapping[Position, int] | None = None,
) -> IssuedFacts:
    kept = dict(elsewhere or {})
    for row in lines:
        kept[row.position] = kept.get(row.position, 0) + row.kept
    return IssuedFacts(Decimal(minimum), lines, ties, kept)


def test_a_warranty_goes_with_its_device() -> None:
    facts = issued(line(1, DEVICE, 5), line(2, WARRANTY, 5), ties=(tie(WARRANTY, DEVICE),))
    effect = effect_of(facts, {1: 2})
    assert effect.quantities == {1: 2, 2: 2}
    assert effect.along == (Along(2, "Zeile 2", 2),)
    assert effect.refusals == []


def test_only_as_many_as_no_other_device_carries() -> None:
    facts = issued(
        line(1, DEVICE, 5),
        line(2, WARRANTY, 3),
        ties=(tie(WARRANTY, DEVICE),),
        elsewhere={DEVICE: 1},
    )
    assert effect_of(facts, {1: 3}).quantities == {1: 3}
    assert effect_of(facts, {1: 4}).quantities == {1: 4, 2: 1}


def test_a_factor_counts() -> None:
    facts = issued(line(1, DEVICE, 2), line(2, WARRANTY, 4), ties=(tie(WARRANTY, DEVICE, 2),))
    assert effect_of(facts, {1: 1}).quantities == {1: 1, 2: 2}


def test_what_goes_along_takes_along_what_hangs_on_it() -> None:
    facts = issued(
        line(1, DEVICE, 2),
        line(2, WARRANTY, 2),
        line(3, SUPPORT, 2),
        ties=(tie(SUPPORT, WARRANTY), tie(WARRANTY, DEVICE)),
    )
    assert effect_of(facts, {1: 2}).quantities == {1: 2, 2: 2, 3: 2}


def test_two_tied_lines_of_one_position_in_order() -> None:
    facts = issued(
        line(1, DEVICE, 4),
        line(2, WARRANTY, 2),
        line(3, WARRANTY, 2),
        ties=(tie(WARRANTY, DEVICE),),
    )
    assert effect_of(facts, {1: 3}).quantities == {1: 3, 2: 2, 3: 1}


def test_cancelled_together_nothing_goes_twice() -> None:
    facts = issued(line(1, DEVICE, 2), line(2, WARRANTY, 2), ties=(tie(WARRANTY, DEVICE),))
    effect = effect_of(facts, {1: 2, 2: 2})
    assert (effect.quantities, effect.along) == ({1: 2, 2: 2}, ())


def test_what_was_delivered_keeps_its_device() -> None:
    facts = issued(line(1, DEVICE, 2), line(2, WARRANTY, 2, open_=1), ties=(tie(WARRANTY, DEVICE),))
    (stuck,) = effect_of(facts, {1: 2}).stuck
    assert stuck.quantity == 1
    assert effect_of(facts, {1: 1}).stuck == ()


def test_what_hangs_in_another_call_off_is_cancelled_there_first() -> None:
    facts = issued(line(1, DEVICE, 2), ties=(tie(WARRANTY, DEVICE),), elsewhere={WARRANTY: 2})
    (stuck,) = effect_of(facts, {1: 1}).stuck
    assert stuck.quantity == 1


def test_what_hung_on_nothing_before_is_not_held_against_anybody() -> None:
    facts = issued(
        line(1, DEVICE, 2),
        line(2, SUPPORT, 2),
        ties=(tie(WARRANTY, DEVICE),),
        elsewhere={WARRANTY: 5},
    )
    assert effect_of(facts, {2: 1}).stuck == ()


def test_below_the_minimum_no_part_goes() -> None:
    facts = issued(line(1, DEVICE, 10, "100"), minimum="500")
    assert not effect_of(facts, {1: 5}).below_minimum
    assert effect_of(facts, {1: 6}).below_minimum
    assert not effect_of(facts, {1: 10}).below_minimum, "all of it is no small order"


def test_giving_up_all_that_will_not_come_is_possible() -> None:
    facts = issued(line(1, DEVICE, 10, "100", open_=9), minimum="500")
    assert not effect_of(facts, {1: 9}).below_minimum
    assert effect_of(facts, {1: 8}).below_minimum


def test_the_surcharge_stays_with_a_small_order_and_goes_with_nothing() -> None:
    facts = issued(line(1, DEVICE, 2), line(2, SURCHARGE, 1, surcharge=True), minimum="500")
    assert effect_of(facts, {2: 1}).below_minimum
    assert not effect_of(facts, {1: 1}).below_minimum
    assert effect_of(facts, {1: 2}).quantities == {1: 2, 2: 1}


def test_the_surcharge_may_go_from_an_order_large_enough() -> None:
    facts = issued(line(1, DEVICE, 6, "100"), line(2, SURCHARGE, 1, surcharge=True), minimum="500")
    assert not effect_of(facts, {2: 1}).below_minimum


def test_a_tier_not_reached_any_more_is_shown_and_the_price_stays() -> None:
    facts = issued(line(1, DEVICE, 100, "411.50", tiers=TIERS))
    (lost,) = effect_of(facts, {1: 99}).lost_tiers
    assert (lost.rest, lost.price_of_rest, lost.more) == (1, Decimal(429), Decimal("17.50"))
    assert effect_of(facts, {1: 99}).net_kept == Decimal("411.50")
    assert effect_of(facts, {1: 100}).lost_tiers == ()


def test_a_tier_counts_over_the_lines_of_an_item() -> None:
    facts = issued(
        line(1, DEVICE, 60, "411.50", tiers=TIERS), line(2, DEVICE, 60, "411.50", tiers=TIERS)
    )
    assert effect_of(facts, {1: 20}).lost_tiers == ()
    (lost,) = effect_of(facts, {1: 21}).lost_tiers
    assert (lost.rest, lost.more) == (99, 99 * Decimal("17.50"))


MUTANTS = (
    (
        "what hangs on a device stays",
        "taken = _take(issued.lines, position, must, quantities)",
        "taken = 0",
    ),
    (
        "every piece of the position goes along",
        "min(line.open - quantities[line.key], must - taken)",
        "line.open - quantities[line.key]",
    ),
    ("a factor is forgotten", "tie.factor * kept.get", "kept.get"),
    (
        "the minimum is forgotten",
        "below_minimum=_falls_below(issued, quantities, net_kept)",
        "below_minimum=False",
    ),
    ("the surcharge does not count", "return any(line.is_surcharge and", "return any(False and"),
    ("the tier is not looked at", "if price > first.net_unit_price:", "if False:"),
)


def _law(module: ModuleType) -> None:
    """Two warranties a device; a small order with its surcharge; 99 of 100 for the tier."""
    tied = issued(line(1, DEVICE, 3), line(2, WARRANTY, 6), ties=(tie(WARRANTY, DEVICE, 2),))
    found = module.effect_of(tied, {1: 1})
    assert (found.quantities, found.stuck) == ({1: 1, 2: 2}, ())
    small = issued(line(1, DEVICE, 9, "100"), line(2, SURCHARGE, 1, surcharge=True), minimum="950")
    assert module.effect_of(small, {2: 1}).below_minimum
    assert not module.effect_of(small, {1: 1}).below_minimum
    tiered = issued(line(1, DEVICE, 100, "411.50", tiers=TIERS))
    assert len(module.effect_of(tiered, {1: 99}).lost_tiers) == 1


def test_the_law_holds() -> None:
    _law(cancel_effect)


@pytest.mark.parametrize(("name", "code", "spoilt"), MUTANTS, ids=[row[0] for row in MUTANTS])
def test_a_mutant_dies(name: str, code: str, spoilt: str) -> None:
    with pytest.raises(AssertionError):
        _law(spoilt_copy(cancel_effect, ((code, spoilt),)))
