"""What the agreements of the demo sell: lots, rows of the price sheets, their articles.

Makers and models are invented. Prices are net EUR.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product

from contracts.agreements.models import AllocationRule, ItemRole


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a price sheet and the articles that may be delivered under it.

    `tiers` are (from quantity, net EUR per `price_unit`); `vary` names the features whose
    combinations make the articles; `cap` is the most pieces over the whole term.
    """

    title: str
    group: str
    image: str
    maker: str
    tiers: tuple[tuple[int, str], ...]
    vary: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    features: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    vat_class: str = "standard"
    cap: int | None = None
    periods: int = 1
    price_unit: int = 1
    days: int = 10
    role: ItemRole = ItemRole.GOODS

    def variants(self) -> Iterator[tuple[str, dict[str, str]]]:
        """Name and features of each article of the row."""
        for values in product(*self.vary.values()):
            name = ", ".join([f"{self.maker} {self.title}", *values])
            yield name, {**self.features, **dict(zip(self.vary, values, strict=True))}


@dataclass(frozen=True, slots=True)
class LotPlan:
    """A lot with its suppliers by rank and the price sheet of rank 1.

    `award_maximum` (net EUR) is the cap of each award by rank; `catalogue_discount` the
    (from quantity, percent) off the list price of rank 1's whole catalogue.
    """

    number: int
    title: str
    rule: AllocationRule
    estimate: str
    maximum: str
    cpv: tuple[str, ...]
    suppliers: tuple[str, ...]
    rows: tuple[Row, ...]
    award_maximum: tuple[str, ...] = ()
    surcharge_percent: tuple[str, ...] = ()
    catalogue_discount: tuple[tuple[int, str], ...] = ()


_COLOURS = ("Schwarz", "Grau", "Blau", "Rot", "Grün", "Türkis", "Violett", "Orange")
_SUBJECTS = (
    "Mathematik",
    "Deutsch",
    "Englisch",
    "Biologie",
    "Physik",
    "Chemie",
    "Geschichte",
    "Geografie",
)

TABLETS = LotPlan(
    number=1,
    title="Tablets mit Zubehör",
    rule=AllocationRule.SINGLE,
    estimate="16000000",
    maximum="24000000",
    cpv=("30213200-7",),
    suppliers=("havelland",),
    rows=(
        Row(
            "Tablet 11 Zoll, 128 GB",
            "Tablets",
            "tablet",
            "Torvio",
            ((1, "365"), (500, "352")),
            {"Farbe": ("Grau", "Silber")},
            {"Bildschirm": "11 Zoll", "Speicher": "128 GB", "Funk": "WLAN 6", "Gewicht": "477 g"},
            "Lerntablet mit Stifteingabe, Akku für einen Schultag, Verwaltung über MDM.",
            vat_class="tablet",
            cap=45_000,
        ),
        Row(
            "Eingabestift",
            "Zubehör Tablets",
            "stift",
            "Torvio",
            ((1, "69"),),
            {"Farbe": ("Weiß", "Schwarz")},
            {"Kopplung": "magnetisch", "Druckstufen": "4096"},
            "Aktiver Stift mit Neigungserkennung, haftet und lädt am Tablet.",
        ),
        Row(
            "Tastaturhülle",
            "Zubehör Tablets",
            "tastaturhuelle",
            "Torvio",
            ((1, "89"),),
            {"Farbe": ("Schwarz", "Blau", "Grau")},
            {"Tastatur": "QWERTZ", "passend für": "Tablet 11 Zoll"},
            "Hülle mit abnehmbarer Tastatur und Stiftfach.",
        ),
        Row(
            "Schutzhülle robust",
            "Zubehör Tablets",
            "huelle",
            "Brandeck",
            ((1, "32"),),
            {"Farbe": _COLOURS},
            {"Fallhöhe": "1,2 m", "passend für": "Tablet 11 Zoll"},
            "Stoßfeste Hülle mit Griff und Aufsteller.",
        ),
        Row(
            "Schutzfolie",
            "Zubehör Tablets",
            "tablet",
            "Brandeck",
            ((1, "9.90"), (100, "8.40")),
            {"Oberfläche": ("matt", "klar")},
            {"passend für": "Tablet 11 Zoll"},
        ),
        Row(
            "Netzteil USB-C 20 W",
            "Zubehör Tablets",
            "netzteil",
            "Voltiva",
            ((1, "14.90"),),
            {"Farbe": ("Weiß",)},
            {"Leistung": "20 W", "Anschluss": "USB-C"},
        ),
        Row(
            "Ladekabel USB-C",
            "Zubehör Tablets",
            "kabel",
            "Voltiva",
            ((1, "6.90"),),
            {"Länge": ("1 m", "2 m")},
            {"Anschluss": "USB-C auf USB-C"},
        ),
        Row(
            "Schülerkopfhörer",
            "Zubehör Tablets",
            "kopfhoerer",
            "Lauscha Audio",
            ((1, "19.90"), (100, "17.50")),
            {"Farbe": ("Schwarz", "Blau", "Rot", "Grün")},
            {"Lautstärke": "auf 85 dB begrenzt", "Anschluss": "3,5 mm Klinke"},
        ),
        Row(
            "Ersatzspitzen für Eingabestift, 4 Stück",
            "Zubehör Tablets",
            "stift",
            "Torvio",
            ((1, "8.50"),),
            {"Farbe": ("Weiß",)},
        ),
        Row(
            "Mindermengenzuschlag",
            "Zuschläge",
            "service",
            "Havelland",
            ((1, "6.90"),),
            text="Für Abrufe unter dem Mindestbestellwert, einmal je Abruf.",
            role=ItemRole.SURCHARGE,
        ),
    ),
)

