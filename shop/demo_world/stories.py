"""The requisitions of the demo: who asked for what, and who signed when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from orders.models.approval import Verdict


@dataclass(frozen=True, slots=True)
class Signature:
    """A decision: who, how many days before the seed, what."""

    by: str
    days_ago: int
    verdict: Verdict = Verdict.APPROVE
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Story:
    """One requisition from its basket to where it stands at the seed.

    `wants` is quantity by item number; `budgets` percent by budget line; `submitted_by`
    empty leaves a draft; `key` names it for what becomes of its call-offs.
    """

    title: str
    asked_by: str
    days_ago: int
    wants: Mapping[str, int]
    budgets: Mapping[str, int]
    submitted_by: str = ""
    school: str = ""
    reason: str = ""
    signatures: tuple[Signature, ...] = ()
    withdrawn: bool = False
    key: str = ""


_DONE = (
    Story(
        "Tablets für Klasse 5 mit Tastatur und Stift",
        "beschaffung",
        38,
        {"1.1": 30, "1.2": 30, "1.3": 30},
        {"see": 100},
        "beschaffung",
        "gs-am-see",
        "Beschluss der Schulkonferenz, Medienentwicklungsplan Stufe 2.",
        (Signature("freigabe", 36), Signature("kaemmerei", 35)),
        key="klasse-5",
    ),
    Story(
        "520 Tablets für die Kreisschulen",
        "landkreis",
        33,
        {"1.1": 520, "1.4": 520, "5.1": 520},
        {"kreis-geraete": 100},
        "landkreis",
        "",
        "Ausstattung der Jahrgänge 7 bis 9 aus dem Förderprogramm.",
        (Signature("landrat", 31), Signature("kreisdezernat", 30), Signature("kreiskaemmerei", 28)),
        key="kreistablets",
    ),
    Story(
        "Access Points für zwei Grundschulen",
        "amt",
        26,
        {"4.1": 14, "4.2": 2},
        {"birkenow": 60, "kraehenwerder": 40},
        "amt",
        "",
        "Gemeinsame Beschaffung, Kosten nach Schülerzahl geteilt.",
        (Signature("amtsdirektor", 24), Signature("amtskaemmerei", 23)),
        key="amt-wlan",
    ),
    Story(
        "Tablets für die Mittelstufe",
        "lindenhof",
        21,
        {"1.1": 24, "1.4": 24},
        {"frei-geraete": 100},
        "lindenhof",
        "frg-lindenhof",
        "Ersatz der Geräte aus dem ersten Jahrgang.",
        (Signature("geschaeftsfuehrung", 20),),
        key="mittelstufe",
    ),
    Story(
        "Digitale Schulbücher und Lernplattform",
        "beschaffung",
        17,
        {"5.5": 120, "5.6": 240},
        {"lizenzen": 100},
        "beschaffung",
        "os-musterfelde",
        "Lizenzen für das laufende Schuljahr.",
        (Signature("freigabe", 16),),
    ),
    Story(
        "Notebooks für das Kollegium",
        "beschaffung",
        13,
        {"2.2": 18, "2.3": 18},
        {"oberschule": 100},
        "beschaffung",
        "os-musterfelde",
        "Dienstgeräte nach Neueinstellungen.",
        (Signature("freigabe", 12), Signature("kaemmerei", 10)),
        key="kollegium",
    ),
    Story(
        "Dockingstationen für die Lehrerzimmer",
        "beschaffung",
        19,
        {"2.3": 14},
        {"gwg": 100},
        "beschaffung",
        "gym-musterfelde",
        "Die Notebooks des Kollegiums sind da, die Arbeitsplätze noch nicht.",
        (Signature("freigabe", 18),),
        key="dockingstationen",
    ),
    Story(
        "Access Points für das Oberstufenzentrum",
        "landkreis",
        18,
        {"4.1": 24, "4.6": 48},
        {"kreis-netz": 100},
        "landkreis",
        "osz-ostermark",
        "Erneuerung des Hauses B nach der Messung im Sommer.",
        (Signature("landrat", 17), Signature("kreiskaemmerei", 16)),
    ),
    Story(
        "Ladekoffer für die Grundschule Sandhufe",
        "amt",
        12,
        {"4.9": 2},
        {"sandhufe": 100},
        "amt",
        "gs-sandhufe",
        "Damit die Tablets zwischen beiden Häusern wandern können.",
        (Signature("amtsdirektor", 11),),
    ),
    Story(
        "Mini-PCs für das Sekretariat",
        "beschaffung",
        9,
        {"2.4": 4},
        {"gwg": 100},
        "beschaffung",
        "gs-ahorn",
        "Ersatz der Rechner im Sekretariat.",
        (
            Signature(
                "freigabe",
                8,
                Verdict.REJECT,
                "Der Medienentwicklungsplan sieht Notebooks vor. Bitte Position 2.2 wählen.",
            ),
        ),
    ),
    Story(
        "Schutzhüllen in Reserve",
        "beschaffung",
        8,
        {"1.4": 60},
        {"gwg": 100},
        "beschaffung",
        "gs-am-see",
        withdrawn=True,
    ),
    Story(
        "Dokumentenkameras für Fachräume",
        "beschaffung",
        7,
        {"3.8": 6},
        {"gymnasium": 100},
        "beschaffung",
        "gym-musterfelde",
        "",
        (
            Signature(
                "freigabe",
                6,
                Verdict.RETURN,
                "Bitte begründen, für welche Räume die Kameras gedacht sind.",
            ),
        ),
    ),
)

_PENDING = (
    Story(
        "Interaktives Display für den Musikraum",
        "beschaffung",
        5,
        {"3.1": 1, "3.2": 1},
        {"gwg": 100},
        "beschaffung",
        "gs-ahorn",
        "Das alte Display ist nicht mehr zu reparieren.",
    ),
    Story(
        # Nobody has signed in time: the treasury may sign too by now.
        "Schülernotebooks für den Leihpool",
        "beschaffung",
        10,
        {"2.1": 12, "5.3": 12},
        {"oberschule": 100},
        "beschaffung",
        "os-musterfelde",
        "Leihgeräte für Familien ohne eigenes Gerät.",
    ),
    Story(
        "Lern-Apps Mathematik",
        "beschaffung",
        4,
        {"5.4": 180},
        {"lizenzen": 100},
        "beschaffung",
        "gym-musterfelde",
        "Einführung in den Jahrgängen 7 und 8.",
    ),
    Story(
        "WLAN im Neubau",
        "beschaffung",
        3,
        {"4.1": 10, "4.2": 1},
        {"oberschule": 100},
        "beschaffung",
        "os-musterfelde",
        "Vier Klassenräume und Flur im Erweiterungsbau.",
        (Signature("it", 2),),
        key="neubau",
    ),
    Story(
        "Displays für sechs Klassenräume",
        "beschaffung",
        3,
        {"3.1": 12, "3.5": 12},
        {"oberschule": 100},
        "beschaffung",
        "os-musterfelde",
        "Letzter Abschnitt des Medienentwicklungsplans.",
        (Signature("stellvertretung", 1),),
    ),
    Story(
        "Kopfhörer und Ladekabel",
        "schule",
        2,
        {"1.8": 28, "1.7": 28},
        {"see": 100},
        "beschaffung",
        "gs-am-see",
        "Für die Lesestunden mit Hörtexten.",
    ),
    Story(
        "Ladewagen für die Turnhalle",
        "schule",
        1,
        {"4.3": 1},
        {"see": 100},
        "",
        "gs-am-see",
        "Entwurf der Schule, noch nicht eingereicht.",
    ),
)

STORIES = _DONE + _PENDING
