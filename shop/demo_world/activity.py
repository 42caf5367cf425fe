"""What has happened already: requisitions in every state, call-offs, decisions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from contracts.agreements.models import AllocationRule, Listing
from contracts.parties.models import Membership, Role
from orders import approvals, baskets, requisitions
from orders.confirmations import confirm
from orders.models import BudgetLine, Requisition
from orders.models.approval import Verdict
from orders.revisions import Ask, Share

from .agreements import SCHOOL_IT_NUMBER
from .days import Days
from .parties import Parties
from .people import People

Budgets = Mapping[str, BudgetLine]


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
    empty leaves a draft.
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
        "Schülernotebooks für den Leihpool",
        "beschaffung",
        4,
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


def live(parties: Parties, people: People, budgets: Budgets, days: Days) -> None:
    """Let every story happen through the public functions, each step at its own moment."""
    listings = _listings()
    for story in sorted(STORIES, key=lambda story: -story.days_ago):
        _live(story, parties, people, budgets, days, listings)


def _live(
    story: Story,
    parties: Parties,
    people: People,
    budgets: Budgets,
    days: Days,
    listings: Mapping[str, Listing],
) -> None:
    asker = people[story.asked_by]
    now = days.ago(story.days_ago, 8, 20)
    for item_number, quantity in story.wants.items():
        baskets.set_quantity(
            by=asker, listing_id=listings[item_number].pk, quantity=quantity, now=now
        )
    requisition = requisitions.create_from_basket(
        by=asker,
        ask=_ask(story, budgets),
        school_id=parties.schools[story.school].pk if story.school else None,
        now=now,
    )
    if not story.submitted_by:
        return
    requisition = requisitions.submit(
        requisition_id=requisition.pk,
        by=people[story.submitted_by],
        now=days.ago(story.days_ago, 9, 40),
    )
    if story.withdrawn:
        requisitions.withdraw(
            requisition_id=requisition.pk, by=asker, now=days.ago(story.days_ago, 15)
        )
    for hour, signature in enumerate(story.signatures, start=10):
        _sign(requisition, signature, people[signature.by], days, hour)
    if story.signatures:
        _confirm(requisition, days.ago(story.signatures[-1].days_ago, 16))


def _confirm(requisition: Requisition, now: datetime) -> None:
    """The order desks of a cascade confirm the same day, before the next rank is asked."""
    waiting = requisition.call_offs.filter(lot__allocation=AllocationRule.CASCADE)
    for call_off in waiting.order_by("pk"):
        desk = Membership.objects.get(
            organisation_id=call_off.supplier_id, role=Role.SUPPLIER_ORDERS
        )
        confirm(call_off_id=call_off.pk, by=desk, now=now)


def _sign(
    requisition: Requisition, signature: Signature, by: Membership, days: Days, hour: int
) -> None:
    approvals.decide(
        requisition_id=requisition.pk,
        revision_no=requisition.current_revision,
        verdict=signature.verdict,
        comment=signature.comment,
        by=by,
        now=days.ago(signature.days_ago, hour, 15),
    )


def _ask(story: Story, budgets: Budgets) -> Ask:
    return Ask(
        title=story.title,
        justification=story.reason,
        shares={
            "": [Share(budgets[key].pk, Decimal(percent)) for key, percent in story.budgets.items()]
        },
    )


def _listings() -> dict[str, Listing]:
    """The first listing of each item of the school IT agreement's first ranks, by number."""
    rows = (
        Listing.objects.filter(
            item__award__lot__agreement__number=SCHOOL_IT_NUMBER, item__award__rank=1
        )
        .select_related("item")
        .order_by("-pk")
    )
    return {row.item.number: row for row in rows}