COMPUTERS = LotPlan(
    number=2,
    title="Notebooks und Computer",
    rule=AllocationRule.CASCADE,
    estimate="12000000",
    maximum="18000000",
    cpv=("30213100-6", "30213300-8"),
    suppliers=("spreeblick", "oderland", "lausitzer"),
    award_maximum=("10800000", "4500000", "2700000"),
    surcharge_percent=("0", "1.5", "3.2"),
    catalogue_discount=((1, "12"), (50, "15")),
    rows=(
        Row(
            "Schülernotebook 11,6 Zoll",
            "Notebooks",
            "notebook",
            "Kestrin",
            ((1, "429"), (250, "415")),
            {"Gehäuse": ("Anthrazit", "Silber"), "Tastatur": ("beleuchtet", "spritzfest")},
            {"Bildschirm": "11,6 Zoll", "Arbeitsspeicher": "8 GB", "SSD": "128 GB"},
            "Robustes Notebook für Schülerinnen und Schüler mit gummierten Kanten.",
            cap=18_000,
        ),
        Row(
            "Lehrkräftenotebook 14 Zoll",
            "Notebooks",
            "notebook",
            "Kestrin",
            ((1, "749"), (100, "729")),
            {"Gehäuse": ("Anthrazit", "Silber"), "SSD": ("256 GB", "512 GB")},
            {"Bildschirm": "14 Zoll", "Arbeitsspeicher": "16 GB", "Gewicht": "1,4 kg"},
            "Leichtes Dienstgerät mit Gesichtserkennung und langer Akkulaufzeit.",
            cap=6_000,
        ),
        Row(
            "Dockingstation USB-C",
            "Dockingstationen",
            "dock",
            "Kestrin",
            ((1, "119"),),
            {"Bildschirmausgänge": ("2 × DisplayPort", "2 × HDMI")},
            {"Ladeleistung": "90 W", "Netzwerk": "1 Gbit/s"},
        ),
        Row(
            "Mini-PC Verwaltung",
            "Mini-PCs",
            "mini-pc",
            "Havelux",
            ((1, "489"), (50, "476")),
            {"Befestigung": ("Standfuß", "Halterung am Monitor")},
            {"Arbeitsspeicher": "16 GB", "SSD": "256 GB", "Bauform": "1 Liter"},
        ),
    ),
)

