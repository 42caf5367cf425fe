"""Bad requisitions and edits for the table in docs/bad-input.md."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal

from contracts.agreements.prices.ordering import Wanted
from contracts.parties.models import Role, School
from orders import requisitions
from orders.binding.budgets import Dimensions, create_line
from orders.models import BudgetLine
from orders.requisitions import Ask, Place, Share
from orders.requisitions.drafting import DeliveryPart, draft_of, split_line, with_quantities
from tests.world import NOW, World, person

Act = Callable[[World], Callable[[], object]]


def _created(ask: Callable[[World], Ask], quantity: int = 1) -> Act:
    def made(world: World) -> Callable[[], object]:
        asked, wanted = ask(world), [Wanted("neu", world.listings[0].pk, quantity)]
        return lambda: requisitions.create(
            by=world.officer, ask=asked, wanted=wanted, school_id=world.school.pk, now=NOW
        )

    return made


def _quantity(quantity: int) -> Act:
    return _created(lambda world: world.ask(), quantity)


def _shares(*percents: str) -> Act:
    def ask(world: World) -> Ask:
        shares = [Share(world.budget_line.pk, Decimal(percent)) for percent in percents]
        return Ask(title="Bedarf", shares={"": shares})

    return _created(ask)


def _place(**given: object) -> Act:
    return _created(lambda _: Ask(title="Bedarf", places={"": Place(**given)}))


def _foreign_school(world: World) -> Callable[[], object]:
    foreign = School.objects.create(
        authority=world.other_authority, name="Fremde Schule", school_no="9"
    )
    return _created(lambda _: Ask(title="Bedarf", places={"": Place(school_id=foreign.pk)}))(world)


def _nothing_left(world: World) -> Callable[[], object]:
    requisition = world.draft({0: 3})
    empty = with_quantities(draft_of(requisitions.current_lines(requisition)), {"1": 0})
    return lambda: requisitions.revise(
        requisition_id=requisition.pk,
        base_revision=1,
        ask=empty.ask,
        wanted=empty.wanted,
        by=world.officer,
        now=NOW,
    )


def _stale(world: World) -> Callable[[], object]:
    requisition = world.draft({0: 3})
    old = draft_of(requisitions.current_lines(requisition))

    _revise(world, requisition.pk, 1, with_quantities(old, {"1": 2}))
    return lambda: _revise(world, requisition.pk, 1, with_quantities(old, {"1": 5}))


def _revise(world: World, requisition_id: int, base: int, draft: object) -> None:
    requisitions.revise(
        requisition_id=requisition_id,
        base_revision=base,
        ask=draft.ask,
        wanted=draft.wanted,
        by=world.officer,
        now=NOW,
    )


def _parts(*quantities: int) -> Act:
    def made(world: World) -> Callable[[], object]:
        draft = draft_of(requisitions.current_lines(world.draft({0: 30})))
        return lambda: split_line(
            draft, "1", [DeliveryPart(Place(), number) for number in quantities]
        )

    return made


def _school_edits_after_handing_over(world: World) -> Callable[[], object]:
    school = person(
        "schule@stadt-a.example", world.authority, Role.SCHOOL_REQUESTER, school=world.school
    )
    requisition = world.draft({0: 3}, by=school)
    requisitions.hand_over(requisition_id=requisition.pk, by=school, now=NOW)
    draft = draft_of(requisitions.current_lines(requisition))
    return lambda: requisitions.revise(
        requisition_id=requisition.pk,
        base_revision=1,
        ask=draft.ask,
        wanted=draft.wanted,
        by=school,
        now=NOW,
    )


def _without_budget(world: World) -> Callable[[], object]:
    requisition = _created(lambda _: Ask(title="Bedarf"))(world)()
    return lambda: requisitions.submit(requisition_id=requisition.pk, by=world.officer, now=NOW)


def _next_year(world: World) -> BudgetLine:
    return create_line(
        budget_entity=world.entity,
        fiscal_year=2027,
        title="Geräte",
        dimensions=Dimensions(budget_product="21101", gl_account="0822100"),
        appropriation=Decimal(1000),
        document="Haushaltsplan 2027",
        by=None,
        now=NOW,
    )


def _budget_of_next_year(world: World) -> Callable[[], object]:
    later = _next_year(world)
    return _created(lambda _: Ask(title="Bedarf", shares={"": [Share(later.pk)]}))(world)


def _submitted_a_year_late(world: World) -> Callable[[], object]:
    requisition = world.draft({0: 3})
    later = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)  # in Berlin it is 2027 already
    return lambda: requisitions.submit(requisition_id=requisition.pk, by=world.officer, now=later)


def _back_without_reason(world: World) -> Callable[[], object]:
    requisition = world.draft({0: 3})
    return lambda: requisitions.hand_back(
        requisition_id=requisition.pk, reason="  ", by=world.officer, now=NOW
    )


REQUISITIONS: dict[str, Act] = {
    "requisition: quantity zero": _quantity(0),
    "requisition: negative quantity": _quantity(-1),
    "requisition: quantity of 10^9": _quantity(10**9),
    "requisition: school of another authority": _foreign_school,
    "requisition: shares that sum to 99.9999": _shares("33.3333", "66.6666"),
    "requisition: share with five decimals": _shares("33.33333", "66.66667"),
    "requisition: negative share": _shares("-10", "110"),
    "requisition: last day before the first": _place(
        earliest=date(2026, 9, 2), latest=date(2026, 9, 1)
    ),
    "requisition: hours half given": _place(time_from=time(8)),
    "requisition: hours the wrong way round": _place(time_from=time(14), time_until=time(8)),
    "requisition: every line taken out": _nothing_left,
    "requisition: edit of an older revision": _stale,
    "requisition: parts of a line that are less": _parts(18, 11),
    "requisition: part of a line with nothing": _parts(30, 0),
    "requisition: edited by the school after handing over": _school_edits_after_handing_over,
    "requisition: submitted without a budget": _without_budget,
    "requisition: budget of next year": _budget_of_next_year,
    "requisition: submitted when the year is over": _submitted_a_year_late,
    "requisition: given back without a reason": _back_without_reason,
}
