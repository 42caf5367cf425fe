"""Mails to those who could sign: it is their turn, time runs, time has run out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from contracts.clock import BERLIN, berlin_day
from orders.models import ApprovalStep, Requisition
from orders.signing.reminders import last_day_begins
from orders.signing.signers import Signer, could_sign, once_each
from orders.telling import addresses
from orders.telling.outbox import Mail, enqueue_mails

from .people import asking_people, officers_of
from .summary import Summary, decision_link, summary_of


def announce_submission(
    requisition: Requisition, steps: Sequence[ApprovalStep], *, now: datetime
) -> None:
    """Tell everyone who could sign the lowest tier of the steps, and deputies of those absent.

    Where nobody could, the procurement hears that.
    """
    first = min(step.tier for step in steps)
    opened = [step for step in steps if step.tier == first]
    summary = summary_of(requisition)
    signers = could_sign(requisition, opened, gross=summary.gross, on=berlin_day(now))
    enqueue_mails(
        (
            _mail(
                summary,
                signer,
                key=f"submitted:{signer.step.pk}",
                subject="wartet auf Ihre Freigabe",
                why="wartet auf Ihre Entscheidung",
            )
            for signer in once_each(signers)
        ),
        now=now,
    )
    reached = {signer.step.pk for signer in signers}
    for step in opened:
        if step.pk not in reached:
            _announce_nobody(summary, step, now)


def announce_reminder(step: ApprovalStep, *, now: datetime) -> None:
    """Remind those who could sign now; on the last day it says so."""
    requisition = step.requisition
    summary = summary_of(requisition)
    last = now >= last_day_begins(step.deadline)
    until = step.deadline.astimezone(BERLIN)
    why = "wartet weiter auf Ihre Entscheidung"
    signers = could_sign(requisition, [step], gross=summary.gross, on=berlin_day(now))
    enqueue_mails(
        (
            _mail(
                summary,
                signer,
                key=f"reminder:{step.pk}:{until:%Y%m%d}:{'last' if last else 'half'}",
                subject="Frist endet heute" if last else "Erinnerung an Ihre Freigabe",
                why=f"{why}; die Frist endet heute" if last else why,
            )
            for signer in once_each(signers)
        ),
        now=now,
    )


def announce_escalation(step: ApprovalStep, *, now: datetime) -> None:
    """Say that a deadline has passed: to the role that may sign too from now on.

    Where there is none, or nobody of it could sign, the procurement and whoever asked hear it.
    """
    requisition = step.requisition
    summary = summary_of(requisition)
    signers = could_sign(requisition, [step], gross=summary.gross, on=berlin_day(now))
    late = [row for row in signers if row.membership.role == step.escalation_role]
    enqueue_mails(
        (
            _mail(
                summary,
                signer,
                key=f"escalated:{step.pk}",
                subject="Frist abgelaufen, bitte übernehmen",
                why=f"wurde in der Stufe {step.tier} ({step.get_role_display()}) nicht "
                "fristgerecht entschieden. Jetzt können auch Sie entscheiden",
            )
            for signer in once_each(late)
        ),
        now=now,
    )
    if not late:
        _announce_overdue(summary, step, now)


def announce_sitting(step: ApprovalStep, *, now: datetime) -> None:
    """Tell those who could sign, and whoever asked, when the committee sits."""
    if step.committee_on is None:
        return
    requisition = step.requisition
    summary = summary_of(requisition)
    signers = could_sign(requisition, [step], gross=summary.gross, on=berlin_day(now))
    signing = {row.user.pk: row.user for row in signers}
    asking = {row.pk: row for row in asking_people(requisition, now)}
    enqueue_mails(
        (
            Mail(
                key=f"sitting:{step.pk}:{step.committee_on:%Y%m%d}:{now:%Y%m%d%H%M%S}:{user.pk}",
                recipient=user.email,
                subject=f"Anforderung {requisition.number}: Sitzung am "
                f"{step.committee_on:%d.%m.%Y}",
                body=(
                    f"Guten Tag {user},\n\nüber die Anforderung {requisition.number} berät "
                    f"„{step.committee}“ am {step.committee_on:%d.%m.%Y}. Entschieden wird "
                    f"danach, bis {step.deadline.astimezone(BERLIN):%d.%m.%Y}.\n\n"
                    f"{summary.facts()}\n\n{addresses.requisition(requisition.pk)}\n"
                ),
            )
            for user in (signing | asking).values()
        ),
        now=now,
    )


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


def _announce_nobody(summary: Summary, step: ApprovalStep, now: datetime) -> None:
    """Nobody has role, limit and clean hands: somebody has to see to it."""
    requisition = summary.requisition
    officers = officers_of(requisition, now)
    enqueue_mails(
        (
            Mail(
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
            for member in officers
        ),
        now=now,
    )


def _announce_overdue(summary: Summary, step: ApprovalStep, now: datetime) -> None:
    requisition = summary.requisition
    expires = requisition.expires_at
    until = f" Sie verfällt am {berlin_day(expires):%d.%m.%Y}." if expires is not None else ""
    enqueue_mails(
        (
            Mail(
                key=f"overdue:{step.pk}:{user.pk}",
                recipient=user.email,
                subject=f"Anforderung {requisition.number}: Frist der Freigabe abgelaufen",
                body=(
                    f"Guten Tag {user},\n\ndie Frist für die Stufe {step.tier} "
                    f"({step.get_role_display()}) der Anforderung {requisition.number} ist am "
                    f"{berlin_day(step.deadline):%d.%m.%Y} abgelaufen, ohne dass entschieden "
                    f"wurde.{until} Bitte sprechen Sie die zuständige Stelle an.\n\n"
                    f"{summary.facts()}\n\n{addresses.requisition(requisition.pk)}\n"
                ),
            )
            for user in asking_people(requisition, now)
        ),
        now=now,
    )
