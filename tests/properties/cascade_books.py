"""The database against the model of the cascade: states, limits, what finance has heard."""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal

from django.db import connection

from contracts.ledger.models import LimitAccount
from contracts.sweeps.models import SweepFailure
from orders.models import CallOff, CallOffLine, FinanceEvent, OutboxMessage, Requisition
from tests.ranks import assert_clean

from .cascade_model import CascadeModel
from .cascade_world import Stage

SWEEP = "call_offs.time_out"


def check(stage: Stage, model: CascadeModel) -> None:
    """All of it, and the replays of ledger and allocation."""
    _check_requests(model)
    _check_call_offs(model)
    _check_accounts(stage, model)
    _check_finance(model)
    _check_words(model)
    assert _failures() == {pk: row.tries for pk, row in model.resting.items()}, (
        "the operator sees other failures"
    )
    assert_clean(stage.ranks)
    connection.check_constraints()


def _check_requests(model: CascadeModel) -> None:
    states = dict(Requisition.objects.values_list("pk", "state"))
    assert states == {row.pk: row.state for row in model.requests.values()}, "requisitions differ"


def _check_call_offs(model: CascadeModel) -> None:
    states = dict(CallOff.objects.values_list("pk", "state"))
    assert states == {row.pk: row.state for row in model.call_offs.values()}, "call-offs differ"
    rows = CallOffLine.objects.values_list(
        "call_off", "call_off__award__rank", "quantity", "progress__delivered",
        "progress__cancelled",
    )  # fmt: skip
    assert {row[0]: row[1:] for row in rows} == {
        row.pk: (row.rank, row.ordered, row.delivered, row.cancelled)
        for row in model.call_offs.values()
    }, "pieces differ"


def _check_accounts(stage: Stage, model: CascadeModel) -> None:
    held, posted = model.held(), model.posted()
    for name, budget in model.budgets.items():
        found = _amounts(stage.budgets[name].account)
        assert found == (budget.limit, held[name], posted[name]), f"budget {name} differs"
    lot = _amounts(stage.ranks.lot.account)[1:]
    assert lot == (held["lot"], posted["lot"]), "the lot differs"


def _amounts(account: LimitAccount) -> tuple[int, ...]:
    """Limit, held and posted, in cents."""
    rows = LimitAccount.objects.values_list("limit_amount", "held", "posted")
    row = rows.get(pk=account.pk)
    return tuple(int(amount * 100) for amount in row)


def _check_finance(model: CascadeModel) -> None:
    """Each act on a call-off is heard once per share, and with the value that stays."""
    heard: Counter[tuple[str, str]] = Counter()
    cents: Counter[str] = Counter()
    for type_, text in FinanceEvent.objects.values_list("type", "payload"):
        row = json.loads(text, parse_float=Decimal)
        heard[type_, row["order_no"]] += 1
        cents[type_] += int(Decimal(row["gross"]) * 100)
    numbers = dict(CallOff.objects.values_list("pk", "number"))
    for call_off in model.call_offs.values():
        number, shares = numbers[call_off.pk], len(call_off.request.shares)
        for type_, times in (
            ("COMMITMENT", 1),
            ("COMMITMENT_REVERSAL", call_off.taken),
            ("GOODS_RECEIPT", call_off.received),
        ):
            assert heard[type_, number] == times * shares, f"{type_} is not heard once"
    for kind, bound in (
        (("COMMITMENT", "COMMITMENT_REVERSAL"), model.posted()),
        (("RESERVATION", "RESERVATION_RELEASE"), model.held()),
    ):
        carried = sum(amount for name, amount in bound.items() if name != "lot")
        assert sum(cents[type_] for type_ in kind) == carried, f"{kind} differ from the budgets"


def _check_words(model: CascadeModel) -> None:
    told = OutboxMessage.objects.filter(key__endswith=":next-rank").count()
    assert told == model.passed_on, "who asked is not told once what became of it"


def _failures() -> dict[int, int]:
    rows = SweepFailure.objects.filter(sweep=SWEEP).values_list("item", "tries")
    return {int(item): tries for item, tries in rows}
