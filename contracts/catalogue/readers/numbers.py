"""Numbers and dates as people and programs write them."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from decimal import Decimal

_PLAIN = re.compile(r"\d+(?:\.\d+)?", re.ASCII)
_PLAIN_AND_TOLD = re.compile(r"\d+(?:\.(?:\d\d?|\d{4,}))?", re.ASCII)
_CURRENCY = re.compile(r"^(?:EUR|€)|(?:EUR|€)$", re.IGNORECASE)
_GROUP_GAP = re.compile(r"(?<=\d)[ '’\u00a0\u202f](?=\d{3}(?!\d))")
_DASH_CENTS = re.compile(r"[,.][-–—]{1,2}$")
_WITH_POINT = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)?(?:\.\d+)?", re.ASCII)
_WITH_COMMA = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:\.\d{3})+)?(?:,\d+)?", re.ASCII)
_AMBIGUOUS = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}", re.ASCII)

EXCEL_EPOCH = date(1899, 12, 30)
EXCEL_LAST_DAY = 2_958_465  # 9999-12-31


class NotANumber(ValueError):
    """The text is no number."""


class AmbiguousNumber(ValueError):
    """One separator before three digits: thousands or decimals, a factor of 1,000."""


def parse_number(text: str, decimal_sign: str = "") -> Decimal:
    """Read a number with a decimal point or comma, thousands separators and an EUR sign.

    `decimal_sign` is `.` or `,`; empty means to tell by the text itself. `1.234` alone
    does not tell, and money is no place to guess.

    Raises `NotANumber` or `AmbiguousNumber`.
    """
    # most numbers by far; the rest of the function is for the others
    if decimal_sign != "," and (_PLAIN if decimal_sign else _PLAIN_AND_TOLD).fullmatch(text):
        return Decimal(text)
    core = _CURRENCY.sub("", text.strip()).strip()
    core = _DASH_CENTS.sub("", _GROUP_GAP.sub("", core))
    if not decimal_sign:
        if _AMBIGUOUS.fullmatch(core):
            raise AmbiguousNumber(text)
        decimal_sign = _told_sign(core)
    pattern = _WITH_COMMA if decimal_sign == "," else _WITH_POINT
    if not core.strip("+-") or not pattern.fullmatch(core):
        raise NotANumber(text)
    if decimal_sign == ",":
        return Decimal(core.replace(".", "").replace(",", "."))
    return Decimal(core.replace(",", ""))


def standard_sign(text: str) -> str:
    """The decimal sign of a number in XML: a point, but some suppliers write a comma."""
    return "," if text.rfind(",") > text.rfind(".") else "."


def _told_sign(core: str) -> str:
    comma, point = core.count(","), core.count(".")
    if comma and point:
        return "," if core.rfind(",") > core.rfind(".") else "."
    if comma > 1:
        return "."
    return "," if comma == 1 or point > 1 else "."


def parse_whole(value: str | Decimal, decimal_sign: str = "") -> int:
    """Read a whole number such as `10` or `10.0`; raises `NotANumber`.

    `1.000` without a known decimal sign is refused like any other text: some programs
    write one thousand so, others one piece with three decimals.
    """
    try:
        number = value if isinstance(value, Decimal) else parse_number(value, decimal_sign)
    except AmbiguousNumber as error:
        raise NotANumber(str(value)) from error
    if number != number.to_integral_value():
        raise NotANumber(str(value))
    return int(number)


def parse_date(value: str | Decimal) -> date:
    """Read `2026-01-31` (a time may follow), `31.01.2026` or Excel's day number.

    Raises ValueError.
    """
    if isinstance(value, Decimal):
        if not 1 <= value <= EXCEL_LAST_DAY:
            raise ValueError(f"{value} is no day number")
        return EXCEL_EPOCH + timedelta(days=int(value))
    text = value.strip()
    if re.match(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        return date.fromisoformat(text[:10])
    return datetime.strptime(text, "%d.%m.%Y").date()  # noqa: DTZ007 -- a day has no zone


def plain(value: str | Decimal) -> str:
    """Write a cell as text: whole numbers without a decimal point or exponent."""
    if isinstance(value, str):
        return value
    if value == value.to_integral_value():
        return f"{value.to_integral_value():f}"
    return f"{value.normalize():f}"
