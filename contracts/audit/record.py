"""Write audit entries inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Model

from contracts.bulk import insert
from contracts.parties.models import Membership, User

from .models import AuditEntry

BATCH = 5_000


@dataclass(frozen=True, slots=True)
class Entry:
    """Who did what to *obj*; values must be JSON-serialisable, money as strings."""

    obj: Model
    action: str
    by: Membership | None
    before: Mapping[str, object] = field(default_factory=dict)
    after: Mapping[str, object] = field(default_factory=dict)
    reason: str = ""
    rule: str = ""
    on_behalf_of: User | None = None


def record_entries(entries: Iterable[Entry], *, now: datetime) -> None:
    """Append what an act did, in one statement."""
    insert(
        AuditEntry(
            at=now,
            person_id=entry.by.user_id if entry.by else None,
            membership=entry.by,
            organisation_id=entry.by.organisation_id if entry.by else None,
            on_behalf_of=entry.on_behalf_of,
            object_type=entry.obj._meta.label_lower,  # noqa: SLF001 - Django documents _meta
            object_id=entry.obj.pk,
            action=entry.action,
            before=dict(entry.before),
            after=dict(entry.after),
            reason=entry.reason,
            rule=entry.rule,
        )
        for entry in entries
    )


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