DISPLAYS = LotPlan(
    number=3,
    title="Interaktive Displays",
    rule=AllocationRule.SINGLE,
    estimate="6000000",
    maximum="9000000",
    cpv=("30231320-6", "30195000-2"),
    suppliers=("maerkische",),
    rows=(
        Row(
            "Interaktives Display 75 Zoll",
            "Displays",
            "display",
            "Pixhagen",
            ((1, "2290"), (20, "2215")),
            {"Oberfläche": ("entspiegelt", "entspiegelt und antibakteriell")},
            {"Auflösung": "3840 × 2160", "Berührpunkte": "40", "Helligkeit": "450 cd/m²"},
            "Display mit Tafelsoftware, Stiftablage und geteiltem Bildschirm.",
            days=20,
        ),
        Row(
            "Rollständer höhenverstellbar",
            "Zubehör Displays",
            "staender",
            "Hubwerk",
            ((1, "590"),),
            {"Antrieb": ("elektrisch", "Federausgleich")},
            {"Tragkraft": "90 kg", "Hub": "60 cm"},
            days=20,
        ),
        Row(
            "Interaktives Display 65 Zoll",
            "Displays",
            "display",
            "Pixhagen",
            ((1, "1690"), (20, "1640")),
            {"Oberfläche": ("entspiegelt", "entspiegelt und antibakteriell")},
            {"Auflösung": "3840 × 2160", "Berührpunkte": "40"},
            days=20,
        ),
        Row(
            "Interaktives Display 86 Zoll",
            "Displays",
            "display",
            "Pixhagen",
            ((1, "3190"), (20, "3090")),
            {"Oberfläche": ("entspiegelt", "entspiegelt und antibakteriell")},
            {"Auflösung": "3840 × 2160", "Berührpunkte": "50"},
            days=20,
        ),
        Row(
            "Wandhalterung",
            "Zubehör Displays",
            "staender",
            "Hubwerk",
            ((1, "245"),),
            {"Verstellung": ("fest", "höhenverstellbar")},
            {"Tragkraft": "90 kg"},
        ),
        Row(
            "Tafelflügel Paar",
            "Zubehör Displays",
            "tafel",
            "Hubwerk",
            ((1, "690"),),
            {"Fläche": ("Weiß blank", "Weiß kariert", "Grün liniert", "Grün kariert")},
            {"Breite": "je 90 cm"},
            days=25,
        ),
        Row(
            "Einschubrechner OPS",
            "Zubehör Displays",
            "mini-pc",
            "Pixhagen",
            ((1, "620"),),
            {"Arbeitsspeicher": ("8 GB", "16 GB")},
            {"SSD": "256 GB"},
        ),
        Row(
            "Dokumentenkamera",
            "Zubehör Displays",
            "kamera",
            "Lumetra",
            ((1, "329"),),
            {"Anschluss": ("USB-C", "USB-C und HDMI")},
            {"Auflösung": "8 Megapixel", "Aufnahmefläche": "A3"},
        ),
        Row(
            "Einweisung am Display",
            "Dienstleistungen",
            "service",
            "Märkische Medientechnik",
            ((1, "180"),),
            {"Ort": ("in der Schule",)},
            {"Dauer": "90 Minuten", "Teilnehmende": "bis 15"},
        ),
    ),
)

