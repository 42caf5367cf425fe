"""The people at the desks: signed in, with filled baskets, and the books they work on.

Operations: `build` makes them and answers with their cookies, `fill` fills baskets, `rest`
leaves so many pieces on the lot, `books` says what the ledger holds.
"""

from __future__ import annotations

import json
import sys
from decimal import Decimal
from importlib import import_module
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.utils import timezone  # noqa: E402

from benchmarks.ours.world import BenchWorld, build, buyer, shelf  # noqa: E402
from contracts.agreements.models import Listing  # noqa: E402
from contracts.ledger.models import LedgerEntry, LimitAccount  # noqa: E402
from contracts.ledger.movements import adjust_by  # noqa: E402
from contracts.ledger.replay import differences  # noqa: E402
from contracts.parties.models import Membership  # noqa: E402
from orders.basket import baskets  # noqa: E402
from orders.models import Requisition, RequisitionLine  # noqa: E402

LINES = 5


class People:
    """Officers with a basket each, and one who signs."""

    def __init__(self, officers: int) -> None:
        self.world: BenchWorld = build()
        self.listings: list[Listing] = shelf(self.world, LINES)
        self.officers = [buyer(self.world, number) for number in range(officers)]
        self.lot = self.world.award.lot

    def cookies(self) -> dict[str, Any]:
        return {
            "officers": [_cookie(officer) for officer in self.officers],
            "approver": _cookie(self.world.approver),
            "budget_line": self.world.budget_line.pk,
        }

    def fill(self, count: int, lines: int, quantity: int) -> dict[str, Any]:
        """The baskets of the first officers hold that many lines; they were empty, or full so."""
        for officer in self.officers[:count]:
            for listing in self.listings[:lines]:
                baskets.set_quantity(
                    by=officer, listing_id=listing.pk, quantity=quantity, now=timezone.now()
                )
        return {}

    def rest(self, pieces: int) -> dict[str, Any]:
        """Leave that many pieces of the first article on the lot; the price of one comes back."""
        price = RequisitionLine.objects.order_by("-pk").values_list("net_unit_price", flat=True)[0]
        account = LimitAccount.objects.get(pk=self.lot.account_id)
        adjust_by(
            account.pk,
            delta=account.bound + pieces * price.quantize(Decimal("0.01")) - account.limit_amount,
            document="Messung",
            reference=f"benchmark:{pieces}",
            by=None,
            now=timezone.now(),
        )
        return {"price": str(price), "requisitions": Requisition.objects.count()}

    def books(self) -> dict[str, Any]:
        """What is left of the lot; raises when a replay differs."""
        if found := differences():
            raise RuntimeError(f"The books are wrong: {found[:3]}")
        account = LimitAccount.objects.get(pk=self.lot.account_id)
        return {
            "left": str(account.limit_amount - account.bound),
            "entries": LedgerEntry.objects.count(),
            "submitted": Requisition.objects.filter(state="submitted").count(),
        }


def _cookie(member: Membership) -> str:
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(member.user_id)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = member.user.get_session_auth_hash()
    session.create()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def serve() -> None:
    """Answer one operation per line until the input ends."""
    people: People | None = None
    for line in sys.stdin:
        call = json.loads(line)
        operation = call.pop("operation")
        if operation == "build":
            people = People(**call)
            answer = people.cookies()
        else:
            answer = getattr(people, operation)(**call)
        print(json.dumps(answer))
        sys.stdout.flush()


if __name__ == "__main__":
    serve()
