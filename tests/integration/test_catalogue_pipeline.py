"""A supplier's file on its way: received, checked, submitted, published."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from threading import Barrier

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from contracts.agreements.entitlement import entitled_listings
from contracts.agreements.models import (
    AgreementState,
    Article,
    Award,
    ContractItem,
    EndReason,
    Listing,
    ListPriceVersion,
    PriceBasis,
)
from contracts.agreements.prices.quotes import offers, with_contract
from contracts.agreements.writing.setup import (
    ItemSpec,
    TierRow,
    write_item,
    write_list_price,
    write_price,
)
from contracts.audit.models import AuditEntry
from contracts.catalogue import publication, staging, uploads
from contracts.catalogue.diff import diff_counts, diff_page, issues_csv, price_jumps
from contracts.catalogue.errors import (
    AwardClosed,
    CatalogueError,
    EmptyUpload,
    InvalidMapping,
    NotAllowed,
    NotFound,
    NothingToSubmit,
    UploadTooLarge,
    WrongUploadState,
)
from contracts.catalogue.models import (
    CatalogueUpload,
    SearchEntry,
    StagedAction,
    StagedArticle,
    UploadState,
)
from contracts.catalogue.tasks import check_upload, sweep_uploads
from contracts.parties.models import Membership, Role
from shop.celery import app
from tests.world import DAY, NOW, World, build_world, person

pytestmark = pytest.mark.django_db

RISE = (
    "Der Listenpreis steigt von 10,00 EUR auf 12,00 EUR; eine Erhöhung geben "
    "Vertragsmanagement und eine zweite Person frei."
)
MOVE = (
    "Der Artikel ist unter Position 2.9 gelistet; den Wechsel zu Position 2.10 "
    "entscheidet das Vertragsmanagement."
)
HEAD = "Artikelnummer;Bezeichnung;Hersteller;Warengruppe;Preis\n"


@dataclass
class Market:
    """The small world with a discount item in lot 2 and the people of the pipeline."""

    world: World
    keeper: Membership
    rival: Membership
    award: Award
    item: ContractItem

    def receive(
        self,
        rows: str,
        *,
        by: Membership | None = None,
        mapping: Mapping[str, object] | None = None,
        award: Award | None = None,
        head: str = HEAD,
    ) -> CatalogueUpload:
        return uploads.receive(
            by=by or self.keeper,
            award_id=(award or self.award).pk,
            filename="katalog.csv",
            content=(head + rows).encode(),
            mapping=mapping or {},
            now=NOW,
        )

    def checked(self, rows: str, **options: object) -> CatalogueUpload:
        upload = self.receive(rows, **options)  # type: ignore[arg-type]
        uploads.check(upload.pk, now=NOW)
        upload.refresh_from_db()
        return upload

    def published(self, rows: str, now: datetime = NOW, **options: object) -> publication.Published:
        upload = self.checked(rows, **options)
        return self.publish(upload, now)

    def publish(self, upload: CatalogueUpload, now: datetime = NOW) -> publication.Published:
        uploads.submit(upload_id=upload.pk, by=self.keeper, now=now)
        return publication.publish(upload_id=upload.pk, by=self.world.manager, now=now)


@pytest.fixture
def market() -> Market:
    world = build_world()
    award = world.awards[1]
    item = write_item(
        award,
        ItemSpec(
            number="2.9", title="Zubehör", basis=PriceBasis.LIST_DISCOUNT, product_group="Zubehör"
        ),
        by=world.manager,
        now=NOW,
    )
    write_price(
        item,
        (TierRow(1, discount_percent=Decimal(20)),),
        valid_from=date(2026, 1, 1),
        source="Zuschlag",
        by=world.manager,
        now=NOW,
    )
    return Market(
        world=world,
        keeper=person("katalog@lieferant-2.example", world.suppliers[1], Role.SUPPLIER_CATALOGUE),
        rival=person("katalog@lieferant-1.example", world.suppliers[0], Role.SUPPLIER_CATALOGUE),
        award=award,
        item=item,
    )


def offered(aid: str, on: date = DAY) -> Decimal:
    """The net price of the first tier at which the buyer can order the article."""
    listing = with_contract(Listing.objects.filter(article__supplier_aid=aid)).get()
    return offers([listing], on)[listing.pk].tiers[0].net_unit_price


def staged(upload: CatalogueUpload) -> dict[str, tuple[str, str]]:
    return {row.supplier_aid: (row.action, row.reason) for row in upload.staged.all()}


# Receiving -----------------------------------------------------------------------------


def test_the_same_file_for_the_same_award_is_one_upload_until_it_is_final(market: Market) -> None:
    first = market.receive("K-1;Kabel;Muster;Zubehör;9,90\n")
    assert market.receive("K-1;Kabel;Muster;Zubehör;9,90\n").pk == first.pk
    assert first.state == UploadState.RECEIVED
    assert CatalogueUpload.objects.count() == 1

    other_file = market.receive("K-1;Kabel;Muster;Zubehör;9,80\n")
    other_mapping = market.receive(
        "K-1;Kabel;Muster;Zubehör;9,90\n",
        mapping={"columns": {"supplier_aid": "Artikelnummer", "name": "Hersteller", "price": "P"}},
    )
    assert len({first.pk, other_file.pk, other_mapping.pk}) == 3

    uploads.withdraw(upload_id=first.pk, by=market.keeper, now=NOW)
    assert market.receive("K-1;Kabel;Muster;Zubehör;9,90\n").pk != first.pk


def test_only_the_awarded_suppliers_catalogue_keeper_may_deliver(market: Market) -> None:
    with pytest.raises(NotFound):
        market.receive("x", by=market.rival)
    with pytest.raises(NotAllowed):
        market.receive("x", by=market.world.officer)
    orders = person("auftrag@lieferant-2.example", market.world.suppliers[1], Role.SUPPLIER_ORDERS)
    with pytest.raises(NotAllowed):
        market.receive("x", by=orders)
    market.keeper.valid_to = DAY - timedelta(days=1)
    market.keeper.save()
    with pytest.raises(NotAllowed):
        market.receive("x")
    assert not CatalogueUpload.objects.exists()


def test_what_cannot_be_kept_is_refused_by_name(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(EmptyUpload):
        market.receive("", head="")
    with pytest.raises(InvalidMapping) as wrong:
        market.receive("x", mapping={"columns": {"preis": "Preis"}})
    assert wrong.value.field == "columns.preis"
    with pytest.raises(InvalidMapping):
        market.receive("x", mapping={"contract_item": 7})
    monkeypatch.setattr(uploads, "MAX_BYTES", 10)
    with pytest.raises(UploadTooLarge) as large:
        market.receive("x" * 20, head="")
    assert (large.value.size, large.value.limit) == (20, 10)
    agreement = market.world.agreement
    agreement.state = AgreementState.ENDED
    agreement.end_reason = EndReason.TERM
    agreement.ended_on = date(2026, 6, 14)
    agreement.save()
    with pytest.raises(AwardClosed):
        market.receive("x", head="")


def test_a_broker_that_is_down_loses_no_upload(
    market: Market,
    django_capture_on_commit_callbacks: object,
) -> None:
    alive = app.conf.broker_url
    app.conf.broker_url = "redis+socket:///nowhere/redis.sock"
    app.pool.force_close_all()
    try:
        with django_capture_on_commit_callbacks(execute=True) as callbacks:  # type: ignore[operator]
            upload = market.receive("K-1;Kabel;Muster;Zubehör;9,90\n")
    finally:
        app.conf.broker_url = alive
        app.pool.force_close_all()
    assert len(callbacks) == 1
    assert CatalogueUpload.objects.get(pk=upload.pk).state == UploadState.RECEIVED

    assert sweep_uploads() == 1
    assert CatalogueUpload.objects.get(pk=upload.pk).state == UploadState.CHECKED
    assert sweep_uploads() == 0


# Checking ------------------------------------------------------------------------------


def test_rows_are_staged_and_refused_by_row_column_and_reason(market: Market) -> None:
    upload = market.checked(
        "K-1;Kabel;Muster;Zubehör;9,90\n"
        "K-2;;Muster;Zubehör;9,90\n"
        "K-3;Adapter;Muster;Zubehör;auf Anfrage\n"
        "K-1;Kabel doppelt;Muster;Zubehör;9,90\n"
        "K-4;Tisch;Muster;Möbel;199,00\n"
        "K-5;Hub;Muster;zubehör;24,5\n"
    )
    assert upload.state == UploadState.CHECKED
    assert upload.format == "CSV"
    assert (upload.rows_read, upload.rows_staged, upload.rows_refused) == (6, 2, 4)
    assert staged(upload) == {"K-1": ("new", ""), "K-5": ("new", "")}
    issues = list(upload.issues.values_list("row", "column", "code", "value"))
    assert issues == [
        (3, "Bezeichnung", "name_missing", ""),
        (4, "Preis", "price_not_numeric", "auf Anfrage"),
        (5, "Artikelnummer", "id_duplicate", "K-1"),
        (6, "product_group", "not_in_lot", "Möbel"),
    ]
    assert upload.issues.get(code="not_in_lot").message == (
        "Der Artikel „K-4“ (Warengruppe „Möbel“) gehört zu keiner Position des Loses."
    )
    lines = list(issues_csv(upload))
    assert lines[0] == "\ufeffZeile;Spalte;Code;Wert;Art;Meldung\r\n"
    assert len(lines) == 5
    assert lines[2].startswith("4;Preis;price_not_numeric;auf Anfrage;abgelehnt;")


def test_the_error_file_runs_no_formula(market: Market) -> None:
    upload = market.checked('K-1;Kabel;Muster;Zubehör;"=HYPERLINK(1)"\n')
    assert ";'=HYPERLINK(1);" in list(issues_csv(upload))[1]


def test_checking_again_gives_the_same_result(market: Market) -> None:
    upload = market.checked("K-1;Kabel;Muster;Zubehör;9,90\nK-2;;Muster;Zubehör;9,90\n")
    before = (list(upload.staged.values()), list(upload.issues.values()))
    check_upload(upload.pk)
    upload.refresh_from_db()
    assert (list(upload.staged.values()), list(upload.issues.values())) == before
    assert upload.attempts == 1


def test_a_check_that_died_half_way_starts_again(market: Market) -> None:
    upload = market.receive("K-1;Kabel;Muster;Zubehör;9,90\nK-2;;Muster;Zubehör;9,90\n")
    upload.state = UploadState.READING
    upload.rows_read = 1
    upload.attempts = 1
    upload.save()
    StagedArticle.objects.create(
        upload=upload, row=2, supplier_aid="K-1", name="Rest", price=Decimal(1), action="new"
    )
    upload.issues.create(row=1, column="", code="x", message="Rest")

    assert sweep_uploads() == 1

    upload.refresh_from_db()
    assert upload.state == UploadState.CHECKED
    assert upload.attempts == 2
    assert list(upload.staged.values_list("name", flat=True)) == ["Kabel"]
    assert list(upload.issues.values_list("code", flat=True)) == ["name_missing"]


def test_a_file_that_kills_every_check_is_refused_in_the_end(market: Market) -> None:
    upload = market.receive("K-1;Kabel;Muster;Zubehör;9,90\n")
    CatalogueUpload.objects.filter(pk=upload.pk).update(
        state=UploadState.READING, attempts=staging.MAX_ATTEMPTS
    )
    uploads.check(upload.pk, now=NOW)
    upload.refresh_from_db()
    assert upload.state == UploadState.REFUSED
    assert "wiederholt abgebrochen" in upload.refusal


def test_a_refused_file_says_why_and_leaves_nothing_staged(market: Market) -> None:
    unknown = market.checked("1;2\n", head="A;B\n")
    assert unknown.state == UploadState.REFUSED
    assert "die Artikelnummer" in unknown.refusal
    picture = market.checked("IHDR\0\0", head="\x89PNG\0")
    assert picture.state == UploadState.REFUSED
    assert "Format der Datei" in picture.refusal
    assert not StagedArticle.objects.exists()
    with pytest.raises(WrongUploadState):
        uploads.submit(upload_id=picture.pk, by=market.keeper, now=NOW)


# Matching and prices -------------------------------------------------------------------


def test_a_listed_fixed_article_is_offered_at_or_below_the_contract_price(market: Market) -> None:
    upload = market.checked("A-2;Digitale Schulbücher;;;8,90\n")
    assert staged(upload) == {"A-2": ("unchanged", "")}
    lower = market.checked("A-2;Digitale Schulbücher;;;8,00\n")
    assert staged(lower) == {"A-2": ("unchanged", "")}
    higher = market.checked("A-2;Digitale Schulbücher;;;8,91\n")
    assert staged(higher) == {
        "A-2": (
            "held_back",
            "Der Preis 8,91 EUR liegt über dem Vertragspreis 8,90 EUR der Position 2.1.",
        )
    }
    assert market.publish(lower).unchanged == 1
    assert offered("A-2") == Decimal("8.9000")
    assert market.publish(higher).held_back == 1
    assert offered("A-2") == Decimal("8.9000")
    assert not ListPriceVersion.objects.exists()


def test_a_fixed_item_takes_its_first_article_by_number_and_no_second(market: Market) -> None:
    item = write_item(
        market.award,
        ItemSpec(number="2.2", title="Koffer", basis=PriceBasis.FIXED),
        by=market.world.manager,
        now=NOW,
    )
    write_price(
        item,
        (TierRow(1, net_unit_price=Decimal(100)),),
        valid_from=date(2026, 1, 1),
        source="Zuschlag",
        by=market.world.manager,
        now=NOW,
    )
    mapping = {
        "columns": {"supplier_aid": "Artikelnummer", "name": "Bezeichnung", "price": "Preis"},
        "contract_item": "Hersteller",
    }
    upload = market.checked(
        "T-1;Koffer;2.2;;99,00\nT-2;Koffer zwei;2.2;;98,00\nT-3;Fremd;9.9;;1,00\n",
        mapping=mapping,
    )
    rows = staged(upload)
    assert rows["T-1"] == ("new", "")
    assert rows["T-2"][0] == "held_back"
    assert "Position 2.2 ist schon mit einem Artikel belegt" in rows["T-2"][1]
    (issue,) = upload.issues.all()
    assert (issue.row, issue.code, issue.value) == (4, "contract_item_unknown", "9.9")
    assert market.publish(upload).new == 1
    listing = Listing.objects.get(article__supplier_aid="T-1")
    assert listing.item == item
    assert "contract_item" not in listing.article.features
    again = market.checked("T-9;Dritter;2.2;;98,00\n", mapping=mapping)
    assert staged(again)["T-9"][0] == "held_back"


def test_a_star_item_takes_every_other_group(market: Market) -> None:
    ContractItem.objects.filter(pk=market.item.pk).update(product_group="*")
    upload = market.checked("K-1;Kabel;Muster;Kabel;9,90\nK-2;Maus;Muster;;9,90\n")
    assert staged(upload) == {"K-1": ("new", ""), "K-2": ("new", "")}


def test_a_first_list_price_is_listed_with_the_file_as_evidence(market: Market) -> None:
    upload = market.checked("K-1;Kabel;Muster;Zubehör;10,00\n")
    assert market.publish(upload) == publication.Published(1, 0, 0, 0, 0)
    version = ListPriceVersion.objects.get()
    assert version.amount == Decimal(10)
    assert version.valid == DateRange(DAY, None)
    assert version.evidence == f"katalog.csv (SHA-256 {upload.sha256})"
    assert version.approved_by == market.world.manager
    assert offered("K-1") == Decimal("8.0000")
    listing = Listing.objects.get(article__supplier_aid="K-1")
    assert listing.stockrecord.partner_sku == f"{market.award.pk}/2.9/K-1"
    assert listing.stockrecord.product_id == listing.article.product_id
    assert listing.article.product.title == "Kabel"
    assert SearchEntry.objects.get(listing=listing).manufacturer == "Muster"
    visible = entitled_listings(market.world.authority.pk, DAY)
    assert visible.filter(article__supplier_aid="K-1").exists()


def test_a_rise_is_held_back_and_the_previous_price_stays(market: Market) -> None:
    market.published("K-1;Kabel;Muster;Zubehör;10,00\nK-2;Maus;Muster;Zubehör;5,00\n")
    later = NOW + timedelta(days=30)
    upload = market.checked("K-1;Kabel neu;Muster;Zubehör;12,00\nK-2;Maus;Muster;Zubehör;4,00\n")
    assert staged(upload) == {
        "K-1": (
            "held_back",
            RISE,
        ),
        "K-2": ("changed", ""),
    }
    jumps = price_jumps(upload)
    assert [(jump.row.supplier_aid, jump.percent) for jump in jumps] == [
        ("K-1", Decimal("20.0")),
        ("K-2", Decimal("-20.0")),
    ]
    assert market.publish(upload, later) == publication.Published(0, 1, 0, 1, 0)
    on = later.date()
    assert offered("K-1", on) == Decimal("8.0000")
    assert Article.objects.get(supplier_aid="K-1").name == "Kabel"
    assert offered("K-2", on) == Decimal("3.2000")
    assert offered("K-2", DAY) == Decimal("4.0000")
    ranges = ListPriceVersion.objects.filter(article__supplier_aid="K-2").order_by("pk")
    assert [row.valid for row in ranges] == [DateRange(DAY, on), DateRange(on, None)]


def test_a_second_price_on_the_same_day_empties_the_first_ones_range(market: Market) -> None:
    market.published("K-1;Kabel;Muster;Zubehör;10,00\n")
    market.published("K-1;Kabel;Muster;Zubehör;9,00\n")
    first, second = ListPriceVersion.objects.order_by("pk")
    assert first.valid.isempty
    assert second.valid == DateRange(DAY, None)
    assert offered("K-1") == Decimal("7.2000")


def test_a_lower_price_ends_where_an_agreed_one_begins(market: Market) -> None:
    market.published("K-1;Kabel;Muster;Zubehör;10,00\n")
    article = Article.objects.get(supplier_aid="K-1")
    autumn = date(2026, 9, 1)
    ListPriceVersion.objects.filter(article=article).update(valid=DateRange(DAY, autumn))
    write_list_price(
        article,
        Decimal(11),
        item=market.item,
        valid_from=autumn,
        evidence="Änderung 1",
        by=market.world.manager,
        now=NOW,
    )
    later = NOW + timedelta(days=1)
    market.published("K-1;Kabel;Muster;Zubehör;9,00\n", later)
    assert offered("K-1", later.date()) == Decimal("7.2000")
    assert offered("K-1", autumn) == Decimal("8.8000")


def test_price_units_are_compared_per_piece(market: Market) -> None:
    head = "Artikelnummer;Bezeichnung;Warengruppe;Preis;Preiseinheit\n"
    market.published("K-1;Stecker;Zubehör;0,0450;1\n", head=head)
    same = market.checked("K-1;Stecker;Zubehör;4,50;100\n", head=head)
    assert staged(same) == {"K-1": ("unchanged", "")}
    risen = market.checked("K-1;Stecker;Zubehör;4,51;100\n", head=head)
    assert "steigt von 4,50 EUR auf 4,51 EUR" in staged(risen)["K-1"][1]


def test_an_expired_list_price_is_no_way_round_the_rise_rule(market: Market) -> None:
    market.published("K-1;Kabel;Muster;Zubehör;10,00\n")
    ListPriceVersion.objects.update(valid=DateRange(date(2026, 1, 1), date(2026, 2, 1)))
    assert staged(market.checked("K-1;Kabel;Muster;Zubehör;10,01\n"))["K-1"][0] == "held_back"
    assert staged(market.checked("K-1;Kabel;Muster;Zubehör;10,00\n"))["K-1"][0] == "changed"


def test_another_item_or_unit_is_no_way_round_it_either(market: Market) -> None:
    market.published("K-1;Kabel;Muster;Zubehör;10,00\n")
    other = write_item(
        market.award,
        ItemSpec(
            number="2.10",
            title="Ersatzteile",
            basis=PriceBasis.LIST_DISCOUNT,
            product_group="Ersatzteile",
        ),
        by=market.world.manager,
        now=NOW,
    )
    write_price(
        other,
        (TierRow(1, discount_percent=Decimal(1)),),
        valid_from=date(2026, 1, 1),
        source="Zuschlag",
        by=market.world.manager,
        now=NOW,
    )
    moved = market.checked("K-1;Kabel;Muster;Ersatzteile;10,00\n")
    assert staged(moved)["K-1"] == (
        "held_back",
        MOVE,
    )
    head = "Artikelnummer;Bezeichnung;Warengruppe;Preis;Einheit\n"
    packed = market.checked("K-1;Kabel;Zubehör;10,00;PK\n", head=head)
    assert "Die Einheit wechselt von C62 auf PK" in staged(packed)["K-1"][1]


def test_without_a_contract_price_on_the_day_nothing_is_published(market: Market) -> None:
    market.item.price_versions.update(valid=DateRange(date(2026, 1, 1), date(2026, 2, 1)))
    upload = market.checked("K-1;Kabel;Muster;Zubehör;10,00\n")
    assert staged(upload)["K-1"] == (
        "held_back",
        "Für die Position 2.9 gilt am 15.06.2026 kein Vertragspreis.",
    )


def test_a_column_that_is_not_delivered_erases_nothing(market: Market) -> None:
    head = "Artikelnummer;Bezeichnung;Warengruppe;Preis;Beschreibung;Lieferzeit;EAN\n"
    market.published("K-1;Kabel;Zubehör;10,00;Zwei Meter;3;4012345000009\n", head=head)
    article = Article.objects.get(supplier_aid="K-1")
    assert (article.description, article.delivery_days) == ("Zwei Meter", 3)

    unchanged = market.checked("K-1;Kabel;Zubehör;10,00\n", head=HEAD.replace("Hersteller;", ""))
    assert staged(unchanged) == {"K-1": ("unchanged", "")}
    renamed = market.checked("K-1;Kabel 2 m;Muster;Zubehör;10,00\n")
    (row,) = renamed.staged.all()
    assert row.changed_fields == ["name", "manufacturer"]
    market.publish(renamed)
    article.refresh_from_db()
    assert (article.name, article.manufacturer) == ("Kabel 2 m", "Muster")
    assert (article.description, article.delivery_days) == ("Zwei Meter", 3)
    assert article.revision == 2
    article.product.refresh_from_db()
    assert article.product.title == "Kabel 2 m"
    assert SearchEntry.objects.get(listing__article=article).name == "Kabel 2 m"


# BMEcat updates ------------------------------------------------------------------------


def bmecat(transaction_name: str, articles: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><BMECAT version="1.2"><HEADER><CATALOG>'
        "<LANGUAGE>deu</LANGUAGE><CATALOG_ID>1</CATALOG_ID><CURRENCY>EUR</CURRENCY>"
        f'</CATALOG></HEADER><{transaction_name} prev_version="1">{articles}</{transaction_name}>'
        "</BMECAT>"
    )


def price_of(aid: str, amount: str, bound: str = "") -> str:
    lower = f"<LOWER_BOUND>{bound}</LOWER_BOUND>" if bound else ""
    return (
        f'<ARTICLE mode="new"><SUPPLIER_AID>{aid}</SUPPLIER_AID><ARTICLE_PRICE_DETAILS>'
        f'<ARTICLE_PRICE price_type="net_list"><PRICE_AMOUNT>{amount}</PRICE_AMOUNT>{lower}'
        "</ARTICLE_PRICE></ARTICLE_PRICE_DETAILS></ARTICLE>"
    )


def test_an_update_of_prices_keeps_the_contents_and_knows_its_articles(market: Market) -> None:
    market.published("K-1;Kabel;Muster;Zubehör;10,00\n")
    text = bmecat(
        "T_UPDATE_PRICES",
        price_of("K-1", "9.00") + price_of("K-7", "9.00") + price_of("A-2", "8.00", "10"),
    )
    upload = market.checked(text, head="")
    assert upload.format == "BMEcat 1.2"
    assert staged(upload) == {"K-1": ("changed", "")}
    (row,) = upload.staged.all()
    assert (row.name, row.item, row.changed_fields) == ("Kabel", market.item, ["price"])
    assert sorted(upload.issues.values_list("row", "code")) == [
        (2, "not_in_lot"),
        (3, "price_from_quantity"),
    ]
    market.publish(upload)
    assert offered("K-1") == Decimal("7.2000")


def test_an_update_of_contents_keeps_the_price_and_deletions_are_refused(market: Market) -> None:
    market.published("K-1;Kabel;Muster;Zubehör;10,00\nK-2;Maus;Muster;Zubehör;5,00\n")
    text = bmecat(
        "T_UPDATE_PRODUCTS",
        '<ARTICLE mode="update"><SUPPLIER_AID>K-1</SUPPLIER_AID><ARTICLE_DETAILS>'
        "<DESCRIPTION_SHORT>Kabel blau</DESCRIPTION_SHORT></ARTICLE_DETAILS></ARTICLE>"
        '<ARTICLE mode="delete"><SUPPLIER_AID>K-2</SUPPLIER_AID></ARTICLE>',
    )
    upload = market.checked(text, head="")
    (row,) = upload.staged.all()
    assert (row.price, row.changed_fields) == (Decimal(10), ["name"])
    assert list(upload.issues.values_list("row", "code", "value")) == [(2, "deletion", "K-2")]
    market.publish(upload)
    assert Article.objects.get(supplier_aid="K-1").name == "Kabel blau"
    assert Article.objects.get(supplier_aid="K-2").is_active
    assert ListPriceVersion.objects.count() == 2


# States, people, scope -----------------------------------------------------------------


def test_publishing_twice_is_refused_by_name_and_changes_nothing(market: Market) -> None:
    upload = market.checked("K-1;Kabel;Muster;Zubehör;10,00\n")
    with pytest.raises(NotFound):
        publication.publish(upload_id=upload.pk, by=market.world.manager, now=NOW)
    market.publish(upload)
    before = (Article.objects.count(), Listing.objects.count(), AuditEntry.objects.count())
    with pytest.raises(WrongUploadState) as twice:
        publication.publish(upload_id=upload.pk, by=market.world.manager, now=NOW)
    assert twice.value.state == UploadState.PUBLISHED
    with pytest.raises(WrongUploadState):
        uploads.withdraw(upload_id=upload.pk, by=market.keeper, now=NOW)
    assert before == (Article.objects.count(), Listing.objects.count(), AuditEntry.objects.count())
    actions = AuditEntry.objects.filter(
        object_type="supplier_catalogue.catalogueupload", object_id=upload.pk
    ).values_list("action", flat=True)
    assert list(actions) == [
        "upload.received",
        "upload.checked",
        "upload.submitted",
        "upload.published",
    ]


def test_prices_that_moved_since_the_check_decide_on_the_day_of_publication(
    market: Market,
) -> None:
    dear = market.checked("K-1;Kabel;Muster;Zubehör;10,00\n")
    cheap = market.checked("K-1;Kabel;Muster;Zubehör;8,00\n")
    market.publish(cheap)
    assert staged(dear)["K-1"][0] == "new"
    assert market.publish(dear) == publication.Published(0, 0, 0, 1, 0)
    assert offered("K-1") == Decimal("6.4000")


def test_who_may_publish(market: Market) -> None:
    upload = market.checked("K-1;Kabel;Muster;Zubehör;10,00\n")
    uploads.submit(upload_id=upload.pk, by=market.keeper, now=NOW)
    world = market.world
    with pytest.raises(NotAllowed):
        publication.publish(upload_id=upload.pk, by=market.keeper, now=NOW)
    with pytest.raises(NotAllowed):
        publication.publish(
            upload_id=upload.pk,
            by=person("pruefung@zbs.example", world.purchasing, Role.REVIEWER),
            now=NOW,
        )
    elsewhere = person("vertrag@fremd.example", world.authority, Role.CONTRACT_MANAGER)
    with pytest.raises(NotFound):
        publication.publish(upload_id=upload.pk, by=elsewhere, now=NOW)
    both = Membership.objects.create(
        user=market.keeper.user,
        organisation=world.purchasing,
        role=Role.CONTRACT_MANAGER,
        valid_from=date(2026, 1, 1),
    )
    with pytest.raises(NotAllowed):
        publication.publish(upload_id=upload.pk, by=both, now=NOW)
    upload.refresh_from_db()
    assert upload.state == UploadState.SUBMITTED
    assert not Listing.objects.filter(article__supplier_aid="K-1").exists()


def test_nothing_usable_cannot_be_submitted(market: Market) -> None:
    upload = market.checked("K-1;Kabel;Muster;Möbel;10,00\n")
    with pytest.raises(NothingToSubmit):
        uploads.submit(upload_id=upload.pk, by=market.keeper, now=NOW)
    fresh = market.receive("K-1;Kabel;Muster;Zubehör;10,00\n")
    with pytest.raises(WrongUploadState):
        uploads.submit(upload_id=fresh.pk, by=market.keeper, now=NOW)
    with pytest.raises(NotFound):
        uploads.submit(upload_id=fresh.pk, by=market.rival, now=NOW)
    with pytest.raises(NotFound):
        uploads.withdraw(upload_id=fresh.pk, by=market.rival, now=NOW)


def test_everybody_sees_only_what_concerns_them(market: Market) -> None:
    upload = market.checked("K-1;Kabel;Muster;Zubehör;10,00\n")
    world = market.world
    assert [row.pk for row in uploads.visible_uploads(market.keeper)] == [upload.pk]
    assert not uploads.visible_uploads(market.rival).exists()
    assert not uploads.visible_uploads(world.manager).exists()
    uploads.submit(upload_id=upload.pk, by=market.keeper, now=NOW)
    assert [row.pk for row in uploads.visible_uploads(world.manager)] == [upload.pk]
    elsewhere = person("vertrag@fremd.example", world.authority, Role.CONTRACT_MANAGER)
    assert not uploads.visible_uploads(elsewhere).exists()
    assert not uploads.visible_uploads(world.officer).exists()


def test_the_diff_is_read_in_pages(market: Market) -> None:
    rows = "".join(f"K-{n};Kabel {n};Muster;Zubehör;10,00\n" for n in range(120))
    upload = market.checked(rows + "X;Tisch;Muster;Möbel;1,00\n")
    assert diff_counts(upload).new == 120
    assert (diff_counts(upload).staged, diff_counts(upload).refused) == (120, 1)
    last = diff_page(upload, StagedAction.NEW, 99)
    assert (last.page, last.pages, last.count, len(last.rows)) == (3, 3, 120, 20)
    assert last.rows[0].supplier_aid == "K-100"
    assert diff_page(upload, StagedAction.HELD_BACK).count == 0


@pytest.mark.django_db(transaction=True)
def test_progress_is_visible_and_a_withdrawal_stops_the_reading(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Batches are committed on the way: what another session sees after the first one."""
    market = _committed_market()
    monkeypatch.setattr(staging, "BATCH", 10)
    rows = "".join(f"K-{n};Kabel {n};Muster;Zubehör;10,00\n" for n in range(30))
    upload = market.receive(rows)
    seen: list[int] = []
    write = staging._Batch.write

    def watched(batch: staging._Batch, rows_read: int) -> None:
        write(batch, rows_read)
        assert not connection.in_atomic_block
        seen.append(CatalogueUpload.objects.get(pk=upload.pk).rows_read)
        if len(seen) == 2:
            uploads.withdraw(upload_id=upload.pk, by=market.keeper, now=NOW)

    monkeypatch.setattr(staging._Batch, "write", watched)
    uploads.check(upload.pk, now=NOW)
    assert seen == [10, 20]
    upload.refresh_from_db()
    assert upload.state == UploadState.WITHDRAWN
    assert upload.staged.count() == 20


