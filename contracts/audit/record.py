"""Write audit entries inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db.models import Model

from contracts.parties.models import Membership, User

from .models import AuditEntry

BATCH = 5_000


def record(
    obj: Model,
    action: str,
    *,
    by: Membership | None,
    now: datetime,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
    reason: str = "",
    rule: str = "",
    on_behalf_of: User | None = None,
) -> None:
    """Append who did what to *obj*; values must be JSON-serialisable, money as strings."""
    AuditEntry.objects.create(
        at=now,
        person_id=by.user_id if by else None,
        membership=by,
        organisation_id=by.organisation_id if by else None,
        on_behalf_of=on_behalf_of,
        object_type=obj._meta.label_lower,  # noqa: SLF001 - Django documents _meta
        object_id=obj.pk,
        action=action,
        before=dict(before or {}),
        after=dict(after or {}),
        reason=reason,
        rule=rule,
    )


def record_all(
    objects: Iterable[Model],
    action: str,
    *,
    by: Membership,
    now: datetime,
    after: Mapping[str, object],
) -> None:
    """Append the same about many objects at once, an entry each."""
    AuditEntry.objects.bulk_create(
        [
            AuditEntry(
                at=now,
                person_id=by.user_id,
                membership=by,
                organisation_id=by.organisation_id,
                object_type=obj._meta.label_lower,  # noqa: SLF001 - Django documents _meta
                object_id=obj.pk,
                action=action,
                after=dict(after),
            )
            for obj in objects
        ],
        batch_size=BATCH,
    )
