"""The people of the demo: one log-in per role, a few more where an authority needs them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from decimal import Decimal

from django.contrib.auth.hashers import make_password

from contracts.parties.models import Membership, Role, User

from .days import Days
from .parties import Parties

_NO_LIMIT = Decimal("99999999.99")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a membership; `hint` makes the person one to log in as.

    `second_role` is another membership of the same person in the same organisation.
    """

    key: str
    email: str
    name: str
    organisation: str
    role: Role
    hint: str = ""
    school: str = ""
    limit: Decimal | None = None
    second_role: Role | None = None

    @property
    def logs_in(self) -> bool:
        return self.hint != ""

    @property
    def roles(self) -> tuple[Role, ...]:
        return (self.role,) if self.second_role is None else (self.role, self.second_role)


_CITY, _AMT, _COUNTY, _FREE = "musterfelde", "amt-seeblick", "landkreis-ostermark", "lindenhof"

PEOPLE = (
    Person(
        "schule",
        "schule@musterfelde.example",
        "Miriam Kranz",
        _CITY,
        Role.SCHOOL_REQUESTER,
        "stellt Bedarfe der Grundschule Am See zusammen",
        school="gs-am-see",
    ),
    Person(
        "beschaffung",
        "beschaffung@musterfelde.example",
        "Jonas Albrecht",
        _CITY,
        Role.PROCUREMENT_OFFICER,
        "reicht Anforderungen ein",
    ),
    Person(
        "freigabe",
        "freigabe@musterfelde.example",
        "Petra Sommerfeld",
        _CITY,
        Role.APPROVER,
        "gibt bis 25.000 EUR brutto frei",
        limit=Decimal(25_000),
    ),
    Person(
        "it",
        "it@musterfelde.example",
        "Cem Aydin",
        _CITY,
        Role.IT_OFFICER,
        "zeichnet Netzwerktechnik mit",
        limit=_NO_LIMIT,
    ),
    Person(
        "datenschutz",
        "datenschutz@musterfelde.example",
        "Ruth Engelmann",
        _CITY,
        Role.DATA_PROTECTION,
        "zeichnet Apps mit",
        limit=_NO_LIMIT,
    ),
    Person(
        "kaemmerei",
        "kaemmerei@musterfelde.example",
        "Dietmar Wolff",
        _CITY,
        Role.TREASURER,
        "zeichnet ab 5.000 EUR brutto, führt Haushalt und Finanzfeed",
        limit=_NO_LIMIT,
    ),
    Person(
        "pruefung",
        "rechnungspruefung@musterfelde.example",
        "Sabine Thiel",
        _CITY,
        Role.AUDITOR,
        "liest alles, ändert nichts",
    ),
    Person(
        "katalog",
        "katalog@spreeblick.example",
        "Anna Lehmann",
        "spreeblick",
        Role.SUPPLIER_CATALOGUE,
        "lädt Kataloge hoch",
    ),
    Person(
        "auftraege",
        "auftraege@havelland.example",
        "Mehmet Kaya",
        "havelland",
        Role.SUPPLIER_ORDERS,
        "sieht eingegangene Abrufe",
    ),
    Person(
        "vertrag",
        "vertrag@zbs.example",
        "Katrin Baumann",
        "zbs",
        Role.CONTRACT_MANAGER,
        "führt die Rahmenvereinbarungen",
    ),
    Person(
        "zweitpruefung",
        "zweitpruefung@zbs.example",
        "Oliver Franke",
        "zbs",
        Role.REVIEWER,
        "prüft Vertragsänderungen als Zweiter",
    ),
    Person(
        "betrieb",
        "betrieb@kaufhaus.example",
        "Nina Hartwig",
        "kaufhaus",
        Role.OPERATOR,
        "betreibt die Anwendung",
    ),
    Person(
        "buergermeisterin",
        "buergermeisterin@musterfelde.example",
        "Heike Lorenz",
        _CITY,
        Role.APPROVER,
        "gibt ohne Obergrenze frei",
        limit=_NO_LIMIT,
    ),
    Person(
        "amt",
        "beschaffung@amt-seeblick.example",
        "Doris Petersen",
        _AMT,
        Role.PROCUREMENT_OFFICER,
        "beschafft für drei Gemeinden, verwaltet auch deren IT",
        limit=_NO_LIMIT,
        second_role=Role.IT_OFFICER,
    ),
    Person(
        "landkreis",
        "beschaffung@ostermark.example",
        "Lars Hoffmann",
        _COUNTY,
        Role.PROCUREMENT_OFFICER,
        "eigener Vertrag über Displays",
    ),
    Person(
        "lindenhof",
        "beschaffung@lindenhof.example",
        "Clara Winter",
        _FREE,
        Role.PROCUREMENT_OFFICER,
        "freier Träger, Umkehr der Steuerschuld bei Tablets",
    ),
    Person(
        "neuwalde",
        "beschaffung@neuwalde.example",
        "Ingo Schreiber",
        "neuwalde",
        Role.PROCUREMENT_OFFICER,
        "nicht abrufberechtigt: sieht kein Angebot",
    ),
    Person(
        "stellvertretung",
        "stellvertretung@musterfelde.example",
        "Uwe Marquardt",
        _CITY,
        Role.APPROVER,
        limit=_NO_LIMIT,
    ),
    Person(
        "beigeordneter",
        "beigeordneter@musterfelde.example",
        "Karsten Wendt",
        _CITY,
        Role.APPROVER,
        limit=_NO_LIMIT,
    ),
    Person(
        "amtsdirektor",
        "amtsdirektor@amt-seeblick.example",
        "Thomas Behrend",
        _AMT,
        Role.APPROVER,
        limit=_NO_LIMIT,
    ),
    Person(
        "amtskaemmerei",
        "kaemmerei@amt-seeblick.example",
        "Elke Vogt",
        _AMT,
        Role.TREASURER,
        limit=_NO_LIMIT,
    ),
    Person(
        "landrat",
        "landrat@ostermark.example",
        "Bernd Kessler",
        _COUNTY,
        Role.APPROVER,
        limit=_NO_LIMIT,
    ),
    Person(
        "kreisdezernat",
        "dezernat@ostermark.example",
        "Gudrun Pohl",
        _COUNTY,
        Role.APPROVER,
        limit=_NO_LIMIT,
    ),
    Person(
        "kreiskaemmerei",
        "kaemmerei@ostermark.example",
        "Stefan Brandt",
        _COUNTY,
        Role.TREASURER,
        limit=_NO_LIMIT,
    ),
    Person(
        "geschaeftsfuehrung",
        "leitung@lindenhof.example",
        "Beate Lindner",
        _FREE,
        Role.APPROVER,
        limit=_NO_LIMIT,
    ),
    Person(
        "verwaltungsleitung",
        "verwaltung@lindenhof.example",
        "Frank Ziegler",
        _FREE,
        Role.TREASURER,
        limit=_NO_LIMIT,
    ),
    Person(
        "katalog-havelland",
        "katalog@havelland.example",
        "Franziska Jahn",
        "havelland",
        Role.SUPPLIER_CATALOGUE,
    ),
    Person(
        "auftraege-oderland",
        "auftraege@oderland.example",
        "Jana Pietsch",
        "oderland",
        Role.SUPPLIER_ORDERS,
    ),
    Person(
        "auftraege-spreeblick",
        "auftraege@spreeblick.example",
        "Robert Kühn",
        "spreeblick",
        Role.SUPPLIER_ORDERS,
    ),
)