@pytest.mark.django_db(transaction=True)
def test_an_upload_that_another_session_reads_is_left_alone(owner: object) -> None:
    market = _committed_market()
    upload = market.receive("K-1;Kabel;Muster;Zubehör;10,00\n")
    CatalogueUpload.objects.filter(pk=upload.pk).update(state=UploadState.READING, attempts=1)
    key = f"supplier_catalogue.upload:{upload.pk}"
    owner.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", (key,))  # type: ignore[attr-defined]

    uploads.check(upload.pk, now=NOW)
    upload.refresh_from_db()
    assert (upload.state, upload.attempts) == (UploadState.READING, 1)

    owner.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", (key,))  # type: ignore[attr-defined]
    uploads.check(upload.pk, now=NOW)
    upload.refresh_from_db()
    assert (upload.state, upload.attempts) == (UploadState.CHECKED, 2)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_publish_at_once_one_is_refused() -> None:
    market = _committed_market()
    upload = market.checked("".join(f"K-{n};Kabel {n};M;Zubehör;10,00\n" for n in range(500)))
    uploads.submit(upload_id=upload.pk, by=market.keeper, now=NOW)

    def publish() -> object:
        return publication.publish(upload_id=upload.pk, by=market.world.manager, now=NOW)

    results = _at_once(publish)
    assert sorted(type(result).__name__ for result in results) == ["Published", "WrongUploadState"]
    assert ListPriceVersion.objects.count() == 500


