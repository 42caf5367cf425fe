"""Two catalogue deliveries that did not go well: one refused, one with rows to mend."""

from __future__ import annotations

from django.db.models import Q

from contracts.agreements.models import Award
from contracts.catalogue.models import CatalogueUpload, UploadState
from contracts.catalogue.uploads import check, receive
from contracts.parties.models import Membership

from .days import Days

# What a portal answers when the session has run out, saved under a catalogue's name.
_LOGIN_PAGE = b"""<!DOCTYPE html>
<html><head><title>Anmeldung</title></head>
<body><p>Ihre Sitzung ist abgelaufen. Bitte melden Sie sich erneut an.</p></body></html>
"""

_FAULTY_ROWS = """\
Artikelnummer;Bezeichnung;Hersteller;GTIN;Warengruppe;Einheit;Nettopreis;Lieferzeit
SB-Z-001;Laptopschloss mit Zahlencode;Brandeck;;Zubehör;Stück;18,90;5
SB-Z-002;Laptopschloss mit Schlüssel;Brandeck;;Zubehör;Stück;16,90;5
SB-Z-003;Blickschutzfolie 14 Zoll;Brandeck;4006381333931;Zubehör;Stück;auf Anfrage;5
SB-Z-004;Blickschutzfolie 15,6 Zoll;Brandeck;4006381333932;Zubehör;Stück;31,50;5
SB-Z-005;Reinigungstücher, 100 Stück;Brandeck;;Zubehör;Dose;6,49;3
SB-Z-005;Reinigungstücher, 200 Stück;Brandeck;;Zubehör;Dose;10,90;3
;USB-Hub mit vier Anschlüssen;Voltiva;;Zubehör;Stück;14,90;4
SB-Z-007;USB-Hub mit sieben Anschlüssen;Voltiva;;Zubehör;Stück;-24,90;4
SB-Z-008;Notebookständer klappbar;Hubwerk;;Zubehör;Stück;27,00;bald
SB-Z-009;Notebookständer fest;Hubwerk;;Zubehör;Stück;22,00;6
SB-Z-010;;Hubwerk;;Zubehör;Stück;12,00;6
SB-Z-011;Kabelbinder mit Klett, 20 Stück;Voltiva;;Zubehör;Packung;4,90;3
"""


def deliver(award: Award, *, by: Membership, days: Days) -> None:
    """Hand in both files."""
    receive(
        by=by,
        award_id=award.pk,
        filename="katalog_export.csv",
        content=_LOGIN_PAGE,
        mapping={},
        now=days.ago(6, 16, 5),
    )
    receive(
        by=by,
        award_id=award.pk,
        filename="zubehoer_herbst.csv",
        content=_FAULTY_ROWS.encode("cp1252"),
        mapping={},
        now=days.ago(2, 10, 30),
    )


def check_deliveries(days: Days) -> int:
    """Check what the demo itself handed in and nobody has checked yet; return how many."""
    waiting = CatalogueUpload.objects.filter(
        Q(state=UploadState.RECEIVED) | Q(state=UploadState.READING),
        uploaded_at__lte=days.seeded_at,
    ).order_by("pk")
    rows = list(waiting.values_list("pk", "uploaded_at"))
    for key, uploaded_at in rows:
        check(key, now=uploaded_at)
    return len(rows)
