"""The road, walked once in a real Chromium and over the real API.

From a supplier's file to listed articles, a requisition over two lots, four eyes, two
call-offs, the finance feed and the contract's caps. A real worker with beat does what
happens after the commits.
"""

from __future__ import annotations

import csv
import io
import re
import secrets
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from api.clients import create_client
from contracts.agreements.models import Award, FrameworkAgreement, Listing
from contracts.ledger.replay import differences
from contracts.parties.models import Membership, Organisation, Role, User
from frontend.formatting import format_money
from orders.models import CallOff, MailLog, Requisition
from shop.demo_world.credentials import load
from shop.demo_world.seed import seed
from tests.browser.axe import assert_accessible
from tests.browser.road import ApiProgram, wait_for, worker

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LAPTOPS = "laptop_price_list_latin1.csv"
LAPTOP_MAPPING = {
    "columns": {"price": "Price_euros", "manufacturer": "Company", "product_group": "TypeName"},
    "id_template": "NB-{laptop_ID}",
    "name_template": ["Company", "Product", "Cpu", "Ram", "Memory"],
    "features": {"Prozessor": "Cpu", "Arbeitsspeicher": "Ram", "Gewicht": "Weight"},
}
AGREEMENT = "RV-SchulIT-BB"
# NB-3 of the list costs 575.00; the award gives 12 % off the list price.
NOTEBOOK_NET = Decimal("506.00")
NOTEBOOKS = 3
BOOKS = 100


class Demo:
    """The seeded demo world behind a live server."""

    def __init__(self, url: str, folder: Path) -> None:
        seed(now=timezone.now(), scale=1, folder=folder, url=url)
        found = load(folder)
        assert found is not None
        self.url = url
        self.folder = folder
        self.people = {row["key"]: row for row in found["people"]}
        self.clients = found["api_clients"]

    def program(self, name: str) -> ApiProgram:
        row = next(row for row in self.clients if row["name"].startswith(name))
        program = ApiProgram(self.url, row["client_id"], row["client_secret"])
        program.log_in()
        return program

    def log_in(self, page: Page, person: str) -> None:
        """Sign in by the form, as everybody outside of the demo does."""
        page.context.clear_cookies()
        page.goto(f"{self.url}/anmelden/")
        page.get_by_label("E-Mail-Adresse").fill(self.people[person]["email"])
        page.get_by_label("Passwort").fill(self.people[person]["password"])
        page.get_by_role("button", name="Anmelden", exact=True).click()
        expect(page).to_have_url(f"{self.url}/")

    def open(self, page: Page, path: str) -> None:
        """Go to a page and hold it against the accessibility rules."""
        answer = page.goto(self.url + path)
        assert answer is not None
        assert answer.status == 200, path
        assert_accessible(page)


@pytest.fixture
def demo(transactional_db: None, live_server: Any, tmp_path: Path) -> Demo:
    return Demo(live_server.url, tmp_path / "demo")


@pytest.fixture
def road_worker(demo: Demo, process_environment: dict[str, str], tmp_path: Path) -> Iterator[None]:
    with worker(process_environment, str(tmp_path / "beat")):
        yield


@pytest.mark.shared
def test_from_a_suppliers_file_to_the_finance_export(
    demo: Demo, road_worker: None, page: Page, shared_folder: Path
) -> None:
    award = Award.objects.get(lot__agreement__number=AGREEMENT, lot__number=2, rank=1)
    supplier = demo.program("Warenwirtschaft")
    laptops = (shared_folder / "real-input" / LAPTOPS).read_bytes()

    upload = deliver(supplier, award, LAPTOPS, laptops, LAPTOP_MAPPING, rows=1303)
    assert upload["counts"]["new"] == 1303
    publish(demo, page, upload["id"])
    notebook = Listing.objects.select_related("article").get(article__supplier_aid="NB-3")
    generated_bmecat_takes_the_same_road(demo, supplier, award, page)
    dearer_price_is_held_back(demo, supplier, award, page)

    who_is_not_entitled_finds_nothing(demo, page, notebook)
    before = agreement_bound()
    refused_over_budget(demo, page, notebook)
    requisition = ask(demo, page, notebook)
    requester_cannot_decide(demo, page, requisition)
    release(demo, page, requisition)

    call_offs = list(CallOff.objects.filter(requisition=requisition).order_by("lot__number"))
    assert [row.lot.number for row in call_offs] == [2, 5]
    assert call_offs[0].net == NOTEBOOKS * NOTEBOOK_NET
    mails_have_arrived(demo, page, requisition)
    each_supplier_sees_its_own(demo, page, call_offs)
    finance_pulls(demo, requisition, call_offs)
    caps_have_grown(demo, page, before, sum((row.net for row in call_offs), Decimal(0)))
    assert differences() == []


