"""What the two older agreements sell.

Makers and models are invented. Prices are net EUR.
"""

from __future__ import annotations

from contracts.agreements.models import AllocationRule, ItemRole

from .price_rows import LotPlan, Row

PRINTERS = LotPlan(
    number=1,
    title="Drucker und Multifunktionsgeräte",
    rule=AllocationRule.SINGLE,
    estimate="1800000",
    maximum="2400000",
    cpv=("30232110-8", "30125100-2"),
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
        Row(
            "Mindermengenzuschlag",
            "Zuschläge",
            "service",
            "Uckermark",
            ((1, "7.50"),),
            text="Für Abrufe unter dem Mindestbestellwert, einmal je Abruf.",
            role=ItemRole.SURCHARGE,
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
