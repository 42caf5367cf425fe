"""Named mutants: each spoils one rule of the domain, and the contract machine must see it.

A mutant runs spoilt copies of the product's functions in the product's own modules. It
walks a written road through the machine, so that it dies every time and soon; what kills
it is the machine's prediction or invariant, never a check of the road. Rules that several
guards defend have a mutant that takes out all of them.
"""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from threading import Barrier

import psycopg
import pytest

from contracts.agreements import entitlement
from contracts.agreements.facts import reading, sql
from contracts.agreements.gates import judging
from contracts.agreements.prices import application as price_application
from contracts.agreements.prices import changes as price_changes
from contracts.agreements.prices import decisions as price_decisions
from contracts.agreements.prices import modification_effects, ordering, worth
from contracts.ledger import checks as ledger_checks
from contracts.ledger import movements
from contracts.pricing import calculator
from contracts.pricing import price_change as clause
from orders.allotting import allotments as allocation
from orders.allotting import asking
from orders.approvals import decisions
from orders.call_offs import cancellations, cascade, confirmations
from orders.requisitions import ending
from tests.concurrency.racing import losers, race, unlocked_accounts, winners
from tests.world import NOW

from . import contract_calls as calls
from . import contract_roads as roads
from .contract_acts import key_of
from .contract_machine import ContractMachine, Road, walk
from .contract_world import Stage, build_stage
from .mutation import Mutant, Patch, mutant
from .staged import check

QUOTAS = """array_agg(entitled.quota_id ORDER BY entitled.lot_id NULLS LAST)
                  FILTER (WHERE entitled.quota_id IS NOT NULL)"""
QUOTAS_OF_OTHERS = """(SELECT array_agg(other.quota_id)
                  FROM agreements_buyerentitlement other
                 WHERE other.buyer_id <> buyer.id AND other.agreement_id = agreement.id
                   AND (other.lot_id IS NULL OR other.lot_id = lot.id)
                   AND other.quota_id IS NOT NULL)"""
DECIDED = '        _record(change, "price_change.decided"'


