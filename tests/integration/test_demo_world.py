"""The demo world: complete, the same at every run, and in order with its own books."""

from __future__ import annotations

import io
import stat
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.db import connection
from lxml import etree
from psycopg import sql

from contracts.agreements.caps.use import MARKS
from contracts.agreements.entitlement import entitled_listings
from contracts.agreements.errors import Blocked
from contracts.agreements.life.lifecycle import WrongState, end_agreement
from contracts.agreements.models import (
    AgreementState,
    Article,
    FrameworkAgreement,
    Listing,
    Lot,
)
from contracts.catalogue import readers
from contracts.catalogue.models import CatalogueUpload, SearchEntry, StagedAction
from contracts.catalogue.uploads import check, receive
from contracts.ledger.replay import differences
from contracts.parties.models import Organisation, Role, School, User
from contracts.search import Filters, search
from orders import requisitions
from orders.allotting.audit import deviations
from orders.approvals import inbox
from orders.basket import baskets
from orders.binding.budgets import usable_lines
from orders.call_offs.price_audit import audit
from orders.finance.exports import verify
from orders.models import (
    AllocationStep,
    ApprovalStep,
    CallOff,
    CallOffLine,
    Delegation,
    Feed,
    MailLog,
    OutboxMessage,
    PendingEvent,
    Requisition,
)
from orders.quick_order import kept_lines, list_rows, lists
from orders.requisitions import Ask, Share
from shop.demo_world.bmecat_file import file_articles, write_bmecat
from shop.demo_world.seed import BMECAT_FILE, CSV_FILE
from tests.demo_fixtures import DAY, NOW, Demo, member

ARTICLES = 300  # that somebody may be shown; the further ranks offer the same once more
FURTHER = 53
REPLACED = 1  # listed once, now led to its successor


_CONTENT = sql.SQL(
    "SELECT count(*), COALESCE(md5(string_agg(t::text, E'\\n' ORDER BY t::text)), '') FROM {} t"
)


def _fingerprint() -> dict[str, tuple[int, str]]:
    """Row count and content hash of every table."""
    found = {}
    with connection.cursor() as cursor:
        for model in apps.get_models():
            table = model._meta.db_table
            cursor.execute(_CONTENT.format(sql.Identifier(table)))
            found[table] = cursor.fetchone()
    return found


def test_a_second_run_changes_nothing_though_time_has_passed(demo: Demo) -> None:
    before, kept = _fingerprint(), (demo.folder / "credentials.json").read_bytes()
    outcome = demo.run()
    assert not outcome.is_first
    assert outcome.seeded_at == NOW
    assert _fingerprint() == before
    assert (demo.folder / "credentials.json").read_bytes() == kept


def test_about_300_articles_are_listed_priced_and_searchable(demo: Demo) -> None:
    assert Listing.objects.count() == ARTICLES + FURTHER + REPLACED
    assert SearchEntry.objects.count() == ARTICLES + FURTHER
    buyer = Organisation.objects.get(code="musterfelde")
    page = search(buyer_id=buyer.pk, on=DAY, filters=Filters(), per_page=500)
    ended = Listing.objects.filter(item__award__lot__agreement__number="RV-Projektion-BB").count()
    assert page.count == ARTICLES - ended
    assert len(page.offers) == page.count
    assert ended == 3


def test_every_article_has_a_picture_and_its_own_valid_gtin(demo: Demo) -> None:
    rows = Article.objects.values_list("image", "gtin")
    assert all(finders.find(image) for image, _ in rows)
    numbers = [gtin for _, gtin in rows]
    assert len(set(numbers)) == len(numbers)
    assert all(number.startswith("2") and _has_check_digit(number) for number in numbers)


def _has_check_digit(number: str) -> bool:
    """GS1's check: digits weigh 1 and 3 in turn and sum to a multiple of ten."""
    weights = [1, 3] * 7
    digits = zip(number, weights, strict=False)
    return len(number) == 13 and sum(int(digit) * weight for digit, weight in digits) % 10 == 0


