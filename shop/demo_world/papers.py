"""Documents of the agreements, for different readers."""

from __future__ import annotations

from contracts.agreements.models import (
    Award,
    DocumentAudience,
    DocumentKind,
    FrameworkAgreement,
    PriceChange,
)
from contracts.agreements.writing.documents import NewDocument, upload
from contracts.parties.models import Membership

from .agreements import Agreements
from .days import Days, start_of
from .paper import lines_of, pdf, price_sheet
from .plans import SCHOOL_IT_NUMBER


def file_papers(agreements: Agreements, manager: Membership, days: Days) -> None:
    """The notice for everybody, award letters and price sheets by lot, notes for the office."""
    for agreement in agreements.agreements.values():
        _file_agreement(agreement, manager)
    for award in agreements.awards.values():
        _file_award(award, manager)
    _file_evidence(agreements.agreements[SCHOOL_IT_NUMBER], manager, days)


def _file_agreement(agreement: FrameworkAgreement, manager: Membership) -> None:
    term = f"{agreement.starts_on:%d.%m.%Y} bis {agreement.ends_on:%d.%m.%Y}"
    facts = (("Bekanntmachung", agreement.notice_number), ("Laufzeit", term))
    number = agreement.number
    papers = (
        NewDocument(
            kind=DocumentKind.NOTICE,
            audience=DocumentAudience.PARTIES,
            title="Bekanntmachung der Vergabe",
            filename=f"{number}-bekanntmachung.pdf",
            content=pdf(f"Bekanntmachung {number}", [agreement.title, *lines_of(facts)]),
        ),
        NewDocument(
            kind=DocumentKind.TERMS,
            audience=DocumentAudience.BUYERS,
            title="Hinweise zum Abruf",
            filename=f"{number}-hinweise.pdf",
            content=pdf(
                f"Hinweise zum Abruf aus {number}",
                [
                    "Abgerufen wird nur über das Kaufhaus.",
                    "Abrufe unter dem Mindestbestellwert brauchen den Zuschlag dafür.",
                    "Ansprechstelle ist die Zentrale Beschaffungsstelle.",
                ],
            ),
        ),
        NewDocument(
            kind=DocumentKind.OTHER,
            audience=DocumentAudience.INTERNAL,
            title="Vergabevermerk",
            filename=f"{number}-vermerk.pdf",
            content=pdf(f"Vergabevermerk {number}", ["Nur für die Akte der Beschaffungsstelle."]),
        ),
    )
    for paper in papers:
        upload(agreement_id=agreement.pk, new=paper, by=manager, now=start_of(agreement.starts_on))


def _file_award(award: Award, manager: Membership) -> None:
    name = award.reference.replace("/", "-")
    facts = (
        ("Los", f"{award.lot.number} {award.lot.title}"),
        ("Rang", award.rank),
        ("Auftragnehmer", award.supplier.name),
        ("Zuschlag am", f"{award.awarded_on:%d.%m.%Y}"),
    )
    letter = NewDocument(
        kind=DocumentKind.AWARD,
        audience=DocumentAudience.PARTIES,
        title=f"Zuschlagsschreiben {award.reference}",
        filename=f"{name}-zuschlag.pdf",
        content=pdf(f"Zuschlag {award.reference}", lines_of(facts)),
        award_id=award.pk,
    )
    sheet = NewDocument(
        kind=DocumentKind.PRICE_SHEET,
        audience=DocumentAudience.PARTIES,
        title=f"Preisblatt {award.reference}",
        filename=f"{name}-preisblatt.csv",
        content=price_sheet(award),
        award_id=award.pk,
    )
    for paper in (letter, sheet):
        upload(
            agreement_id=award.lot.agreement_id,
            new=paper,
            by=manager,
            now=start_of(award.awarded_on),
        )


def _file_evidence(agreement: FrameworkAgreement, manager: Membership, days: Days) -> None:
    """The evidence of each price change lies with it, for the office alone."""
    changes = PriceChange.objects.filter(item__award__lot__agreement=agreement).order_by("pk")
    for change in changes:
        paper = NewDocument(
            kind=DocumentKind.CHANGE,
            audience=DocumentAudience.INTERNAL,
            title=f"Nachweis zur Preisänderung {change.number}",
            filename=f"{change.number}-nachweis.pdf",
            content=pdf(f"Nachweis zu {change.number}", [change.evidence]),
            change_id=change.pk,
        )
        upload(agreement_id=agreement.pk, new=paper, by=manager, now=days.seeded_at)
