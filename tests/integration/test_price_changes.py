"""Price changes: who agrees to which, and what then holds from when on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import transaction

from contracts.agreements.errors import AgreementEnded, NoPrice, NotAllowed, NotFound
from contracts.agreements.models import (
    ContractModification,
    FrameworkAgreement,
    ListPriceVersion,
    PriceChange,
    PriceVersion,
)
from contracts.agreements.prices import changes as price_changes
from contracts.agreements.prices import decisions as price_decisions
from contracts.agreements.prices import errors, modifications
from contracts.agreements.prices.ordering import Wanted
from contracts.agreements.prices.quotes import price_order
from contracts.agreements.writing.setup import OverlappingPrices, write_price
from contracts.agreements.writing.tiers import TierRow
from contracts.audit.models import AuditEntry
from contracts.parties.models import Membership, Role
from contracts.pricing import InvalidPrice, InvalidPriceUnit, TierOrderError
from orders.models import CallOffLine
from tests.price_changes import (
    FALL,
    FAR_RISE,
    LATER,
    RISE,
    Bargain,
    bargain,
    discount_item,
    entry,
    tiers,
)
from tests.refusals import refused_by
from tests.world import NOW, build_world, person

pytestmark = pytest.mark.django_db
IN_AUGUST = NOW + timedelta(days=60)


@pytest.fixture
def deal(db: None) -> Bargain:
    return bargain(build_world())


def price_on(deal: Bargain, day: date, quantity: int = 1) -> Decimal:
    """Unit price for the world's buyer."""
    listing = deal.world.listings[0]
    order = price_order([Wanted("x", listing.pk, quantity)], buyer=deal.world.authority, on=day)
    return order.lines[0].tier.net_unit_price


def actions(change: PriceChange) -> list[str]:
    rows = AuditEntry.objects.filter(
        object_type="agreements.pricechange", object_id=change.pk
    ).order_by("pk")
    return [row.action.removeprefix("price_change.") for row in rows]


