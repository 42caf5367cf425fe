"""Time that runs: reminders, escalation, the warning before a requisition expires.

Every step is looked at again under the lock of its requisition and its own, so a second run,
or a second worker at the same moment, finds nothing left to do (docs/deadlines.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import DateTimeField, Exists, ExpressionWrapper, F, OuterRef, QuerySet

from contracts.audit.models import AuditEntry
from contracts.audit.record import record
from contracts.sweeps.runner import Sweep
from orders.lifecycle import RequisitionState
from orders.models import ApprovalStep, Requisition
from orders.signing.reminders import last_day_begins, needs_reminder
from orders.telling.notices import escalation_notice, expiry_notice, reminder_notice
from orders.telling.outbox import tell

WARNING = timedelta(days=2)
"""So long before it expires the asking side is warned of a requisition."""
_WARNED = "requisition.expiry_warned"

REMINDERS = Sweep("approvals.remind", "An Freigaben erinnern", ApprovalStep)
ESCALATIONS = Sweep("approvals.escalate", "Überfällige Freigaben eskalieren", ApprovalStep)
WARNINGS = Sweep("approvals.warn", "Vor dem Verfall einer Anforderung warnen", Requisition)


@dataclass(frozen=True, slots=True)
class Watched:
    """How many steps were reminded of and escalated, how many requisitions warned of."""

    reminded: int
    escalated: int
    warned: int


def watch(*, now: datetime) -> Watched:
    """Do everything that is due, each in a transaction of its own."""
    return Watched(remind_due(now=now), escalate_due(now=now), warn_due(now=now))


def remind_due(*, now: datetime) -> int:
    """Remind of steps at half of their time and on their last day; return of how many."""
    rows = _waiting().filter(deadline__gte=now)
    due = [step.pk for step in rows.order_by("pk") if _wants_reminder(step, now)]
    return REMINDERS.run(due, lambda pk: _remind(pk, now), now=now).done


def escalate_due(*, now: datetime) -> int:
    """Escalate steps whose deadline has passed, once; return how many.

    From then on the role of the escalation may sign as well.
    """
    due = _waiting().filter(deadline__lt=now, escalated_at__isnull=True).order_by("pk")
    keys = due.values_list("pk", flat=True)
    return ESCALATIONS.run(keys, lambda pk: _escalate(pk, now), now=now).done


def warn_due(*, now: datetime) -> int:
    """Warn of requisitions that expire within two days, once; return of how many."""
    keys = _about_to_expire(now).order_by("pk").values_list("pk", flat=True)
    return WARNINGS.run(keys, lambda pk: _warn(pk, now), now=now).done


def _remind(step_id: int, now: datetime) -> bool:
    with transaction.atomic():
        step = _locked(step_id)
        if step is None or not _wants_reminder(step, now):
            return False
        step.reminded_at = now
        step.save(update_fields=["reminded_at"])
        is_last_day = now >= last_day_begins(step.deadline)
        tell([reminder_notice(step, is_last_day=is_last_day)], now=now)
        return True


def _escalate(step_id: int, now: datetime) -> bool:
    with transaction.atomic():
        step = _locked(step_id)
        if step is None or step.escalated_at is not None or step.deadline >= now:
            return False
        step.escalated_at = now
        step.save(update_fields=["escalated_at"])
        tell([escalation_notice(step)], now=now)
        record(
            step.requisition,
            "requisition.escalated",
            by=None,
            now=now,
            after={"step": step.pk, "role": step.escalation_role},
            reason=f"Frist der Stufe {step.tier} ({step.get_role_display()}) abgelaufen",
        )
        return True


def _warn(requisition_id: int, now: datetime) -> bool:
    with transaction.atomic():
        requisition = _requisition(requisition_id)
        # asked again in a statement of its own: it sees what the lock has waited for
        if not _about_to_expire(now).filter(pk=requisition_id).exists():
            return False
        tell([expiry_notice(requisition)], now=now)
        record(requisition, _WARNED, by=None, now=now)
        return True


def _wants_reminder(step: ApprovalStep, now: datetime) -> bool:
    if step.opened_at is None:
        return False
    return needs_reminder(step.opened_at, step.deadline, step.reminded_at, now)


def _waiting() -> QuerySet[ApprovalStep]:
    """Steps of current rounds whose turn it is and that are not done."""
    return ApprovalStep.objects.filter(
        opened_at__isnull=False,
        completed_at__isnull=True,
        requisition__state=RequisitionState.SUBMITTED.value,
        revision_no=F("requisition__submitted_revision"),
    )


def _about_to_expire(now: datetime) -> QuerySet[Requisition]:
    """Submitted, about to expire, and not warned of since they came so near to it."""
    began = ExpressionWrapper(OuterRef("expires_at") - WARNING, output_field=DateTimeField())
    warned = AuditEntry.objects.filter(
        object_type="orders.requisition", object_id=OuterRef("pk"), action=_WARNED, at__gte=began
    )
    return Requisition.objects.filter(
        ~Exists(warned),
        state=RequisitionState.SUBMITTED.value,
        expires_at__gt=now,
        expires_at__lte=now + WARNING,
    )


def _locked(step_id: int) -> ApprovalStep | None:
    """The step, its requisition locked first; None once it is decided or of a former round."""
    requisition = _requisition(
        ApprovalStep.objects.values_list("requisition_id").get(pk=step_id)[0]
    )
    step = _waiting().select_for_update(no_key=True, of=("self",)).filter(pk=step_id).first()
    if step is not None:
        step.requisition = requisition
    return step


def _requisition(requisition_id: int) -> Requisition:
    return (
        Requisition.objects.select_for_update(no_key=True, of=("self",))
        .select_related("authority", "school", "created_by__user")
        .get(pk=requisition_id)
    )
