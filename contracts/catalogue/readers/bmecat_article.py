"""One ARTICLE or PRODUCT element of a BMEcat file as a record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from . import fields
from .bmecat_prices import PriceReader
from .bmecat_text import content, is_german, number, texts
from .findings import Findings
from .records import ArticleRecord, PriceRecord, RowIssue
from .texts import article_number, paragraph, single_line
from .xml import LOCAL_NAME, Element

_GTIN_TYPES = frozenset(("gtin", "ean", "upc"))
_NO_PRICE = PriceRecord(amount=fields.ZERO)


@dataclass(slots=True)
class ArticleContext:
    """What the articles of a file have in common, and the numbers met so far."""

    transaction: str
    currency: str
    group_names: Mapping[str, str]
    group_of_article: Mapping[str, str]
    first_seen: dict[str, int] = field(default_factory=dict)

    @property
    def price_is_due(self) -> bool:
        return self.transaction != "T_UPDATE_PRODUCTS"

    @property
    def name_is_due(self) -> bool:
        return self.transaction != "T_UPDATE_PRICES"


def read_article(
    element: Element, row: int, context: ArticleContext
) -> tuple[list[RowIssue], ArticleRecord | None]:
    """Return the issues of an article and, unless one of them refuses it, its record."""
    findings = Findings(row)
    _note_entities(findings, element)
    aid, parts = _parts(element)
    aid = _article_number(findings, aid, context)
    mode = (element.get("mode") or "").lower()
    if mode == "delete":
        record = ArticleRecord(row, aid, mode=mode)
    else:
        record = _record(findings, aid, mode, parts, context)
    return findings.issues, None if findings.refused else record


Parts = dict[str, list[Element]]


def _parts(element: Element) -> tuple[str, Parts]:
    """The article number and the sections, without ARTICLE_ (PRODUCT_ since 2005)."""
    aid = ""
    parts: Parts = {}
    for child in element:
        name = LOCAL_NAME[child.tag]
        if name in {"SUPPLIER_AID", "SUPPLIER_PID"}:
            aid = content(child)
        else:
            parts.setdefault(name.partition("_")[2], []).append(child)
    return aid, parts


def _record(
    findings: Findings, aid: str, mode: str, parts: Parts, context: ArticleContext
) -> ArticleRecord:
    details = _section(parts, "DETAILS")
    order = _section(parts, "ORDER_DETAILS")
    name = details.get("DESCRIPTION_SHORT", "")
    if context.name_is_due and not name:
        findings.add("name_missing", "DESCRIPTION_SHORT")
    mpn = details.get("MANUFACTURER_AID") or details.get("MANUFACTURER_PID") or ""
    unit_raw = order.get("ORDER_UNIT", "")
    prices = PriceReader(findings, order, context.currency).read(
        parts.get("PRICE_DETAILS", []), due=context.price_is_due
    )
    main = prices[0] if prices else _NO_PRICE
    return ArticleRecord(
        row=findings.row,
        supplier_aid=aid,
        name=single_line(findings, "DESCRIPTION_SHORT", name, fields.NAME_LENGTH),
        description_long=paragraph(
            findings,
            "DESCRIPTION_LONG",
            details.get("DESCRIPTION_LONG", ""),
            fields.DESCRIPTION_LENGTH,
        ),
        manufacturer=single_line(
            findings,
            "MANUFACTURER_NAME",
            details.get("MANUFACTURER_NAME", ""),
            fields.MANUFACTURER_LENGTH,
        ),
        mpn=single_line(findings, "MANUFACTURER_PID", mpn, fields.MPN_LENGTH),
        gtin=fields.gtin(findings, "EAN", _gtin(parts, details)),
        product_group=_group(findings, aid, parts, context),
        unit=fields.unit(findings, "ORDER_UNIT", unit_raw),
        unit_raw=unit_raw,
        price=main.amount if prices else None,
        currency=main.currency,
        price_unit=main.price_unit,
        lower_bound=main.lower_bound,
        tax_rate=main.tax_rate,
        valid_from=main.valid_from,
        valid_to=main.valid_to,
        price_type=main.price_type,
        delivery_days=fields.delivery_days(
            findings, "DELIVERY_TIME", number(details.get("DELIVERY_TIME", ""))
        ),
        features=fields.features(findings, "FEATURE", _features(parts)),
        extra_prices=tuple(prices[1:]),
        mode=mode,
    )


def _article_number(findings: Findings, aid: str, context: ArticleContext) -> str:
    aid = article_number(findings, "SUPPLIER_AID", aid, fields.AID_LENGTH)
    if not findings.refused:
        first = context.first_seen.setdefault(aid, findings.row)
        if first != findings.row:
            findings.add("id_duplicate", "SUPPLIER_AID", aid, first=f"Artikel {first}")
    return aid


def _section(parts: Parts, name: str) -> dict[str, str]:
    found = parts.get(name)
    return texts(found[0]) if found else {}


def _note_entities(findings: Findings, element: Element) -> None:
    for entity in element.iter(etree.Entity):
        parent = entity.getparent()
        column = LOCAL_NAME[parent.tag] if parent is not None else ""
        findings.add("entity_not_expanded", column, entity.text or "")


def _gtin(parts: Parts, details: Mapping[str, str]) -> str:
    if "INTERNATIONAL_PID" in details:
        for element in parts["DETAILS"][0].iterfind("{*}INTERNATIONAL_PID"):
            if (element.get("type") or "").lower() in _GTIN_TYPES:
                return content(element)
    return details.get("EAN", "")


def _group(findings: Findings, aid: str, parts: Parts, context: ArticleContext) -> str:
    group_id = context.group_of_article.get(aid, "")
    group = context.group_names.get(group_id) or group_id
    if not group and "FEATURES" in parts:
        group = parts["FEATURES"][0].findtext("{*}REFERENCE_FEATURE_GROUP_NAME") or ""
    return single_line(findings, "CATALOG_GROUP", group, fields.GROUP_LENGTH)


def _features(parts: Parts) -> Iterator[tuple[str, str]]:
    for section in parts.get("FEATURES", []):
        for element in section.iter("{*}FEATURE"):
            name, value = _feature(element)
            # ECLASS ADVANCED marks its blocks by a feature that only repeats the name
            if value and value != name:
                yield name, value


def _feature(element: Element) -> tuple[str, str]:
    name = unit = ""
    values: list[Element] = []
    details: list[Element] = []
    for child in element:
        tag = LOCAL_NAME[child.tag]
        if tag == "FVALUE":
            values.append(child)
        elif tag == "FNAME":
            if not name or is_german(child):
                name = content(child)
        elif tag == "FUNIT":
            unit = content(child)
        elif tag == "FVALUE_DETAILS":
            details.append(child)
        elif tag == "FTEMPLATE":
            name = name or texts(child).get("FT_NAME", "")
    value = _feature_value(values or details)
    return " ".join(name.split()), f"{value} {unit}" if value and unit else value


def _feature_value(elements: list[Element]) -> str:
    if len(elements) == 1:
        return content(elements[0])
    german = [element for element in elements if is_german(element)]
    return "; ".join(filter(None, map(content, german or elements)))