@pytest.mark.django_db(transaction=True)
def test_the_same_file_sent_twice_at_once_is_one_upload() -> None:
    market = _committed_market()
    # large, so that without the lock both look before either has written
    rows = "K-1;Kabel;Muster;Zubehör;10,00\n" * 200_000
    results = _at_once(lambda: market.receive(rows).pk)
    assert results[0] == results[1]
    assert CatalogueUpload.objects.count() == 1


def test_the_worker_knows_the_tasks() -> None:
    app.loader.import_default_modules()
    scheduled = settings.CELERY_BEAT_SCHEDULE["sweep-uploads"]["task"]
    assert {uploads.CHECK_TASK, scheduled} == {check_upload.name, sweep_uploads.name}
    assert {check_upload.name, sweep_uploads.name} <= set(app.tasks)


def _at_once(action: Callable[[], object]) -> list[object]:
    """Run the action in two threads that start together; errors come back as results."""
    gate = Barrier(2)

    def run() -> object:
        try:
            gate.wait(timeout=10)
            return action()
        except CatalogueError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=2) as pool:
        return [job.result(timeout=60) for job in [pool.submit(run), pool.submit(run)]]


def _committed_market() -> Market:
    with transaction.atomic():
        return market.__wrapped__()  # type: ignore[attr-defined]
