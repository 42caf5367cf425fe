"""Price sheets: what a file says is what the draft holds afterwards, or nothing is."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from contracts.agreements.errors import NotAllowed, NotFound
from contracts.agreements.models import (
    AgreementState,
    Article,
    Award,
    ChargeType,
    ContractItem,
    FrameworkAgreement,
    Listing,
    PriceBasis,
    PriceVersion,
)
from contracts.audit.models import AuditEntry
from contracts.catalogue.models import SearchEntry
from contracts.ledger.movements import hold
from contracts.ledger.replay import differences
from contracts.ledger.requests import Hold
from contracts.parties.models import Organisation, Role
from contracts.parties.models.organisation import OrganisationKind
from contracts.price_sheets import (
    MOST_ERRORS,
    SAMPLE_FORMATS,
    SheetOutdated,
    import_sheet,
    imports,
    sample_sheet,
    writing,
)
from tests.database_state import writes
from tests.price_sheets import (
    Desk,
    build_desk,
    build_draft,
    csv_sheet,
    found,
    row,
    xlsx_sheet,
)
from tests.world import NOW, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Desk:
    return build_desk()


def prices(item: ContractItem) -> list[tuple[date, date | None, int, list[tuple[int, Decimal]]]]:
    """Range, price unit and tiers of every version."""
    versions = PriceVersion.objects.filter(item=item).order_by("valid")
    return [
        (
            version.valid.lower,
            version.valid.upper,
            version.price_unit,
            list(version.tiers.values_list("from_quantity", "net_unit_price")),
        )
        for version in versions
    ]


def test_a_sheet_becomes_awards_positions_caps_and_tiers(desk: Desk) -> None:
    content = csv_sheet(
        row(max_quantity=24000, rank=1, gtin="", price_unit=1),
        row(from_quantity=100, price="411,5"),
        row(position="1.2", title="Kabel", price="4,50", price_unit=100, unit="Packung"),
        row(
            lot="Los 2", supplier="havelland", reference="Z-2", position="1.1", rank=2,
            title="Lizenz", periods=3, period_months=1, awarded_on="05.01.2026",
        ),
    )  # fmt: skip
    report = desk.load(content)
    assert report.is_clean
    assert report.is_written
    notebook, cable, licence = desk.items
    assert notebook.award.reference == "Z-1"
    assert notebook.account is not None
    assert notebook.account.limit_amount == 24000
    assert prices(notebook) == [
        (date(2026, 1, 1), None, 1, [(1, Decimal(429)), (100, Decimal("411.5"))])
    ]
    assert (cable.unit, cable.account, prices(cable)[0][2]) == ("PK", None, 100)
    assert (licence.charge, licence.periods, licence.period_months) == (ChargeType.PER_PERIOD, 3, 1)
    assert (licence.award.rank, licence.award.awarded_on) == (2, date(2026, 1, 5))
    assert licence.award.terms.get().valid_from == date(2026, 1, 5)
    source = PriceVersion.objects.filter(item=notebook).get()
    assert (source.source, source.approved_by) == (
        "Zuschlag Z-1, Preisblatt preisblatt.csv",
        desk.manager,
    )
    assert (report.creates.positions, report.creates.tiers, report.creates.caps) == (3, 4, 1)
    assert differences() == []


def test_a_discount_and_dated_versions(desk: Desk) -> None:
    report = desk.load(
        csv_sheet(
            row(basis="Nachlass", price="", discount="12,5 %", product_group="Zubehör"),
            row(position="2", valid_to="31.12.2026"),
            row(position="2", valid_from="2027-01-01", valid_to="31.12.9999", price="399"),
            row(position="3", basis="Bündel", price="1.390,00"),
        )
    )
    assert found(report) == []
    discount, dated, bundle = desk.items
    assert discount.basis == PriceBasis.LIST_DISCOUNT
    tier = discount.price_versions.get().tiers.get()
    assert (tier.discount_percent, tier.net_unit_price) == (Decimal("12.5"), None)
    assert [entry[:2] for entry in prices(dated)] == [
        (date(2026, 1, 1), date(2027, 1, 1)),
        (date(2027, 1, 1), None),
    ]
    assert bundle.basis == PriceBasis.BUNDLE


def test_an_article_is_created_tied_and_found(desk: Desk) -> None:
    there = Article.objects.create(
        supplier=desk.suppliers[0], supplier_aid="A-2", name="Bekannt", updated_at=NOW
    )
    report = desk.load(
        csv_sheet(
            row(article_number="A-1", manufacturer="Werk", gtin="4012345000108"),
            row(position="1.2", title="Anders", article_number="A-2"),
        )
    )
    assert (report.creates.articles, report.creates.listings) == (1, 2)
    made = Article.objects.get(supplier_aid="A-1")
    assert (made.name, made.manufacturer, made.gtin) == ("Notebook", "Werk", "4012345000108")
    there.refresh_from_db()
    assert there.name == "Bekannt"
    ties = Listing.objects.order_by("item").values_list("item__number", "article__supplier_aid")
    assert list(ties) == [("1.1", "A-1"), ("1.2", "A-2")]
    assert SearchEntry.objects.count() == 2


def test_ranks_of_a_lot_share_the_cap_of_a_position(desk: Desk) -> None:
    second = {"supplier": "havelland", "reference": "Z-2", "rank": 2}
    desk.load(csv_sheet(row(max_quantity=10), row(**second, price="430")))
    first, other = desk.items
    assert first.account_id == other.account_id
    report = desk.preview(
        csv_sheet(row(position="9", max_quantity=10), row(**second, position="9", max_quantity=11))
    )
    assert found(report) == [(3, "Höchstmenge", "position_differs")]


def test_the_same_file_again_changes_nothing(desk: Desk) -> None:
    content = csv_sheet(
        row(max_quantity=10, article_number="A-1"), row(from_quantity=10, price="400")
    )
    desk.load(content)
    before = writes()
    audited = AuditEntry.objects.count()
    report = desk.load(content)
    assert (report.creates.created, report.creates.unchanged) == (0, 1)
    assert writes() == before
    assert AuditEntry.objects.count() == audited


def test_a_later_file_adds_what_is_missing(desk: Desk) -> None:
    desk.load(csv_sheet(row(valid_to="31.12.2026")))
    report = desk.load(csv_sheet(row(valid_from="01.01.2027", price="431"), row(position="1.2")))
    assert (report.creates.positions, report.creates.versions, report.creates.awards) == (1, 2, 0)
    assert [len(prices(item)) for item in desk.items] == [2, 1]


def test_a_preview_says_the_same_and_writes_nothing(desk: Desk) -> None:
    content = csv_sheet(row(max_quantity=5, article_number="A-1"))
    before = writes()
    preview = desk.preview(content)
    assert writes() == before
    assert not preview.is_written
    assert preview.creates == desk.load(content).creates


def test_the_import_is_on_record(desk: Desk) -> None:
    desk.load(csv_sheet(row()), filename="los-1.csv")
    entry = AuditEntry.objects.get(action="agreement.price_sheet_imported")
    assert (entry.object_id, entry.person) == (desk.agreement.pk, desk.manager.user)
    assert entry.after["filename"] == "los-1.csv"
    assert entry.after["positions"] == 1
    assert len(entry.after["sha256"]) == 64


def test_nothing_is_half_imported(desk: Desk) -> None:
    """One bad row among 5,000: the database is as before."""
    rows = [row(position=f"{number}", max_quantity=number) for number in range(1, 5001)]
    rows[2500]["price"] = "-1"
    before = writes()
    report = desk.load(csv_sheet(*rows))
    assert found(report) == [(2502, "Nettopreis", "price_negative")]
    assert (report.rows, report.creates.created, report.is_written) == (5000, 0, False)
    assert writes() == before
    rows[2500]["price"] = "1"
    assert desk.load(csv_sheet(*rows)).creates.positions == 5000


def test_what_fails_while_writing_takes_all_of_it_back(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control of the transaction: listing comes last and fails."""

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr(writing, "reindex", fail)
    with pytest.raises(RuntimeError):
        desk.load(csv_sheet(row(max_quantity=3, article_number="A-1")))
    for model in (Award, ContractItem, PriceVersion, Article, Listing):
        assert not model.objects.exists()
    assert not AuditEntry.objects.filter(action="agreement.price_sheet_imported").exists()


