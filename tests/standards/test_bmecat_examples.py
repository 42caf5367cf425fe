"""The synthetic BMEcat files that are valid against DTD and schema."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from contracts.catalogue.readers import read
from tests.supplier_files import Outcome

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "standards" / "bmecat" / "examples"
pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not FOLDER.is_dir(), reason="../shared/standards/bmecat is not there"),
]


@pytest.mark.parametrize(
    "name", ["bmecat12_new_catalog_dtd-namespace.xml", "bmecat12_new_catalog_no-namespace.xml"]
)
def test_a_new_catalogue(name: str) -> None:
    found = Outcome(read(FOLDER / name))
    assert found.issues == []
    assert (found.info.version, found.info.catalog_id) == ("1.2", "SCHULE-2026")
    assert [
        (item.supplier_aid, item.unit, item.price, item.tax_rate, item.gtin)
        for item in found.articles
    ] == [
        ("P-100", "RM", Decimal("3.49"), 19, "4012345000108"),
        ("K-220", "C62", Decimal("7.20"), 19, "4012345000221"),
        ("B-330", "C62", Decimal("24.95"), 7, "9783120003304"),
    ]
    paper = found.articles[0]
    assert paper.name == "Kopierpapier A4 80 g/m², 500 Blatt"
    assert paper.description_long == "Holzfrei, weiß & alterungsbeständig; Blauer Engel."
    assert [(tier.lower_bound, tier.amount) for tier in paper.tiers_on(date(2026, 5, 1))] == [
        (1, Decimal("3.49")),
        (40, Decimal("3.19")),
        (200, Decimal("2.95")),
    ]
    assert paper.tiers_on(date(2027, 1, 1)) == ()


def test_an_update_of_prices() -> None:
    found = Outcome(read(FOLDER / "bmecat12_update_prices.xml"))
    assert (found.info.transaction, found.info.prev_version) == ("T_UPDATE_PRICES", 0)
    assert (found.only.supplier_aid, found.only.mode) == ("P-100", "update")
    assert (found.only.name, found.only.price) == ("", Decimal("3.59"))
