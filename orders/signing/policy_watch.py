"""Watching the policies: keepers hear when nobody can release some amount any more.

`check` is idempotent. A change of people nudges it for its authority after the commit; beat
repeats it for all, so nothing a dying process left undone stays so. What was found last is
kept in the audit trail: one mail per set of faults, and another when it comes back.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from contracts.audit.models import AuditEntry
from contracts.audit.record import record
from contracts.clock import berlin_day
from contracts.parties.models import Organisation
from contracts.sweeps.runner import Sweep
from orders.models import ApprovalPolicy
from orders.telling.notices import faults_notice
from orders.telling.outbox import tell

from .policies import health

FAULTY, SOUND = "policy.faulty", "policy.sound"
CHECKS = Sweep("policies.check", "Freigaberegelungen prüfen", Organisation)


def check(*, now: datetime, authority_ids: Collection[int] | None = None) -> int:
    """Look at the policies of the authorities named, or of all; return how many changed.

    Of a set of faults that was not there before the keepers get a mail each.
    """
    rows = ApprovalPolicy.objects.filter(confirmed_at__isnull=False)
    if authority_ids is not None:
        rows = rows.filter(authority_id__in=authority_ids)
    keys = sorted(set(rows.values_list("authority_id", flat=True)))
    is_complete = authority_ids is None
    return CHECKS.run(keys, lambda key: _check(key, now), now=now, complete=is_complete).done


def _check(authority_id: int, now: datetime) -> bool:
    """Write down what is wrong now where it differs from the last time, and tell."""
    with transaction.atomic():
        authority = Organisation.objects.select_for_update(no_key=True).get(pk=authority_id)
        alarms = health(authority_id, berlin_day(now)).alarms
        if alarms == _last_alarms(authority):
            return False
        record(
            authority,
            FAULTY if alarms else SOUND,
            by=None,
            now=now,
            after={"faults": alarms},
        )
        if alarms:
            tell([faults_notice(authority, alarms, now=now)], now=now)
    return True


def _last_alarms(authority: Organisation) -> list[str]:
    entry = (
        AuditEntry.objects.filter(
            object_type="parties.organisation",
            object_id=authority.pk,
            action__in=(FAULTY, SOUND),
        )
        .order_by("-pk")
        .first()
    )
    return list(entry.after["faults"]) if entry is not None else []
