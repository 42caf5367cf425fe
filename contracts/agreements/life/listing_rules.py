"""What the law and the contract demand before an agreement may be listed.

The listing row of the rule table: term, notice number, estimate and maximum (CJEU C-23/20),
named buyers (CJEU C-216/17), awards, positions, prices, articles within their lot.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from contracts.agreements.legal import EU_THRESHOLD, TERM_ABOVE, TERM_BELOW, NoLegalFigure, figure
from contracts.agreements.models import (
    Award,
    AwardTerms,
    ContractItem,
    FrameworkAgreement,
    ItemRelation,
    Listing,
    ListPriceVersion,
    Lot,
    PriceBasis,
    PriceVersion,
    RelationKind,
)
from contracts.ledger.models import LimitAccount
from contracts.parties.models import Membership

SHOWN_ARTICLES = 5
ALL_GROUPS = "*"


def obstacles_to_listing(agreement: FrameworkAgreement, on: date) -> list[str]:
    """German sentences for everything that still keeps the agreement off the shelf.

    A constant number of queries, whatever the number of lots and positions.
    """
    lots = list(Lot.objects.filter(agreement=agreement).select_related("account"))
    return [
        *_head(agreement, on),
        *_values("Vereinbarung", agreement.estimated_value, agreement.account),
        *_lots(agreement, lots),
        *_term(agreement),
        *_awards(agreement, on),
        *_bundles(agreement),
        *_listings(agreement, on),
    ]


def _head(agreement: FrameworkAgreement, on: date) -> Iterator[str]:
    if not agreement.starts_on <= on <= agreement.ends_on:
        yield "Die Laufzeit umfasst den heutigen Tag nicht."
    if not agreement.notice_number.strip():
        yield "Die Bekanntmachungsnummer fehlt."
    if not _is_in_force(agreement.responsible_id, on):
        yield "Es ist keine verantwortliche Person mit gültiger Mitgliedschaft benannt."
    named = agreement.entitlements.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on))
    if not named.exists():
        yield "Es sind keine Abrufberechtigten benannt (EuGH C-216/17)."


def _is_in_force(membership_id: int | None, on: date) -> bool:
    return Membership.objects.valid_on(on).filter(pk=membership_id or 0).exists()


def _values(name: str, estimate: Decimal | None, account: LimitAccount | None) -> Iterator[str]:
    """Both figures must be published, and the estimate can't be above the maximum."""
    if estimate is None or estimate <= 0:
        yield f"{name}: Der Schätzwert fehlt (EuGH C-23/20)."
    if account is None or account.limit_amount <= 0:
        yield f"{name}: Der Höchstwert fehlt (EuGH C-23/20)."
    elif estimate is not None and estimate > account.limit_amount:
        yield f"{name}: Der Schätzwert liegt über dem Höchstwert."


def _lots(agreement: FrameworkAgreement, lots: list[Lot]) -> Iterator[str]:
    if not lots:
        yield "Die Vereinbarung hat noch kein Los."
    maximum = agreement.account.limit_amount if agreement.account is not None else None
    for lot in lots:
        yield from _values(f"Los {lot.number}", lot.estimated_value, lot.account)
        if maximum is not None and lot.account.limit_amount > maximum:
            yield f"Los {lot.number}: Der Höchstwert liegt über dem der Vereinbarung."


def _term(agreement: FrameworkAgreement) -> Iterator[str]:
    """Four years above, six below the EU threshold (§ 21 (6) VgV, § 15 (4) UVgO).

    The figures of the first day count. A longer term needs its justification.
    """
    if agreement.term_justification.strip() or agreement.estimated_value is None:
        return
    try:
        threshold = figure(EU_THRESHOLD, agreement.starts_on)
        above = agreement.estimated_value >= threshold
        months = int(figure(TERM_ABOVE if above else TERM_BELOW, agreement.starts_on))
    except NoLegalFigure as error:
        yield str(error)
        return
    if agreement.ends_on >= months_after(agreement.starts_on, months):
        yield (
            f"Die Laufzeit überschreitet {months} Monate "
            f"({'§ 21 Abs. 6 VgV' if above else '§ 15 Abs. 4 UVgO'}) und ist nicht begründet."
        )


