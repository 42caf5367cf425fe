"""Call-offs that are received and cancelled bit by bit through the domain functions.

After every step three books are compared that are kept apart: the ledger, the events
for finance, and the value of what was not cancelled, computed anew in fractions.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from types import ModuleType
from uuid import uuid4

from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from contracts.agreements.life.listing import list_articles
from contracts.agreements.models import Article, ContractItem, PriceBasis
from contracts.agreements.writing.setup import ItemSpec, TierRow, entitle, write_item, write_price
from contracts.ledger.models import LimitAccount
from contracts.ledger.replay import differences
from orders import requisitions
from orders.basket import baskets
from orders.binding.budgets import Dimensions, create_line, set_deductible
from orders.call_offs import cancellations, goods_receipts
from orders.models import CallOff, CallOffAssignment, CallOffLine, FinanceEvent
from orders.requisitions import Ask, Share
from tests.world import DAY, NOW, World, build_world

from .basket_law import half_up

QUANTITIES = (500, 7, 3, 11)
PERCENTS = (Decimal("33.33"), Decimal("33.33"), Decimal("33.34"))
DEDUCTIBLE = (Decimal("33.33"), Decimal(50))
"""Of the two budget lines."""
ROOMY = Decimal(10_000_000)

# Which lines take part in a step, what happens, and how much of the open quantity (1/12).
Step = tuple[frozenset[int], str, int]
courses = st.lists(
    st.tuples(
        st.frozensets(st.integers(0, len(QUANTITIES) - 1), min_size=1),
        st.sampled_from(("cancel", "receive")),
        st.integers(0, 12),
    ),
    max_size=5,
)


@dataclass
class Stage:
    """A call-off of four lines, each paid from three assignments on two budget lines."""

    world: World
    call_off: CallOff
    quota: LimitAccount
    cancellations: ModuleType


def build_stage(module: ModuleType = cancellations) -> Stage:
    """Tiered goods, thousandths of a cent, licences per period, prices per 100 pieces."""
    world = build_world(budget=ROOMY)
    quota = entitle(
        world.agreement,
        world.authority,
        lot=world.lots[0],
        quota=ROOMY,
        valid_from=date(2026, 1, 2),
        by=world.manager,
        now=NOW,
    ).quota
    rows = [
        (ItemSpec("1.2", "Aufkleber", PriceBasis.FIXED, max_quantity=90), "0.0450", 1),
        (ItemSpec("1.3", "Lizenz", PriceBasis.FIXED, periods=12, vat_class="reduced"), "1.3333", 1),
        (ItemSpec("1.4", "Kabel", PriceBasis.FIXED), "12.3457", 100),
    ]
    listings = [world.listings[0].pk, *(_listed(world, *row) for row in rows)]
    ask = Ask("Mischbedarf", shares={"": _shares(world)})
    for listing_id, quantity in zip(listings, QUANTITIES, strict=True):
        baskets.set_quantity(by=world.officer, listing_id=listing_id, quantity=quantity, now=NOW)
    draft = requisitions.submit_basket(
        by=world.officer, ask=ask, school_id=world.school.pk, now=NOW
    )
    world.approve(draft)
    return Stage(world, CallOff.objects.get(), quota, module)


def _listed(world: World, spec: ItemSpec, price: str, price_unit: int) -> int:
    item = write_item(world.awards[0], spec, by=world.manager, now=NOW)
    tier = TierRow(1, net_unit_price=Decimal(price))
    write_price(
        item,
        (tier,),
        valid_from=date(2026, 1, 1),
        price_unit=price_unit,
        source="Zuschlag",
        by=world.manager,
        now=NOW,
    )
    article = Article.objects.create(
        supplier=world.suppliers[0], supplier_aid=spec.number, name=spec.title, updated_at=NOW
    )
    (listing,) = list_articles([(item, article)], supplier=world.suppliers[0], now=NOW)
    return listing.pk


def _shares(world: World) -> list[Share]:
    """The first and the third assignment draw on the same budget line; tax is deductible."""
    other = create_line(
        budget_entity=world.entity,
        fiscal_year=2026,
        title="Lernmittel",
        dimensions=Dimensions(budget_product="21102", gl_account="0822200"),
        appropriation=ROOMY,
        document="Haushaltsplan 2026",
        by=None,
        now=NOW,
    )
    for line, percent in zip((world.budget_line, other), DEDUCTIBLE, strict=True):
        set_deductible(line, percent, valid_from=DAY, reason="BgA", by=None, now=NOW)
    keys = (world.budget_line.pk, other.pk, world.budget_line.pk)
    return [Share(*row) for row in zip(keys, PERCENTS, strict=True)]


def run_courses(stage: Stage, *, examples: int, steady: bool = False) -> None:
    """Walk random courses, each in a savepoint; `steady` walks the same ones every time."""

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=steady,
        phases=[Phase.generate] if steady else [Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(courses)
    def walk(course: list[Step]) -> None:
        with transaction.atomic():
            check_course(stage, course)
            transaction.set_rollback(True)

    walk()


def check_course(stage: Stage, course: Sequence[Step]) -> None:
    """Every step leaves the books in agreement; at the end the rest is cancelled."""
    for chosen, what, twelfths in course:
        _step(stage, chosen, what, twelfths)
        check_books(stage)
    _step(stage, frozenset(range(len(QUANTITIES))), "cancel", 12)
    check_books(stage)
    if all(line.progress.delivered == 0 for line in _lines(stage)):
        left = LimitAccount.objects.exclude(posted=0, held=0)
        assert not left, f"a full cancellation leaves something on {list(left)}"


def _step(stage: Stage, chosen: frozenset[int], what: str, twelfths: int) -> None:
    lines = [line for number, line in enumerate(_lines(stage)) if number in chosen]
    wanted = {line.pk: -(-line.progress.open * twelfths // 12) for line in lines}
    if not any(wanted.values()):
        return
    common = {
        "call_off_id": stage.call_off.pk,
        "token": uuid4(),
        "by": stage.world.officer,
        "now": NOW,
    }

    def act() -> object:
        if what == "cancel":
            return stage.cancellations.cancel(
                quantities=wanted, reason="Bedarf entfallen", **common
            )
        return goods_receipts.receive(quantities=wanted, received_on=DAY, **common)

    assert act() == act(), "sent twice it counts twice"


def _lines(stage: Stage) -> list[CallOffLine]:
    rows = stage.call_off.lines.select_related("progress", "item__account")
    return list(rows.order_by("line_no"))


def check_books(stage: Stage) -> None:
    """The three books, and the replay of the ledger's entries."""
    lines = _lines(stage)
    committed = _heard("COMMITMENT", "COMMITMENT_REVERSAL")
    received = _heard("GOODS_RECEIPT")
    _check_caps(stage, lines)
    _check_budgets(stage, committed)
    for line in lines:
        _check_line(line, committed, received)
    _check_pieces(lines)
    assert differences() == [], "the replay differs"


