"""An agreement's life: what keeps it from being listed, suspended and ended by whom and how."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from contracts.agreements.entitlement import entitled_listings, visible_agreements
from contracts.agreements.errors import (
    AgreementEnded,
    NotAllowed,
    NotEntitled,
    NotFound,
    NotListable,
)
from contracts.agreements.life import lifecycle
from contracts.agreements.life.lifecycle import NotExhausted, WrongState
from contracts.agreements.life.listing_rules import months_after, obstacles_to_listing
from contracts.agreements.models import (
    AgreementState,
    Article,
    AwardTerms,
    EndReason,
    LegalFigure,
    Lot,
    PriceVersion,
)
from contracts.agreements.refused import FieldRefused
from contracts.agreements.writing.setup import create_agreement, create_award, create_lot
from contracts.audit.models import AuditEntry
from contracts.ledger.errors import AccountClosed
from contracts.ledger.models import LimitAccount
from contracts.ledger.movements import adjust, hold
from contracts.ledger.replay import differences
from contracts.ledger.requests import Hold
from contracts.parties.models import Membership, Organisation, Role
from contracts.parties.models.organisation import OrganisationKind
from orders import requisitions
from tests.world import DAY, NOW, World, build_world, drafting, person


@pytest.fixture
def world(db: None) -> World:
    return build_world()


def _set(name: str, value: object) -> Callable[[World], None]:
    def change(world: World) -> None:
        type(world.agreement).objects.filter(pk=world.agreement.pk).update(**{name: value})

    return change


def _lots(**values: object) -> Callable[[World], None]:
    return lambda world: void(Lot.objects.filter(pk=world.lots[0].pk).update(**values))


def void(_: object) -> None:
    """Take what an update returns."""


def _maximum(amount: int) -> Callable[[World], None]:
    def change(world: World) -> None:
        adjust(
            world.lots[0].account_id,
            new_limit=Decimal(amount),
            document="Test",
            reference="test",
            by=None,
            now=NOW,
        )

    return change


def _without_items(world: World) -> None:
    third = Organisation.objects.create(
        code="lieferant-3", kind=OrganisationKind.SUPPLIER, name="Lieferant-3"
    )
    with drafting(world.agreement):
        create_award(
            world.lots[0],
            supplier=third,
            reference="Z-3",
            awarded_on=date(2026, 1, 1),
            rank=2,
            by=world.manager,
            now=NOW,
        )


def _foreign_article(world: World) -> None:
    Article.objects.filter(listings=world.listings[0]).update(supplier=world.suppliers[1])


DEFECTS: dict[str, tuple[Callable[[World], None], str]] = {
    "before its term": (_set("starts_on", date(2026, 7, 1)), "Laufzeit umfasst"),
    "after its term": (_set("ends_on", date(2026, 6, 14)), "Laufzeit umfasst"),
    "no estimate of a lot": (_lots(estimated_value=None), "Los 1: Der Schätzwert fehlt"),
    "no maximum of a lot": (_maximum(0), "Los 1: Der Höchstwert fehlt"),
    "estimate above the maximum": (_maximum(100), "Los 1: Der Schätzwert liegt über"),
    "estimate of the agreement above": (
        _set("estimated_value", Decimal(64_000_001)),
        "Vereinbarung: Der Schätzwert liegt über",
    ),
    "lot above the agreement": (_maximum(64_000_001), "Los 1: Der Höchstwert liegt über dem der"),
    "nobody named": (
        lambda world: void(world.agreement.entitlements.all().delete()),
        "keine Abrufberechtigten benannt (EuGH C-216/17)",
    ),
    "only past buyers": (
        lambda world: void(world.agreement.entitlements.update(valid_to=date(2026, 6, 14))),
        "keine Abrufberechtigten benannt",
    ),
    "nobody responsible": (_set("responsible", None), "keine verantwortliche Person"),
    "responsible person gone": (
        lambda world: void(
            Membership.objects.filter(pk=world.manager.pk).update(valid_to=date(2026, 6, 1))
        ),
        "keine verantwortliche Person",
    ),
    "an award without positions": (_without_items, "Zuschlag Z-3: Es gibt keine Position"),
    "no price that day": (
        lambda world: void(
            PriceVersion.objects.filter(item=world.items[0]).update(valid=(date(2026, 6, 16), None))
        ),
        "Zuschlag Z-1: Keine Position hat heute einen Preis",
    ),
    "an article without a price": (
        lambda world: void(
            PriceVersion.objects.filter(item=world.items[0]).update(valid=(date(2026, 6, 16), None))
        ),
        "Position 1.1: Der Artikel „Notebooks“ hat heute keinen Vertragspreis",
    ),
    "no terms yet": (
        lambda world: void(
            AwardTerms.objects.filter(award=world.awards[0]).update(valid_from=date(2026, 6, 16))
        ),
        "Zuschlag Z-1: Heute gelten keine Konditionen",
    ),
    "an article of another supplier": (_foreign_article, "gehört nicht zu Lieferant"),
    "longer than four years": (
        _set("ends_on", date(2030, 1, 1)),
        "überschreitet 48 Monate (§ 21 Abs. 6 VgV)",
    ),
    "no figure of law": (
        lambda _: void(LegalFigure.objects.all().delete()),
        "rechtliche Größe „eu-threshold-supplies“ nicht hinterlegt",
    ),
}


@pytest.mark.parametrize("defect", DEFECTS)
def test_a_listing_is_refused_with_the_reason(world: World, defect: str) -> None:
    """One defect, and its sentence is the only new one (some defects have two)."""
    spoil, sentence = DEFECTS[defect]
    assert obstacles_to_listing(world.agreement, DAY) == []
    spoil(world)
    world.agreement.refresh_from_db()
    reasons = obstacles_to_listing(world.agreement, DAY)
    assert any(sentence in reason for reason in reasons), reasons
    assert len(reasons) <= 2


def test_a_bare_draft_is_told_everything_at_once(world: World) -> None:
    draft = create_agreement(
        number="RV-2",
        title="Möbel",
        notice_number="",
        starts_on=date(2026, 1, 1),
        ends_on=date(2027, 12, 31),
        estimate=None,
        maximum=None,
        by=world.manager,
        now=NOW,
    )
    with pytest.raises(NotListable) as refusal:
        lifecycle.list_agreement(draft.pk, by=world.manager, now=NOW, on=DAY)
    said = " ".join(refusal.value.reasons)
    for word in ("Bekanntmachung", "Schätzwert", "Höchstwert", "Abrufberechtigten", "kein Los"):
        assert word in said
    draft.refresh_from_db()
    assert draft.state == AgreementState.DRAFT


def test_a_lot_without_award_keeps_the_agreement_off(world: World) -> None:
    draft = create_agreement(
        number="RV-2",
        title="Möbel",
        notice_number="2026/S 2",
        starts_on=date(2026, 1, 1),
        ends_on=date(2031, 12, 31),
        estimate=Decimal(200_000),
        maximum=Decimal(210_000),
        by=world.manager,
        now=NOW,
    )
    create_lot(
        draft,
        number=7,
        title="Tische",
        allocation=world.lots[0].allocation,
        estimate=Decimal(1),
        maximum=Decimal(2),
        by=world.manager,
        now=NOW,
    )
    reasons = obstacles_to_listing(draft, DAY)
    assert "Los 7 hat keinen Zuschlag." in reasons
    # below the threshold six years are allowed: § 15 (4) UVgO
    assert not any("Monate" in reason for reason in reasons)
    draft.ends_on = date(2032, 1, 1)
    assert any(
        "72 Monate (§ 15 Abs. 4 UVgO)" in reason for reason in obstacles_to_listing(draft, DAY)
    )


def test_a_justified_term_may_be_longer(world: World) -> None:
    world.agreement.ends_on = date(2031, 12, 31)
    assert obstacles_to_listing(world.agreement, DAY)
    world.agreement.term_justification = "Abschreibung der Ladewagen über sechs Jahre"
    assert obstacles_to_listing(world.agreement, DAY) == []


@pytest.mark.parametrize(
    ("day", "months", "after"),
    [
        (date(2026, 1, 1), 48, date(2030, 1, 1)),
        (date(2024, 2, 29), 12, date(2025, 3, 1)),
        (date(2026, 1, 31), 1, date(2026, 3, 1)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
    ],
)
def test_months_are_counted_by_the_calendar(day: date, months: int, after: date) -> None:
    assert months_after(day, months) == after


def test_the_rules_cost_the_same_whatever_the_size(
    world: World, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(10):
        obstacles_to_listing(world.agreement, DAY)
    _without_items(world)
    with django_assert_num_queries(10):
        assert obstacles_to_listing(world.agreement, DAY)


def _suspend(world: World) -> None:
    lifecycle.suspend_agreement(
        world.agreement.pk, reason="Nachprüfung läuft", by=world.manager, now=NOW
    )


def test_suspended_nothing_is_held_nor_issued_and_resuming_opens_again(world: World) -> None:
    waiting = world.submitted({0: 10})
    draft = world.draft({1: 1})
    _suspend(world)
    assert not entitled_listings(world.authority.pk, DAY).exists()
    assert visible_agreements(world.authority.pk, DAY).get().state_reason == "Nachprüfung läuft"
    with pytest.raises(NotEntitled, match=r"RV-TEST ist ausgesetzt.*Nachprüfung läuft"):
        world.approve(waiting)
    with pytest.raises(NotEntitled, match="ausgesetzt"):
        requisitions.submit(requisition_id=draft.pk, by=world.officer, now=NOW)
    account = LimitAccount.objects.get(pk=world.agreement.account_id)
    assert (account.is_open, account.closed_reason) == (False, "suspended")
    lifecycle.list_agreement(world.agreement.pk, by=world.manager, now=NOW, on=DAY)
    world.agreement.refresh_from_db()
    assert (world.agreement.state, world.agreement.state_reason) == (AgreementState.LISTED, "")
    assert world.approve(waiting).call_offs.count() == 1
    assert differences() == []


def test_a_hold_that_waits_meets_the_closed_account(world: World) -> None:
    """What passed the entitlement check before the suspension still stops at the row."""
    _suspend(world)
    with pytest.raises(AccountClosed):
        hold([Hold(world.agreement.account_id or 0, Decimal(1), "spät")], by=world.officer, now=NOW)


def test_it_ends_by_time_and_by_the_daily_sweep(world: World) -> None:
    with pytest.raises(WrongState, match=r"31\.12\.2029"):
        lifecycle.end_agreement(world.agreement.pk, by=world.manager, now=NOW, on=DAY)
    assert lifecycle.end_due(now=NOW) == 0
    later = datetime(2030, 1, 1, 9, tzinfo=NOW.tzinfo)
    assert lifecycle.end_due(now=later) == 1
    assert lifecycle.end_due(now=later) == 0
    world.agreement.refresh_from_db()
    assert (world.agreement.state, world.agreement.end_reason) == (
        AgreementState.ENDED,
        EndReason.TERM,
    )
    assert world.agreement.ended_on == date(2030, 1, 1)
    entry = AuditEntry.objects.filter(action="agreement.ended").get()
    assert (entry.person, entry.after["end_reason"]) == (None, "Laufzeit abgelaufen")


def test_it_ends_by_the_cap_only_when_nothing_is_left_or_held(world: World) -> None:
    waiting = world.submitted({0: 10})
    with pytest.raises(NotExhausted):
        lifecycle.end_by_cap(world.agreement.pk, by=world.manager, now=NOW)
    bound = LimitAccount.objects.get(pk=world.agreement.account_id).bound
    adjust(
        world.agreement.account_id or 0,
        new_limit=bound,
        document="Test",
        reference="voll",
        by=None,
        now=NOW,
    )
    with pytest.raises(NotExhausted):  # full, but only held: it may come back
        lifecycle.end_by_cap(world.agreement.pk, by=world.manager, now=NOW)
    world.approve(waiting)
    lifecycle.end_by_cap(world.agreement.pk, by=world.manager, now=NOW)
    world.agreement.refresh_from_db()
    assert world.agreement.end_reason == EndReason.CAP


def test_it_ends_by_decision_with_a_reason_and_for_good(world: World) -> None:
    waiting = world.submitted({0: 10})
    with pytest.raises(FieldRefused):
        lifecycle.end_by_decision(world.agreement.pk, reason=" ", by=world.manager, now=NOW)
    lifecycle.end_by_decision(
        world.agreement.pk, reason="Kündigung aus wichtigem Grund", by=world.manager, now=NOW
    )
    with pytest.raises(NotEntitled, match="RV-TEST ist beendet"):
        world.approve(waiting)
    for step in (
        lambda: lifecycle.suspend_agreement(
            world.agreement.pk, reason="x", by=world.manager, now=NOW
        ),
        lambda: lifecycle.end_by_cap(world.agreement.pk, by=world.manager, now=NOW),
    ):
        with pytest.raises(AgreementEnded):
            step()
    with pytest.raises(NotListable):
        lifecycle.list_agreement(world.agreement.pk, by=world.manager, now=NOW, on=DAY)


def test_a_draft_is_not_suspended_nor_ended(world: World) -> None:
    type(world.agreement).objects.filter(pk=world.agreement.pk).update(state=AgreementState.DRAFT)
    with pytest.raises(WrongState):
        _suspend(world)
    with pytest.raises(WrongState):
        lifecycle.end_by_decision(world.agreement.pk, reason="x", by=world.manager, now=NOW)


def test_only_the_manager_of_the_body_acts_and_only_while_in_force(world: World) -> None:
    other = Organisation.objects.create(
        code="zbs-2", kind=OrganisationKind.PURCHASING_BODY, name="Andere Stelle"
    )
    stranger = person("v@zbs2.example", other, Role.CONTRACT_MANAGER)
    reviewer = person("r@zbs.example", world.purchasing, Role.REVIEWER)
    gone = person(
        "g@zbs.example", world.purchasing, Role.CONTRACT_MANAGER, valid_to=DAY - timedelta(1)
    )
    for member, refusal in ((stranger, NotFound), (reviewer, NotAllowed), (gone, NotAllowed)):
        with pytest.raises(refusal):
            lifecycle.suspend_agreement(world.agreement.pk, reason="x", by=member, now=NOW)
    world.agreement.refresh_from_db()
    assert world.agreement.state == AgreementState.LISTED
