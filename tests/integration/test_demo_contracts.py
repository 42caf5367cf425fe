"""What the demo shows of the agreements: each feature has something to look at."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.core.management import call_command

from contracts.agreements.allocation.successors import replacements
from contracts.agreements.errors import Blocked
from contracts.agreements.life.listing_rules import obstacles_to_listing
from contracts.agreements.models import (
    AgreementDocument,
    AwardTerms,
    BuyerEntitlement,
    CapWarning,
    ContractItem,
    ContractModification,
    CpvCode,
    DocumentAudience,
    EquipmentStandard,
    FrameworkAgreement,
    Gate,
    ItemRelation,
    ItemRole,
    Listing,
    Lot,
    LotCpv,
    PriceChange,
    PriceVersion,
    SuccessorProposal,
)
from contracts.agreements.prices.ordering import Wanted
from contracts.agreements.writing.cpv import names
from contracts.agreements.writing.documents import visible_documents
from contracts.clock import berlin_day
from contracts.ledger.models import ClosedReason, EntryKind, LedgerEntry, LimitAccount
from contracts.parties.models import Role
from orders.allotting.asking import ask
from orders.allotting.moments import Moment
from orders.allotting.reading import read_order
from orders.models import AllocationStep, CallOff, CallOffLine
from tests.demo_fixtures import DAY, NOW, Demo, member

SCHOOL_IT = "RV-SchulIT-BB"
PRINTERS = "RV-Druck-BB"


def test_cpv_codes_in_use_have_their_names(demo: Demo) -> None:
    used = set(LotCpv.objects.values_list("code", flat=True))
    assert set(names(sorted(used))) == used
    assert CpvCode.objects.count() == len(used)
    assert str(CpvCode.objects.get(pk="30213200-7")) == "30213200-7 Tablettcomputer"


def test_documents_are_for_those_they_are_meant_for(demo: Demo) -> None:
    everything = AgreementDocument.objects.count()
    audiences = set(AgreementDocument.objects.values_list("audience", flat=True))
    assert audiences == set(DocumentAudience.values)
    manager = member("vertrag@zbs", Role.CONTRACT_MANAGER)
    assert visible_documents(manager, DAY).count() == everything
    buyer = visible_documents(member("beschaffung@musterfelde", Role.PROCUREMENT_OFFICER), DAY)
    assert not buyer.filter(audience=DocumentAudience.INTERNAL).exists()
    assert buyer.filter(kind="notice", agreement__number=SCHOOL_IT).exists()
    supplier = visible_documents(member("katalog@spreeblick", Role.SUPPLIER_CATALOGUE), DAY)
    letters = supplier.filter(kind="award").values_list("award__reference", flat=True)
    assert list(letters) == [f"{SCHOOL_IT}/L2-1"]
    stranger = member("beschaffung@neuwalde", Role.PROCUREMENT_OFFICER)
    assert not visible_documents(stranger, DAY).exists()


def test_a_pdf_finds_its_own_objects(demo: Demo) -> None:
    """The table at the end names the place of each object."""
    content = bytes(AgreementDocument.objects.filter(kind="notice").earliest("pk").content)
    (start,) = re.findall(rb"startxref\n(\d+)\n%%EOF\n$", content)
    assert content[int(start) :].startswith(b"xref\n")
    places = re.findall(rb"(\d{10}) 00000 n ", content)
    assert len(places) == 5
    for number, place in enumerate(places, start=1):
        assert content[int(place) :].startswith(b"%d 0 obj" % number)
    (length,) = re.findall(rb"/Length (\d+)", content)
    begin = content.index(b"stream\n") + len(b"stream\n")
    assert content[begin + int(length) :].startswith(b"\nendstream")


def test_prices_fell_and_rose_and_three_wait(demo: Demo) -> None:
    found = PriceChange.objects.order_by("pk").values_list("item__number", "route", "state")
    assert list(found) == [
        ("1.8", "automatic", "accepted"),
        ("1.8", "two_people", "accepted"),
        ("2.1", "automatic", "accepted"),
        ("2.2", "two_people", "awaiting_second"),
        ("2.3", "modification", "awaiting_second"),
        ("2.4", "two_people", "proposed"),
    ]
    prices = PriceVersion.objects.filter(
        item__number="1.8", item__award__lot__agreement__number=SCHOOL_IT, tiers__from_quantity=1
    )
    assert list(prices.order_by("valid").values_list("tiers__net_unit_price", flat=True)) == [
        Decimal("19.90"),
        Decimal("18.90"),
        Decimal("19.40"),
    ]
    versions = AwardTerms.objects.filter(award__reference=f"{SCHOOL_IT}/L2-1").order_by("version")
    assert [row.rise_percent_per_year for row in versions] == [None, Decimal("3.00")]


def test_the_register_sums_what_rests_on_one_ground(demo: Demo) -> None:
    approved, waiting = ContractModification.objects.order_by("pk")
    assert (approved.state, waiting.state) == ("approved", "proposed")
    assert waiting.change.route == "modification"
    assert waiting.cumulative == approved.value + waiting.value == Decimal(204_000)


def test_quotas_were_moved_and_returned(demo: Demo) -> None:
    limits = {
        (row.buyer.code, row.agreement.number): row.quota.limit_amount
        for row in BuyerEntitlement.objects.filter(quota__isnull=False).select_related(
            "buyer", "agreement", "quota"
        )
    }
    assert limits == {
        ("lindenhof", SCHOOL_IT): Decimal(360_000),
        ("amt-seeblick", SCHOOL_IT): Decimal(160_000),
        ("amt-seeblick", PRINTERS): Decimal(0),
    }
    moved = LedgerEntry.objects.filter(kind=EntryKind.ADJUST, account__kind="buyer_quota")
    assert moved.exclude(reference="opening").count() == 3


def test_a_supplier_is_suspended_and_an_article_recalled(demo: Demo) -> None:
    closed = LimitAccount.objects.filter(closed_reason=ClosedReason.SUSPENDED, award__isnull=False)
    assert closed.get().award.reference == f"{SCHOOL_IT}/L2-3"
    recalled = Gate.objects.get(reason="safety").article
    officer = member("beschaffung@musterfelde", Role.PROCUREMENT_OFFICER)
    (listing,) = Listing.objects.filter(article=recalled)
    facts = read_order([listing.pk], buyer_id=officer.organisation_id, on=berlin_day(NOW))
    with pytest.raises(Blocked, match="Rückruf des Herstellers"):
        ask(Moment.SUBMIT, [Wanted("1", listing.pk, 1)], facts)


def test_there_is_a_standard_of_every_level(demo: Demo) -> None:
    levels = EquipmentStandard.objects.values_list("level", flat=True)
    assert sorted(levels) == ["free", "mandatory", "recommended"]


def test_the_second_rank_took_what_the_first_refused(demo: Demo) -> None:
    refused = CallOff.objects.get(state="refused")
    assert (refused.award.rank, refused.followed_by.award.rank) == (1, 2)
    assert refused.followed_by.state == "confirmed"
    assert refused.followed_by.gross == refused.gross
    waiting = CallOff.objects.filter(lot__allocation="cascade", state="issued")
    assert not waiting.exists(), "beat would find these out of time"


def test_the_rotation_has_turned(demo: Demo) -> None:
    turns = AllocationStep.objects.filter(turn__isnull=False).order_by("turn")
    assert [step.award.rank for step in turns] == [1, 2, 1]


def test_goods_came_in_part_and_a_rest_was_given_up(demo: Demo) -> None:
    states = list(CallOff.objects.values_list("state", flat=True))
    assert {state: states.count(state) for state in set(states)} == {
        "issued": 4,
        "confirmed": 2,
        "refused": 1,
        "partly_delivered": 2,
        "delivered": 1,
        "closed_short": 1,
    }
    short = CallOff.objects.get(state="closed_short")
    line = short.lines.get(item__number="4.1")
    progress = line.progress
    assert (progress.ordered, progress.delivered, progress.cancelled) == (14, 10, 4)
    assert short.cancellations.get().net == 4 * Decimal(389)


def test_a_licence_runs_over_several_years(demo: Demo) -> None:
    line = CallOffLine.objects.get(service_from__isnull=False)
    assert line.item.number == "5.6"
    assert line.service_to.year - line.service_from.year == 4


def test_an_old_order_leads_to_the_successor(demo: Demo) -> None:
    states = SuccessorProposal.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["released", "proposed"]
    ordered = CallOffLine.objects.get(item__number="1.3")
    assert not ordered.listing.is_listed
    (successor,) = replacements([ordered.listing_id]).values()
    assert successor.article.name.startswith("Torvio Tastaturhülle 2")


def test_warnings_are_raised_for_what_is_nearly_used_up(demo: Demo) -> None:
    found = CapWarning.objects.filter(cleared_at=None).order_by("account__title", "mark")
    assert list(found.values_list("account__title", "mark")) == [
        (f"{PRINTERS} Höchstwert", 70),
        (f"{PRINTERS} Höchstwert", 85),
        (f"{PRINTERS} Los 1 Höchstwert", 70),
        (f"{PRINTERS} Los 1 Höchstwert", 85),
        (f"{SCHOOL_IT} Los 3 Höchstwert", 70),
    ]


def test_one_agreement_ended_by_time_and_one_is_prepared(demo: Demo) -> None:
    assert FrameworkAgreement.objects.get(state="ended").end_reason == "term"
    draft = FrameworkAgreement.objects.get(state="draft")
    reasons = " ".join(obstacles_to_listing(draft, DAY))
    for obstacle in (
        "Bekanntmachungsnummer",
        "Abrufberechtigten",
        "48 Monate",
        "Los 2 hat keinen Zuschlag",
        "Los 2: Der Schätzwert fehlt",
    ):
        assert obstacle in reasons


def test_small_orders_and_freight_have_positions(demo: Demo) -> None:
    surcharges = ContractItem.objects.filter(role=ItemRole.SURCHARGE, listings__is_listed=True)
    lots = Lot.objects.filter(awards__items__in=surcharges).distinct()
    assert lots.count() == 3
    assert ContractItem.objects.filter(role=ItemRole.FREIGHT, listings__is_listed=True).exists()
    minima = AwardTerms.objects.filter(award__items__in=surcharges)
    assert set(minima.values_list("minimum_order", flat=True)) == {Decimal(50)}


def test_warranties_and_licences_hang_on_devices(demo: Demo) -> None:
    ties = ItemRelation.objects.filter(kind="requires")
    found = sorted(ties.values_list("item__number", "to_item__number"))
    assert found == [("5.1", "1.1"), ("5.2", "1.1"), ("5.2", "2.1"), ("5.2", "2.2"), ("5.2", "2.4")]


@pytest.mark.parametrize("command", ["check_ledger", "check_allocation"])
def test_replays_find_nothing(demo: Demo, command: str) -> None:
    call_command(command)