def test_lots_of_the_agreement_carry_the_agreed_figures(demo: Demo) -> None:
    agreement = FrameworkAgreement.objects.get(number="RV-SchulIT-BB")
    lots = agreement.lots.order_by("number").values_list(
        "allocation", "estimated_value", "account__limit_amount"
    )
    million = Decimal(10**6)
    assert list(lots) == [
        ("single", 16 * million, 24 * million),
        ("cascade", 12 * million, 18 * million),
        ("single", 6 * million, 9 * million),
        ("rotation", 5 * million, 8 * million),
        ("single", 3 * million, 5 * million),
    ]
    assert (agreement.estimated_value, agreement.account.limit_amount) == (
        42 * million,
        64 * million,
    )
    assert agreement.starts_on.isoformat() == "2025-01-01"
    assert agreement.ends_on.isoformat() == "2028-12-31"
    assert agreement.lots.get(number=2).awards.count() == 3


def test_the_older_agreement_stands_at_87_percent_and_the_third_has_ended(demo: Demo) -> None:
    older = FrameworkAgreement.objects.get(number="RV-Druck-BB")
    percent = older.account.bound * 100 / older.account.limit_amount
    assert percent.quantize(Decimal("0.1"), rounding="ROUND_DOWN") == Decimal("87.0")
    assert max(mark for mark in MARKS if percent >= mark) == 85
    assert older.starts_on < FrameworkAgreement.objects.get(number="RV-SchulIT-BB").starts_on
    ended = FrameworkAgreement.objects.get(number="RV-Projektion-BB")
    assert ended.state == AgreementState.ENDED
    assert ended.ends_on < DAY


def test_an_agreement_does_not_end_before_its_term(demo: Demo) -> None:
    agreement = FrameworkAgreement.objects.get(number="RV-SchulIT-BB")
    manager = member("vertrag@zbs", Role.CONTRACT_MANAGER)
    with pytest.raises(WrongState, match=r"31\.12\.2028"):
        end_agreement(agreement.pk, by=manager, now=NOW, on=DAY)
    agreement.refresh_from_db()
    assert agreement.state == AgreementState.LISTED


def test_the_ledger_replays_and_the_feeds_chain(demo: Demo) -> None:
    assert differences() == []
    assert not PendingEvent.objects.exists()
    assert sum(verify(feed) for feed in Feed.objects.all()) == 101
    assert not OutboxMessage.objects.filter(done_at__isnull=True).exists()
    assert set(MailLog.objects.values_list("recipient", flat=True)) >= {
        "freigabe@musterfelde.example",
        "auftraege@havelland.example",
        "beschaffung@ostermark.example",
    }


def test_one_is_substituted_and_one_deadline_has_passed(demo: Demo) -> None:
    row = Delegation.objects.get()
    assert (row.valid_from, row.revoked_at) == (DAY, None)
    step = ApprovalStep.objects.get(escalated_at__isnull=False, completed_at__isnull=True)
    treasurer = member("kaemmerei@musterfelde", Role.TREASURER)
    assert step.requisition in inbox(treasurer)
    assert MailLog.objects.filter(
        recipient=treasurer.user.email, subject__endswith="Frist abgelaufen, bitte übernehmen"
    ).exists()
    demo.run()
    assert Delegation.objects.count() == 1


def test_requisitions_stand_in_every_state(demo: Demo) -> None:
    states = list(Requisition.objects.values_list("state", flat=True))
    assert {state: states.count(state) for state in set(states)} == {
        "approved": 9,
        "submitted": 7,
        "rejected": 1,
        "returned": 1,
        "withdrawn": 1,
        "draft": 2,
    }
    assert CallOff.objects.count() == 11
    assert not Requisition.objects.filter(created_at__gt=NOW).exists()
    assert not Requisition.objects.filter(submitted_at__lt=NOW - timedelta(days=60)).exists()


def test_of_the_old_list_one_article_was_replaced_and_one_recalled(demo: Demo) -> None:
    teacher = member("schule@musterfelde", Role.SCHOOL_REQUESTER)
    assert {row.name for row in lists.visible_lists(teacher)} == {
        "Standardausstattung Klasse",
        "Lehrerzimmer und Druckraum",
    }
    row = lists.visible_lists(teacher).get(audience="school")
    case, power_supply, toner, notebook = kept_lines(list(list_rows(row)), by=teacher, now=NOW)
    assert case.standing.successor is not None
    assert "Rückruf" in power_supply.standing.reasons[0]
    assert toner.standing.is_orderable
    assert notebook.standing.is_orderable