class TestRoutes:
    def test_a_fall_inside_the_clause_applies_by_itself(self, deal: Bargain) -> None:
        change = deal.proposed(FALL)
        assert (change.state, change.route) == ("accepted", "automatic")
        assert (change.decider_id, change.second_id) == (None, None)
        assert price_on(deal, LATER - timedelta(days=1)) == Decimal("429.0000")
        assert price_on(deal, LATER) == FALL[0]
        assert price_on(deal, LATER, 100) == FALL[1]
        assert actions(change) == ["proposed", "accepted"]

    def test_a_fall_waits_where_the_clause_does_not_let_it_pass(self, deal: Bargain) -> None:
        deal.terms(automatic_fall=False)
        change = deal.proposed(FALL)
        assert (change.state, change.route) == ("proposed", "two_people")
        assert price_on(deal, LATER) == Decimal("429.0000")

    def test_a_rise_inside_the_clause_needs_two_people(self, deal: Bargain) -> None:
        change = deal.proposed()
        assert (change.state, change.route) == ("proposed", "two_people")
        assert change.percent == Decimal("2.56")
        price_decisions.decide(change_id=change.pk, accept=True, by=deal.manager, now=NOW)
        assert price_on(deal, LATER) == Decimal("429.0000")
        price_decisions.confirm(change_id=change.pk, accept=True, by=deal.reviewer, now=NOW)
        assert price_on(deal, LATER) == RISE[0]
        version = PriceVersion.objects.get(change=change)
        assert version.approved_by == deal.reviewer
        assert change.number in version.source
        assert actions(change) == ["proposed", "decided", "accepted"]

    def test_a_second_manager_may_confirm_as_well(self, deal: Bargain) -> None:
        second = person("m2@zbs.example", deal.world.purchasing, Role.CONTRACT_MANAGER)
        change = deal.decided()
        price_decisions.confirm(change_id=change.pk, accept=True, by=second, now=NOW)
        assert price_on(deal, LATER) == RISE[0]

    def test_one_rising_tier_is_enough(self, deal: Bargain) -> None:
        change = deal.proposed((Decimal(100), Decimal(412)))
        assert (change.state, change.route, change.percent) == (
            "proposed",
            "two_people",
            Decimal("0.12"),
        )

    def test_outside_the_clause_only_the_register_opens_the_way(self, deal: Bargain) -> None:
        change = deal.proposed(FAR_RISE)
        assert change.route == "modification"
        assert any("5 %" in finding for finding in change.findings)
        with pytest.raises(errors.EntryMissing):
            price_decisions.decide(change_id=change.pk, accept=True, by=deal.manager, now=NOW)
        price_decisions.decide(
            change_id=change.pk, accept=True, entry=entry(), by=deal.manager, now=NOW
        )
        row = ContractModification.objects.get(change=change)
        assert (row.state, row.kind, row.cumulative) == ("proposed", "price", Decimal(100_000))
        with pytest.raises(errors.NotApproved):
            price_decisions.confirm(change_id=change.pk, accept=True, by=deal.reviewer, now=NOW)
        assert price_on(deal, LATER) == Decimal("429.0000")
        modifications.approve(modification_id=row.pk, by=deal.reviewer, now=NOW)
        price_decisions.confirm(change_id=change.pk, accept=True, by=deal.reviewer, now=NOW)
        assert price_on(deal, LATER) == FAR_RISE[0]

    def test_small_rises_within_a_year_do_not_add_up_past_the_clause(self, deal: Bargain) -> None:
        deal.accepted()
        change = deal.proposed(
            (Decimal("452.0000"), Decimal("430.0000")), effective_from=date(2026, 10, 1)
        )
        assert change.percent == Decimal("2.73")
        assert change.route == "modification"

    def test_a_rejected_change_leaves_the_price_and_says_why(self, deal: Bargain) -> None:
        change = deal.proposed()
        with pytest.raises(errors.ReasonMissing):
            price_decisions.decide(
                change_id=change.pk, accept=False, reason=" ", by=deal.manager, now=NOW
            )
        done = price_decisions.decide(
            change_id=change.pk, accept=False, reason="Kein Nachweis", by=deal.manager, now=NOW
        )
        assert (done.state, done.rejection) == ("rejected", "Kein Nachweis")
        assert price_on(deal, LATER) == Decimal("429.0000")

    def test_the_second_person_may_reject_and_closes_the_entry_too(self, deal: Bargain) -> None:
        change = deal.decided(FAR_RISE)
        price_decisions.confirm(
            change_id=change.pk, accept=False, reason="Zu teuer", by=deal.reviewer, now=NOW
        )
        change.refresh_from_db()
        assert change.state == "rejected"
        assert ContractModification.objects.get(change=change).state == "rejected"

    def test_withdrawn_is_withdrawn(self, deal: Bargain) -> None:
        change = deal.proposed()
        price_changes.withdraw(change_id=change.pk, by=deal.keeper, now=NOW)
        with pytest.raises(errors.WrongChangeState):
            price_decisions.decide(change_id=change.pk, accept=True, by=deal.manager, now=NOW)
        with pytest.raises(errors.WrongChangeState):
            price_changes.withdraw(change_id=change.pk, by=deal.keeper, now=NOW)


