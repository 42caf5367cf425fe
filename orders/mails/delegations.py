"""Mails about substitutions, to both people."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from orders.models import Delegation
from orders.telling.notices import Notice

from . import addresses
from .mail import Mail, address_of, found


def set_up(notice: Notice, _now: datetime) -> Iterator[Mail]:
    """To deputy and delegator: the substitution is set up."""
    delegation = _delegation(notice)
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
    return _mails(
        notice,
        delegation,
        f"Vertretung {days}",
        {
            deputy.pk: f"{to_deputy} Sie zeichnen dann als {role}, bis zur Zeichnungsgrenze von "
            f"{absent}; was auf Sie wartet, steht unter „Freigaben“.",
            absent.pk: f"{to_absent} Sie können weiter selbst entscheiden und die Vertretung "
            "jederzeit aufheben.",
        },
    )


def revoked(notice: Notice, _now: datetime) -> Iterator[Mail]:
    """To both: the substitution is revoked; what was decided stays decided."""
    delegation = _delegation(notice)
    absent, deputy = delegation.delegator_person, delegation.deputy
    words = (
        f"Die Vertretung von {absent} durch {deputy} ist aufgehoben. Was bis jetzt entschieden "
        "wurde, bleibt entschieden."
    )
    return _mails(notice, delegation, "Vertretung aufgehoben", {deputy.pk: words, absent.pk: words})


def _delegation(notice: Notice) -> Delegation:
    rows = Delegation.objects.select_related(
        "delegator", "delegator_person", "deputy", "created_by__user"
    )
    return found(rows, notice.facts["delegation"])


def _mails(
    notice: Notice, delegation: Delegation, subject: str, words: dict[int, str]
) -> Iterator[Mail]:
    people = {row.pk: row for row in (delegation.deputy, delegation.delegator_person)}
    for pk, text in words.items():
        yield Mail(
            key=f"{notice.key}:{pk}",
            recipient=address_of(people[pk]),
            subject=subject,
            body=f"Guten Tag {people[pk]},\n\n{text}\n\n{addresses.delegations()}\n",
        )
