"""What a reader yields: articles, their prices, and what was refused or doubted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum


class Severity(StrEnum):
    """An error refuses the article; with a warning it is read all the same."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class RowIssue:
    """What is wrong with one row, in a German sentence that names the remedy.

    `row` counts as the supplier's program does: the line of a table (its heading being
    line 1), or the ordinal number of a BMEcat article.
    """

    row: int
    column: str
    code: str
    value: str
    message: str
    severity: Severity

    @property
    def is_error(self) -> bool:
        return self.severity is Severity.ERROR


@dataclass(frozen=True, slots=True)
class PriceRecord:
    """One net price of an article: `amount` currency units per `price_unit` order units."""

    amount: Decimal
    currency: str = "EUR"
    price_unit: int = 1
    lower_bound: int = 1
    tax_rate: Decimal | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    price_type: str = ""

    def holds_on(self, day: date) -> bool:
        """Tell whether `day` lies within the validity; both ends are included."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )


@dataclass(frozen=True, slots=True)
class ArticleRecord:
    """One article as the supplier's file states it, cleaned and checked.

    The price fields are those of the main price; `price` is None only where the file's
    kind needs none (content updates, deletions). `extra_prices` holds tiers, further
    validity ranges and further price types. `tax_rate` is in percent, `unit` a UN/ECE
    Recommendation 20 code, `unit_raw` what the file said. `mode` is BMEcat's (`new`,
    `update`, `delete`) or empty.
    """

    row: int
    supplier_aid: str
    name: str = ""
    description_long: str = ""
    manufacturer: str = ""
    mpn: str = ""
    gtin: str = ""
    product_group: str = ""
    unit: str = "C62"
    unit_raw: str = ""
    price: Decimal | None = None
    currency: str = "EUR"
    price_unit: int = 1
    lower_bound: int = 1
    tax_rate: Decimal | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    price_type: str = ""
    delivery_days: int | None = None
    features: Mapping[str, str] = field(default_factory=dict)
    extra_prices: tuple[PriceRecord, ...] = ()
    mode: str = ""

    @property
    def prices(self) -> tuple[PriceRecord, ...]:
        """The main price and all others, in this order."""
        if self.price is None:
            return self.extra_prices
        main = PriceRecord(
            self.price,
            self.currency,
            self.price_unit,
            self.lower_bound,
            self.tax_rate,
            self.valid_from,
            self.valid_to,
            self.price_type,
        )
        return (main, *self.extra_prices)

    def tiers_on(self, day: date) -> tuple[PriceRecord, ...]:
        """The prices of the main price's type that hold on `day`, by rising quantity."""
        holding = (
            price
            for price in self.prices
            if price.price_type == self.price_type and price.holds_on(day)
        )
        return tuple(sorted(holding, key=lambda price: price.lower_bound))


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may demand of the machine (bytes, rows, columns)."""

    max_bytes: int = 256 * 2**20
    max_rows: int = 200_000
    max_columns: int = 2_000
    max_unpacked_bytes: int = 512 * 2**20
    max_shared_strings_bytes: int = 64 * 2**20
    max_compression_ratio: int = 150
    max_section_bytes: int = 16 * 2**20


@dataclass(frozen=True, slots=True)
class FileInfo:
    """What kind of file it is.

    `format` is `bmecat`, `csv` or `xlsx`. `transaction` and `prev_version` are BMEcat's
    (`T_NEW_CATALOG`, `T_UPDATE_PRODUCTS`, `T_UPDATE_PRICES`); the caller compares
    `prev_version` with what it published last. `row_count` is known beforehand for
    BMEcat only.
    """

    format: str
    filename: str = ""
    version: str = ""
    transaction: str = ""
    prev_version: int | None = None
    catalog_id: str = ""
    catalog_version: str = ""
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    row_count: int | None = None
