"""A catalogue file of the demo's computer supplier: BMEcat 2005 with 300 articles, and CSV.

Half of the articles are listed already: most are unchanged, some are cheaper, some dearer
(those wait for the contract manager), some have a new delivery time. The other half is
the next series, not yet listed.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import BinaryIO

from lxml import etree

from contracts.pricing import round_half_up

from .families import FAMILIES, Model, models

NAMESPACE = "http://www.bmecat.org/bmecat/2005"
SERIES_IN_FILE = (1, 2)
SAMPLE_ROWS = 40
_CHEAPER_EVERY, _CHEAPER = 17, Decimal("0.97")
_DEARER_EVERY, _DEARER = 29, Decimal("1.05")
_FASTER_EVERY, _FASTER_DAYS = 13, 2
_CSV_HEADINGS = (
    "Artikelnummer",
    "Bezeichnung",
    "Hersteller",
    "Herstellernummer",
    "GTIN",
    "Warengruppe",
    "Einheit",
    "Nettopreis",
    "Lieferzeit",
)


def file_articles() -> Iterator[Model]:
    """The articles of the file, in its order."""
    for series in SERIES_IN_FILE:
        for number, model in enumerate(models(series), start=1):
            yield _moved(model, number) if series == 1 else model


def write_bmecat(stream: BinaryIO, *, now: datetime) -> int:
    """Stream the catalogue into a binary stream; return the number of articles."""
    count = 0
    with etree.xmlfile(stream, encoding="UTF-8") as file:
        file.write_declaration()
        with file.element(_tag("BMECAT"), {"version": "2005"}, nsmap={None: NAMESPACE}):
            _header(file, now)
            with file.element(_tag("T_NEW_CATALOG")):
                groups = _groups(file)
                for article in file_articles():
                    _product(file, article)
                    count += 1
                for article in file_articles():
                    with file.element(_tag("PRODUCT_TO_CATALOGGROUP_MAP")):
                        _leaf(file, "PROD_ID", article.aid)
                        _leaf(file, "CATALOG_GROUP_ID", groups[article.group])
    return count


def csv_sample() -> bytes:
    """A part of the same catalogue as a German spreadsheet would save it (semicolon, comma)."""
    text = io.StringIO(newline="")
    table = csv.writer(text, delimiter=";")
    table.writerow(_CSV_HEADINGS)
    for number, article in enumerate(file_articles()):
        if number >= SAMPLE_ROWS:
            break
        table.writerow(
            (
                article.aid,
                article.name,
                article.maker,
                article.mpn,
                article.gtin,
                article.group,
                "Stück",
                f"{article.list_price:.2f}".replace(".", ","),
                article.days,
            )
        )
    return text.getvalue().encode("utf-8-sig")


def _moved(model: Model, number: int) -> Model:
    if number % _DEARER_EVERY == 0:
        return replace(model, list_price=round_half_up(model.list_price * _DEARER))
    if number % _CHEAPER_EVERY == 0:
        return replace(model, list_price=round_half_up(model.list_price * _CHEAPER))
    if number % _FASTER_EVERY == 0:
        return replace(model, days=model.days - _FASTER_DAYS)
    return model


def _header(file: etree._IncrementalFileWriter, now: datetime) -> None:
    with file.element(_tag("HEADER")):
        with file.element(_tag("CATALOG")):
            _leaf(file, "LANGUAGE", "deu", default="true")
            _leaf(file, "CATALOG_ID", "SPREEBLICK-SCHULE")
            _leaf(file, "CATALOG_VERSION", "2.0")
            _leaf(file, "CATALOG_NAME", "Spreeblick Schulkatalog")
            _leaf(file, "GENERATION_DATE", now.isoformat(timespec="seconds"))
            _leaf(file, "CURRENCY", "EUR")
        _leaf(file, "SUPPLIER_IDREF", "spreeblick", type="supplier_specific")
        with file.element(_tag("PARTIES")), file.element(_tag("PARTY")):
            _leaf(file, "PARTY_ID", "spreeblick", type="supplier_specific")
            _leaf(file, "PARTY_ROLE", "supplier")


def _groups(file: etree._IncrementalFileWriter) -> Mapping[str, str]:
    """Write the tree of groups; return the key of each by its name."""
    names = sorted({family.group for family in FAMILIES})
    keys = {name: f"G{number:02d}" for number, name in enumerate(names, start=1)}
    with file.element(_tag("CATALOG_GROUP_SYSTEM")):
        _group(file, "root", "1", "Spreeblick Schulkatalog", "")
        for name, key in keys.items():
            _group(file, "leaf", key, name, "1")
    return keys


def _group(file: etree._IncrementalFileWriter, kind: str, key: str, name: str, parent: str) -> None:
    with file.element(_tag("CATALOG_STRUCTURE"), {"type": kind}):
        _leaf(file, "GROUP_ID", key)
        _leaf(file, "GROUP_NAME", name)
        _leaf(file, "PARENT_ID", parent or "0")


def _product(file: etree._IncrementalFileWriter, article: Model) -> None:
    with file.element(_tag("PRODUCT"), {"mode": "new"}):
        _leaf(file, "SUPPLIER_PID", article.aid)
        with file.element(_tag("PRODUCT_DETAILS")):
            _leaf(file, "DESCRIPTION_SHORT", article.name)
            _leaf(file, "DESCRIPTION_LONG", article.text)
            _leaf(file, "INTERNATIONAL_PID", article.gtin, type="gtin")
            _leaf(file, "MANUFACTURER_PID", article.mpn)
            _leaf(file, "MANUFACTURER_NAME", article.maker)
            _leaf(file, "DELIVERY_TIME", str(article.days))
        with file.element(_tag("PRODUCT_FEATURES")):
            for name, value in article.features.items():
                with file.element(_tag("FEATURE")):
                    _leaf(file, "FNAME", name)
                    _leaf(file, "FVALUE", value)
        with file.element(_tag("PRODUCT_ORDER_DETAILS")):
            _leaf(file, "ORDER_UNIT", "C62")
        with (
            file.element(_tag("PRODUCT_PRICE_DETAILS")),
            file.element(_tag("PRODUCT_PRICE"), {"price_type": "net_list"}),
        ):
            _leaf(file, "PRICE_AMOUNT", f"{article.list_price:.2f}")
            _leaf(file, "PRICE_CURRENCY", "EUR")
            _leaf(file, "TAX", "0.19")
            _leaf(file, "LOWER_BOUND", "1")


def _leaf(file: etree._IncrementalFileWriter, name: str, text: str, **attributes: str) -> None:
    with file.element(_tag(name), attributes):
        file.write(text)


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"
