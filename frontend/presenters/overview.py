"""What waits for a role: the cards of the start page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from contracts.agreements.caps.warnings import WarnedCap, warned_caps
from contracts.agreements.models import ModificationState, PriceChangeState
from contracts.agreements.prices.changes import visible_changes
from contracts.agreements.prices.modifications import visible_modifications
from contracts.catalogue.models import UploadState
from contracts.catalogue.uploads import visible_uploads
from contracts.parties.models import Membership, Role
from contracts.sweeps.failing import count_failing
from frontend.access import CONTRACTS, may_open
from frontend.paging import AHEAD, counted
from orders.basket import baskets
from orders.call_offs.reading import visible_call_offs
from orders.lifecycle import CallOffState, RequisitionState
from orders.requisitions import HANDED_OVER, visible_requisitions
from orders.signing import policies

_STILL_OPEN = (RequisitionState.DRAFT, RequisitionState.RETURNED, RequisitionState.SUBMITTED)


@dataclass(frozen=True, slots=True)
class Task:
    """A number, what it counts, and where to go on; `is_more` than were worth counting."""

    count: int
    label: str
    url: str
    action: str
    is_more: bool = False


def tasks(by: Membership, on: date, *, to_sign: int | None) -> list[Task]:
    """Open work of the role; `to_sign` counts what waits for a signature (None: not its task)."""
    return [
        *_asking(by),
        *_signing(to_sign),
        *_keeping(by, on),
        *_pricing(by, on),
        *_supplying(by),
        *_operating(by),
    ]


def _asking(by: Membership) -> Iterator[Task]:
    if not may_open(by, "basket"):
        return
    yield Task(
        len(baskets.quantities(by)), "Positionen im Bedarfskorb", "/bedarfskorb/", "Weiterarbeiten"
    )
    # The open ones are few among all there ever were: an index finds them by state.
    still_open = visible_requisitions(by).filter(state__in=_STILL_OPEN)
    counts = still_open.aggregate(
        draft=Count("pk", filter=Q(state=RequisitionState.DRAFT)),
        returned=Count("pk", filter=Q(state=RequisitionState.RETURNED)),
        submitted=Count("pk", filter=Q(state=RequisitionState.SUBMITTED)),
        handed_over=Count("pk", filter=HANDED_OVER),
    )
    handed_over = "von Schulen übergeben" if may_open(by, "requisition_submit") else ""
    for name, label, action in (
        ("draft", "Entwürfe", "Einreichen oder bearbeiten"),
        ("returned", "zur Überarbeitung zurück", "Überarbeiten"),
        ("submitted", "warten auf Freigabe", "Ansehen"),
        ("handed_over", handed_over or "liegen bei der Beschaffung", "Ansehen"),
    ):
        url = "?bei=beschaffung" if name == "handed_over" else f"?stand={name}"
        yield Task(counts[name], label, f"/anforderungen/{url}", action)


def _signing(to_sign: int | None) -> Iterator[Task]:
    if to_sign is not None:
        yield Task(to_sign, "warten auf Ihre Entscheidung", "/freigaben/", "Entscheiden")


def _keeping(by: Membership, on: date) -> Iterator[Task]:
    """The approval policy: what waits for a second person, and what nobody can release."""
    if not may_open(by, "policy_edit"):
        return
    waiting = policies.open_proposal(by)
    if waiting is not None and waiting.proposer_id != by.user_id:
        yield Task(1, "Freigaberegelung wartet auf Bestätigung", "/freigaberegelung/", "Ansehen")
    alarms = policies.health(by.organisation_id, on).alarms
    if alarms:
        label = "Mängel der Freigaberegelung: Beträge, die niemand freigeben kann"
        yield Task(len(alarms), label, "/freigaberegelung/", "Beheben")


def _pricing(by: Membership, on: date) -> Iterator[Task]:
    """Price changes and modifications that wait for this person, of the two it takes."""
    if by.role not in CONTRACTS:
        return
    rows = visible_changes(by, on).exclude(proposer=by.user_id)
    if may_open(by, "price_change_decide"):
        count = rows.filter(state=PriceChangeState.PROPOSED).count()
        url = f"/preisaenderungen/?stand={PriceChangeState.PROPOSED}"
        yield Task(count, "vorgeschlagene Preisänderungen", url, "Entscheiden")
    second = rows.filter(state=PriceChangeState.AWAITING_SECOND).exclude(decider=by.user_id)
    url = f"/preisaenderungen/?stand={PriceChangeState.AWAITING_SECOND}"
    yield Task(second.count(), "Preisänderungen warten auf die zweite Person", url, "Bestätigen")
    entries = list(
        visible_modifications(by, on)
        .filter(state=ModificationState.PROPOSED)
        .exclude(proposer=by.user_id)
        .values_list("agreement_id", flat=True)
    )
    if entries:
        url = f"/vereinbarungen/{entries[0]}/vertragsaenderungen/"
        yield Task(len(entries), "Vertragsänderungen warten auf Genehmigung", url, "Genehmigen")


def _operating(by: Membership) -> Iterator[Task]:
    if may_open(by, "failures") and (count := count_failing()):
        yield Task(count, "Arbeiten im Hintergrund schlagen fehl", "/fehlschlaege/", "Ansehen")


def _supplying(by: Membership) -> Iterator[Task]:
    if by.role in (Role.SUPPLIER_ORDERS, Role.PROCUREMENT_OFFICER):
        found = counted(visible_call_offs(by).filter(state=CallOffState.ISSUED), AHEAD)
        url = f"/abrufe/?stand={CallOffState.ISSUED}"
        label = "erteilte, noch nicht bestätigte Abrufe"
        yield Task(min(found, AHEAD), label, url, "Ansehen", is_more=found > AHEAD)
    if not may_open(by, "uploads"):
        return
    rows = visible_uploads(by)
    for state, label in _UPLOADS_OF_INTEREST[by.role == Role.SUPPLIER_CATALOGUE]:
        url = f"/kataloglieferungen/?stand={state}"
        yield Task(rows.filter(state=state).count(), label, url, "Ansehen")


# keyed by whether the supplier itself looks
_UPLOADS_OF_INTEREST = {
    True: (
        (UploadState.CHECKED, "geprüfte Lieferungen, noch nicht eingereicht"),
        (UploadState.REFUSED, "abgelehnte Lieferungen"),
        (UploadState.SUBMITTED, "Lieferungen beim Vertragsmanagement"),
    ),
    False: ((UploadState.SUBMITTED, "eingereichte Lieferungen"),),
}


def caps_to_watch(by: Membership) -> list[WarnedCap]:
    """Caps from 70 % on: of the agreements the organisation runs, or its own quotas."""
    watches = by.role in CONTRACTS or by.role == Role.PROCUREMENT_OFFICER
    return warned_caps(by.organisation_id) if watches else []
