"""Importing a price sheet (Preisblatt) into a draft: all of it or nothing.

The file is read and checked as a whole first; only a sheet without any error is
written, in one transaction (docs/price-sheet.md).
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, replace
from datetime import datetime
from functools import partial

from django.db import transaction

from contracts.agreements.errors import NotFound
from contracts.agreements.models import AgreementState, FrameworkAgreement, Lot, VatRule
from contracts.agreements.writing.managing import managed_agreement, require_manager
from contracts.audit.record import record
from contracts.clock import berlin_day
from contracts.constraints import translated
from contracts.parties.models import Membership, Organisation
from contracts.parties.models.organisation import OrganisationKind

from .codes import SheetCode
from .errors import SheetOutdated
from .known import Additions, Known, compare, load_known
from .plan import AwardKey, PlannedAward, plan
from .reading import SheetReading
from .report import Errors, SheetReport
from .rows import Frame
from .writing import Writing, write

FILENAME_LENGTH = 120

# a form or the publication of a catalogue can be faster than the import
_OUTDATED = dict.fromkeys(
    (
        "agreements_item_number_unique",
        "agreements_price_no_overlap",
        "agreements_article_aid_unique",
    ),
    partial(
        SheetOutdated,
        "Die Vereinbarung wurde während des Einlesens geändert; es wurde nichts übernommen. "
        "Bitte prüfen Sie das Preisblatt erneut.",
    ),
)


def preview_sheet(
    *, agreement_id: int, content: bytes, by: Membership, now: datetime
) -> SheetReport:
    """Check a price sheet and tell what importing it would create; writes nothing.

    Raises NotAllowed (role) and NotFound (agreement of another purchasing body).
    """
    agreement = _agreement(agreement_id, by, now)
    report = obstacle(agreement, now)
    if report is not None:
        return report
    errors = Errors()
    rows, planned = _planned(agreement, content, errors)
    additions, _ = _additions(agreement, planned, errors)
    if errors.any():
        return errors.report(rows)
    return SheetReport(rows, (), 0, additions.counts())


def import_sheet(
    *, agreement_id: int, filename: str, content: bytes, by: Membership, now: datetime
) -> SheetReport:
    """Write a price sheet into a draft agreement, or return its errors and write nothing.

    A sheet that was imported before creates nothing. The agreement is read again under
    its lock, so that nobody lists it meanwhile. Raises NotAllowed, NotFound and
    SheetOutdated (somebody wrote the same records at the same time).
    """
    agreement = _agreement(agreement_id, by, now)
    errors = Errors()
    report = obstacle(agreement, now)
    if report is not None:
        return report
    rows, planned = _planned(agreement, content, errors)
    if errors.any():
        additions, _ = _additions(agreement, planned, errors)
        return errors.report(rows)
    with translated(_OUTDATED), transaction.atomic():
        agreement = managed_agreement(agreement_id, by=by, now=now)
        report = obstacle(agreement, now)
        if report is not None:
            return report
        additions, known = _additions(agreement, planned, errors)
        if errors.any():
            return errors.report(rows)
        counts = additions.counts()
        if counts.created:
            name = filename[-FILENAME_LENGTH:] or "preisblatt"
            digest = hashlib.sha256(content).hexdigest()
            write(additions, known, Writing(agreement, name, digest, by, now))
            after = {"filename": name, "sha256": digest, **asdict(counts)}
            record(agreement, "agreement.price_sheet_imported", by=by, now=now, after=after)
    return replace(SheetReport(rows, (), 0, counts), is_written=True)


def obstacle(agreement: FrameworkAgreement, now: datetime) -> SheetReport | None:
    """The report that refuses an agreement which takes no price sheet, or None."""
    errors = Errors()
    if agreement.state == AgreementState.ENDED or agreement.ends_on < berlin_day(now):
        errors.add(0, SheetCode.AGREEMENT_ENDED, "", agreement.number)
    elif agreement.state != AgreementState.DRAFT:
        state = agreement.get_state_display()
        errors.add(0, SheetCode.AGREEMENT_NOT_DRAFT, "", agreement.number, state=state)
    return errors.report(0) if errors.any() else None


def _agreement(agreement_id: int, by: Membership, now: datetime) -> FrameworkAgreement:
    """The agreement of the manager's own purchasing body."""
    require_manager(by, now)
    agreement = FrameworkAgreement.objects.filter(
        pk=agreement_id, purchasing_body_id=by.organisation_id
    ).first()
    if agreement is None:
        raise NotFound("Diese Rahmenvereinbarung gibt es bei Ihrer Stelle nicht.")
    return agreement


def _planned(
    agreement: FrameworkAgreement, content: bytes, errors: Errors
) -> tuple[int, dict[AwardKey, PlannedAward]]:
    """Read the sheet; return the number of its rows and what they say."""
    reading = SheetReading(content, _frame(agreement), errors)
    planned = plan(reading.rows(), errors)
    return reading.rows_read, {} if reading.is_refused else planned


def _frame(agreement: FrameworkAgreement) -> Frame:
    suppliers = Organisation.objects.filter(kind=OrganisationKind.SUPPLIER, is_active=True)
    return Frame(
        lots=set(Lot.objects.filter(agreement=agreement).values_list("number", flat=True)),
        suppliers=set(suppliers.values_list("code", flat=True)),
        vat_classes=set(VatRule.objects.values_list("vat_class", flat=True)),
        starts_on=agreement.starts_on,
        ends_on=agreement.ends_on,
    )


def _additions(
    agreement: FrameworkAgreement, planned: dict[AwardKey, PlannedAward], errors: Errors
) -> tuple[Additions, Known]:
    known = load_known(agreement, planned)
    return compare(planned, known, errors), known