def test_every_error_is_counted_and_the_first_thousand_kept(desk: Desk) -> None:
    report = desk.preview(csv_sheet(*(row(position=f"{n}", price="0") for n in range(1200))))
    assert (len(report.errors), report.error_count) == (MOST_ERRORS, 1200)
    assert report.error_count - len(report.errors) == 200


def test_errors_of_all_stages_come_together(desk: Desk) -> None:
    report = desk.preview(
        csv_sheet(
            row(price="-1"),
            row(position="2", from_quantity=5),
            row(position="3", lot=7),
            row(position="4", title=""),
        )
    )
    assert found(report) == [
        (2, "Nettopreis", "price_negative"),
        (3, "ab Menge", "tier_order"),
        (4, "Los", "lot_unknown"),
        (5, "Bezeichnung", "cell_missing"),
    ]


KNOWN = (row(max_quantity=10, basis="Festpreis", unit="C62", rank=1),)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"price": "430"}, ("Nettopreis", "price_change_needed")),
        ({"from_quantity": 1, "price_unit": 100}, ("Nettopreis", "price_change_needed")),
        ({"valid_from": "01.02.2026"}, ("gültig ab", "versions_overlap")),
        ({"title": "Laptop"}, ("Bezeichnung", "position_known_differs")),
        ({"unit": "PK"}, ("Einheit", "position_known_differs")),
        ({"basis": "Bündel"}, ("Preisbasis", "position_known_differs")),
        ({"max_quantity": 11}, ("Höchstmenge", "cap_change_needed")),
        ({"max_quantity": 3}, ("Höchstmenge", "cap_below_use")),
        ({"reference": "Z-9"}, ("Zuschlag", "award_known_differs")),
        ({"rank": 2}, ("Rang", "award_known_differs")),
        ({"supplier": "havelland"}, ("Rang", "rank_taken")),
    ],
)
def test_what_contradicts_the_agreement_is_refused(
    desk: Desk, changed: dict[str, object], expected: tuple[str, str]
) -> None:
    desk.load(csv_sheet(*KNOWN))
    account = desk.items[0].account
    assert account is not None
    hold([Hold(account.pk, Decimal(4), "Test")], by=None, now=NOW)
    report = desk.load(csv_sheet(row(**changed)))
    assert found(report) == [(2, *expected)]
    assert len(desk.items) == 1


