"""Every page, for every role that may open it, light and dark, wide and at 320 px.

Zero violations of WCAG 2.2 A and AA and of best practice, no console error, nothing to
scroll sideways. One world on one live server serves all pages; nothing here writes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page
from pytest_django import DjangoDbBlocker
from pytest_django.live_server_helper import LiveServer

from contracts.catalogue import uploads
from contracts.clock import berlin_day
from contracts.parties.models import Role
from orders.finance.exports import sequence_all
from orders.mails import send_due
from orders.requisitions import papers
from tests.browser.axe import (
    OF_COLOURS,
    ConsoleErrors,
    accessibility_problems,
    assert_accessible,
    assert_no_horizontal_scroll,
)
from tests.delegations import stand_in
from tests.failed_sweeps import failed_sweep
from tests.gate_pages import gate_targets
from tests.pages import PageWorld, agreement_targets, build_pages
from tests.papers import attached
from tests.permission_table import PAGE_ROWS, PUBLIC_PAGE_ROWS
from tests.policy_pages import policy_targets
from tests.price_changes import price_targets
from tests.shopping_lists import shared_list
from tests.successors import propose_successor

pytestmark = pytest.mark.browser

ROLES = (
    Role.SCHOOL_REQUESTER,
    Role.PROCUREMENT_OFFICER,
    Role.APPROVER,
    Role.SUPPLIER_CATALOGUE,
    Role.SUPPLIER_ORDERS,
    Role.CONTRACT_MANAGER,
    Role.TREASURER,
)
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
WIDTHS = (1280, 320)
Look = tuple[Literal["light", "dark"], int, Sequence[str]]
# What stands under <main> and what stands around it, without what differs in every answer.
PARTS = """
() => {
  const around = document.documentElement.cloneNode(true);
  const main = around.querySelector("main");
  around.querySelectorAll("main, head").forEach((part) => part.remove());
  around.querySelectorAll("[aria-current]").forEach((link) => link.removeAttribute("aria-current"));
  return [main, around].map((part) => part.outerHTML.replace(/\\b[A-Za-z0-9]{64}\\b/g, ""));
}
"""
AROUND = ("body > :not(main)",)
# Answers that are files and no pages.
FILES = (
    "upload_issues",
    "document",
    "price_sheet_sample",
    "requisition_attachment",
    "approval_record_pdf",
)
ROWS = [
    *(row for row in PAGE_ROWS if row.method == "GET" and row.name not in FILES),
    *(row for row in PUBLIC_PAGE_ROWS if row.method == "GET"),
]
FILE = (
    b"Artikelnummer;Bezeichnung;Preis\n"
    b"A-1;Notebooks;449,00\nA-9;Netzteil;19,00\nA-10;;12,00\nA-11;Kabel;abc\n"
)


@dataclass
class Shop:
    """The live server, its world, what the addresses name, and what was looked at."""

    url: str
    pages: PageWorld
    targets: dict[str, Any]
    browser: Browser
    seen: set[str]


@pytest.fixture(scope="module")
def shop(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    databases: Any,
    browser: Browser,
) -> Iterator[Shop]:
    if not (Path(settings.ASSETS_DIR) / "kern").is_dir():
        pytest.skip("needs the assets: python -m shop.assets")
    with django_db_blocker.unblock():
        pages = build_pages()
        targets = _targets(pages)
        server = LiveServer("localhost")
        yield Shop(server.url, pages, targets, browser, set())
        server.stop()
        _as_new(databases)


def _as_new(databases: Any) -> None:
    """Leave the database as it was found: what lies in it was committed."""
    from django.db import connections  # noqa: PLC0415

    name = connections["default"].settings_dict["NAME"]
    connections.close_all()
    databases.renew(name)


def _targets(pages: PageWorld) -> dict[str, Any]:
    issued = pages.issued(120)
    draft = pages.draft(40)
    submitted = pages.submitted(55)
    attached(submitted, pages.officer, now=pages.now)
    day = berlin_day(pages.now)
    stand_in(
        pages.people[Role.TREASURER], pages.approver, valid_from=day, valid_to=day, now=pages.now
    )
    papers.comment(
        requisition_id=submitted.pk, text="Bitte bis Freitag.", by=pages.approver, now=pages.now
    )
    pages.fill_basket(120)
    keeper = pages.people[Role.SUPPLIER_CATALOGUE]
    upload = uploads.receive(
        by=keeper,
        award_id=pages.world.awards[0].pk,
        filename="katalog.csv",
        content=FILE,
        mapping={},
        now=pages.now,
    )
    uploads.check(upload.pk, now=pages.now)
    uploads.submit(upload_id=upload.pk, by=keeper, now=pages.now)
    sequence_all(now=timezone.now())
    send_due(now=timezone.now())
    failed_sweep(pages.now)
    return {
        "listing": pages.world.listings[0].pk,
        "list": shared_list(pages).pk,
        "draft": draft.pk,
        "submitted": submitted.pk,
        "line_no": 1,
        "call_off": issued.call_offs.get(supplier=pages.world.suppliers[0]).pk,
        **agreement_targets(pages),
        **gate_targets(pages),
        **policy_targets(pages),
        **price_targets(pages.world, keeper, now=pages.now),
        "successor_proposal": propose_successor(pages.world, keeper, now=pages.now).pk,
        "handed_in": upload.pk,
    }


def _open(shop: Shop, role: Role | None, scheme: Any, width: int) -> Iterator[Page]:
    context = shop.browser.new_context(
        locale="de-DE", color_scheme=scheme, viewport={"width": width, "height": 800}
    )
    if role is not None:
        session = shop.pages.as_role(role).cookies[settings.SESSION_COOKIE_NAME].value
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": shop.url}
        context.add_cookies([cookie])  # type: ignore[list-item]
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("role", [*ROLES, None], ids=lambda role: role or "anonymous")
def test_pages_are_accessible(shop: Shop, role: Role | None) -> None:
    """All pages of one role, each loaded once and looked at in both schemes and widths.

    Every problem of every page is named at once.
    """
    problems = []
    for page in _open(shop, role, SCHEMES[0], WIDTHS[0]):
        errors = ConsoleErrors(page)
        for address in _addresses(shop, role):
            answer = page.goto(f"{shop.url}{address}")
            if answer is None or answer.status != 200:
                problems.append(f"{address}: {answer and answer.status}")
            problems += _looked_at(page, shop.seen)
        problems += errors.messages
    assert not problems, "\n".join(problems)


def _looked_at(page: Page, seen: set[str]) -> list[str]:
    """What is wrong with the page as it stands, light and dark, wide and narrow.

    Dark differs in colours alone. Where another role was before, one wide light and one
    narrow dark look take in every rule, scheme and width. What was looked at to the letter,
    under <main> or around it, is not looked at again.
    """
    (main, around), address = page.evaluate(PARTS), page.url
    without = (*(("main",) if main in seen else ()), *(AROUND if around in seen else ()))
    if len(without) == 2:
        return []
    looks: tuple[Look, ...] = (
        (("light", 1280, ()), ("dark", 320, ()))
        if address in seen
        else (
            ("light", 1280, ()),
            ("light", 320, ()),
            ("dark", 320, OF_COLOURS),
            ("dark", 1280, OF_COLOURS),
        )
    )
    seen |= {main, around, address}
    problems = []
    for scheme, width, rules in looks:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.set_viewport_size({"width": width, "height": 800})
        found = accessibility_problems(page, without=without, rules=rules)
        try:
            assert_no_horizontal_scroll(page)
        except AssertionError as error:
            found.append(str(error))
        problems += [f"{address}: {scheme}, {width} px: {problem}" for problem in found]
    return problems


def _addresses(shop: Shop, role: Role | None) -> list[str]:
    found = []
    for row in ROWS:
        allowed = getattr(row, "allowed", None)
        if (allowed is None) if role is None else (allowed or {}).get(role) == 200:
            args = [shop.targets[name] for name in getattr(row, "args", ())]
            found.append(reverse(f"frontend:{row.name}", args=args))
    return found


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_more_of_the_navigation_opens_by_keyboard(shop: Shop, scheme: str, width: int) -> None:
    """One line at 1280 px; "Mehr" opens, is accessible open, and Escape gives the focus back."""
    for page in _open(shop, Role.PROCUREMENT_OFFICER, scheme, width):
        page.goto(f"{shop.url}/vertretungen/")
        if width == min(WIDTHS):
            page.get_by_role("button", name="Menü").click()
        else:
            row = page.locator("#kh-nav-list").bounding_box()
            assert row is not None
            assert row["height"] < 60
        more = page.locator(".kh-nav__more > summary")
        more.focus()
        page.keyboard.press("Enter")
        assert page.get_by_role("link", name="Vertretungen", exact=True).is_visible()
        assert_accessible(page)
        assert_no_horizontal_scroll(page)
        page.keyboard.press("Escape")
        assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
        assert page.get_by_role("link", name="Vertretungen", exact=True).is_hidden()


def test_a_refusal_is_accessible_and_has_the_focus(shop: Shop) -> None:
    """What the domain refuses comes as one alert that a screen reader starts at."""
    over_budget = shop.pages.draft(1100)
    shop.pages.fill_basket(120)
    for page in _open(shop, Role.PROCUREMENT_OFFICER, "light", 320):
        page.goto(f"{shop.url}/anforderungen/{over_budget.pk}/")
        page.get_by_role("button", name="Zur Freigabe einreichen").click()
        page.get_by_role("alert").wait_for()
        assert "Es fehlen" in page.get_by_role("alert").inner_text()
        assert page.evaluate("document.activeElement.getAttribute('role')") == "alert"
        assert_accessible(page)
        assert_no_horizontal_scroll(page)


def test_the_road_to_a_requisition_works_without_script(shop: Shop) -> None:
    """Search, basket, account assignment and its effect: forms do everything."""
    context = shop.browser.new_context(locale="de-DE", java_script_enabled=False)
    member = shop.pages.officer
    session = shop.pages.client(member).cookies[settings.SESSION_COOKIE_NAME].value
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": shop.url}
    context.add_cookies([cookie])  # type: ignore[list-item]
    page = context.new_page()
    page.goto(f"{shop.url}/katalog/?q=notebook")
    page.get_by_role("spinbutton", name="Menge: Notebooks").fill("7")
    page.get_by_role("button", name="Hinzufügen").click()
    page.goto(f"{shop.url}/bedarfskorb/")
    page.get_by_label("Betreff").fill("Ohne Skript")
    page.get_by_label("Haushaltsposition").first.select_option(str(shop.pages.budget_line.pk))
    page.get_by_role("button", name="Wirkung auf den Haushalt zeigen").click()
    assert "danach frei" in page.content()
    page.get_by_role("button", name="Als Entwurf speichern").click()
    page.get_by_role("heading", level=1, name="Ohne Skript").wait_for()
    context.close()
