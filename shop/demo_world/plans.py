"""Which agreements the demo has: a young one, an old one, an ended one, and who may call off."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from .days import Days
from .devices import COMPUTERS, DISPLAYS, TABLETS
from .older_lots import PRINTERS, PROJECTORS
from .price_rows import LotPlan
from .services import NETWORK, SERVICES

SCHOOL_IT_NUMBER = "RV-SchulIT-BB"
PRINTERS_NUMBER = "RV-Druck-BB"
PROJECTORS_NUMBER = "RV-Projektion-BB"
SCHOOL_IT = (TABLETS, COMPUTERS, DISPLAYS, NETWORK, SERVICES)


@dataclass(frozen=True, slots=True)
class Plan:
    """An agreement before it is written."""

    number: str
    title: str
    notice: str
    starts_on: date
    ends_on: date
    lots: Sequence[LotPlan]
    buyers: Sequence[str]

    def total(self, name: str) -> Decimal:
        return sum((Decimal(getattr(lot, name)) for lot in self.lots), Decimal(0))


def plans(days: Days) -> Iterator[Plan]:
    """The plans with their dates counted from the seed."""
    everybody = ("musterfelde", "amt-seeblick", "landkreis-ostermark", "lindenhof")
    start = days.first_of(1, years=-1)
    yield Plan(
        SCHOOL_IT_NUMBER,
        "Informationstechnik für Schulen in Brandenburg",
        f"{start.year - 1}/S 187-571203",
        start,
        days.first_of(1, years=3) - timedelta(days=1),
        SCHOOL_IT,
        everybody,
    )
    yield Plan(
        PRINTERS_NUMBER,
        "Drucker und Multifunktionsgeräte für Schulen",
        f"{days.year - 3}/S 041-118206",
        days.first_of(7, years=-3),
        days.first_of(7, years=1) - timedelta(days=1),
        (PRINTERS,),
        everybody[:3],
    )
    yield Plan(
        PROJECTORS_NUMBER,
        "Projektoren für Unterrichtsräume",
        f"{days.year - 6}/S 022-047911",
        days.first_of(1, years=-5),
        days.first_of(1, years=-1) - timedelta(days=1),
        (PROJECTORS,),
        everybody[:1],
    )
