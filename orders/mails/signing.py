"""Mails to those who could sign: it is their turn, time runs, time has run out.

Only what still waits is told; whoever could sign is asked as of the moment of the mail.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from contracts.clock import BERLIN, berlin_day
from orders.lifecycle import RequisitionState
from orders.models import ApprovalStep
from orders.signing.signers import Signer, could_sign, once_each
from orders.telling.notices import Notice

from . import addresses
from .mail import Mail, address_of, found
from .people import asking_people, officers_of
from .requisitions import requisition_of
from .summary import Summary, decision_link, summary_of


def submitted(notice: Notice, now: datetime) -> Iterator[Mail]:
    """To everyone who could sign the steps, and the deputies of those absent.

    Where nobody could, the procurement hears that.
    """
    requisition = requisition_of(notice)
    rows = requisition.steps.filter(pk__in=notice.facts["steps"]).order_by("pk")
    steps = [step for step in rows if _waits(step)]
    if not steps:
        return
    summary = summary_of(requisition)
    signers = could_sign(requisition, steps, gross=summary.gross, on=berlin_day(now))
    for signer in once_each(signers):
        yield _mail(
            summary,
            signer,
            key=f"submitted:{signer.step.pk}",
            subject="wartet auf Ihre Freigabe",
            why="wartet auf Ihre Entscheidung",
        )
    reached = {signer.step.pk for signer in signers}
    for step in steps:
        if step.pk not in reached:
            yield from _nobody(summary, step, now)


def reminder(notice: Notice, now: datetime) -> Iterator[Mail]:
    """To those who could sign now, unless it is too late or the time was moved."""
    step = _step(notice)
    is_current = now <= step.deadline == _deadline(notice)
    if not _waits(step) or not is_current:
        return
    last = notice.facts["last"]
    why = "wartet weiter auf Ihre Entscheidung"
    summary, signers = _waited_for([step], now)
    for signer in once_each(signers):
        yield _mail(
            summary,
            signer,
            key=notice.key,
            subject="Frist endet heute" if last else "Erinnerung an Ihre Freigabe",
            why=f"{why}; die Frist endet heute" if last else why,
        )


def escalated(notice: Notice, now: datetime) -> Iterator[Mail]:
    """To the role that may sign too from now on.

    Where there is none, or nobody of it could sign, the procurement and whoever asked hear it.
    """
    step = _step(notice)
    if not _waits(step):
        return
    summary, signers = _waited_for([step], now)
    late = [row for row in signers if row.membership.role == step.escalation_role]
    for signer in once_each(late):
        yield _mail(
            summary,
            signer,
            key=notice.key,
            subject="Frist abgelaufen, bitte übernehmen",
            why=f"wurde in der Stufe {step.tier} ({step.get_role_display()}) nicht "
            "fristgerecht entschieden. Jetzt können auch Sie entscheiden",
        )
    if not late:
        yield from _overdue(summary, step, _deadline(notice), now)


def sitting(notice: Notice, now: datetime) -> Iterator[Mail]:
    """To those who could sign, and whoever asked: the committee's day, unless it was moved."""
    step, on = _step(notice), date.fromisoformat(notice.facts["on"])
    if not _waits(step) or step.committee_on != on:
        return
    requisition = step.requisition
    summary, signers = _waited_for([step], now)
    people = {row.user.pk: row.user for row in signers}
    people |= {row.pk: row for row in asking_people(requisition, now)}
    for user in people.values():
        yield Mail(
            key=f"{notice.key}:{user.pk}",
            recipient=address_of(user),
            subject=f"Anforderung {requisition.number}: Sitzung am {on:%d.%m.%Y}",
            body=(
                f"Guten Tag {user},\n\nüber die Anforderung {requisition.number} berät "
                f"„{step.committee}“ am {on:%d.%m.%Y}. Entschieden wird "
                f"danach, bis {step.deadline.astimezone(BERLIN):%d.%m.%Y}.\n\n"
                f"{summary.facts()}\n\n{addresses.requisition(requisition.pk)}\n"
            ),
        )