def months_after(day: date, months: int) -> date:
    """The same day so many months later; the first of the next month where there is none."""
    year, month = divmod(day.month - 1 + months, 12)
    first = date(day.year + year, month + 1, 1)
    found = first + timedelta(days=day.day - 1)
    following = (first + timedelta(days=31)).replace(day=1)
    return min(found, following)


def _awards(agreement: FrameworkAgreement, on: date) -> Iterator[str]:
    terms = AwardTerms.objects.filter(award=OuterRef("pk"), valid_from__lte=on)
    items = ContractItem.objects.filter(award=OuterRef("pk"))
    prices = PriceVersion.objects.filter(item__award=OuterRef("pk"), valid__contains=on)
    awards = Award.objects.filter(lot__agreement=agreement).annotate(
        has_terms=Exists(terms), has_items=Exists(items), has_price=Exists(prices)
    )
    found = list(awards.select_related("lot").order_by("lot__number", "rank"))
    awarded = {award.lot_id for award in found}
    for lot in Lot.objects.filter(agreement=agreement).exclude(pk__in=awarded).order_by("number"):
        yield f"Los {lot.number} hat keinen Zuschlag."
    for award in found:
        name = f"Los {award.lot.number}, Zuschlag {award.reference}"
        if not award.has_terms:
            yield f"{name}: Heute gelten keine Konditionen."
        if not award.has_items:
            yield f"{name}: Es gibt keine Position."
        elif not award.has_price:
            yield f"{name}: Keine Position hat heute einen Preis."


def _bundles(agreement: FrameworkAgreement) -> Iterator[str]:
    """The price of a bundle stands for its parts, so they have to be named."""
    parts = ItemRelation.objects.filter(to_item=OuterRef("pk"), kind=RelationKind.BUNDLE_PART)
    empty = ContractItem.objects.filter(
        ~Exists(parts), award__lot__agreement=agreement, basis=PriceBasis.BUNDLE
    )
    for number, title in empty.order_by("pk").values_list("number", "title"):
        yield f"Position {number} „{title}“ ist ein Bündel, aber seine Teile sind nicht benannt."


def _listings(agreement: FrameworkAgreement, on: date) -> Iterator[str]:
    """Articles belong to the supplier and the product group, and have their contract price.

    A fixed position sells at its own row. A discount needs the article's list price of the
    day: without one there is no contract price that it could stay within.
    """
    rows = Listing.objects.filter(item__award__lot__agreement=agreement, is_listed=True)
    discounted = Q(item__basis=PriceBasis.LIST_DISCOUNT)
    same_group = Q(item__product_group=ALL_GROUPS) | Q(
        item__product_group__iexact=F("article__product_group")
    )
    within = Q(article__supplier=F("item__award__supplier")) & (~discounted | same_group)
    versions = PriceVersion.objects.filter(item=OuterRef("item"), valid__contains=on)
    list_prices = ListPriceVersion.objects.filter(
        article=OuterRef("article"), item=OuterRef("item"), valid__contains=on
    )
    priced = Q(Exists(versions)) & (~discounted | Q(Exists(list_prices)))
    yield from _named(
        rows.filter(~within), "gehört nicht zu Lieferant und Warengruppe der Position"
    )
    yield from _named(rows.filter(~priced), "hat heute keinen Vertragspreis")


def _named(rows: QuerySet[Listing], what: str) -> Iterator[str]:
    """One sentence per article, as far as a person wants to read them."""
    found = list(
        rows.order_by("pk").values_list("item__number", "article__name")[: SHOWN_ARTICLES + 1]
    )
    for number, name in found[:SHOWN_ARTICLES]:
        yield f"Position {number}: Der Artikel „{name}“ {what}."
    if len(found) > SHOWN_ARTICLES:
        yield f"Weitere Artikel: Auch für sie gilt „{what}“."
