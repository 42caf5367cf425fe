"""The navigation: what a role may open, in one line at 1280 px, the rest under "Mehr"."""

from __future__ import annotations

from django.urls import reverse

from contracts.parties.models import Membership
from frontend.access import may_open
from frontend.context import NAVIGATION, ONE_LINE, SELDOM
from tests.pages import PageWorld


def labels(pages: PageWorld, member: Membership) -> tuple[list[str], list[str]]:
    context = pages.client(member).get("/").context
    return [row["label"] for row in context["nav"]], [row["label"] for row in context["nav_more"]]


def test_a_long_row_keeps_rules_and_upkeep_under_more(pages: PageWorld) -> None:
    row, more = labels(pages, pages.approver)
    assert more == ["Vertretungen", "Freigaberegelung", "Hindernisse", "Ausstattung"]
    assert "Freigaben" in row
    assert not set(row) & set(more)


def test_nothing_a_role_may_open_is_lost(pages: PageWorld) -> None:
    for member in (pages.officer, pages.approver, pages.world.manager):
        row, more = labels(pages, member)
        allowed = [label for name, label in NAVIGATION if may_open(member, name)]
        assert set(row) | set(more) == set(allowed) - {"Postfach"}


def test_a_short_row_folds_nothing(pages: PageWorld) -> None:
    row, more = labels(pages, pages.world.manager)
    assert "Hindernisse" in row
    assert more == []
    assert len(row) <= ONE_LINE


def test_more_says_that_one_is_in_it(pages: PageWorld) -> None:
    client = pages.client(pages.approver)
    assert "Sie sind in" not in client.get("/").content.decode()
    for name in SELDOM:
        page = client.get(reverse(f"frontend:{name}")).content.decode()
        assert '<summary class="kh-nav__here">Mehr' in page
        assert page.count("Sie sind in: ") == 1
