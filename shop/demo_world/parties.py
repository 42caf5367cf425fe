"""Who is there: the purchasing body, suppliers, school authorities, their books and schools."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time

from contracts.parties.models import BudgetEntity, Organisation, OrganisationKind, School
from contracts.parties.models.organisation import AuthorityForm

_AUTHORITY = OrganisationKind.SCHOOL_AUTHORITY

# code, name, kind, form, postcode and place, e-mail
_BODIES = (
    (
        "zbs",
        "Zentrale Beschaffungsstelle Schul-IT",
        OrganisationKind.PURCHASING_BODY,
        "",
        "14473 Potsdam",
        "zbs.example",
    ),
    (
        "kaufhaus",
        "Kaufhaus Betriebsgesellschaft",
        OrganisationKind.OPERATOR,
        "",
        "14473 Potsdam",
        "kaufhaus.example",
    ),
    (
        "bildungsministerium",
        "Ministerium für Bildung des Landes",
        OrganisationKind.OBSERVER,
        "",
        "14473 Potsdam",
        "bildung.example",
    ),
    (
        "musterfelde",
        "Stadt Musterfelde",
        _AUTHORITY,
        AuthorityForm.MUNICIPALITY,
        "14999 Musterfelde",
        "musterfelde.example",
    ),
    (
        "amt-seeblick",
        "Amt Seeblick",
        _AUTHORITY,
        AuthorityForm.AMT,
        "16999 Birkenow",
        "amt-seeblick.example",
    ),
    (
        "landkreis-ostermark",
        "Landkreis Ostermark",
        _AUTHORITY,
        AuthorityForm.COUNTY,
        "15999 Ostermark",
        "ostermark.example",
    ),
    (
        "lindenhof",
        "Freie Schulen Lindenhof gGmbH",
        _AUTHORITY,
        AuthorityForm.PRIVATE,
        "14998 Lindenhof",
        "lindenhof.example",
    ),
    (
        "neuwalde",
        "Gemeinde Neuwalde",
        _AUTHORITY,
        AuthorityForm.MUNICIPALITY,
        "16998 Neuwalde",
        "neuwalde.example",
    ),
)

# code, name, postcode and place, the supplier's short sign in article numbers
_SUPPLIERS = (
    ("havelland", "Havelland Lerntechnik GmbH", "14641 Havelfelde", "HL"),
    ("spreeblick", "Spreeblick Systemhaus GmbH", "15528 Spreewinkel", "SB"),
    ("oderland", "Oderland IT-Service GmbH", "15306 Oderaue", "OD"),
    ("lausitzer", "Lausitzer Computerhaus KG", "03099 Lausitztal", "LC"),
    ("maerkische", "Märkische Medientechnik GmbH", "16816 Märkischfelde", "MM"),
    ("elbtal", "Elbtal Netzwerke GmbH", "19348 Elbtal", "EN"),
    ("flaeming", "Fläming Netz und Service GmbH", "14823 Flämingen", "FN"),
    ("barnim", "Barnim Bildungsdienste GmbH", "16321 Barnimfelde", "BB"),
    ("uckermark", "Uckermark Bürosysteme GmbH", "17291 Uckersee", "UB"),
)
SIGNS: Mapping[str, str] = {code: sign for code, _, _, sign in _SUPPLIERS}

# An Amt keeps the books of its Gemeinden: several budget entities, one organisation.
_ENTITIES = (
    ("musterfelde", "musterfelde", "Stadt Musterfelde"),
    ("birkenow", "amt-seeblick", "Gemeinde Birkenow"),
    ("kraehenwerder", "amt-seeblick", "Gemeinde Krähenwerder"),
    ("sandhufe", "amt-seeblick", "Gemeinde Sandhufe"),
    ("ostermark", "landkreis-ostermark", "Landkreis Ostermark"),
    ("lindenhof", "lindenhof", "Freie Schulen Lindenhof"),
    ("neuwalde", "neuwalde", "Gemeinde Neuwalde"),
)

# key, authority, name, school number, cost centre
_SCHOOLS = (
    ("gs-am-see", "musterfelde", "Grundschule Am See", "104101", "21101-01"),
    ("gs-ahorn", "musterfelde", "Ahorn-Grundschule", "104102", "21101-02"),
    ("os-musterfelde", "musterfelde", "Oberschule Musterfelde", "120411", "21501-01"),
    ("gym-musterfelde", "musterfelde", "Gymnasium Musterfelde", "120512", "21701-01"),
    ("gs-birkenow", "amt-seeblick", "Grundschule Birkenow", "105201", "21101-11"),
    ("gs-kraehenwerder", "amt-seeblick", "Grundschule Krähenwerder", "105202", "21101-12"),
    ("gs-sandhufe", "amt-seeblick", "Kleine Grundschule Sandhufe", "105203", "21101-13"),
    ("gym-ostermark", "landkreis-ostermark", "Humboldt-Gymnasium Ostermark", "120521", "21701-21"),
    ("gs-ostermark", "landkreis-ostermark", "Gesamtschule Ostermark", "120531", "21801-21"),
    ("osz-ostermark", "landkreis-ostermark", "Oberstufenzentrum Ostermark", "200141", "23101-21"),
    ("fs-ostermark", "landkreis-ostermark", "Förderschule Regenbogen", "400151", "22101-21"),
    ("os-ostermark", "landkreis-ostermark", "Oberschule Ostermark", "120431", "21501-21"),
    ("frs-lindenhof", "lindenhof", "Freie Grundschule Lindenhof", "150161", "S-01"),
    ("frg-lindenhof", "lindenhof", "Freies Gymnasium Lindenhof", "150162", "S-02"),
    ("gs-neuwalde", "neuwalde", "Grundschule Neuwalde", "106301", "21101-31"),
)


@dataclass(frozen=True, slots=True)
class Parties:
    """Organisations, budget entities and schools by their short names."""

    organisations: Mapping[str, Organisation]
    entities: Mapping[str, BudgetEntity]
    schools: Mapping[str, School]

    def __getitem__(self, code: str) -> Organisation:
        return self.organisations[code]


def create_parties() -> Parties:
    """Write organisations, budget entities and schools."""
    organisations = {row[0]: _body(*row) for row in _BODIES}
    for number, (code, name, place, _) in enumerate(_SUPPLIERS, start=1):
        organisations[code] = _supplier(number, code, name, place)
    entities = {
        code: BudgetEntity.objects.create(
            code=code, organisation=organisations[organisation], name=name
        )
        for code, organisation, name in _ENTITIES
    }
    return Parties(
        organisations=organisations,
        entities=entities,
        schools={row[0]: _school(organisations[row[1]], *row[2:]) for row in _SCHOOLS},
    )


def _body(
    code: str, name: str, kind: OrganisationKind, form: str, place: str, domain: str
) -> Organisation:
    postcode, city = place.split(" ", 1)
    buys = kind == OrganisationKind.SCHOOL_AUTHORITY
    return Organisation.objects.create(
        code=code,
        name=name,
        kind=kind,
        form=form,
        # A free body that also lets rooms and sells meals is an entrepreneur (§ 2 UStG).
        is_entrepreneur=form == AuthorityForm.PRIVATE,
        street="Am Markt 1",
        postcode=postcode,
        city=city,
        email=f"post@{domain}",
        vat_id="DE999000101" if form == AuthorityForm.PRIVATE else "",
        leitweg_id=_leitweg(code) if buys else "",
    )


def _supplier(number: int, code: str, name: str, place: str) -> Organisation:
    postcode, city = place.split(" ", 1)
    return Organisation.objects.create(
        code=code,
        name=name,
        kind=OrganisationKind.SUPPLIER,
        street=f"Gewerbepark {number}",
        postcode=postcode,
        city=city,
        email=f"post@{code}.example",
        vat_id=f"DE9990002{number:02d}",
        creditor_no=f"{70000 + number}",
    )


def _school(authority: Organisation, name: str, number: str, cost_center: str) -> School:
    return School.objects.create(
        authority=authority,
        name=name,
        school_no=number,
        cost_center=cost_center,
        street="Schulstraße 5",
        postcode=authority.postcode,
        city=authority.city,
        contact="Sekretariat",
        phone=f"030 23125-{number[-3:]}",  # a block that is kept for films and stories
        delivery_from=time(7, 30),
        delivery_until=time(13, 30),
        delivery_note="Bitte am Vortag anrufen.",
    )


# A county number that Brandenburg has not given to anybody.
_COARSE = {
    "musterfelde": "12099001",
    "amt-seeblick": "120990501",
    "landkreis-ostermark": "12099",
    "lindenhof": "12099901",
    "neuwalde": "12099003",
}


def _leitweg(code: str) -> str:
    """A Leitweg-ID: coarse and fine address and two check digits (ISO 7064 MOD 97-10)."""
    coarse, fine = _COARSE[code], "SCHULIT"
    digits = "".join(str(int(char, 36)) for char in coarse + fine)
    return f"{coarse}-{fine}-{98 - int(digits + '00') % 97:02d}"