def test_the_sentence_points_to_the_price_change(desk: Desk) -> None:
    desk.load(csv_sheet(row(), row(from_quantity=10, price="400,5")))
    report = desk.load(csv_sheet(row(price="430")))
    assert report.errors[0].message == (
        "Für die Position gilt in diesem Zeitraum schon ein anderer Preis "
        "(ab 1: 429 EUR; ab 10: 400,5 EUR je 1). "
        "Preise ändern Sie über eine Preisänderung, nicht über das Preisblatt."
    )


def test_a_listed_agreement_takes_no_sheet(desk: Desk) -> None:
    content = csv_sheet(row())
    desk.load(content)
    FrameworkAgreement.objects.filter(pk=desk.agreement.pk).update(state=AgreementState.LISTED)
    for report in (desk.preview(content), desk.load(content)):
        assert found(report) == [(0, "", "agreement_not_draft")]
        assert "RV-1 ist gelistet" in report.errors[0].message


def test_an_agreement_past_its_term_takes_no_sheet(desk: Desk) -> None:
    desk.now = datetime(2030, 1, 1, 9, 0, tzinfo=UTC)
    assert found(desk.load(csv_sheet(row()))) == [(0, "", "agreement_ended")]


def test_only_the_contract_manager_of_the_body_imports(desk: Desk) -> None:
    other = Organisation.objects.create(
        code="zbs-2", name="Andere", kind=OrganisationKind.PURCHASING_BODY
    )
    strangers = [
        (person("fremd@zbs.example", other, Role.CONTRACT_MANAGER), NotFound),
        (person("pruef@zbs.example", desk.manager.organisation, Role.REVIEWER), NotAllowed),
    ]
    before = writes()
    for member, refusal in strangers:
        with pytest.raises(refusal):
            import_sheet(
                agreement_id=desk.agreement.pk,
                filename="x",
                content=csv_sheet(row()),
                by=member,
                now=NOW,
            )
    assert writes() == before