NETWORK = LotPlan(
    number=4,
    title="Netzwerk und Ladetechnik",
    rule=AllocationRule.ROTATION,
    estimate="5000000",
    maximum="8000000",
    cpv=("32420000-3",),
    suppliers=("elbtal", "flaeming"),
    rows=(
        Row(
            "Access Point WLAN 6E",
            "Netzwerk",
            "access-point",
            "Netzmark",
            ((1, "389"), (50, "374")),
            {"Montage": ("Decke", "Wand")},
            {"Funk": "WLAN 6E", "Versorgung": "PoE+", "Geräte": "bis 120"},
        ),
        Row(
            "PoE-Switch 24 Ports",
            "Netzwerk",
            "switch",
            "Netzmark",
            ((1, "1150"),),
            {"Leistung": ("370 W", "740 W")},
            {"Ports": "24 × 1 Gbit/s", "Uplink": "4 × 10 Gbit/s"},
        ),
        Row(
            "Ladewagen für 16 Geräte",
            "Ladewagen und Koffer",
            "ladewagen",
            "Hubwerk",
            ((1, "1390"),),
            {"Farbe": ("Lichtgrau", "Anthrazit", "Blau")},
            {"Geräte": "bis 14 Zoll", "Schloss": "Zylinder", "Ladung": "USB-C, 60 W"},
            days=20,
        ),
        Row(
            "Access Point für außen",
            "Netzwerk",
            "access-point",
            "Netzmark",
            ((1, "549"),),
            {"Montage": ("Mast", "Wand")},
            {"Schutzart": "IP67"},
        ),
        Row(
            "Switch 8 Ports",
            "Netzwerk",
            "switch",
            "Netzmark",
            ((1, "289"),),
            {"Versorgung": ("PoE+", "ohne PoE")},
            {"Ports": "8 × 1 Gbit/s"},
        ),
        Row(
            "SFP+-Modul",
            "Netzwerk",
            "kabel",
            "Netzmark",
            ((1, "39"),),
            {"Reichweite": ("300 m", "10 km")},
        ),
        Row(
            "Patchkabel Cat 6A, 2 m",
            "Netzwerkkabel",
            "kabel",
            "Netzmark",
            ((1, "28.5000"), (100, "26.9000")),
            {"Farbe": ("Grau", "Blau", "Rot", "Grün", "Gelb", "Schwarz")},
            {"Schirmung": "S/FTP"},
            "Preis je 10 Stück.",
            price_unit=10,
        ),
        Row(
            "Patchkabel Cat 6A, 5 m",
            "Netzwerkkabel",
            "kabel",
            "Netzmark",
            ((1, "42.5000"), (100, "39.9000")),
            {"Farbe": ("Grau", "Blau", "Rot", "Grün", "Gelb", "Schwarz")},
            {"Schirmung": "S/FTP"},
            "Preis je 10 Stück.",
            price_unit=10,
        ),
        Row(
            "Ladekoffer für 10 Tablets",
            "Ladewagen und Koffer",
            "tasche",
            "Hubwerk",
            ((1, "790"),),
            {"Rollen": ("mit Rollen", "ohne Rollen")},
            {"Geräte": "bis 11 Zoll"},
            days=20,
        ),
    ),
)

