"""Budget lines: what is available, and the effect of a requisition on it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet

from contracts.audit.record import record
from contracts.ledger.models import AccountKind, Unit
from contracts.ledger.movements import adjust_by, open_account
from contracts.parties.models import BudgetEntity, Membership, School
from orders.models import Assignment, BudgetLine, BudgetLineDeductible, BudgetPool

MAX_TITLE = 250
"""What an account keeps of its title; name and line may each be longer than half of it."""


@dataclass(frozen=True, slots=True)
class Dimensions:
    """Where in the books an appropriation stands (KomHKV Brandenburg)."""

    budget_product: str
    gl_account: str
    cost_center: str = ""
    cost_object: str = ""
    measure_no: str = ""
    grant_no: str = ""


@dataclass(frozen=True, slots=True)
class BudgetEffect:
    """What a requisition does to one budget account (EUR gross less deductible tax).

    `title` names the holder of the budget and the line, or the pool that binds.
    """

    title: str
    limit: Decimal
    bound: Decimal
    amount: Decimal

    @property
    def before(self) -> Decimal:
        return self.limit - self.bound

    @property
    def after(self) -> Decimal:
        return self.before - self.amount

    @property
    def fits(self) -> bool:
        return self.amount <= self.before


def usable_lines(by: Membership, fiscal_year: int) -> QuerySet[BudgetLine]:
    """Budget lines of the year that the actor's organisation (or school) may assign to."""
    rows = BudgetLine.objects.filter(
        budget_entity__organisation_id=by.organisation_id, fiscal_year=fiscal_year
    ).select_related("own_account", "pool__account", "budget_entity")
    if by.school_id is not None:
        rows = rows.filter(school_id__in=[by.school_id]) | rows.filter(school__isnull=True)
    return rows


def create_pool(
    *,
    budget_entity: BudgetEntity,
    fiscal_year: int,
    title: str,
    appropriation: Decimal,
    document: str,
    by: Membership | None,
    now: datetime,
) -> BudgetPool:
    """Create a pool with the account that binds all of its lines."""
    with transaction.atomic():
        account = open_account(
            kind=AccountKind.BUDGET,
            unit=Unit.EUR,
            title=account_title(budget_entity.name, fiscal_year, title)[:MAX_TITLE],
            limit=appropriation,
            document=document,
            by=by,
            now=now,
        )
        return BudgetPool.objects.create(
            budget_entity=budget_entity, fiscal_year=fiscal_year, title=title, account=account
        )


def create_line(
    *,
    budget_entity: BudgetEntity,
    fiscal_year: int,
    title: str,
    dimensions: Dimensions,
    appropriation: Decimal | None = None,
    pool: BudgetPool | None = None,
    school: School | None = None,
    usable_until: date | None = None,
    document: str = "",
    by: Membership | None,
    now: datetime,
) -> BudgetLine:
    """Create a line with an appropriation of its own, or as a member of a pool.

    It may be used until the end of its year, or until a grant ends.
    """
    with transaction.atomic():
        account = None
        if appropriation is not None:
            account = open_account(
                kind=AccountKind.BUDGET,
                unit=Unit.EUR,
                title=account_title(budget_entity.name, fiscal_year, title)[:MAX_TITLE],
                limit=appropriation,
                document=document,
                by=by,
                now=now,
            )
        return BudgetLine.objects.create(
            budget_entity=budget_entity,
            fiscal_year=fiscal_year,
            title=title,
            budget_product=dimensions.budget_product,
            gl_account=dimensions.gl_account,
            cost_center=dimensions.cost_center,
            cost_object=dimensions.cost_object,
            measure_no=dimensions.measure_no,
            grant_no=dimensions.grant_no,
            school=school,
            usable_until=usable_until or date(fiscal_year, 12, 31),
            own_account=account,
            pool=pool,
        )


def set_deductible(
    line: BudgetLine,
    percent: Decimal,
    *,
    valid_from: date,
    reason: str,
    by: Membership | None,
    now: datetime,
) -> None:
    """Which part of the input tax is deductible from a day on, for what is asked from then on.

    Revisions written before keep the percentage they were written with.
    """
    with transaction.atomic():
        row = BudgetLineDeductible.objects.create(
            budget_line=line, percent=percent, valid_from=valid_from, reason=reason, by=by, at=now
        )
        record(
            line,
            "budget_line.deductible",
            by=by,
            now=now,
            after={"percent": str(row.percent), "valid_from": valid_from.isoformat()},
            reason=reason,
        )


def deductibles(budget_line_ids: Collection[int], on: date) -> dict[int, Decimal]:
    """The deductible percentage of each line on a day; one query."""
    rows = BudgetLineDeductible.objects.filter(
        budget_line__in=budget_line_ids, valid_from__lte=on
    ).order_by("budget_line_id", "valid_from")
    decided = dict(rows.values_list("budget_line_id", "percent"))  # the last one stays
    return {pk: decided.get(pk, Decimal(0)) for pk in budget_line_ids}


def freeze(
    line: BudgetLine, amount: Decimal, *, document: str, by: Membership | None, now: datetime
) -> None:
    """Take *amount* out of a line's limit (Haushaltssperre).

    May leave less than is bound; the line then shows as overdrawn.
    """
    adjust_by(
        line.account.pk,
        delta=-amount,
        document=document,
        reference=f"freeze:{document}",
        by=by,
        now=now,
    )


def effects(assignments: Iterable[Assignment]) -> Sequence[BudgetEffect]:
    """Sum the assignments per binding account, with the balances as they stand."""
    return effects_of((row.budget_line, row.bound) for row in assignments)


def effects_of(bound: Iterable[tuple[BudgetLine, Decimal]]) -> Sequence[BudgetEffect]:
    """Sum what is to be bound (EUR) per binding account of the budget lines."""
    amounts: dict[int, Decimal] = defaultdict(Decimal)
    lines: dict[int, BudgetLine] = {}
    for line, amount in bound:
        lines.setdefault(line.binding_account_id, line)
        amounts[line.binding_account_id] += amount
    return [
        BudgetEffect(
            title=budget_title(line),
            limit=line.account.limit_amount,
            bound=line.account.bound,
            amount=amounts[key],
        )
        for key, line in sorted(lines.items())
    ]


def budget_title(line: BudgetLine) -> str:
    """The holder of the budget and what binds: the line, or the pool it is in."""
    what = line.pool.title if line.pool is not None else line.title
    return account_title(line.budget_entity.name, line.fiscal_year, what)


def account_title(holder: str, fiscal_year: int, what: str) -> str:
    """A budget as people read it in every refusal: whose, of which year, for what."""
    return f"{holder} {fiscal_year}: {what}"