def deliver(
    supplier: ApiProgram, award: Award, name: str, content: bytes, mapping: Any, *, rows: int
) -> dict[str, Any]:
    """Upload by the API, follow the progress, hand in; return the checked delivery."""
    address = supplier.upload(
        award=award.reference, filename=name, content=content, mapping=mapping
    )

    def checked() -> dict[str, Any] | None:
        body: dict[str, Any] = supplier.get(address).json()
        return None if body["state"] in ("received", "reading") else body

    body: dict[str, Any] = wait_for("the check", checked)
    assert (body["state"], body["processed"]) == ("checked", rows), body
    assert supplier.post(f"{address}:submit").status == 200
    result = supplier.get(body["result_url"].removeprefix(supplier.url)).json()
    return {**body, "counts": result["counts"]}


def publish(demo: Demo, page: Page, upload: int) -> None:
    """The contract manager reads the difference and publishes."""
    demo.log_in(page, "vertrag")
    demo.open(page, f"/kataloglieferungen/{upload}/")
    expect(page.get_by_role("heading", name="Ergebnis der Prüfung")).to_be_visible()
    page.get_by_role("button", name="Veröffentlichen").click()
    page.locator("#kh-confirm [data-confirm-yes]").click()
    expect(page.get_by_role("button", name="Veröffentlichen")).to_have_count(0)
    expect(page.locator("main")).to_contain_text("veröffentlicht")


def generated_bmecat_takes_the_same_road(
    demo: Demo, supplier: ApiProgram, award: Award, page: Page
) -> None:
    content = (demo.folder / "katalog-bmecat2005.xml").read_bytes()
    upload = deliver(supplier, award, "katalog.xml", content, {}, rows=300)
    assert upload["failed"] == 0
    assert upload["counts"]["held_back"] == 5
    publish(demo, page, upload["id"])


def dearer_price_is_held_back(demo: Demo, supplier: ApiProgram, award: Award, page: Page) -> None:
    content = b"Artikelnummer;Bezeichnung;Nettopreis\nNB-3;HP 250 G6;599,00\n"
    upload = deliver(supplier, award, "rise.csv", content, {}, rows=1)
    assert upload["counts"]["held_back"] == 1
    publish(demo, page, upload["id"])
    expect(page.locator("main")).to_contain_text("zurückgehalten")


def who_is_not_entitled_finds_nothing(demo: Demo, page: Page, notebook: Listing) -> None:
    demo.log_in(page, "neuwalde")
    demo.open(page, f"/katalog/?q={notebook.article.supplier_aid}")
    expect(page.locator("main")).not_to_contain_text(notebook.article.name)
    answer = page.goto(f"{demo.url}/katalog/{notebook.pk}/")
    assert answer is not None
    assert answer.status == 404


def fill_basket(demo: Demo, page: Page, listing: Listing, quantity: int) -> None:
    """Search by the exact number, which opens the article, and put it in the basket."""
    demo.open(page, "/katalog/")
    page.get_by_role("searchbox").first.fill(listing.article.supplier_aid)
    page.get_by_role("searchbox").first.press("Enter")
    expect(page).to_have_url(f"{demo.url}/katalog/{listing.pk}/")
    assert_accessible(page)
    expect(page.locator("main")).to_contain_text(AGREEMENT)
    expect(page.locator("main")).to_contain_text("Werktage")
    page.get_by_label(f"Menge: {listing.article.name}").fill(str(quantity))
    page.get_by_role("button", name="In den Bedarfskorb").click()


