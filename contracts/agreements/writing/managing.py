"""Who may write an agreement: the contract manager of the body that runs it."""

from __future__ import annotations

from datetime import datetime

from contracts.agreements.errors import NotFound
from contracts.agreements.models import FrameworkAgreement
from contracts.parties.acting import require_role
from contracts.parties.models import Membership, Role


def require_manager(by: Membership, now: datetime) -> None:
    """Raise NotAllowed unless a contract manager with a membership in force acts."""
    require_role(by, {Role.CONTRACT_MANAGER}, now)


def managed_agreement(agreement_id: int, *, by: Membership, now: datetime) -> FrameworkAgreement:
    """The agreement, locked, for the contract manager of its body.

    Raises NotAllowed or NotFound. Call inside a transaction.
    """
    require_manager(by, now)
    found = (
        FrameworkAgreement.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk=agreement_id, purchasing_body_id=by.organisation_id)
        .first()
    )
    if found is None:
        raise NotFound("Diese Rahmenvereinbarung gibt es bei Ihrer Stelle nicht.")
    return found