def test_a_school_handed_over_and_two_gemeinden_share_a_purchase(demo: Demo) -> None:
    handed_over = Requisition.objects.get(requisitions.HANDED_OVER)
    assert not any(line.assignments.exists() for line in requisitions.current_lines(handed_over))
    shared = Requisition.objects.get(revisions__title="Tablets für zwei Grundschulen")
    lines = requisitions.current_lines(shared)
    assert {line.delivery.name for line in lines} == {
        "Grundschule Birkenow",
        "Grundschule Krähenwerder",
    }
    assert {
        (row.budget_entity.code, row.share_percent)
        for line in lines
        for row in line.assignments.all()
    } == {("birkenow", Decimal("58.3333")), ("kraehenwerder", Decimal("41.6667"))}


def test_the_free_body_owes_the_vat_of_its_tablets_itself(demo: Demo) -> None:
    call_off = CallOff.objects.get(authority__code="lindenhof")
    categories = dict(call_off.lines.values_list("item__number", "tax_category"))
    assert categories == {"1.1": "AE", "1.4": "S"}
    assert call_off.tax == Decimal("768.00") * Decimal("0.19")


def test_who_is_not_entitled_sees_nothing(demo: Demo) -> None:
    outsider = Organisation.objects.get(code="neuwalde")
    assert not entitled_listings(outsider.pk, DAY).exists()
    assert search(buyer_id=outsider.pk, on=DAY, filters=Filters()).count == 0


def test_of_a_lot_with_several_awards_the_one_in_turn_is_on_the_shelf(demo: Demo) -> None:
    buyer = Organisation.objects.get(code="musterfelde")
    lots = Lot.objects.exclude(allocation="single")
    found = search(
        buyer_id=buyer.pk,
        on=DAY,
        filters=Filters(lots=tuple(lots.values_list("pk", flat=True))),
        per_page=500,
    )
    shown = {(row.item.award.lot_id, row.item.award_id) for row in found.listings}
    assert len(shown) == len(lots) == 2
    assert Listing.objects.filter(item__award__lot__in=lots, item__award__rank__gt=1).exists()


def test_every_call_off_went_where_the_rule_says(demo: Demo) -> None:
    assert deviations() == []
    turns = AllocationStep.objects.filter(turn__isnull=False).order_by("turn")
    assert [step.turn for step in turns] == list(range(1, len(turns) + 1))


def test_every_line_was_ordered_at_the_agreed_price(demo: Demo) -> None:
    manager = member("vertrag@zbs", Role.CONTRACT_MANAGER)
    report = audit(by=manager, start=date(2026, 1, 1), end=DAY)
    assert report.lines_checked == CallOffLine.objects.count() > 10
    assert report.deviations == ()


def test_fifteen_schools_and_an_amt_with_three_sets_of_books(demo: Demo) -> None:
    assert School.objects.count() == 15
    assert Organisation.objects.get(code="amt-seeblick").budget_entities.count() == 3


def test_budgets_of_two_years_with_a_pool_and_a_freeze(demo: Demo) -> None:
    officer = member("beschaffung@musterfelde", Role.PROCUREMENT_OFFICER)
    for year in (2026, 2027):
        lines = list(usable_lines(officer, year))
        assert len(lines) == 6
        assert len({line.account.pk for line in lines if line.pool_id}) == 1
    frozen = usable_lines(officer, 2026).get(budget_product="21701")
    assert frozen.account.limit_amount == Decimal(65_000)


def test_the_opt_out_stops_a_submit(demo: Demo) -> None:
    officer = member("beschaffung@ostermark", Role.PROCUREMENT_OFFICER)
    listing = Listing.objects.filter(item__number="3.1").earliest("pk")
    line = usable_lines(officer, 2026).filter(budget_product="21701").get()
    baskets.set_quantity(by=officer, listing_id=listing.pk, quantity=1, now=NOW)
    draft = requisitions.create_from_basket(
        by=officer,
        ask=Ask(title="Display", shares={"": [Share(line.pk)]}),
        school_id=None,
        now=NOW,
    )
    with pytest.raises(Blocked, match="eigenen Displayvertrag"):
        requisitions.submit(requisition_id=draft.pk, by=officer, now=NOW)


