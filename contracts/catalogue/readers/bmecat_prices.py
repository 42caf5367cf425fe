"""The prices of one BMEcat article: which of them is a net price in EUR."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from . import fields
from .bmecat_text import number, texts
from .findings import Findings
from .numbers import standard_sign
from .records import PriceRecord
from .xml import LOCAL_NAME, Element

_PRICES = ("ARTICLE_PRICE", "PRODUCT_PRICE")
# By worth: what this buyer pays before what everyone pays.
_NET_TYPES = ("net_customer", "net_customer_exp", "net_list")
# nrp and gros_list carry VAT or bind nobody; on_request is no price.
_NOT_NET = ("gros_list", "nrp", "on_request")


class PriceReader:
    """Collects the prices of one article and why others were left out."""

    __slots__ = ("_default_currency", "_findings", "_foreign", "_not_net", "_order", "_prices")

    def __init__(self, findings: Findings, order: Mapping[str, str], default_currency: str) -> None:
        self._findings = findings
        self._order = order
        self._default_currency = default_currency
        self._prices: list[PriceRecord] = []
        self._foreign: list[str] = []
        self._not_net: list[str] = []

    def read(self, sections: list[Element], *, due: bool) -> list[PriceRecord]:
        """Return the usable prices, best first; where one is due, its lack is an error."""
        for section in sections:
            start, end = self._validity(section)
            for element in section:
                if LOCAL_NAME[element.tag] in _PRICES:
                    self._take(element, start, end)
        self._explain(due=due)
        if len(self._prices) > 1:
            self._prices.sort(key=lambda price: (_rank(price.price_type), price.lower_bound))
        return self._prices

    def _take(self, element: Element, start: date | None, end: date | None) -> None:
        entry = texts(element)
        amount_text = entry.get("PRICE_AMOUNT")
        if not amount_text:
            return
        currency = fields.currency(entry.get("PRICE_CURRENCY") or self._default_currency)
        kind = (element.get("price_type") or "").strip()
        if currency != "EUR":
            self._foreign.append(currency)
            return
        if kind in _NOT_NET:
            self._not_net.append(kind)
            return
        amount = self._amount(amount_text, entry.get("PRICE_FACTOR", ""))
        if amount is None:
            return
        self._check_base(element, entry)
        self._prices.append(
            PriceRecord(
                amount,
                currency,
                self._count("price_unit", "PRICE_QUANTITY", self._order),
                self._count("lower_bound", "LOWER_BOUND", entry),
                self._tax_rate(element, entry),
                start,
                end,
                kind,
            )
        )

    def _amount(self, amount_text: str, factor_text: str) -> Decimal | None:
        """The amount times PRICE_FACTOR, the discount factor of the price."""
        amount = fields.price(
            self._findings, "PRICE_AMOUNT", amount_text, standard_sign(amount_text)
        )
        if amount is None or not factor_text:
            return amount
        factor = number(factor_text)
        if isinstance(factor, str):
            self._findings.add("price_not_numeric", "PRICE_FACTOR", factor_text)
            return None
        fault = fields.price_fault(amount * factor)
        if fault:
            self._findings.add(fault, "PRICE_FACTOR", f"{amount_text} × {factor_text}")
            return None
        return amount * factor

    def _count(self, code: str, column: str, entry: Mapping[str, str]) -> int:
        value = number(entry.get(column, ""))
        # a lower bound of 0 occurs and means "from the first piece"
        return fields.count(self._findings, code, column, value or "")

    def _tax_rate(self, element: Element, entry: Mapping[str, str]) -> Decimal | None:
        text = entry.get("TAX", "")
        if not text and "TAX_DETAILS" in entry:
            text = element.findtext("{*}TAX_DETAILS/{*}TAX") or ""
        return fields.tax_rate(self._findings, "TAX", number(text.strip()))

    def _check_base(self, element: Element, entry: Mapping[str, str]) -> None:
        """A price per kilogram of what is ordered by the roll is refused, not converted."""
        if "PRICE_BASE" not in entry:
            return
        unit = (element.findtext("{*}PRICE_BASE/{*}PRICE_UNIT") or "").strip()
        ordered = self._order.get("ORDER_UNIT", "")
        if unit and unit != ordered:
            self._findings.add("price_base", "PRICE_UNIT", unit, order_unit=ordered or "Stück")

    def _validity(self, section: Element) -> tuple[date | None, date | None]:
        found = {"valid_start_date": "", "valid_end_date": ""}
        for child in section:
            name = LOCAL_NAME[child.tag]
            if name == "DATETIME":
                kind = (child.get("type") or "").strip().lower()
                found[kind] = (child.findtext("{*}DATE") or "").strip()
            elif name in {"VALID_START_DATE", "VALID_END_DATE"}:
                found[name.lower()] = (child.text or "").strip()
        return fields.validity(
            self._findings,
            "valid_end_date",
            fields.day(self._findings, "valid_start_date", found["valid_start_date"]),
            fields.day(self._findings, "valid_end_date", found["valid_end_date"]),
        )

    def _explain(self, *, due: bool) -> None:
        """Say why there is no price, or which prices were left out beside the usable ones."""
        if self._prices:
            for currency in dict.fromkeys(self._foreign):
                self._findings.add("currency_ignored", "PRICE_CURRENCY", currency)
            for kind in dict.fromkeys(price.price_type for price in self._prices):
                if kind and kind not in _NET_TYPES:
                    self._findings.add("price_type", "PRICE_TYPE", kind)
        elif self._foreign:
            self._findings.add("currency", "PRICE_CURRENCY", self._foreign[0])
        elif self._not_net:
            self._findings.add("price_gross_only", "PRICE_TYPE", self._not_net[0])
        elif due and not self._findings.refused:
            self._findings.add("price_missing", "PRICE_AMOUNT")


def _rank(price_type: str) -> int:
    if price_type in _NET_TYPES:
        return _NET_TYPES.index(price_type)
    return len(_NET_TYPES) if price_type else 0