MUTANTS = (
    mutant(
        "VAT grouping dropped: the tax is rounded line by line",
        roads.mixed_basket,
        "amounts of a VAT group differ",
        calculator,
        ("_cut(tax, nets)", "[rates[group_key].tax_on(net) for net in nets]"),
        "quote",
        places=(ordering,),
    ),
    mutant(
        "VAT grouping dropped: every line is a group of its own",
        roads.mixed_basket,
        "basket differs|amounts of a VAT group differ",
        calculator,
        (
            "VatGroupKey(self.call_off_key, self.vat.category, self.vat.rate)",
            'VatGroupKey(f"{self.call_off_key}{self.key}", self.vat.category, self.vat.rate)',
        ),
        "quote",
        "LineInput",
        places=(ordering,),
    ),
    mutant(
        ">= for >: what fits exactly is refused",
        roads.exact_fit,
        "refused without reason: LimitExceeded",
        ledger_checks,
        ("if amount > accounts[pk].available", "if amount >= accounts[pk].available"),
        "require_room",
        places=(movements,),
    ),
    mutant(
        "full quantity returned on partial cancel",
        roads.partial_cancellation,
        "posted differs from what is kept",
        cancellations,
        (
            "Amount(row.quantity, row.net)",
            "Amount(line.quantity - line.progress.delivered, row.net)",
        ),
        "_amounts",
    ),
    mutant(
        "full value returned on partial cancel",
        roads.partial_cancellation,
        "posted differs from what is kept",
        cancellations,
        ("Amount(row.quantity, row.net)", "Amount(row.quantity, line.net)"),
        "_amounts",
    ),
    mutant(
        "a cancellation is not told to finance",
        roads.partial_cancellation,
        "finance heard something else",
        cancellations,
        ("events=_reversals(call_off, given, mark),", "events=(),"),
        "_follow",
    ),
    mutant(
        "tier taken from the line instead of the item's sum",
        roads.two_colours,
        "basket differs|priced otherwise",
        ordering,
        (
            "active_tier(offer.tiers, base[offer.listing.item_id])",
            "active_tier(offer.tiers, next(row.quantity for row in wanted if row.key == key))",
        ),
        "price",
        places=(allocation,),
    ),
    mutant(
        "the quota of another buyer is charged",
        roads.two_buyers,
        "held differs|posted differs",
        sql,
        (QUOTAS, QUOTAS_OF_OTHERS),
        "BY_LISTING",
        "BY_POSITION",
    ),
    mutant(
        "a price changes without the second person",
        roads.one_word_is_not_two,
        "not those of the accepted changes",
        price_decisions,
        (DECIDED, f"        apply(change, item, by=by, now=now)\n{DECIDED}"),
        "decide",
    ),
    mutant(
        "a rise inside the clause takes effect by itself",
        roads.one_word_is_not_two,
        "a change differs|not those of the accepted changes",
        clause,
        (
            'return ChangeRoute.TWO_PEOPLE, [\n        "Die Erhöhung hält',
            'return ChangeRoute.AUTOMATIC, [\n        "Die Erhöhung hält',
        ),
        "judge_change",
        places=(price_application,),
    ),
    mutant(
        "a rise outside the clause does without the register",
        roads.outside_the_clause,
        "accepted in spite of .*NotApproved",
        price_decisions,
        ("        _require_entry_approved(change)\n", ""),
        "confirm",
    ),
    mutant(
        "an entry of the register is used beyond its value: what it gave to one lot is not counted",
        roads.one_entry_for_two_lots,
        "accepted in spite of .*BeyondEntry",
        modification_effects,
        ("account=account, amount=worth)", "account=account, amount=Decimal(0))"),
        "_use_cap",
    ),
    mutant(
        "an entry of the register is used beyond its value: pieces cost nothing",
        roads.one_entry_for_two_lots,
        "accepted in spite of .*BeyondEntry",
        worth,
        ("(line_net(whole, *price)", "(0 * line_net(whole, *price)"),
        "worth_of_pieces",
        places=(modification_effects,),
    ),
    Mutant(
        "a suspended lot still holds: neither shelf nor gate nor account",
        roads.suspended_lot,
        "accepted in spite of .*NotFound|accepted in spite of .*AccountClosed",
        (
            Patch(
                entitlement,
                (("is_open = Q(account__is_open=True)", "is_open = Q()"),),
                ("entitled_lot_ids",),
                (entitlement,),
            ),
            Patch(
                reading,
                (("is_open=mine and is_open", "is_open=mine"),),
                ("_reach",),
                (reading,),
            ),
            Patch(
                judging,
                (("return rule.valid_from <= on", "return False and rule.valid_from <= on"),),
                ("_in_force",),
                (judging,),
            ),
            Patch(
                ledger_checks,
                (("if not account.is_open]", "if False]"),),
                ("require_open",),
                (movements,),
            ),
        ),
    ),
    mutant(
        "the cumulative base ignores what is posted",
        roads.counted_over_all,
        "basket differs|priced otherwise",
        reading,
        ("int(row[71])", "0"),
        "_shelf",
    ),
    mutant(
        "passing on keeps the old posts",
        roads.refused_by_the_first,
        "posted differs from what is kept|the turn is",
        cancellations,
        ("    reverse_posts(_amounts(call_off, given), mark=mark, by=by, now=now)\n", ""),
        "take_back",
        places=(cascade,),
    ),
    mutant(
        "a dearer next rank takes over without renewed approval",
        roads.refused_by_the_first,
        "the turn is followed instead of drafted",
        cascade,
        ("if order.quote.gross > passing.given.gross:", "if False:"),
        "_require_covered",
    ),
    mutant(
        "a full lot keeps what came back from the next rank",
        roads.refused_in_a_full_lot,
        "the turn is nothing instead of followed",
        cascade,
        ("    set_open([call_off.lot.account_id], is_open=True, reason=ClosedReason.FULL)\n", ""),
        "pass_on",
        places=(confirmations,),
    ),
    mutant(
        "the old version is not closed when the new one opens",
        roads.fall_by_itself,
        "refused without reason: OverlappingPrices",
        price_application,
        ("    PriceVersion.objects.filter(pk=before.version_id).update(valid=ended)\n", ""),
        "apply",
        places=(price_changes, price_decisions),
    ),
    mutant(
        "the old version ends before the new one begins",
        roads.fall_by_itself,
        "not those of the accepted changes",
        price_application,
        (
            "ended = DateRange(before.lower, change.effective_from)",
            "ended = DateRange(before.lower, change.proposed_at.date())",
        ),
        "apply",
        places=(price_changes, price_decisions),
    ),
    mutant(
        "a dearer total is issued all the same",
        roads.dearer_at_issue,
        "states differ",
        asking,
        ("if approved is not None and order.quote.gross > approved:", "if False:"),
        "_require_price",
    ),
    mutant(
        "an expired requisition keeps its holds",
        roads.nobody_signs,
        "held differs from what is open",
        ending,
        (
            "holds.void(holds.open_holds(revision.lines), shelf, by=plan.by, now=plan.now)\n",
            "pass\n",
        ),
        "release",
        places=(ending, decisions),
    ),
)