def test_every_role_has_a_log_in_that_works(demo: Demo) -> None:
    people = demo.credentials()["people"]
    assert {person["role"] for person in people} == set(Role.values)
    for person in people:
        assert User.objects.get(email=person["email"]).check_password(person["password"])
    assert len({person["key"] for person in people}) == len(people)
    mode = stat.S_IMODE((demo.folder / "credentials.json").stat().st_mode)
    assert mode == 0o600


def test_nobody_else_can_log_in(demo: Demo) -> None:
    known = {person["email"] for person in demo.credentials()["people"]}
    others = User.objects.exclude(email__in=known)
    assert others.exists()
    assert not any(user.has_usable_password() for user in others)


def test_a_lost_credentials_file_means_new_passwords_and_secrets(demo: Demo) -> None:
    before = demo.credentials()
    (demo.folder / "credentials.json").unlink()
    assert demo.run().passwords_reset
    after = demo.credentials()
    first = after["people"][0]
    user = User.objects.get(email=first["email"])
    assert user.check_password(first["password"])
    assert not user.check_password(before["people"][0]["password"])
    ids = {client["client_id"] for client in after["api_clients"]}
    assert len(ids) == len(before["api_clients"]) == 5
    assert not ids & {client["client_id"] for client in before["api_clients"]}


def test_scale_adds_articles_once(demo: Demo) -> None:
    assert demo.run(scale=2).articles_added == 300
    assert demo.run(scale=2).articles_added == 0
    assert Listing.objects.count() == ARTICLES + FURTHER + REPLACED + 300
    assert SearchEntry.objects.count() == ARTICLES + FURTHER + 300


def test_one_delivery_was_refused_and_one_has_rows_to_mend(demo: Demo) -> None:
    uploads = {row.state: row for row in CatalogueUpload.objects.all()}
    assert set(uploads) == {"refused", "checked"}
    assert uploads["refused"].refusal
    assert uploads["checked"].rows_refused == 5
    assert uploads["checked"].issues.filter(is_error=True).count() == 5


@pytest.mark.parametrize("name", [BMECAT_FILE, CSV_FILE])
def test_catalogue_files_are_read_without_an_issue(demo: Demo, name: str) -> None:
    with readers.read(demo.folder / name) as reading:
        rows = list(reading)
    issues = [row for row in rows if isinstance(row, readers.RowIssue)]
    records = [row for row in rows if isinstance(row, readers.ArticleRecord)]
    assert issues == []
    expected = list(file_articles())[: len(records)]
    assert len(records) == (300 if name == BMECAT_FILE else 40)
    assert [
        (row.supplier_aid, row.name, row.price, row.gtin, row.product_group, row.delivery_days)
        for row in records
    ] == [(row.aid, row.name, row.list_price, row.gtin, row.group, row.days) for row in expected]


def test_the_command_writes_the_same_catalogue(
    demo: Demo, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    call_command("demo_bmecat")
    written = etree.fromstring(capfdbinary.readouterr().out)
    expected = etree.fromstring((demo.folder / BMECAT_FILE).read_bytes())
    for tree in (written, expected):
        tree.find(".//{*}GENERATION_DATE").text = ""
    assert etree.tostring(written) == etree.tostring(expected)


def test_the_uploaded_catalogue_changes_little_and_holds_dearer_prices_back(demo: Demo) -> None:
    keeper = member("katalog@spreeblick", Role.SUPPLIER_CATALOGUE)
    award = CatalogueUpload.objects.first().award
    upload = receive(
        by=keeper,
        award_id=award.pk,
        filename=BMECAT_FILE,
        content=(demo.folder / BMECAT_FILE).read_bytes(),
        mapping={},
        now=NOW,
    )
    check(upload.pk, now=NOW)
    actions = list(upload.staged.values_list("action", flat=True))
    counted = {str(action): actions.count(action) for action in StagedAction.values}
    assert counted == {"new": 150, "changed": 19, "unchanged": 126, "held_back": 5}


@pytest.mark.shared
def test_the_catalogue_is_valid_bmecat_2005(shared_folder: Path) -> None:
    stream = io.BytesIO()
    write_bmecat(stream, now=NOW)
    path = shared_folder / "standards" / "bmecat" / "2005" / "bmecat_2005.xsd"
    etree.XMLSchema(etree.parse(path)).assertValid(etree.fromstring(stream.getvalue()))
