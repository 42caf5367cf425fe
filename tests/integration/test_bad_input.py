"""Bad input: each case's sentence and problem code, as the table in docs/bad-input.md has it.

Every row of the table is produced here by the public functions, and leaves nothing behind.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from contracts.agreements.life import lifecycle
from contracts.agreements.prices import changes as price_changes
from contracts.agreements.prices import modification_effects
from contracts.agreements.writing.setup import entitle, write_price
from contracts.agreements.writing.tiers import TierRow
from contracts.refusals import Refusal
from orders import requisitions
from orders.quick_order.rows import parse
from orders.quick_order.tables import text_of_file
from tests.bad_cuts import DECISIONS
from tests.bad_papers import PAPERS
from tests.bad_policies import POLICIES
from tests.bad_quick_orders import LINES, QUICK_ORDERS
from tests.bad_requisition_requests import CASES as REQUESTS
from tests.bad_requisitions import REQUISITIONS
from tests.bad_returns import RETURNS
from tests.bad_substitutions import SUBSTITUTIONS
from tests.bad_webhooks import URLS
from tests.database_state import contents
from tests.price_changes import Bargain, bargain
from tests.price_sheets import Desk, build_desk, csv_sheet, row, xlsx_sheet
from tests.world import NOW, World, build_world

pytestmark = pytest.mark.django_db

DOCS = Path(__file__).resolve().parent.parent.parent / "docs" / "bad-input.md"
LINE = re.compile(
    r"^\| (?P<case>[^|]+) \| `(?P<code>\w+)` \| (?P<sentence>[^|]+) \|$", re.MULTILINE
)


def price(*tiers: tuple[int, str], valid_from: date = date(2030, 1, 1)) -> Callable[[World], None]:
    rows = [TierRow(quantity, net_unit_price=Decimal(net)) for quantity, net in tiers]

    def act(world: World) -> None:
        write_price(
            world.items[0], rows, valid_from=valid_from, source="Test", by=world.manager, now=NOW
        )

    return act


def cap_below_use(world: World) -> Callable[[], object]:
    world.submitted({0: 30})
    return lambda: modification_effects.lower_cap(
        agreement_id=world.agreement.pk,
        account_id=world.lots[0].account_id,
        new_limit=Decimal(1000),
        document="Vermerk 7",
        by=world.manager,
        now=NOW,
    )


def _end(world: World) -> None:
    lifecycle.end_by_decision(
        world.agreement.pk, reason="Neue Ausschreibung", by=world.manager, now=NOW
    )


def submit_after_the_end(world: World) -> Callable[[], object]:
    draft = world.draft({0: 1})
    _end(world)
    return lambda: requisitions.submit(requisition_id=draft.pk, by=world.officer, now=NOW)


def propose_after_the_end(world: World) -> Callable[[], object]:
    deal: Bargain = bargain(world)
    _end(world)
    return lambda: price_changes.propose(deal.proposal(), by=deal.keeper, now=NOW)


def entitled_twice(world: World) -> Callable[[], object]:
    return lambda: entitle(
        world.agreement, world.authority, valid_from=date(2026, 7, 1), by=world.manager, now=NOW
    )


def entitled_as_a_supplier(world: World) -> Callable[[], object]:
    supplier = world.suppliers[0]
    return lambda: entitle(
        world.agreement, supplier, valid_from=date(2026, 7, 1), by=world.manager, now=NOW
    )


def at_once(act: Callable[[World], None]) -> Callable[[World], Callable[[], object]]:
    return lambda world: lambda: act(world)


REFUSED: dict[str, Callable[[World], Callable[[], object]]] = {
    "overlapping price versions": at_once(price((1, "400"), valid_from=date(2026, 3, 1))),
    "negative price": at_once(price((1, "-1"))),
    "price of zero": at_once(price((1, "0"))),
    "price with five decimals": at_once(price((1, "0.04567"))),
    "tiers out of order": at_once(price((1, "429"), (100, "400"), (50, "410"))),
    "tiers that do not begin at 1": at_once(price((10, "400"))),
    "cap below what is used": cap_below_use,
    "call-off under an ended agreement": submit_after_the_end,
    "price change under an ended agreement": propose_after_the_end,
    "buyer named twice": entitled_twice,
    "buyer that is no school authority": entitled_as_a_supplier,
    **SUBSTITUTIONS,
    **PAPERS,
    **DECISIONS,
    **POLICIES,
    **QUICK_ORDERS,
    **REQUISITIONS,
    **RETURNS,
}

SHEETS: dict[str, Callable[[], bytes]] = {
    "sheet: price in dollars": lambda: csv_sheet(row(currency="USD")),
    "sheet: negative price": lambda: csv_sheet(row(price="-429,00")),
    "sheet: price of zero": lambda: csv_sheet(row(price="0,00")),
    "sheet: price with five decimals": lambda: csv_sheet(row(price="0,04567")),
    "sheet: overlapping versions": lambda: csv_sheet(
        row(valid_from="01.01.2026", valid_to="31.12.2026"), row(valid_from="01.06.2026")
    ),
    "sheet: tiers out of order": lambda: csv_sheet(
        row(from_quantity=100), row(from_quantity=1, price="500,00")
    ),
    "sheet: formula without a value": lambda: xlsx_sheet(row(price="=3*143")),
    "sheet: merged cell": lambda: xlsx_sheet(
        row(), row(position="1.2", reference=None), merged=("C2:C3",)
    ),
    "sheet: wrong encoding": lambda: csv_sheet(row(title="Pr�fger�t")),
    "sheet: more than 100,000 rows": lambda: csv_sheet(
        *(row(position=f"1.{number}") for number in range(100_001))
    ),
}


def documented() -> dict[str, tuple[str, str]]:
    """Case -> (problem code, sentence) of the tables in the docs."""
    lines = LINE.finditer(DOCS.read_text(encoding="utf-8"))
    return {line["case"]: (line["code"], line["sentence"]) for line in lines}


def test_the_docs_name_exactly_these_cases() -> None:
    assert list(documented()) == [*REFUSED, *SHEETS, *LINES, *REQUESTS, *URLS]


@pytest.mark.parametrize("case", REFUSED)
def test_a_refusal_says_what_the_docs_say(case: str) -> None:
    world = build_world()
    act = REFUSED[case](world)
    before = contents()
    with pytest.raises(Refusal) as refusal:
        act()
    assert (refusal.value.code, str(refusal.value)) == documented()[case]
    assert contents() == before


@pytest.mark.parametrize("case", SHEETS)
def test_a_price_sheet_is_refused_as_the_docs_say(case: str) -> None:
    desk: Desk = build_desk()
    before = contents()
    report = desk.load(SHEETS[case]())
    issue = report.errors[0]
    assert (issue.code, issue.message) == documented()[case]
    assert not report.is_written
    assert contents() == before


@pytest.mark.parametrize("case", LINES)
def test_a_line_of_a_quick_order_is_found_as_the_docs_say(case: str) -> None:
    parsed = parse(text_of_file(LINES[case]))
    (finding,) = parsed.findings
    assert (finding.code, finding.message) == documented()[case]
    assert [(row.number, row.quantity) for row in parsed.rows] == [("A-2", 1)]