class TestDiscounts:
    def test_the_list_price_of_an_article_changes_by_the_same_way(self, deal: Bargain) -> None:
        item, article = discount_item(deal.world)
        change = deal.accepted(
            item_id=item.pk, tiers=(), article_id=article.pk, list_amount=Decimal("51.0000")
        )
        old, new = ListPriceVersion.objects.order_by("valid")
        assert (old.valid.upper, new.valid.lower) == (LATER, LATER)
        assert change.number in new.evidence
        assert new.approved_by == deal.reviewer

    def test_a_lower_discount_is_a_rise(self, deal: Bargain) -> None:
        item, _ = discount_item(deal.world)
        change = deal.proposed(
            item_id=item.pk, tiers=(TierRow(1, discount_percent=Decimal("8.5")),)
        )
        assert (change.route, change.percent) == ("two_people", Decimal("1.67"))

    def test_prices_do_not_fit_a_discount_item_nor_the_reverse(self, deal: Bargain) -> None:
        item, article = discount_item(deal.world)
        with pytest.raises(errors.UnsuitablePrices):
            deal.proposed(item_id=item.pk)
        with pytest.raises(errors.UnsuitablePrices):
            deal.proposed(tiers=(TierRow(1, discount_percent=Decimal(5)),))
        with pytest.raises(errors.UnsuitablePrices):
            deal.proposed(item_id=item.pk, tiers=(), article_id=article.pk)
        with pytest.raises(NotFound):
            deal.proposed(tiers=(), article_id=article.pk, list_amount=Decimal(40))


class TestIssuedOrders:
    def test_what_is_issued_keeps_its_price_and_version(self, deal: Bargain) -> None:
        deal.world.approve(deal.world.submitted({0: 10}))
        before = CallOffLine.objects.values().get()
        deal.proposed(FALL)
        assert CallOffLine.objects.values().get() == before
        later = deal.world.submitted({0: 10}, now=IN_AUGUST)
        deal.world.approve(later, now=IN_AUGUST)
        line = CallOffLine.objects.latest("pk")
        assert line.net_unit_price == FALL[0]
        assert line.price_version.change is not None


BAD: tuple[tuple[str, dict[str, object], type[Exception]], ...] = (
    ("yesterday", {"effective_from": date(2026, 6, 14)}, errors.EffectiveDatePast),
    ("after the end", {"effective_from": date(2030, 1, 1)}, AgreementEnded),
    ("on the first day of a version", {"effective_from": date(2026, 1, 1)},
     errors.EffectiveDatePast),
    ("no evidence", {"evidence": "  "}, errors.EvidenceMissing),
    ("zero", {"tiers": tiers(Decimal(0), Decimal(1))}, InvalidPrice),
    ("negative", {"tiers": tiers(Decimal(-5), Decimal(1))}, InvalidPrice),
    ("five decimals", {"tiers": tiers(Decimal("440.00001"), Decimal(420))}, InvalidPrice),
    ("eleven digits", {"tiers": tiers(Decimal(10**10), Decimal(420))}, InvalidPrice),
    ("no tier", {"tiers": ()}, errors.UnsuitablePrices),
    ("tiers out of order", {"tiers": tuple(reversed(tiers(*RISE)))}, TierOrderError),
    ("tiers from two", {"tiers": (TierRow(2, net_unit_price=Decimal(440)),)}, TierOrderError),
    ("a quantity twice", {"tiers": (*tiers(*RISE), tiers(*RISE)[1])}, TierOrderError),
    ("no price unit", {"price_unit": 0}, InvalidPriceUnit),
    ("what holds anyway", {"tiers": tiers(Decimal(429), Decimal("411.5"))}, errors.NothingChanges),
    ("a foreign item", {"item_id": 0}, NotFound),
)  # fmt: skip


@pytest.mark.parametrize(("changed", "refusal"), [row[1:] for row in BAD], ids=[r[0] for r in BAD])
def test_bad_input_is_refused_by_name(
    deal: Bargain, changed: dict[str, object], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal) as told:
        deal.proposed(**changed)
    assert str(told.value).endswith((".", "?"))
    assert not PriceChange.objects.exists()


