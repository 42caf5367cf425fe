"""Forms of a requisition as a browser sends them, and requisitions to look at."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from django.forms import BaseForm
from django.forms.formsets import BaseFormSet

from contracts.agreements.life.listing import list_articles
from contracts.agreements.models import Article, Listing
from contracts.agreements.prices.ordering import Wanted
from contracts.catalogue.indexing import reindex
from orders import requisitions
from orders.models import Requisition
from orders.requisitions import Ask, Share
from tests.pages import TITLE, PageWorld
from tests.world import NOW


def filled(*forms: BaseForm | BaseFormSet, **changes: object) -> dict[str, object]:
    """What a browser sends of the forms as they are shown, with some fields changed."""
    sent: dict[str, object] = {}
    for form in forms:
        parts = [form.management_form, *form.forms] if isinstance(form, BaseFormSet) else [form]
        for part in parts:
            sent |= _shown(part)
    return sent | changes


def _shown(form: BaseForm) -> dict[str, object]:
    shown = {}
    for bound in form:
        value = bound.value()
        if value is None or value is False:
            continue
        shown[bound.html_name] = bound.field.widget.format_value(value) or ""
        if isinstance(shown[bound.html_name], list):
            shown[bound.html_name] = value
    return shown


def more_listings(pages: PageWorld, count: int) -> list[Listing]:
    """So many more articles under the first item."""
    world = pages.world
    articles = Article.objects.bulk_create(
        Article(
            supplier=world.suppliers[0],
            supplier_aid=f"L-{number}",
            name=f"Notebook {number:03}",
            updated_at=NOW,
        )
        for number in range(1, count + 1)
    )
    pairs: Iterable[tuple[object, Article]] = [(world.items[0], row) for row in articles]
    listed = list_articles(pairs, supplier=world.suppliers[0], now=NOW)
    reindex([row.pk for row in listed])
    return listed


def long_draft(pages: PageWorld, listings: Iterable[Listing], *, now: datetime) -> Requisition:
    """A draft with one line per listing, all on the one budget line."""
    wanted = [Wanted(f"neu-{row.pk}", row.pk, 1) for row in listings]
    ask = Ask(title=TITLE, shares={"": [Share(pages.budget_line.pk, Decimal(100))]})
    return requisitions.create(
        by=pages.officer, ask=ask, wanted=wanted, school_id=pages.world.school.pk, now=now
    )