def _step(notice: Notice) -> ApprovalStep:
    rows = ApprovalStep.objects.select_related(
        "requisition__authority", "requisition__school", "requisition__created_by__user"
    )
    return found(rows, notice.facts["step"])


def _deadline(notice: Notice) -> datetime:
    return datetime.fromisoformat(notice.facts["deadline"])


def _waits(step: ApprovalStep) -> bool:
    """Whether the step belongs to the round that runs, and is not decided."""
    requisition = step.requisition
    return (
        step.completed_at is None
        and requisition.state == RequisitionState.SUBMITTED.value
        and requisition.submitted_revision == step.revision_no
    )


def _waited_for(steps: Sequence[ApprovalStep], now: datetime) -> tuple[Summary, list[Signer]]:
    """The requisition of the steps in short, and who could sign them."""
    requisition = steps[0].requisition
    summary = summary_of(requisition)
    return summary, could_sign(requisition, steps, gross=summary.gross, on=berlin_day(now))


def _mail(summary: Summary, signer: Signer, *, key: str, subject: str, why: str) -> Mail:
    requisition = summary.requisition
    instead = ""
    if signer.delegation is not None:
        instead = (
            f" Sie vertreten {signer.membership.user} bis {signer.delegation.valid_to:%d.%m.%Y}."
        )
    return Mail(
        key=f"{key}:{signer.user.pk}",
        recipient=signer.user.email,
        subject=f"Anforderung {requisition.number}: {subject}",
        body=(
            f"Guten Tag {signer.user},\n\n"
            f"die Anforderung {requisition.number} {why}.{instead}\n\n"
            f"{summary.facts(signer.step)}\n\n{decision_link(requisition, signer)}\n"
        ),
    )


def _nobody(summary: Summary, step: ApprovalStep, now: datetime) -> Iterator[Mail]:
    """Nobody has role, limit and clean hands: somebody has to see to it."""
    requisition = summary.requisition
    for member in officers_of(requisition, now):
        yield Mail(
            key=f"nobody:{step.pk}:{member.user_id}",
            recipient=member.user.email,
            subject=f"Anforderung {requisition.number}: niemand kann freigeben",
            body=(
                f"Guten Tag {member.user},\n\nfür die Stufe {step.tier} "
                f"({step.get_role_display()}) der Anforderung {requisition.number} hat heute "
                "niemand die Rolle, eine ausreichende Zeichnungsgrenze und war nicht selbst "
                "beteiligt. Bitte lassen Sie eine Vertretung einrichten oder eine "
                "Zeichnungsgrenze ändern.\n\n"
                f"{summary.facts()}\n\n{addresses.requisition(requisition.pk)}\n"
            ),
        )


def _overdue(
    summary: Summary, step: ApprovalStep, deadline: datetime, now: datetime
) -> Iterator[Mail]:
    requisition = summary.requisition
    expires = requisition.expires_at
    until = f" Sie verfällt am {berlin_day(expires):%d.%m.%Y}." if expires is not None else ""
    for user in asking_people(requisition, now):
        yield Mail(
            key=f"overdue:{step.pk}:{user.pk}",
            recipient=address_of(user),
            subject=f"Anforderung {requisition.number}: Frist der Freigabe abgelaufen",
            body=(
                f"Guten Tag {user},\n\ndie Frist für die Stufe {step.tier} "
                f"({step.get_role_display()}) der Anforderung {requisition.number} ist am "
                f"{berlin_day(deadline):%d.%m.%Y} abgelaufen, ohne dass entschieden "
                f"wurde.{until} Bitte sprechen Sie die zuständige Stelle an.\n\n"
                f"{summary.facts()}\n\n{addresses.requisition(requisition.pk)}\n"
            ),
        )
