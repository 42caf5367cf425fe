"""The difference of two revisions in German sentences, with a table beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from contracts.pricing import german
from frontend.formatting import (
    NO_BREAK_SPACE,
    format_day,
    format_money,
    format_quantity,
    format_unit_price,
)
from frontend.units import unit_name
from orders.requisitions.difference import (
    Change,
    DeliveryFacts,
    Difference,
    Field,
    LineChange,
    LineFacts,
    ShareFacts,
)


@dataclass(frozen=True, slots=True)
class Row:
    """One thing as it was and as it is; `line` is empty for the head."""

    line: str
    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class DifferenceText:
    """Sentences to read, rows to look up, sums (EUR)."""

    before: int
    after: int
    sentences: Sequence[str]
    rows: Sequence[Row]
    sums: Sequence[tuple[str, Decimal, Decimal]]

    @property
    def is_empty(self) -> bool:
        return not self.rows


def told(found: Difference) -> DifferenceText:
    """Tell a difference."""
    old, new = found.before, found.after
    return DifferenceText(
        before=old.number,
        after=new.number,
        sentences=[*_sentences(found)],
        rows=[*_rows(found)],
        sums=[
            ("Netto", old.net, new.net),
            ("Umsatzsteuer (Vorschau)", old.tax, new.tax),
            ("Brutto", old.gross, new.gross),
        ],
    )


def _sentences(found: Difference) -> Iterator[str]:
    if found.is_empty:
        yield "Die beiden Fassungen sagen dasselbe."
        return
    yield _sum(found.before.gross, found.after.gross)
    for change in found.head:
        yield f"{_HEAD[change.field]} geändert."
    for line in found.added:
        place = f", Lieferung an {line.delivery.name}" if line.delivery is not None else ""
        yield f"Neu ist Zeile {line.number}: {_pieces(line)} „{line.title}“{place}."
    for line in found.removed:
        yield f"Entfallen ist Zeile {line.number}: {_pieces(line)} „{line.title}“."
    for change in found.changed:
        yield _changed(change)


def _sum(before: Decimal, after: Decimal) -> str:
    if before == after:
        return f"Die Summe bleibt bei {format_money(after)} brutto."
    word = "steigt" if after > before else "sinkt"
    return (
        f"Die Summe {word} um {format_money(abs(after - before))} "
        f"von {format_money(before)} auf {format_money(after)} brutto."
    )


_HEAD: Mapping[Field, str] = {
    Field.TITLE: "Der Betreff ist",
    Field.JUSTIFICATION: "Die Begründung ist",
    Field.NEEDED_BY: "Der Termin („benötigt bis“) ist",
}


def _changed(row: LineChange) -> str:
    """„Zeile 3 „Notebook“: Menge von 30 auf 20, Lieferort geändert.“"""
    parts = [_PHRASES[change.field](change, row) for change in row.changes]
    return f"Zeile {row.after.number} „{row.after.title}“: {', '.join(parts)}."


def _quantity(change: Change, row: LineChange) -> str:
    unit = unit_name(row.after.unit)
    return f"Menge von {format_quantity(change.before)} auf {format_quantity(change.after, unit)}"


def _price(change: Change, _row: LineChange) -> str:
    before, after = change.before, change.after
    return f"Preis von {_amount(before)} auf {_amount(after)} netto"


def _supplier(change: Change, _row: LineChange) -> str:
    return f"Lieferant jetzt {change.after} statt {change.before}"


def _article(change: Change, _row: LineChange) -> str:
    return f"vorher „{change.before}“"


def _delivery(change: Change, _row: LineChange) -> str:
    before, after = change.before, change.after
    if after is None:
        return "ohne Lieferort"
    if before is None or before.name != after.name:
        return f"Lieferung an {after.name}" + (f" statt {before.name}" if before else "")
    return f"Lieferangaben für {after.name} geändert"


def _assignment(change: Change, _row: LineChange) -> str:
    return f"Kontierung jetzt {_shares(change.after)}"


_PHRASES: Mapping[Field, Callable[[Change, LineChange], str]] = {
    Field.QUANTITY: _quantity,
    Field.PRICE: _price,
    Field.SUPPLIER: _supplier,
    Field.ARTICLE: _article,
    Field.DELIVERY: _delivery,
    Field.ASSIGNMENT: _assignment,
}
_WORDS: Mapping[Field, str] = {
    Field.TITLE: "Betreff",
    Field.JUSTIFICATION: "Begründung",
    Field.NEEDED_BY: "benötigt bis",
    Field.QUANTITY: "Menge",
    Field.PRICE: "Preis netto",
    Field.SUPPLIER: "Lieferant",
    Field.ARTICLE: "Artikel",
    Field.DELIVERY: "Lieferung",
    Field.ASSIGNMENT: "Kontierung",
}


def _rows(found: Difference) -> Iterator[Row]:
    for change in found.head:
        yield _row("", change)
    for line in found.added:
        yield Row(_named(line), "neu", "–", _whole(line))
    for line in found.removed:
        yield Row(_named(line), "entfallen", _whole(line), "–")
    for row in found.changed:
        for change in row.changes:
            yield _row(_named(row.after), change)


def _row(line: str, change: Change) -> Row:
    before, after = (_shown(change, value) for value in (change.before, change.after))
    return Row(line, _WORDS[change.field], before, after)


def _named(line: LineFacts) -> str:
    return f"{line.number}: {line.title}"


def _pieces(line: LineFacts) -> str:
    return format_quantity(line.quantity, unit_name(line.unit))


def _whole(line: LineFacts) -> str:
    return f"{_pieces(line)}, {format_money(line.net)} netto"


def _shown(change: Change, value: Any) -> str:
    if value is None or value == "":
        return "–"
    show = _SHOWN.get(change.field)
    return show(value) if show is not None else str(value)


def _amount(price: Any) -> str:
    return format_unit_price(price.net, price.unit)


def delivery_words(row: DeliveryFacts) -> str:
    """A place of delivery on one line: who, contact, days, hours, note."""
    parts = [row.name, row.address, row.contact, row.phone, days_words(row), hours_words(row)]
    return "; ".join(filter(None, [*parts, row.note]))


def days_words(row: Any) -> str:
    """„frühestens am …, spätestens am …“, as far as days were given."""
    parts = []
    if row.earliest:
        parts.append(f"frühestens am {format_day(row.earliest)}")
    if row.latest:
        parts.append(f"spätestens am {format_day(row.latest)}")
    return ", ".join(parts)


def hours_words(row: Any) -> str:
    """„07:30 bis 14:00 Uhr“, or nothing."""
    if row.time_from is None:
        return ""
    return f"{row.time_from:%H:%M} bis {row.time_until:%H:%M}{NO_BREAK_SPACE}Uhr"


def _shares(shares: Any) -> str:
    return " und ".join(_share(row) for row in shares) or "keine"


def _share(row: ShareFacts) -> str:
    deductible = (
        f" (Vorsteuer zu {german(row.deductible_percent)}{NO_BREAK_SPACE}% abziehbar)"
        if row.deductible_percent
        else ""
    )
    return f"{row.entity} {row.budget_line}: {german(row.percent)}{NO_BREAK_SPACE}%{deductible}"


_SHOWN: Mapping[Field, Callable[[Any], str]] = {
    Field.NEEDED_BY: format_day,
    Field.QUANTITY: format_quantity,
    Field.PRICE: _amount,
    Field.DELIVERY: delivery_words,
    Field.ASSIGNMENT: _shares,
}
