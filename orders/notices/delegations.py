"""Mails about substitutions, to both people."""

from __future__ import annotations

from datetime import datetime

from orders.models import Delegation
from orders.telling import addresses
from orders.telling.outbox import Mail, enqueue_mails


def announce_delegation(delegation: Delegation, *, now: datetime) -> None:
    """Tell deputy and delegator that the substitution is set up."""
    absent, deputy = delegation.delegator_person, delegation.deputy
    role = delegation.delegator.get_role_display()
    days = f"vom {delegation.valid_from:%d.%m.%Y} bis {delegation.valid_to:%d.%m.%Y}"
    by = delegation.created_by.user
    if by == absent:
        to_deputy = f"{by} hat Sie {days} als Vertretung eingesetzt."
        to_absent = f"Sie haben {deputy} {days} als Ihre Vertretung eingesetzt."
    else:
        to_deputy = f"{by} hat eingerichtet, dass Sie {absent} ({role}) {days} vertreten."
        to_absent = f"{by} hat eingerichtet, dass {deputy} Sie als {role} {days} vertritt."
    _send(
        delegation,
        "set-up",
        f"Vertretung {days}",
        {
            deputy.pk: f"{to_deputy} Sie zeichnen dann als {role}, bis zur Zeichnungsgrenze von "
            f"{absent}; was auf Sie wartet, steht unter „Freigaben“.",
            absent.pk: f"{to_absent} Sie können weiter selbst entscheiden und die Vertretung "
            "jederzeit aufheben.",
        },
        now,
    )


def announce_revocation(delegation: Delegation, *, now: datetime) -> None:
    """Tell both that the substitution is revoked; what was decided stays decided."""
    absent, deputy = delegation.delegator_person, delegation.deputy
    words = (
        f"Die Vertretung von {absent} durch {deputy} ist aufgehoben. Was bis jetzt entschieden "
        "wurde, bleibt entschieden."
    )
    _send(delegation, "revoked", "Vertretung aufgehoben", {deputy.pk: words, absent.pk: words}, now)


def _send(
    delegation: Delegation, key: str, subject: str, words: dict[int, str], now: datetime
) -> None:
    people = {row.pk: row for row in (delegation.deputy, delegation.delegator_person)}
    enqueue_mails(
        (
            Mail(
                key=f"delegation:{delegation.pk}:{key}:{pk}",
                recipient=people[pk].email,
                subject=subject,
                body=f"Guten Tag {people[pk]},\n\n{text}\n\n{addresses.delegations()}\n",
            )
            for pk, text in words.items()
        ),
        now=now,
    )
