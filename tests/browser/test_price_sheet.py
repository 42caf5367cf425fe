"""A price sheet in a real browser: refused, checked, taken over; every state accessible."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from contracts.agreements.models import ContractItem
from contracts.parties.models import Role
from tests.browser.axe import ConsoleErrors, assert_accessible, assert_no_horizontal_scroll
from tests.pages import build_pages
from tests.price_sheets import build_draft, csv_sheet, row

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SUPPLIER = {"supplier": "lieferant-1"}
BROKEN = csv_sheet(row(**SUPPLIER, price="-1"), row(**SUPPLIER, position="2", lot=9))
SOUND = csv_sheet(row(**SUPPLIER, max_quantity=10), row(**SUPPLIER, from_quantity=5, price="400"))


@pytest.mark.parametrize(("scheme", "width"), [("light", 320), ("dark", 1280)])
def test_a_sheet_is_refused_checked_and_taken_over(
    live_server: LiveServer, browser: Browser, tmp_path: Path, scheme: str, width: int
) -> None:
    if not (Path(settings.ASSETS_DIR) / "kern").is_dir():
        pytest.skip("needs the assets: python -m shop.assets")
    pages = build_pages()
    draft, _ = build_draft(pages.world.manager)
    context = browser.new_context(
        locale="de-DE",
        color_scheme=scheme,  # type: ignore[arg-type]
        viewport={"width": width, "height": 800},
    )
    session = pages.as_role(Role.CONTRACT_MANAGER).cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}]
    )
    page = context.new_page()
    errors = ConsoleErrors(page)
    page.goto(f"{live_server.url}/vereinbarungen/{draft.pk}/preisblatt/")
    for name, content, button, words in (
        ("a.csv", BROKEN, "Übernehmen", "2 Fehler in 2 Zeilen"),
        ("b.csv", SOUND, "Prüfen", "Die Prüfung ist ohne Fehler: 2 Zeilen"),
    ):
        assert_accessible(page)
        assert_no_horizontal_scroll(page)
        (tmp_path / name).write_bytes(content)
        page.get_by_label("Preisblatt").set_input_files(tmp_path / name)
        page.get_by_role("button", name=button, exact=True).click()
        expect(page.get_by_text(words)).to_be_visible()
        assert_accessible(page)
        assert_no_horizontal_scroll(page)
    assert not ContractItem.objects.filter(award__lot__agreement=draft).exists()
    page.get_by_label("Preisblatt").set_input_files(tmp_path / "b.csv")
    page.get_by_role("button", name="Übernehmen", exact=True).click()
    expect(page.get_by_text("Das Preisblatt ist übernommen")).to_be_visible()
    assert ContractItem.objects.filter(award__lot__agreement=draft).count() == 1
    # the browser itself reports the status of a refused form
    assert [message for message in errors.messages if "422" not in message] == []
    context.close()
