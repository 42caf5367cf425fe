"""The checks of single fields, the same for every format."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal, InvalidOperation

from stdnum import ean

from .findings import Findings
from .numbers import AmbiguousNumber, NotANumber, parse_date, parse_number, parse_whole, plain
from .texts import single_line
from .units import DEFAULT_UNIT, unit_code

# the widths of the article's columns
AID_LENGTH = 60
NAME_LENGTH = 250
DESCRIPTION_LENGTH = 20_000
MANUFACTURER_LENGTH = 100
MPN_LENGTH = 60
GROUP_LENGTH = 80
FEATURE_NAME_LENGTH = 100
FEATURE_VALUE_LENGTH = 500
MAX_FEATURES = 300

PRICE_PLACES = 4
PRICE_DIGITS = 10  # before the decimal sign
MAX_COUNT = 2_147_483_647
MAX_DELIVERY_DAYS = 3_650
MAX_TAX_PERCENT = 100
ZERO = Decimal(0)

_ROUNDED = re.compile(r"\d+(?:[.,]\d+)?E\+?\d+", re.IGNORECASE)
_GTIN_NOISE = re.compile(r"[\s\-\u00a0]|[.,]0+$")
_GTIN_LENGTHS = (8, 12, 13, 14)
_EURO_SIGNS = {"EUR", "€", "EURO"}

Cell = str | Decimal
Validity = tuple[date | None, date | None]


def price(findings: Findings, column: str, value: Cell, decimal_sign: str = "") -> Decimal | None:
    """Return a net price, or None after recording what is wrong with it."""
    if value == "":
        findings.add("price_missing", column)
        return None
    try:
        amount = value if isinstance(value, Decimal) else parse_number(value, decimal_sign)
    except AmbiguousNumber:
        findings.add("price_ambiguous", column, plain(value))
        return None
    except (NotANumber, InvalidOperation):
        findings.add("price_not_numeric", column, plain(value))
        return None
    code = price_fault(amount)
    if code:
        findings.add(code, column, plain(value))
        return None
    return amount


def price_fault(amount: Decimal) -> str:
    """Return the code of what is wrong with a price, or an empty string."""
    if amount < 0:
        return "price_negative"
    if amount == 0:
        return "price_zero"
    if amount.adjusted() >= PRICE_DIGITS:
        return "price_too_large"
    exponent = amount.as_tuple().exponent
    # trailing zeros are no decimals; most prices need not be normalised to see that
    if isinstance(exponent, int) and exponent < -PRICE_PLACES:
        shortest = amount.normalize().as_tuple().exponent
        if isinstance(shortest, int) and shortest < -PRICE_PLACES:
            return "price_decimals"
    return ""


def currency(value: str) -> str:
    """Return the code in capitals; nothing means EUR."""
    code = value.strip().upper()
    return "EUR" if not code or code in _EURO_SIGNS else code


def count(findings: Findings, code: str, column: str, value: Cell, decimal_sign: str = "") -> int:
    """Return a whole number of at least 1, for nothing 1; else record `code`."""
    if value == "":
        return 1
    try:
        number = parse_whole(value, decimal_sign)
    except (NotANumber, InvalidOperation):
        number = 0
    if not 1 <= number <= MAX_COUNT:
        findings.add(code, column, plain(value))
        return 1
    return number


def tax_rate(findings: Findings, column: str, value: Cell) -> Decimal | None:
    """Return the rate in percent; BMEcat writes 0.19, others 19 or 19 %."""
    if value == "":
        return None
    try:
        rate = (
            value
            if isinstance(value, Decimal)
            else parse_number(value.replace("%", "").strip(), "," if "," in value else ".")
        )
    except (NotANumber, InvalidOperation):
        rate = Decimal(-1)
    if not 0 <= rate < MAX_TAX_PERCENT:
        findings.add("tax_rate", column, plain(value))
        return None
    return rate * 100 if rate < 1 else rate


def delivery_days(findings: Findings, column: str, value: Cell) -> int | None:
    """Return the lead time in days, None for nothing or after recording an issue."""
    if value == "":
        return None
    try:
        days = parse_whole(value)
    except (NotANumber, InvalidOperation):
        days = -1
    if not 0 <= days <= MAX_DELIVERY_DAYS:
        findings.add("delivery_days", column, plain(value))
        return None
    return days


def day(findings: Findings, column: str, value: Cell) -> date | None:
    """Return a date, None for nothing or after recording an issue."""
    if value == "":
        return None
    try:
        return parse_date(value)
    except ValueError:
        findings.add("date_invalid", column, plain(value))
        return None


def validity(findings: Findings, column: str, start: date | None, end: date | None) -> Validity:
    """Return the range, recording an issue when it ends before it starts."""
    if start and end and end < start:
        findings.add("validity_reversed", column, end.isoformat())
    return start, end


def gtin(findings: Findings, column: str, value: Cell) -> str:
    """Return a GTIN with a right check digit, or nothing after recording a warning.

    Repairs what spreadsheets do to it: `4012345000108.0`, spaces, hyphens, and leading
    zeros lost from a cell kept as a number.
    """
    if not value:
        return ""
    text = plain(value).strip()
    if _ROUNDED.fullmatch(text):
        findings.add("gtin_rounded", column, text)
        return ""
    digits = _GTIN_NOISE.sub("", text)
    candidates = [digits]
    if isinstance(value, Decimal):
        candidates += [digits.zfill(length) for length in _GTIN_LENGTHS if length > len(digits)]
    for candidate in candidates:
        if len(candidate) in _GTIN_LENGTHS and ean.is_valid(candidate):
            return candidate
    if digits:
        findings.add("gtin_invalid", column, text)
    return ""


def unit(findings: Findings, column: str, raw: str) -> str:
    """Return the UN/ECE code; an unknown unit is read as pieces, with a warning."""
    code = unit_code(raw)
    if code is None:
        findings.add("unit_unknown", column, raw)
        return DEFAULT_UNIT
    return code


def features(findings: Findings, column: str, pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Collect features in their order; values of a repeated name are joined.

    The names are clean already. What is too long or too much is left out, with one
    warning per article.
    """
    found: dict[str, str] = {}
    skipped = 0
    for name, raw in pairs:
        if not name or not raw:
            continue
        if findings.all_printable:
            value = " ".join(raw.split())
        else:
            value = single_line(findings, name, raw, len(raw))
        known = found.get(name)
        if known is not None:
            if value == known or value in known.split("; "):
                continue
            value = f"{known}; {value}"
        if (
            len(value) > FEATURE_VALUE_LENGTH
            or len(name) > FEATURE_NAME_LENGTH
            or (known is None and len(found) >= MAX_FEATURES)
        ):
            skipped += 1
        else:
            found[name] = value
    if skipped:
        findings.add("feature_skipped", column, count=skipped, limit=FEATURE_VALUE_LENGTH)
    return found
