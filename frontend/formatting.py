"""German display forms of money, quantities, dates and shares. Pure.

Values are Decimal; a float is refused, because a float has already lost the cent
that the reader is about to compare with a document. Digits and their unit are
joined by no-break spaces, so that no line ends between them.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

BERLIN = ZoneInfo("Europe/Berlin")
NO_BREAK_SPACE = "\u00a0"
MINUS = "\u2212"
MISSING = "–"
CENT = Decimal("0.01")
UNIT_PRICE_STEP = Decimal("0.0001")
QUANTITY_STEP = Decimal("0.001")
PERCENT_STEP = Decimal("0.1")

Number = Decimal | int


def _checked(value: Number) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, (Decimal, int)):
        raise TypeError(f"Decimal or int expected, got {type(value).__name__}")
    return Decimal(value)


def _grouped(value: Decimal, step: Decimal) -> str:
    """Return *value* rounded half up to *step*, with German separators and a real minus."""
    rounded = value.quantize(step, rounding=ROUND_HALF_UP)
    digits = f"{abs(rounded):,f}".translate(str.maketrans(",.", ".,"))
    return f"{MINUS}{digits}" if rounded < 0 else digits


def _without_trailing_zeros(digits: str) -> str:
    return digits.rstrip("0").rstrip(",") if "," in digits else digits


def format_money(value: Number | None) -> str:
    """Return euros and cents: ``1.234,56 €``; a dash for None."""
    if value is None:
        return MISSING
    return f"{_grouped(_checked(value), CENT)}{NO_BREAK_SPACE}€"


def format_unit_price(value: Number | None, price_unit: Number = 1) -> str:
    """Return a net unit price: ``365,00 €``, ``0,0450 €`` or ``4,50 € je 100``.

    Four decimals are shown where the price has a part below one cent (prices are
    kept with four decimals), two otherwise.
    """
    if value is None:
        return MISSING
    price = _checked(value)
    whole_cents = price == price.quantize(CENT, rounding=ROUND_HALF_UP)
    text = f"{_grouped(price, CENT if whole_cents else UNIT_PRICE_STEP)}{NO_BREAK_SPACE}€"
    if _checked(price_unit) == 1:
        return text
    return f"{text} je{NO_BREAK_SPACE}{format_quantity(price_unit)}"


def format_exact_price(value: Number, price_unit: Number = 1) -> str:
    """Return a net unit price with all of its four decimals: ``365,0000 €``."""
    text = f"{_grouped(_checked(value), UNIT_PRICE_STEP)}{NO_BREAK_SPACE}€"
    if _checked(price_unit) == 1:
        return text
    return f"{text} je{NO_BREAK_SPACE}{format_quantity(price_unit)}"


def format_quantity(value: Number | None, unit: str = "") -> str:
    """Return a quantity with up to three decimals: ``30.000``, ``2,5 Std.``."""
    if value is None:
        return MISSING
    text = _without_trailing_zeros(_grouped(_checked(value), QUANTITY_STEP))
    return f"{text}{NO_BREAK_SPACE}{unit}" if unit else text


def format_percent(value: Number | None) -> str:
    """Return per cent with up to one decimal: ``19 %``, ``87,3 %``; *value* is in per cent."""
    if value is None:
        return MISSING
    text = _without_trailing_zeros(_grouped(_checked(value), PERCENT_STEP))
    return f"{text}{NO_BREAK_SPACE}%"


def format_share(value: Number | None) -> str:
    """Return per cent with all of its up to four decimals: ``33,3334 %``; *value* in per cent."""
    if value is None:
        return MISSING
    text = _without_trailing_zeros(_grouped(_checked(value), UNIT_PRICE_STEP))
    return f"{text}{NO_BREAK_SPACE}%"


def format_amount(value: Number | None, unit: str) -> str:
    """Return an amount of a limit account: money for ``EUR``, pieces for ``PCE``."""
    if unit == "EUR":
        return format_money(value)
    return format_quantity(value, "Stück" if unit == "PCE" else unit)


def format_short_amount(value: Number, unit: str) -> str:
    """Return an amount shortened for the axis of a plot: ``24 Mio. €``, ``450 Tsd. Stück``."""
    amount, word = _checked(value), ""
    for size, name in ((Decimal(1_000_000), "Mio."), (Decimal(1_000), "Tsd.")):
        if abs(amount) >= size * 10 or (name == "Mio." and abs(amount) >= size):
            amount, word = amount / size, f"{NO_BREAK_SPACE}{name}"
            break
    text = _without_trailing_zeros(_grouped(amount, PERCENT_STEP))
    sign = {"EUR": "€", "PCE": "Stück"}.get(unit, unit)
    return f"{text}{word}{NO_BREAK_SPACE}{sign}"


def format_day(value: date | datetime | None) -> str:
    """Return the date in Europe/Berlin: ``05.03.2026``."""
    if value is None:
        return MISSING
    local = value.astimezone(BERLIN) if isinstance(value, datetime) else value
    return f"{local:%d.%m.%Y}"


def format_moment(value: datetime | None) -> str:
    """Return date and time in Europe/Berlin: ``05.03.2026, 14:07 Uhr``."""
    if value is None:
        return MISSING
    return f"{value.astimezone(BERLIN):%d.%m.%Y, %H:%M}{NO_BREAK_SPACE}Uhr"
