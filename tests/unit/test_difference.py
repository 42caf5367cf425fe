"""The difference of two revisions: every kind of change is found, and told in a sentence."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from frontend.presenters.difference import told
from orders.requisitions.difference import (
    DeliveryFacts,
    Field,
    LineFacts,
    PriceFacts,
    RevisionFacts,
    ShareFacts,
    compare,
)

LINE = LineFacts(
    number=1,
    title="Notebook",
    quantity=30,
    unit="C62",
    price=PriceFacts(Decimal("429.0000")),
    net=Decimal("12870.00"),
    supplier="Spreeblick",
    delivery=DeliveryFacts("Grundschule A", contact="Sekretariat"),
    shares=(ShareFacts("Stadt A", "21101.0822100 Geräte", Decimal(100)),),
)
OTHER = replace(LINE, number=2, title="Dock", quantity=5)
BASE = RevisionFacts(
    number=1,
    title="Geräte",
    justification="Neue Klassen",
    needed_by=None,
    net=Decimal("12870.00"),
    tax=Decimal("2445.30"),
    gross=Decimal("15315.30"),
    lines=(LINE, OTHER),
)


def after(*lines: LineFacts, **changed: object) -> RevisionFacts:
    return replace(BASE, number=2, lines=lines or BASE.lines, **changed)


def test_the_same_twice_differs_in_nothing() -> None:
    found = compare(BASE, after())
    assert found.is_empty
    assert told(found).sentences == ["Die beiden Fassungen sagen dasselbe."]


LINES = {
    Field.QUANTITY: (replace(LINE, quantity=20), "Menge von 30 auf 20\u00a0Stück"),
    Field.PRICE: (
        replace(LINE, price=PriceFacts(Decimal("411.5000"))),
        "Preis von 429,00\u00a0€ auf 411,50\u00a0€ netto",
    ),
    Field.SUPPLIER: (
        replace(LINE, supplier="Oderland"),
        "Lieferant jetzt Oderland statt Spreeblick",
    ),
    Field.ARTICLE: (replace(LINE, title="Notebook Plus"), "vorher „Notebook“"),
    Field.DELIVERY: (
        replace(LINE, delivery=DeliveryFacts("Grundschule B")),
        "Lieferung an Grundschule B statt Grundschule A",
    ),
    Field.ASSIGNMENT: (
        replace(
            LINE,
            shares=(
                ShareFacts("Stadt A", "1 Geräte", Decimal("33.3333")),
                ShareFacts("Land", "2 Digitalpakt", Decimal("66.6667"), Decimal(50)),
            ),
        ),
        (
            "Kontierung jetzt Stadt A 1 Geräte: 33,3333\u00a0% und Land 2 Digitalpakt: "
            "66,6667\u00a0% (Vorsteuer zu 50\u00a0% abziehbar)"
        ),
    ),
}


@pytest.mark.parametrize("field", LINES)
def test_each_change_of_a_line_is_found_alone_and_told(field: Field) -> None:
    changed, words = LINES[field]
    found = compare(BASE, after(changed, OTHER))
    (line,) = found.changed
    assert [change.field for change in line.changes] == [field]
    assert (found.head, found.added, found.removed) == ((), (), ())
    text = told(found)
    assert f"Zeile 1 „{changed.title}“: {words}." in text.sentences
    assert [row.line for row in text.rows] == [f"1: {changed.title}"]


@pytest.mark.parametrize(
    ("field", "changed"),
    [
        (Field.TITLE, {"title": "Andere Geräte"}),
        (Field.JUSTIFICATION, {"justification": ""}),
        (Field.NEEDED_BY, {"needed_by": date(2026, 9, 1)}),
    ],
)
def test_each_change_of_the_head_is_found_alone(field: Field, changed: dict[str, object]) -> None:
    found = compare(BASE, after(**changed))
    assert [change.field for change in found.head] == [field]
    assert (found.added, found.removed, found.changed) == ((), (), ())
    assert any("geändert" in sentence for sentence in told(found).sentences)


def test_what_came_and_what_went_is_told_by_number() -> None:
    new = replace(LINE, number=7, title="Stift", quantity=3)
    found = compare(BASE, after(LINE, new))
    assert [line.number for line in found.added] == [7]
    assert [line.number for line in found.removed] == [2]
    sentences = told(found).sentences
    assert "Neu ist Zeile 7: 3\u00a0Stück „Stift“, Lieferung an Grundschule A." in sentences
    assert "Entfallen ist Zeile 2: 5\u00a0Stück „Dock“." in sentences


def test_a_contact_alone_is_a_change_of_the_delivery() -> None:
    moved = replace(LINE, delivery=replace(LINE.delivery, contact="Hausmeister"))
    sentences = told(compare(BASE, after(moved, OTHER))).sentences
    assert "Zeile 1 „Notebook“: Lieferangaben für Grundschule A geändert." in sentences


@pytest.mark.parametrize(
    ("gross", "words"),
    [
        ("15000.00", "sinkt um 315,30\u00a0€ von 15.315,30\u00a0€ auf 15.000,00\u00a0€ brutto"),
        ("15315.31", "steigt um 0,01\u00a0€"),
    ],
)
def test_the_sum_is_told_first(gross: str, words: str) -> None:
    found = compare(BASE, after(title="Neu", gross=Decimal(gross)))
    assert words in told(found).sentences[0]