People = Mapping[str, Membership]


def create_people(parties: Parties, days: Days, passwords: Mapping[str, str]) -> People:
    """Write people and memberships; `passwords` by e-mail, nobody else can log in."""
    hashes = _hashes(passwords)
    since = days.first_of(1, years=-6)
    members = {}
    for person in PEOPLE:
        first, last = person.name.split(" ", 1)
        user = User(email=person.email, first_name=first, last_name=last)
        user.password = hashes.get(person.email) or make_password(None)
        user.save()
        for role in person.roles:
            member = Membership.objects.create(
                user=user,
                organisation=parties[person.organisation],
                school=parties.schools[person.school] if person.school else None,
                role=role,
                signing_limit=person.limit,
                valid_from=since,
            )
            members.setdefault(person.key, member)
    return members


def reset_passwords(passwords: Mapping[str, str]) -> None:
    """Give the people new passwords, by e-mail."""
    users = list(User.objects.filter(email__in=passwords))
    hashes = _hashes(passwords)
    for user in users:
        user.password = hashes[user.email]
    User.objects.bulk_update(users, ["password"])


def log_ins() -> Iterator[Person]:
    """The people one can log in as, in the order of the work."""
    return (person for person in PEOPLE if person.logs_in)


def _hashes(passwords: Mapping[str, str]) -> dict[str, str]:
    """Hash side by side: each hash is slow on purpose, and hashlib lets go of the GIL."""
    with ThreadPoolExecutor() as pool:
        return dict(zip(passwords, pool.map(make_password, passwords.values()), strict=True))