class TestOverlaps:
    def test_a_version_that_begins_later_is_in_the_way(self, deal: Bargain) -> None:
        PriceVersion.objects.filter(item=deal.item).update(
            valid=(date(2026, 1, 1), date(2026, 9, 1))
        )
        write_price(
            deal.item, tiers(*RISE), valid_from=date(2026, 9, 1), source="Zuschlag",
            by=deal.manager, now=NOW,
        )  # fmt: skip
        with pytest.raises(OverlappingPrices, match=r"01\.09\.2026"):
            deal.proposed(FALL)
        with pytest.raises(OverlappingPrices):
            deal.proposed(FALL, effective_from=date(2026, 9, 1))
        assert deal.proposed(FALL, effective_from=date(2026, 9, 2)).state == "accepted"

    def test_a_gap_has_no_price_to_change(self, deal: Bargain) -> None:
        PriceVersion.objects.filter(item=deal.item).update(
            valid=(date(2026, 1, 1), date(2026, 7, 1))
        )
        with pytest.raises(NoPrice):
            deal.proposed()

    def test_one_undecided_change_per_price(self, deal: Bargain) -> None:
        first = deal.proposed()
        with pytest.raises(errors.ChangePending, match=first.number):
            deal.proposed(FALL)

    def test_a_price_that_moved_meanwhile_undoes_the_judgement(self, deal: Bargain) -> None:
        change = deal.decided()
        version = PriceVersion.objects.get(item=deal.item)
        version.tiers.update(net_unit_price=Decimal("430.0000"))
        with pytest.raises(errors.PriceMoved):
            price_decisions.confirm(change_id=change.pk, accept=True, by=deal.reviewer, now=NOW)

    def test_a_late_confirmation_reaches_no_day_before(self, deal: Bargain) -> None:
        change = deal.decided()
        with pytest.raises(errors.EffectiveDatePast):
            price_decisions.confirm(
                change_id=change.pk, accept=True, by=deal.reviewer, now=IN_AUGUST
            )

    def test_an_ended_agreement_has_no_prices_to_change(self, deal: Bargain) -> None:
        change = deal.decided()
        FrameworkAgreement.objects.filter(pk=deal.world.agreement.pk).update(
            state="ended", end_reason="decision", ended_on=date(2026, 6, 14)
        )
        with pytest.raises(AgreementEnded):
            deal.proposed(FALL)
        with pytest.raises(AgreementEnded):
            price_decisions.confirm(change_id=change.pk, accept=True, by=deal.reviewer, now=NOW)


def other_role(of: Membership, deal: Bargain, role: Role) -> Membership:
    """The same person in another membership of the purchasing body."""
    return Membership.objects.create(
        user=of.user,
        organisation=deal.world.purchasing,
        role=role,
        valid_from=date(2026, 1, 1),
    )