@pytest.mark.django_db
@pytest.mark.parametrize("road", roads.ROADS, ids=lambda road: road.__name__)
def test_the_unchanged_product_walks_every_road(road: Road) -> None:
    walk(build_stage(), road)


@pytest.mark.django_db
@pytest.mark.parametrize("spoilt", MUTANTS, ids=str)
def test_a_mutant_dies(spoilt: Mutant[Road], monkeypatch: pytest.MonkeyPatch) -> None:
    stage = build_stage()
    for patch in spoilt.patches:
        patch.apply(monkeypatch)
    with pytest.raises(AssertionError, match=spoilt.dies_by):
        walk(stage, spoilt.road)


def _two_who_want_the_last() -> Stage:
    """Ten notebooks are left, and both buyers have eight in the basket."""
    stage = build_stage()
    position = stage.world.items[0].account_id
    assert position is not None
    manager = stage.purchasing["manager"]
    calls.lower_cap(stage.agreement.pk, position, Decimal(10), manager, NOW)
    for buyer in stage.buyers:
        calls.lay(buyer, stage.listings[roads.BLACK].pk, 8, NOW)
    return stage


def _submit_at_once(stage: Stage) -> list[object]:
    """From two connections."""
    return race([partial(calls.submit_basket, buyer, NOW) for buyer in stage.buyers])


def _follow_the_winners(machine: ContractMachine, outcomes: list[object]) -> None:
    order = machine.model.allocate([(machine.stage.listings[roads.BLACK].pk, 8)], machine.day)
    assert order is not None
    for requisition in winners(outcomes):
        buyer = next(row for row in machine.stage.buyers if key_of(row) == requisition.authority_id)
        machine._follow_submit(buyer, requisition.pk, order)
    check(machine)


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_gets_the_last() -> None:
    stage = _two_who_want_the_last()
    outcomes = _submit_at_once(stage)
    assert len(losers(outcomes)) == 1
    walk(stage, lambda machine: _follow_the_winners(machine, outcomes))


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_the_mutant_without_lock_and_constraint_dies(
    owner: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner.execute("ALTER TABLE ledger_limitaccount DROP CONSTRAINT ledger_cap_not_exceeded")
    stage = _two_who_want_the_last()
    with monkeypatch.context() as patch:
        patch.setattr(movements, "lock_accounts", unlocked_accounts(Barrier(2)))
        outcomes = _submit_at_once(stage)
    with pytest.raises(AssertionError, match="a cap is exceeded"):
        walk(stage, lambda machine: _follow_the_winners(machine, outcomes))