def make_draft(demo: Demo, page: Page, title: str) -> Requisition:
    """Fill in the requisition's head and budget line; it becomes a draft."""
    demo.open(page, "/bedarfskorb/")
    page.get_by_label("Betreff").fill(title)
    page.get_by_label("Schule").select_option(label="Grundschule Am See")
    options = page.get_by_label("Haushaltsposition").first
    label = options.locator("option", has_text="Geräte Grundschule Am See").first.inner_text()
    options.select_option(label=label)
    page.get_by_role("button", name="Als Entwurf speichern").click()
    expect(page.get_by_role("heading", name=title)).to_be_visible()
    return Requisition.objects.order_by("-pk")[0]


def refused_over_budget(demo: Demo, page: Page, notebook: Listing) -> None:
    demo.log_in(page, "beschaffung")
    fill_basket(demo, page, notebook, 5000)
    draft = make_draft(demo, page, "Viel zu viele Notebooks")
    page.get_by_role("button", name="Einreichen").click()
    expect(page.locator("main")).to_contain_text("fehlen")
    assert_accessible(page)
    draft.refresh_from_db()
    assert draft.state == "draft"


def ask(demo: Demo, page: Page, notebook: Listing) -> Requisition:
    """Notebooks at 19 % and digital textbooks at 7 %, for a school, submitted."""
    fill_basket(demo, page, notebook, NOTEBOOKS)
    fill_basket(demo, page, textbook(), BOOKS)
    requisition = make_draft(demo, page, "Notebooks und Schulbücher für Klasse 5")
    expect(page.get_by_role("heading", name="Wirkung auf den Haushalt")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Einreichen").click()
    expect(page.locator("main")).to_contain_text("in Freigabe")
    requisition.refresh_from_db()
    assert requisition.state == "submitted"
    rates = requisition.revisions.latest("number").lines.values_list("tax_rate", flat=True)
    assert set(rates) == {Decimal(19), Decimal(7)}
    return requisition


def textbook() -> Listing:
    """The digital textbook of lot 5 (7 % VAT)."""
    return Listing.objects.select_related("article").filter(
        item__award__lot__number=5, item__vat_class="digital_book", is_listed=True
    )[0]


def requester_cannot_decide(demo: Demo, page: Page, requisition: Requisition) -> None:
    """Not even with a second membership that could sign for anybody else."""
    officer = requisition.created_by
    Membership.objects.create(
        user=officer.user,
        organisation=officer.organisation,
        role=Role.APPROVER,
        signing_limit=Decimal(1_000_000),
        valid_from=officer.valid_from,
    )
    demo.open(page, "/mitgliedschaft/")
    page.get_by_role("button", name=re.compile("Freigabe")).first.click()
    demo.open(page, "/freigaben/")
    expect(page.locator("main")).not_to_contain_text(requisition.number)
    page.goto(f"{demo.url}/freigaben/{requisition.pk}/")
    expect(page.get_by_role("button", name="Freigeben")).to_have_count(0)


def release(demo: Demo, page: Page, requisition: Requisition) -> None:
    """Whoever is asked for signs, until nobody is left."""
    signers = {
        row["role"]: key
        for key, row in reversed(demo.people.items())
        if row["organisation"] == demo.people["beschaffung"]["organisation"]
    }
    for _ in range(4):
        requisition.refresh_from_db()
        if requisition.state != "submitted":
            break
        step = requisition.steps.filter(completed_at=None).order_by("tier")[0]
        demo.log_in(page, signers[step.role])
        demo.open(page, "/freigaben/")
        demo.open(page, f"/freigaben/{requisition.pk}/")
        page.get_by_role("button", name="Freigeben").click()
        expect(page.locator("main")).to_contain_text("freigegeben")
    requisition.refresh_from_db()
    assert requisition.state == "approved"


def mails_have_arrived(demo: Demo, page: Page, requisition: Requisition) -> None:
    subject = f"Anforderung {requisition.number}: freigegeben"
    wait_for("the mail", MailLog.objects.filter(subject=subject).exists)
    demo.log_in(page, "beschaffung")
    demo.open(page, "/postfach/")
    expect(page.locator("main")).to_contain_text(subject)


def each_supplier_sees_its_own(demo: Demo, page: Page, call_offs: list[CallOff]) -> None:
    """By API and by page; the other's is as unknown as one that does not exist."""
    for mine, other in (call_offs, call_offs[::-1]):
        clerk = order_desk(demo, mine.supplier)
        client_id, secret = create_client(f"Aufträge {mine.pk}", clerk, ["orders:read"])
        desk = ApiProgram(demo.url, client_id, secret)
        desk.log_in()
        base = "/api/v1/supplier/call-offs"
        assert desk.get(f"{base}/{mine.number}").json()["number"] == mine.number
        assert desk.get(f"{base}/{other.number}").status == 404
        numbers = [row["number"] for row in desk.get(base).json()["items"]]
        assert mine.number in numbers
        assert other.number not in numbers
        demo.log_in(page, clerk.user.email)
        demo.open(page, f"/abrufe/{mine.pk}/")
        answer = page.goto(f"{demo.url}/abrufe/{other.pk}/")
        assert answer is not None
        assert answer.status == 404


def order_desk(demo: Demo, supplier: Organisation) -> Membership:
    """Somebody new at the supplier's order desk, able to log in."""
    password = secrets.token_urlsafe(16)
    user = User.objects.create_user(f"neu@{supplier.code}.example", password)
    demo.people[user.email] = {**demo.people["auftraege"], "email": user.email}
    demo.people[user.email]["password"] = password
    return Membership.objects.create(
        user=user,
        organisation=supplier,
        role=Role.SUPPLIER_ORDERS,
        valid_from=timezone.localdate(),
    )


def finance_pulls(demo: Demo, requisition: Requisition, call_offs: list[CallOff]) -> None:
    """JSON after a cursor and CSV; sums to the cent, no gap, nothing twice."""
    finance = demo.program("Haushaltsverfahren Musterfelde")
    base = "/api/v1/finance/musterfelde"

    def mine() -> list[dict[str, Any]] | None:
        rows = [row for row in pull(finance, base, 0) if is_about(row, requisition)]
        return rows if len(rows) == 6 else None

    rows = wait_for("the events", mine)
    kinds = sorted(row["event"]["type"] for row in rows)
    assert kinds == ["COMMITMENT"] * 2 + ["RESERVATION"] * 2 + ["RESERVATION_RELEASE"] * 2
    gross = sum(Decimal(r["event"]["gross"]) for r in rows if r["event"]["type"] == "COMMITMENT")
    assert gross == sum(row.gross for row in call_offs)
    assert sum(Decimal(r["event"]["gross"]) for r in rows) == gross
    everything = pull(finance, base, 0)
    numbers = [row["seq"] for row in everything]
    assert numbers == list(range(1, len(numbers) + 1))
    assert pull(finance, base, numbers[-1]) == []
    export = finance.get(f"{base}/exports.csv?from=1&to={numbers[-1]}&profile=raw")
    table = list(csv.DictReader(io.StringIO(export.body.decode())))
    committed = [
        Decimal(row["gross"])
        for row in table
        if row["type"] == "COMMITMENT" and row["requisition_no"] == requisition.number
    ]
    assert sum(committed) == gross


def pull(finance: ApiProgram, base: str, after: int) -> list[dict[str, Any]]:
    """Everything after the cursor, page by page."""
    found: list[dict[str, Any]] = []
    while True:
        items = finance.get(f"{base}/events?after={after}&limit=50").json()["items"]
        if not items:
            return found
        found += items
        after = items[-1]["seq"]


def is_about(row: dict[str, Any], requisition: Requisition) -> bool:
    return bool(row["event"]["requisition_no"] == requisition.number)


def agreement_bound() -> Decimal:
    agreement = FrameworkAgreement.objects.select_related("account").get(number=AGREEMENT)
    assert agreement.account is not None
    return agreement.account.bound


def caps_have_grown(demo: Demo, page: Page, before: Decimal, net: Decimal) -> None:
    assert agreement_bound() - before == net
    agreement = FrameworkAgreement.objects.get(number=AGREEMENT)
    demo.log_in(page, "vertrag")
    demo.open(page, f"/vereinbarungen/{agreement.pk}/")
    expect(page.locator("main svg[role=img]").first).to_be_visible()
    expect(page.locator("main")).to_contain_text(format_money(before + net))