class TestFourEyes:
    def test_the_decider_is_no_second_person_by_another_role(self, deal: Bargain) -> None:
        change = deal.decided()
        with pytest.raises(errors.SamePerson):
            price_decisions.confirm(
                change_id=change.pk,
                accept=True,
                by=other_role(deal.manager, deal, Role.REVIEWER),
                now=NOW,
            )

    def test_the_proposer_decides_nothing(self, deal: Bargain) -> None:
        change = deal.proposed()
        both = other_role(deal.keeper, deal, Role.CONTRACT_MANAGER)
        with pytest.raises(errors.SamePerson):
            price_decisions.decide(change_id=change.pk, accept=True, by=both, now=NOW)

    def test_nobody_of_the_supplier_decides(self, deal: Bargain) -> None:
        change = deal.proposed()
        Membership.objects.create(
            user=deal.manager.user,
            organisation=deal.world.suppliers[0],
            role=Role.SUPPLIER_ORDERS,
            valid_from=date(2026, 1, 1),
        )
        with pytest.raises(NotAllowed):
            price_decisions.decide(change_id=change.pk, accept=True, by=deal.manager, now=NOW)

    @pytest.mark.parametrize(
        "column", ["decider_id", "second_id"], ids=["proposer decides", "proposer confirms"]
    )
    def test_the_database_refuses_the_proposer(self, deal: Bargain, column: str) -> None:
        change = deal.proposed()
        with refused_by("agreements_change_second_person"):
            PriceChange.objects.filter(pk=change.pk).update(**{column: deal.keeper.user_id})

    def test_the_database_refuses_one_person_twice(self, deal: Bargain) -> None:
        change = deal.decided()
        with refused_by("agreements_change_second_person"):
            PriceChange.objects.filter(pk=change.pk).update(second_id=deal.manager.user_id)

    def test_the_database_refuses_a_rise_without_two(self, deal: Bargain) -> None:
        change = deal.proposed()
        with refused_by("agreements_change_accepted_by_two"):
            PriceChange.objects.filter(pk=change.pk).update(state="accepted")

    def test_what_slips_past_the_check_is_translated(
        self, deal: Bargain, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        change = deal.decided()
        monkeypatch.setattr(price_decisions, "_require_other_person", lambda *_: None)
        both = other_role(deal.manager, deal, Role.REVIEWER)
        with pytest.raises(errors.SamePerson), transaction.atomic():
            price_decisions.confirm(change_id=change.pk, accept=True, by=both, now=NOW)


Step = Callable[[Bargain, PriceChange, Membership], object]


def _decide(deal: Bargain, change: PriceChange, by: Membership) -> object:
    return price_decisions.decide(change_id=change.pk, accept=True, by=by, now=NOW)


def _confirm(deal: Bargain, change: PriceChange, by: Membership) -> object:
    return price_decisions.confirm(change_id=change.pk, accept=True, by=by, now=NOW)


def _withdraw(deal: Bargain, change: PriceChange, by: Membership) -> object:
    return price_changes.withdraw(change_id=change.pk, by=by, now=NOW)


def _propose(deal: Bargain, change: PriceChange, by: Membership) -> object:
    return price_changes.propose(deal.proposal(), by=by, now=NOW)


@pytest.mark.parametrize("step", [_decide, _confirm, _withdraw, _propose])
def test_a_foreign_house_hears_that_it_does_not_exist(deal: Bargain, step: Step) -> None:
    change = deal.proposed()
    role = {
        _decide: Role.CONTRACT_MANAGER,
        _confirm: Role.REVIEWER,
    }.get(step, Role.SUPPLIER_CATALOGUE)
    stranger = person("fremd@anderswo.example", deal.world.suppliers[1], role)
    with pytest.raises(NotFound):
        step(deal, change, stranger)


@pytest.mark.parametrize("step", [_decide, _confirm, _withdraw, _propose])
@pytest.mark.parametrize("role", [Role.AUDITOR, Role.PROCUREMENT_OFFICER, Role.SUPPLIER_ORDERS])
def test_other_roles_may_not(deal: Bargain, step: Step, role: Role) -> None:
    change = deal.proposed()
    with pytest.raises(NotAllowed):
        step(deal, change, person("rolle@x.example", deal.world.suppliers[0], role))


def test_everybody_sees_what_concerns_them(deal: Bargain) -> None:
    world = deal.world
    open_change = deal.proposed()
    keeper_2 = person("preise@l2.example", world.suppliers[1], Role.SUPPLIER_CATALOGUE)

    def seen(by: Membership) -> list[int]:
        rows = price_changes.visible_changes(by, date(2026, 6, 15))
        return list(rows.values_list("pk", flat=True))

    assert seen(deal.manager) == seen(deal.reviewer) == seen(deal.keeper) == [open_change.pk]
    assert seen(keeper_2) == seen(world.officer) == []
    price_decisions.decide(change_id=open_change.pk, accept=True, by=deal.manager, now=NOW)
    price_decisions.confirm(change_id=open_change.pk, accept=True, by=deal.reviewer, now=NOW)
    assert seen(world.officer) == [open_change.pk]
    assert seen(world.outsider) == seen(keeper_2) == []