def test_the_agreement_is_looked_at_again_under_its_lock(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Listed while the file was read: nothing is written."""
    planned = imports._planned

    def meanwhile(*args: object) -> object:
        outcome = planned(*args)
        FrameworkAgreement.objects.filter(pk=desk.agreement.pk).update(
            state=AgreementState.SUSPENDED
        )
        return outcome

    monkeypatch.setattr(imports, "_planned", meanwhile)
    assert found(desk.load(csv_sheet(row()))) == [(0, "", "agreement_not_draft")]
    assert desk.items == []


def test_whoever_was_faster_is_named_as_the_reason(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The position was written by a form after the sheet was compared with the agreement."""
    known = writing._write_awards

    def faster(*args: object) -> object:
        outcome = known(*args)
        award = Award.objects.get()
        ContractItem.objects.create(award=award, number="1.1", title="x", basis="fixed")
        return outcome

    monkeypatch.setattr(writing, "_write_awards", faster)
    with pytest.raises(SheetOutdated, match="erneut"), transaction.atomic():
        desk.load(csv_sheet(row()))
    assert not Award.objects.exists()
    monkeypatch.setattr(imports, "_OUTDATED", {})
    with pytest.raises(IntegrityError), transaction.atomic():
        desk.load(csv_sheet(row()))


@pytest.mark.parametrize("kind", SAMPLE_FORMATS)
def test_the_sample_can_be_imported(desk: Desk, kind: str) -> None:
    report = desk.load(sample_sheet(kind))
    assert found(report) == []
    counts = report.creates
    assert (counts.awards, counts.positions, counts.tiers, counts.articles) == (1, 5, 6, 2)


def test_both_samples_say_the_same(desk: Desk) -> None:
    desk.load(sample_sheet("csv"))
    assert desk.load(sample_sheet("xlsx")).creates.created == 0


def test_the_number_of_statements_does_not_grow_with_the_rows(desk: Desk) -> None:
    def count(amount: int, number: str) -> int:
        desk.agreement, _ = build_draft(desk.manager, number)
        rows = [
            row(position=f"{n}", max_quantity=n, article_number=f"{number}-{n}")
            for n in range(1, amount + 1)
        ]
        with CaptureQueriesContext(connection) as captured:
            assert desk.load(csv_sheet(*rows)).is_clean
        return len(captured)

    count(1, "RV-A")  # makes the partner and the product class
    assert count(3, "RV-B") == count(60, "RV-C")


def test_a_workbook_says_the_same_as_a_text_file(desk: Desk) -> None:
    cells = row(price=Decimal("429.00"), valid_from=date(2026, 3, 1), max_quantity=10)
    assert found(desk.load(xlsx_sheet(cells))) == []
    text = row(price="429,00", valid_from="01.03.2026", max_quantity=10)
    assert desk.load(csv_sheet(text)).creates.created == 0
