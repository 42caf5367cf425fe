"""The catalogue of the computer supplier: 150 articles per series, by list price.

Series 1 is listed from the start, series 2 stands in the demo's BMEcat file, later ones
are made for load.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import product

from stdnum import ean

Options = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Family:
    """Articles of one kind: every combination of the options, each with its surcharge (EUR)."""

    code: str
    name: str
    group: str
    image: str
    maker: str
    base: int
    options: Mapping[str, Options]
    days: int = 8


@dataclass(frozen=True, slots=True)
class Model:
    """An article of the supplier's catalogue with its list price (net EUR)."""

    aid: str
    name: str
    group: str
    image: str
    maker: str
    mpn: str
    gtin: str
    features: Mapping[str, str]
    list_price: Decimal
    days: int

    @property
    def text(self) -> str:
        """The long description, from the features."""
        return "; ".join(f"{key}: {value}" for key, value in self.features.items()) + "."


_MEMORY = {"8 GB": 0, "16 GB": 60}
_SIZES = {"11,6 Zoll": 0, "13,3 Zoll": 90, "14 Zoll": 140, "15,6 Zoll": 170}
_COLOURS = {"Schwarz": 0, "Grau": 0, "Blau": 1, "Rot": 1}

FAMILIES = (
    Family(
        "NB",
        "Notebook Lernbuch",
        "Notebooks",
        "notebook",
        "Kestrin",
        439,
        {
            "Bildschirm": _SIZES,
            "Arbeitsspeicher": _MEMORY,
            "SSD": {"128 GB": 0, "256 GB": 35, "512 GB": 80},
        },
    ),
    Family(
        "CV",
        "Convertible Wendig",
        "Notebooks",
        "notebook",
        "Kestrin",
        529,
        {
            "Bildschirm": {"11,6 Zoll": 0, "13,3 Zoll": 110},
            "Arbeitsspeicher": _MEMORY,
            "SSD": {"256 GB": 0, "512 GB": 45},
        },
    ),
    Family(
        "PC",
        "Mini-PC Kompakt",
        "Mini-PCs",
        "mini-pc",
        "Havelux",
        419,
        {
            "Arbeitsspeicher": {"8 GB": 0, "16 GB": 55, "32 GB": 140},
            "SSD": {"256 GB": 0, "512 GB": 45, "1 TB": 95},
        },
    ),
    Family(
        "WS",
        "Arbeitsstation Medien",
        "Arbeitsstationen",
        "mini-pc",
        "Havelux",
        1290,
        {
            "Arbeitsspeicher": {"32 GB": 0, "64 GB": 240},
            "Grafik": {"8 GB": 0, "12 GB": 190, "16 GB": 420},
            "SSD": {"1 TB": 0, "2 TB": 110},
        },
        days=12,
    ),
    Family(
        "MO",
        "Monitor",
        "Monitore",
        "monitor",
        "Pixhagen",
        119,
        {
            "Diagonale": {"22 Zoll": 0, "24 Zoll": 20, "27 Zoll": 60, "32 Zoll": 130},
            "Auflösung": {"Full HD": 0, "WQHD": 70},
            "USB-C": {"mit USB-C": 45, "ohne USB-C": 0},
        },
    ),
    Family(
        "DO",
        "Dockingstation",
        "Dockingstationen",
        "dock",
        "Kestrin",
        99,
        {"Ladeleistung": {"65 W": 0, "90 W": 30, "130 W": 75}, "Monitore": {"2": 0, "3": 40}},
    ),
    Family(
        "MA",
        "Maus",
        "Mäuse und Tastaturen",
        "maus",
        "Brandeck",
        9,
        {
            "Anschluss": {"Kabel": 0, "Funk": 6, "Bluetooth": 9},
            "Farbe": _COLOURS,
        },
    ),
    Family(
        "TA",
        "Tastatur",
        "Mäuse und Tastaturen",
        "tastatur",
        "Brandeck",
        17,
        {"Anschluss": {"Kabel": 0, "Funk": 12}, "Farbe": _COLOURS},
    ),
    Family(
        "KH",
        "Headset",
        "Headsets",
        "kopfhoerer",
        "Lauscha Audio",
        24,
        {
            "Anschluss": {"USB-A": 0, "USB-C": 2, "Bluetooth": 28},
            "Bauform": {"einohrig": 0, "beidohrig": 6, "mit Geräuschfilter": 31},
        },
    ),
    Family(
        "TS",
        "Notebooktasche",
        "Taschen",
        "tasche",
        "Brandeck",
        19,
        {"Größe": {"12 Zoll": 0, "14 Zoll": 3, "16 Zoll": 6}, "Farbe": _COLOURS},
    ),
    Family(
        "KA",
        "Kabel",
        "Kabel und Adapter",
        "kabel",
        "Voltiva",
        5,
        {
            "Art": {"HDMI": 0, "DisplayPort": 2, "USB-C": 4, "USB-C auf HDMI": 9},
            "Länge": {"0,5 m": 0, "1 m": 1, "2 m": 3, "5 m": 8},
        },
    ),
    Family(
        "AD",
        "Adapter",
        "Kabel und Adapter",
        "kabel",
        "Voltiva",
        11,
        {
            "Ausgang": {"HDMI": 0, "DisplayPort": 2, "VGA": 1, "Netzwerk": 6},
            "Bauform": {"Stecker": 0, "mit Kabel 15 cm": 1, "mit Kabel 50 cm": 3},
        },
    ),
    Family(
        "NT",
        "Netzteil USB-C",
        "Netzteile",
        "netzteil",
        "Voltiva",
        22,
        {"Leistung": {"45 W": 0, "65 W": 8, "100 W": 25}, "Farbe": {"Weiß": 0, "Schwarz": 0}},
    ),
)


def models(series: int) -> Iterator[Model]:
    """The 150 articles of a series (from 1 on), always the same."""
    number = 0
    for family in FAMILIES:
        for place, values in enumerate(product(*family.options.values()), start=1):
            number += 1
            yield _model(family, series, place, number, values)


def gtin(company: int, number: int) -> str:
    """A GTIN-13 of the range for use in house (prefix 2), with its check digit."""
    digits = f"2{company:02d}{number:09d}"
    return digits + str(ean.calc_check_digit(digits))


def _model(family: Family, series: int, place: int, number: int, values: tuple[str, ...]) -> Model:
    surcharge = sum(
        options[value] for options, value in zip(family.options.values(), values, strict=True)
    )
    net = Decimal(family.base + surcharge) + Decimal("0.90")
    features = dict(zip(family.options, values, strict=True))
    return Model(
        aid=f"SB-{series}{family.code}-{place:03d}",
        name=", ".join([f"{family.maker} {family.name} S{series}", *values]),
        group=family.group,
        image=family.image,
        maker=family.maker,
        mpn=f"{family.code}{series}{place:03d}",
        gtin=gtin(50, series * 1000 + number),
        features={**features, "Baureihe": f"S{series}"},
        list_price=net,
        days=family.days,
    )