def _value(line: CallOffLine, quantity: int) -> Decimal:
    price = Fraction(line.net_unit_price) * quantity * line.periods
    return half_up(price / line.price_unit)


def _check_caps(stage: Stage, lines: Sequence[CallOffLine]) -> None:
    world = stage.world
    kept = sum(
        (_value(line, line.quantity - line.progress.cancelled) for line in lines), Decimal(0)
    )
    caps = (world.agreement.account, world.lots[0].account, world.awards[0].account, stage.quota)
    for account in (account for account in caps if account is not None):
        assert _posted(account) == kept, f"{account} differs from the value kept"
    items: dict[ContractItem, int] = defaultdict(int)
    for line in lines:
        items[line.item] += line.quantity - line.progress.cancelled
    for item, pieces in items.items():
        if item.account is not None:
            assert _posted(item.account) == pieces, f"{item} differs from the pieces kept"


def _check_budgets(stage: Stage, committed: dict[tuple[int, int], tuple[Decimal, Decimal]]) -> None:
    """What finance heard, less the deductible tax, is what the budgets carry."""
    carried: dict[LimitAccount, Decimal] = defaultdict(Decimal)
    rows = CallOffAssignment.objects.filter(line__call_off=stage.call_off).select_related(
        "line", "assignment", "budget_line__own_account"
    )
    for row in rows:
        net, tax = committed[row.line.line_no, row.number]
        deductible = half_up(Fraction(tax) * Fraction(row.assignment.deductible_percent) / 100)
        carried[row.budget_line.own_account] += net + tax - deductible
    for account, amount in carried.items():
        assert _posted(account) == amount, f"{account} differs from what finance heard"


