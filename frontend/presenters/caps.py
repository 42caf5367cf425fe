"""Use of caps over time, the warning marks, and when a cap would be exhausted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from contracts.agreements.caps.forecast import Forecast, forecast
from contracts.agreements.caps.use import MARKS, visible_accounts
from contracts.agreements.models import FrameworkAgreement
from contracts.ledger.history import KEPT_BY_DAY, DayBalance, daily_balances
from contracts.ledger.models import LimitAccount
from contracts.parties.models import Membership


@dataclass(frozen=True, slots=True)
class CapHistory:
    """One cap with its balances by day and its straight-line forecast."""

    account: LimitAccount
    points: Sequence[tuple[date, Decimal, Decimal]]
    forecast: Forecast | None

    @property
    def exhausted_on(self) -> date | None:
        """The day the limit would be reached; None where no forecast is possible."""
        return self.forecast.day if self.forecast is not None else None

    @property
    def is_warned(self) -> bool:
        """Whether the first warning mark is reached."""
        return self.account.bound * 100 >= self.account.limit_amount * MARKS[0]

    @property
    def is_plotted(self) -> bool:
        """Value caps of agreement and lots get a plot over time; all others a meter."""
        return self.account.kind in KEPT_BY_DAY


CAP_HEAD = ("Höchstwert", "Art", "Einheit", "Grenze", "gebucht", "vorgemerkt", "frei",
            "erschöpft etwa", "gesperrt")  # fmt: skip


def cap_row(cap: CapHistory) -> tuple[str | Decimal | date | None, ...]:
    """One cap as a row of the file."""
    account = cap.account
    return (
        account.title,
        account.get_kind_display(),
        account.get_unit_display(),
        account.limit_amount,
        account.posted,
        account.held,
        account.available,
        cap.exhausted_on,
        account.get_closed_reason_display(),
    )


def cap_histories(agreement: FrameworkAgreement, *, by: Membership, on: date) -> list[CapHistory]:
    """Every cap the actor's organisation may look at, in two queries."""
    accounts = visible_accounts(agreement, organisation_id=by.organisation_id, on=on)
    balances = daily_balances([account.pk for account in accounts])
    return [
        CapHistory(
            account=account,
            points=_points(balances.get(account.pk, []), on),
            forecast=forecast(account, since=agreement.starts_on, on=on),
        )
        for account in accounts
    ]


def _points(balances: Sequence[DayBalance], on: date) -> list[tuple[date, Decimal, Decimal]]:
    """The balances up to the day, carried on to it; none while nothing was bound."""
    points = [(row.day, row.posted, row.held) for row in balances if row.day <= on]
    if not any(posted or held for _, posted, held in points):
        return []
    if points[-1][0] < on:
        points.append((on, points[-1][1], points[-1][2]))
    return points
