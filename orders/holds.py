"""Which ledger entries belong to a requisition: the bridge between lines and limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from contracts.agreements.caps import cap_amounts
from contracts.agreements.entitlement import quota_account_ids
from contracts.clock import berlin_day
from contracts.ledger.models import EntryKind, LedgerEntry, Unit
from contracts.ledger.movements import Hold, Post, hold, lock_accounts, settle
from contracts.parties.models import Membership

from .models import CallOff, Requisition, RequisitionLine


def follow_up(call_off: CallOff) -> str:
    """What sets the references of a call-off apart that follows another; else empty.

    The limits of the first call-off were held when the requisition was submitted, under
    the references of its lines; one that follows binds the same lines once more.
    """
    return call_off.number if call_off.follows_id is not None else ""


def line_reference(line: RequisitionLine, follow_up: str = "") -> str:
    """The caps of a line are held and posted under this reference."""
    return _marked(f"requisition-line:{line.pk}", follow_up)


def assignment_reference(assignment_id: int, follow_up: str = "") -> str:
    """The budget of an assignment is held and posted under this reference.

    Finance events about it carry it as their subject.
    """
    return _marked(f"assignment:{assignment_id}", follow_up)


def _marked(reference: str, mark: str) -> str:
    return f"{reference}:{mark}" if mark else reference


def lock_cumulative(
    requisition: Requisition, lines: Sequence[RequisitionLine], *, now: datetime
) -> bool:
    """Lock all limit accounts of the lines before they are priced, where prices need it.

    A cumulative tier follows from what is posted, so the row that says it has to stand
    still until the price is bound; all candidates at once keep the one order of locks.
    Without such a tier nothing is locked yet: these rows are the hot ones. Returns
    whether they are locked.
    """
    if not any(line.listing.item.cumulative_tiers for line in lines):
        return False
    quotas = quota_account_ids(requisition.authority_id, berlin_day(now))
    accounts = {
        account
        for line in lines
        for account, _ in cap_amounts(line.listing, line.quantity, line.net, quotas)
    }
    accounts |= {
        assignment.budget_line.binding_account_id
        for line in lines
        for assignment in line.assignments.all()
    }
    lock_accounts(accounts)
    return True


def hold_all(
    requisition: Requisition, lines: Sequence[RequisitionLine], *, by: Membership, now: datetime
) -> None:
    """Hold every cap and every budget of the lines in one step.

    Raises LimitExceeded with each shortfall, or AccountClosed; nothing is held then.
    """
    quotas = quota_account_ids(requisition.authority_id, berlin_day(now))
    holds = [
        Hold(account_id, amount, line_reference(line))
        for line in lines
        for account_id, amount in cap_amounts(line.listing, line.quantity, line.net, quotas)
    ]
    holds += [
        Hold(
            assignment.budget_line.binding_account_id,
            assignment.bound,
            assignment_reference(assignment.pk),
        )
        for line in lines
        for assignment in line.assignments.all()
        if assignment.bound > 0
    ]
    hold(holds, by=by, now=now)


def open_holds(lines: Sequence[RequisitionLine]) -> list[LedgerEntry]:
    """Holds of the lines that are neither posted nor voided."""
    references = [line_reference(line) for line in lines]
    references += [
        assignment_reference(assignment.pk)
        for line in lines
        for assignment in line.assignments.all()
    ]
    return list(
        LedgerEntry.objects.filter(reference__in=references, kind=EntryKind.HOLD)
        .exclude(resolutions__kind__in=(EntryKind.POST, EntryKind.VOID))
        .select_related("account")
        .order_by("pk")
    )


def void_all(lines: Sequence[RequisitionLine], *, by: Membership | None, now: datetime) -> None:
    """Release every open hold of the lines; harmless when there is none."""
    entries = open_holds(lines)
    if entries:
        settle(voids=[entry.pk for entry in entries], by=by, now=now)


def post_all(
    lines: Sequence[RequisitionLine],
    euros: Mapping[str, Decimal],
    *,
    by: Membership,
    now: datetime,
) -> None:
    """Turn the holds of the lines into posts.

    `euros` gives the issued amount per reference; piece accounts post what they held.
    An amount that became zero is released.
    """
    posts, voids = [], []
    for entry in open_holds(lines):
        pieces = entry.account.unit == Unit.PIECES
        amount = entry.delta_held if pieces else euros[entry.reference]
        if amount > 0:
            posts.append(Post(entry.pk, amount, entry.reference))
        else:
            voids.append(entry.pk)
    settle(posts=posts, voids=voids, by=by, now=now)
