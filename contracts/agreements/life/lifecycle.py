"""The life of an agreement: draft, listed, suspended, ended.

Its own limit account is stopped and opened with it, so that a submit that waits for the
row can't slip past a suspension.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet

from contracts.agreements.errors import AgreementError, NotListable
from contracts.agreements.life.listing_rules import obstacles_to_listing
from contracts.agreements.models import AgreementState, EndReason, FrameworkAgreement
from contracts.agreements.refused import FieldRefused
from contracts.agreements.writing.editing import require_not_ended
from contracts.agreements.writing.managing import managed_agreement
from contracts.audit.record import record
from contracts.clock import berlin_day
from contracts.ledger.models import ClosedReason, LimitAccount
from contracts.ledger.movements import lock_accounts, set_open
from contracts.parties.models import Membership
from contracts.refusals import WrongState
from contracts.retrying import again
from contracts.sweeps.runner import Sweep

_RUNNING = (AgreementState.LISTED, AgreementState.SUSPENDED)
ENDINGS = Sweep("agreements.end", "Abgelaufene Vereinbarungen beenden", FrameworkAgreement)


class NotExhausted(AgreementError):
    """Something is left of the maximum, or held: the cap has not ended the agreement."""

    code = "not_exhausted"
    title = "Die Vereinbarung ist noch nicht ausgeschöpft"


@again
def list_agreement(agreement_id: int, *, by: Membership, now: datetime, on: date) -> None:
    """Put a draft on the shelf, or a suspended agreement back on it.

    Raises NotListable with every reason that stands against it, NotAllowed, NotFound.
    """
    with transaction.atomic():
        agreement = managed_agreement(agreement_id, by=by, now=now)
        reasons = obstacles_to_listing(agreement, on)
        if agreement.state not in (AgreementState.DRAFT, AgreementState.SUSPENDED):
            reasons.append("Nur Entwürfe und ausgesetzte Vereinbarungen können gelistet werden.")
        if reasons:
            raise NotListable(reasons)
        _move(agreement, AgreementState.LISTED, "agreement.listed", by=by, now=now)
        _set_open(agreement, is_open=True)


@again
def suspend_agreement(agreement_id: int, *, reason: str, by: Membership, now: datetime) -> None:
    """Take a listed agreement off the shelf for the time being; buyers read the reason.

    Nothing new can be held; what is in approval can't be issued meanwhile. Raises
    WrongState, FieldRefused without a reason, NotAllowed, NotFound.
    """
    with transaction.atomic():
        agreement = managed_agreement(agreement_id, by=by, now=now)
        _require_state(
            agreement, (AgreementState.LISTED,), "Ausgesetzt werden kann nur, was gelistet ist."
        )
        agreement.state_reason = _required(reason)
        _move(agreement, AgreementState.SUSPENDED, "agreement.suspended", by=by, now=now)
        _set_open(agreement, is_open=False)


@again
def end_agreement(agreement_id: int, *, by: Membership, now: datetime, on: date) -> None:
    """Take an agreement off the shelf whose term is over on the day, for good.

    Raises WrongState while the term still runs or when it was never listed, NotAllowed,
    NotFound.
    """
    with transaction.atomic():
        agreement = managed_agreement(agreement_id, by=by, now=now)
        if agreement.ends_on >= on:
            raise WrongState(
                f"Die Laufzeit endet erst am {agreement.ends_on:%d.%m.%Y}. Vorher endet die "
                "Vereinbarung nur, wenn ihr Höchstwert ausgeschöpft ist, oder durch Entscheidung."
            )
        _require_state(agreement, _RUNNING, "Enden kann nur, was gelistet oder ausgesetzt ist.")
        _end(agreement, EndReason.TERM, by=by, now=now)


@again
def end_by_cap(agreement_id: int, *, by: Membership, now: datetime) -> None:
    """End an agreement whose maximum is used up: it has no further effect (CJEU C-23/20).

    Raises NotExhausted while anything is left or held, WrongState, NotAllowed, NotFound.
    """
    with transaction.atomic():
        agreement = managed_agreement(agreement_id, by=by, now=now)
        _require_state(agreement, _RUNNING, "Enden kann nur, was gelistet oder ausgesetzt ist.")
        account = _locked_account(agreement)
        if account is None or account.available > 0 or account.held > 0:
            raise NotExhausted(
                "Der Höchstwert ist noch nicht ausgeschöpft, oder es ist noch etwas vorgemerkt. "
                "Warten Sie, bis nichts mehr frei und nichts mehr vorgemerkt ist."
            )
        _end(agreement, EndReason.CAP, by=by, now=now)


@again
def end_by_decision(agreement_id: int, *, reason: str, by: Membership, now: datetime) -> None:
    """End an agreement before its time, for a reason that buyers and suppliers read.

    Raises FieldRefused without a reason, WrongState, NotAllowed, NotFound.
    """
    with transaction.atomic():
        agreement = managed_agreement(agreement_id, by=by, now=now)
        _require_state(agreement, _RUNNING, "Enden kann nur, was gelistet oder ausgesetzt ist.")
        agreement.state_reason = _required(reason)
        _end(agreement, EndReason.DECISION, by=by, now=now)


def end_due(*, now: datetime) -> int:
    """End every agreement whose term is over; return how many. Harmless when repeated."""
    keys = _over(now).order_by("pk").values_list("pk", flat=True)
    return ENDINGS.run(keys, lambda pk: _end_if_over(pk, now), now=now).done


def _over(now: datetime) -> QuerySet[FrameworkAgreement]:
    return FrameworkAgreement.objects.filter(state__in=_RUNNING, ends_on__lt=berlin_day(now))


def _end_if_over(agreement_id: int, now: datetime) -> bool:
    with transaction.atomic():
        rows = _over(now).select_for_update(of=("self",), no_key=True)
        agreement = rows.filter(pk=agreement_id).first()
        if agreement is None:
            return False
        _end(agreement, EndReason.TERM, by=None, now=now)
        return True


def _end(
    agreement: FrameworkAgreement, because: EndReason, *, by: Membership | None, now: datetime
) -> None:
    agreement.end_reason = because
    agreement.ended_on = berlin_day(now)
    _move(agreement, AgreementState.ENDED, "agreement.ended", by=by, now=now)
    _set_open(agreement, is_open=False)


def _move(
    agreement: FrameworkAgreement,
    state: AgreementState,
    action: str,
    *,
    by: Membership | None,
    now: datetime,
) -> None:
    before = {"state": agreement.state}
    agreement.state = state
    if state == AgreementState.LISTED:
        agreement.state_reason = ""
    agreement.save(update_fields=["state", "state_reason", "end_reason", "ended_on"])
    after = {"state": state.value}
    if agreement.end_reason:
        after["end_reason"] = str(agreement.get_end_reason_display())
    record(
        agreement, action, by=by, now=now, before=before, after=after, reason=agreement.state_reason
    )


def _set_open(agreement: FrameworkAgreement, *, is_open: bool) -> None:
    if agreement.account_id is not None:
        set_open([agreement.account_id], is_open=is_open, reason=ClosedReason.SUSPENDED)


def _locked_account(agreement: FrameworkAgreement) -> LimitAccount | None:
    if agreement.account_id is None:
        return None
    return lock_accounts([agreement.account_id])[agreement.account_id]


def _require_state(
    agreement: FrameworkAgreement, states: Collection[AgreementState], sentence: str
) -> None:
    require_not_ended(agreement)
    if agreement.state not in states:
        raise WrongState(sentence)


def _required(reason: str) -> str:
    if not reason.strip():
        raise FieldRefused(
            "reason", "Bitte geben Sie den Grund an. Abrufberechtigte und Lieferanten lesen ihn."
        )
    return reason.strip()[:250]