SERVICES = LotPlan(
    number=5,
    title="Dienste und Lizenzen",
    rule=AllocationRule.SINGLE,
    estimate="3000000",
    maximum="5000000",
    cpv=("48000000-8", "22111000-1"),
    suppliers=("barnim",),
    rows=(
        Row(
            "Geräteverwaltung (MDM), 48 Monate",
            "Lizenzen",
            "lizenz",
            "Barnim",
            ((1, "29"),),
            {"Edition": ("Schule",)},
            {"Laufzeit": "48 Monate", "Betrieb": "Rechenzentrum in Deutschland"},
        ),
        Row(
            "Garantieverlängerung um 2 Jahre",
            "Garantien",
            "garantie",
            "Barnim",
            ((1, "58"),),
            {"Gerät": ("Tablet", "Notebook", "Mini-PC")},
            {"Leistung": "Vor-Ort-Tausch am nächsten Werktag"},
        ),
        Row(
            "Einrichtung und Verteilung je Gerät",
            "Dienstleistungen",
            "service",
            "Barnim",
            ((1, "14.50"),),
            {"Ort": ("beim Dienstleister", "in der Schule")},
            {"Leistung": "Auspacken, Anmelden, Beschriften"},
            days=15,
        ),
        Row(
            "Lern-App je Schüler und Jahr",
            "Apps",
            "lizenz",
            "Lernkiste",
            ((1, "4.90"),),
            {"Fach": _SUBJECTS},
            {"Laufzeit": "12 Monate", "Anmeldung": "über das Schulkonto"},
        ),
        Row(
            "Digitales Schulbuch je Schüler und Jahr",
            "Digitale Schulbücher",
            "buch",
            "Havelverlag",
            ((1, "8.90"),),
            {
                "Fach": _SUBJECTS,
                "Stufe": ("Klasse 5/6", "Klasse 7/8", "Klasse 9/10", "Oberstufe"),
            },
            {"Laufzeit": "12 Monate", "Nutzung": "auch ohne Netz"},
            vat_class="digital_book",
        ),
        Row(
            "Lernplattform je Schüler, 4 Schuljahre",
            "Lizenzen",
            "lizenz",
            "Lernkiste",
            ((1, "2.40"), (1000, "2.1500")),
            {"Edition": ("Schule",)},
            {"Laufzeit": "4 Schuljahre", "Preis": "je Schuljahr"},
            periods=4,
        ),
        Row(
            "Fortbildung für Lehrkräfte",
            "Dienstleistungen",
            "service",
            "Barnim",
            ((1, "480"),),
            {"Thema": ("Tablets im Unterricht", "Tafelsoftware", "Geräteverwaltung")},
            {"Dauer": "halber Tag", "Teilnehmende": "bis 20"},
        ),
    ),
)

SCHOOL_IT = (TABLETS, COMPUTERS, DISPLAYS, NETWORK, SERVICES)

PRINTERS = LotPlan(
    number=1,
    title="Drucker und Multifunktionsgeräte",
    rule=AllocationRule.SINGLE,
    estimate="1800000",
    maximum="2400000",
    cpv=("30232110-8",),
    suppliers=("uckermark",),
    rows=(
        Row(
            "Laserdrucker A4",
            "Drucker",
            "drucker",
            "Druckau",
            ((1, "219"), (25, "208")),
            {"Ausführung": ("Schwarzweiß", "Farbe")},
            {"Format": "A4", "Netzwerk": "ja", "Beidseitig": "ja"},
        ),
        Row(
            "Multifunktionsgerät A3",
            "Drucker",
            "drucker",
            "Druckau",
            ((1, "2180"),),
            {"Ausführung": ("Standgerät", "Standgerät mit Finisher")},
            {"Format": "A3", "Seiten": "35 je Minute"},
            days=20,
        ),
        Row(
            "Toner",
            "Verbrauchsmaterial",
            "drucker",
            "Druckau",
            ((1, "64"), (20, "59.50")),
            {"Farbe": ("Schwarz", "Cyan", "Magenta", "Gelb")},
            {"Reichweite": "6.000 Seiten"},
        ),
        Row(
            "Wartung je Gerät und Jahr",
            "Dienstleistungen",
            "service",
            "Uckermark",
            ((1, "96"),),
            {"Reaktionszeit": ("nächster Werktag", "4 Stunden")},
        ),
    ),
)

PROJECTORS = LotPlan(
    number=1,
    title="Projektoren",
    rule=AllocationRule.SINGLE,
    estimate="900000",
    maximum="1200000",
    cpv=("38652100-1",),
    suppliers=("maerkische",),
    rows=(
        Row(
            "Kurzdistanzprojektor",
            "Projektoren",
            "projektor",
            "Lumetra",
            ((1, "879"),),
            {"Lichtquelle": ("Lampe", "Laser")},
            {"Auflösung": "1920 × 1080"},
        ),
        Row(
            "Leinwand mit Motor",
            "Projektoren",
            "tafel",
            "Lumetra",
            ((1, "340"),),
            {"Breite": ("240 cm",)},
        ),
    ),
)
