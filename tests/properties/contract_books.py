"""The database beside the model: what is read here must be what the model says."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from django.db import connection
from django.db.models import F

from contracts.agreements.models import (
    ContractItem,
    ContractModification,
    ListPriceVersion,
    PriceChange,
    PriceVersion,
)
from contracts.clock import berlin_day
from contracts.ledger.models import AccountKind, LimitAccount
from contracts.ledger.replay import differences
from contracts.parties.models import Membership
from orders.models import BudgetLine, CallOff, CallOffLine, Decision, Involvement, Requisition
from orders.models import RequisitionLine as Row

from . import contract_calls as calls
from .basket_law import half_up
from .contract_changes import ChangesModel
from .contract_model import ZERO, Account, Award, Entitlement, Item, Lot, Shelf, Tiers, Version
from .contract_world import Stage

RATES = {"standard": Decimal(19), "reduced": Decimal(7)}
CENT = Decimal("0.01")
HELD, POSTED = ("RESERVATION", "RESERVATION_RELEASE"), ("COMMITMENT", "COMMITMENT_REVERSAL")


def model_of(stage: Stage) -> ChangesModel:
    """The model as the world begins; every later state it has to work out itself."""
    agreement = stage.agreement
    agreement.refresh_from_db()
    assert agreement.account_id is not None
    awards = [award for lot in stage.lots for award in lot.awards.order_by("rank")]
    items = ContractItem.objects.filter(award__lot__agreement=agreement)
    budgets = BudgetLine.objects.filter(pk__in=[buyer.budget.pk for buyer in stage.buyers])
    accounts = LimitAccount.objects.exclude(kind=AccountKind.BUDGET)
    return ChangesModel(
        agreement=agreement.pk,
        maximum=agreement.account_id,
        estimate=agreement.estimated_value or ZERO,
        ends_on=agreement.ends_on,
        lots={
            lot.pk: Lot(
                lot.pk,
                lot.account_id,
                lot._meta.model.objects.get(pk=lot.pk).estimated_value or ZERO,
                tuple(award.pk for award in awards if award.lot_id == lot.pk),
            )
            for lot in stage.lots
        },
        awards={
            row.pk: Award(row.pk, row.lot_id, row.supplier_id, row.account_id) for row in awards
        },
        items={row.pk: _item(row) for row in items},
        shelf={
            row.pk: Shelf(row.pk, row.item_id, row.article_id)
            for row in sorted(stage.listings, key=lambda listing: listing.pk)
        },
        lists={
            row.article_id: [Version(row.valid.lower, ((1, row.amount),))]
            for row in ListPriceVersion.objects.all()
        },
        accounts={row.pk: Account(row.limit_amount, row.closed_reason) for row in accounts},
        entitlements=[
            Entitlement(row.pk, row.buyer_id, row.valid_from, row.valid_to, row.quota_id)
            for row in (buyer.entitlement for buyer in stage.buyers)
        ],
        budgets={row.own_account_id: row.account.limit_amount for row in budgets},
    )


def _item(row: ContractItem) -> Item:
    versions = PriceVersion.objects.filter(item=row).prefetch_related("tiers")
    return Item(
        pk=row.pk,
        award=row.award_id,
        pieces=row.account_id,
        rate=RATES[row.vat_class],
        versions=[Version(version.valid.lower, _tiers(version)) for version in versions],
        is_cumulative=row.cumulative_tiers,
        is_discount=row.basis == "list_discount",
    )


def _tiers(version: PriceVersion) -> Tiers:
    rows = sorted(version.tiers.all(), key=lambda tier: tier.from_quantity)
    return tuple(
        (row.from_quantity, row.net_unit_price or row.discount_percent or ZERO) for row in rows
    )


def check_accounts(model: ChangesModel) -> None:
    """Held is what is open, posted what is issued and not given back; no cap is exceeded."""
    rows = LimitAccount.objects.order_by("pk")
    over = [row.title for row in rows if row.pk in model.accounts and row.available < 0]
    assert not over, f"a cap is exceeded: {over}"
    for row in rows:
        is_cap = row.pk in model.accounts
        limit = model.accounts[row.pk].limit if is_cap else model.budgets[row.pk]
        assert row.limit_amount == limit, f"{row.title}: the limit differs"
        assert row.held == model.held(row.pk), f"{row.title}: held differs from what is open"
        assert row.posted == model.posted(row.pk), f"{row.title}: posted differs from what is kept"
        closed = model.accounts[row.pk].closed if is_cap else ""
        assert row.closed_reason == closed, f"{row.title}: the stop differs"
    assert differences() == [], "the replay differs from the rows"


def check_requisitions(model: ChangesModel) -> None:
    """Lines as the model prices them; tax by VAT group; the revision states their sum."""
    states = dict(Requisition.objects.values_list("pk", "state"))
    assert states == {row.pk: row.state for row in model.requisitions.values()}, "states differ"
    lines: dict[int, list[Row]] = defaultdict(list)
    for line in (
        Row.objects.filter(revision__number=F("revision__requisition__current_revision"))
        .select_related("revision", "price_version", "item")
        .order_by("revision__requisition", "line_no")
    ):
        lines[line.revision.requisition_id].append(line)
    for pk, requisition in model.requisitions.items():
        found = [
            (row.listing_id, row.quantity, row.tier_base, row.net_unit_price, row.net)
            for row in lines[pk]
        ]
        assert found == [
            (line.listing, line.quantity, line.base, line.price, line.net)
            for line in requisition.order.lines
        ], "the requisition is priced otherwise"
        groups: dict[tuple[int, Decimal], tuple[Decimal, Decimal]] = {}
        for row in lines[pk]:
            net, tax = groups.get((row.item.award_id, row.tax_rate), (ZERO, ZERO))
            groups[row.item.award_id, row.tax_rate] = (net + row.net, tax + row.tax)
        assert groups == requisition.order.groups, "the amounts of a VAT group differ"
        assert lines[pk][0].revision.gross == requisition.order.gross, "the revision's sum differs"


def check_call_offs(model: ChangesModel) -> None:
    """Every line by its version and quantities, every VAT group by its law."""
    states = dict(CallOff.objects.values_list("pk", "state"))
    assert states == {row.pk: row.state for row in model.call_offs.values()}, "states differ"
    rows = {
        row.pk: row
        for row in CallOffLine.objects.select_related("progress", "price_version").order_by("pk")
    }
    for call_off in model.call_offs.values():
        for line in call_off.lines:
            row = rows.pop(line.pk)
            found = (row.listing_id, row.quantity, row.tier_base, row.net_unit_price, row.net)
            issued = line.line
            assert found == (
                issued.listing,
                issued.quantity,
                issued.base,
                issued.price,
                issued.net,
            ), "the call-off is priced otherwise"
            progress = row.progress
            assert (progress.delivered, progress.cancelled) == (line.delivered, line.cancelled)
            assert row.price_version.item_id == model.shelf[issued.listing].item
        _check_tax(call_off.pk, model)
    assert not rows, "a call-off that the model does not know"


def _check_tax(call_off: int, model: ChangesModel) -> None:
    """As issued: tax on the net of the group. After give-backs: within a cent per line."""
    rows = CallOffLine.objects.filter(call_off=call_off).prefetch_related("cancelled_lines")
    groups: dict[Decimal, list[Decimal]] = defaultdict(lambda: [ZERO, ZERO, ZERO])
    kept = ZERO
    for row in rows:
        given = row.cancelled_lines.all()
        group = groups[row.tax_rate]
        group[0] += row.net - sum((part.net for part in given), ZERO)
        group[1] += row.tax - sum((part.tax for part in given), ZERO)
        group[2] += CENT if given else ZERO
    for rate, (net, tax, slack) in groups.items():
        law = half_up(Fraction(net) * Fraction(rate) / 100)
        assert abs(tax - law) <= slack, "the tax of a call-off differs from that of its VAT group"
        kept += tax
    assert kept == model.call_offs[call_off].tax, "the tax kept differs from the documents"


def check_prices(model: ChangesModel) -> None:
    """Each day has exactly the version that the accepted changes say; none overlap."""
    found: dict[int, list[tuple[date, date | None, Tiers]]] = defaultdict(list)
    for row in PriceVersion.objects.filter(valid__isempty=False).prefetch_related("tiers"):
        found[row.item_id].append((row.valid.lower, row.valid.upper, _tiers(row)))
    for pk, item in model.items.items():
        assert sorted(found[pk], key=lambda row: row[0]) == _ranges(item.versions), (
            "the versions are not those of the accepted changes"
        )
    lists: dict[int, list[tuple[date, date | None, Tiers]]] = defaultdict(list)
    for row in ListPriceVersion.objects.filter(valid__isempty=False):
        lists[row.article_id].append((row.valid.lower, row.valid.upper, ((1, row.amount),)))
    for article, versions in model.lists.items():
        assert sorted(lists[article], key=lambda row: row[0]) == _ranges(versions), (
            "the list prices are not those of the accepted changes"
        )


def _ranges(versions: list[Version]) -> list[tuple[date, date | None, Tiers]]:
    ends = [*(row.start for row in versions[1:]), None]
    return [(row.start, end, row.tiers) for row, end in zip(versions, ends, strict=True)]


def check_people(model: ChangesModel) -> None:
    """Proposer, decider and second person are three; whoever asked does not sign."""
    for row in PriceChange.objects.all():
        known = model.changes[row.pk]
        assert (row.state, row.route) == (known.state, known.route), "a change differs"
        if row.state == "accepted" and row.route != "automatic":
            people = {row.proposer_id, row.decider_id, row.second_id}
            assert len(people - {None}) == 3, "a change without its second person"
    for entry in ContractModification.objects.all():
        assert entry.state == model.entries[entry.pk].state, "an entry differs"
        if entry.state == "approved":
            assert entry.decider_id not in (None, entry.proposer_id), "an entry without a second"
    asked = set(Involvement.objects.filter(side="ask").values_list("requisition_id", "person_id"))
    signed = set(Decision.objects.values_list("requisition_id", "person_id"))
    assert not asked & signed, "somebody signed what they asked for"


def check_finance(stage: Stage, model: ChangesModel) -> None:
    """What finance heard of an entity is what its budget holds and has posted."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT budget_entity_id, type, sum((payload::json->>'gross')::numeric)"
            " FROM orders_financeevent GROUP BY 1, 2"
        )
        heard = {(entity, type_): amount for entity, type_, amount in cursor.fetchall()}
    for buyer in stage.buyers:
        account = buyer.budget.own_account_id
        assert account is not None
        for types, amount in ((HELD, model.held(account)), (POSTED, model.posted(account))):
            total = sum((heard.get((buyer.entity.pk, name), ZERO) for name in types), ZERO)
            assert total == amount, "finance heard something else"


def check_audit(by: Membership, start: date, now: datetime) -> None:
    """The product's own report finds no line beside the award's price."""
    assert not calls.audited(by, start, berlin_day(now)).deviations, "the price audit deviates"