def _check_line(
    line: CallOffLine,
    committed: dict[tuple[int, int], tuple[Decimal, Decimal]],
    received: dict[tuple[int, int], tuple[Decimal, Decimal]],
) -> None:
    progress = line.progress
    mine = [(line.line_no, number) for number in range(1, len(PERCENTS) + 1)]
    assert all(min(committed[key]) >= 0 for key in mine), "an assignment gave back too much"
    kept = sum((committed[key][0] for key in mine), Decimal(0))
    assert kept == _value(line, line.quantity - progress.cancelled), "finance heard another net"
    arrived = sum((received[key][0] for key in mine), Decimal(0))
    assert arrived == _value(line, progress.delivered), "the receipts have another net"
    for key in mine:
        net, tax = received[key]
        assert 0 <= net <= committed[key][0], "more arrived than is committed"
        assert 0 <= tax <= committed[key][1], "more tax arrived than is committed"
        assert progress.open or net == committed[key][0], "an odd cent never arrives"


def _check_pieces(lines: Sequence[CallOffLine]) -> None:
    """Finance hears the share of each assignment, of what is kept and of what has arrived."""
    reserved, open_ = _pieces("RESERVATION"), _pieces("RESERVATION", "RESERVATION_RELEASE")
    committed, kept = _pieces("COMMITMENT"), _pieces("COMMITMENT", "COMMITMENT_REVERSAL")
    received = _pieces("GOODS_RECEIPT")
    for line in lines:
        for number, percent in enumerate(PERCENTS, start=1):
            for heard, quantity in (
                (reserved, line.quantity),
                (open_, 0),
                (committed, line.quantity),
                (kept, line.quantity - line.progress.cancelled),
                (received, line.progress.delivered),
            ):
                share = Fraction(percent) * quantity / 100
                assert heard[line.line_no, number] == share, "finance heard other pieces"


def _pieces(*types: str) -> dict[tuple[int, int], Decimal]:
    """The quantity that finance heard, per line and assignment."""
    sums: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
    for payload in FinanceEvent.objects.filter(type__in=types).values_list("payload", flat=True):
        row = json.loads(payload, parse_float=Decimal)
        sums[row["line_no"], row["assignment_no"]] += row["quantity"]
    return sums


def _heard(*types: str) -> dict[tuple[int, int], tuple[Decimal, Decimal]]:
    """Net and tax that finance heard, per line and assignment."""
    sums: dict[tuple[int, int], tuple[Decimal, Decimal]] = defaultdict(
        lambda: (Decimal(0), Decimal(0))
    )
    for payload in FinanceEvent.objects.filter(type__in=types).values_list("payload", flat=True):
        row = json.loads(payload)
        key = (row["line_no"], row["assignment_no"])
        net, tax = sums[key]
        sums[key] = (net + Decimal(row["net"]), tax + Decimal(row["tax"]))
    return sums


def _posted(account: LimitAccount) -> Decimal:
    return LimitAccount.objects.values_list("posted", flat=True).get(pk=account.pk)
