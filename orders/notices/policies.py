"""Mails about approval policies, to those who may change them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from contracts.parties.models import Membership, Organisation
from orders.models import ApprovalPolicy
from orders.telling import addresses
from orders.telling.outbox import Mail, enqueue_mails


def announce_proposal(
    policy: ApprovalPolicy, keepers: Iterable[Membership], *, now: datetime
) -> None:
    """Ask the other keepers to read the proposal and to confirm or discard it."""
    enqueue_mails(
        (
            Mail(
                key=f"policy-proposed:{policy.pk}:{user.pk}",
                recipient=user.email,
                subject=f"Freigaberegelung: Fassung {policy.version} wartet auf Bestätigung",
                body=f"Guten Tag {user},\n\n{policy.proposer} schlägt eine neue "
                f"Freigaberegelung ab dem {policy.valid_from:%d.%m.%Y} vor. In Kraft setzt sie "
                f"eine zweite Person:\n{addresses.policy()}\n",
            )
            for user in {row.user for row in keepers}
            if user.pk != policy.proposer_id
        ),
        now=now,
    )


def announce_faults(
    authority: Organisation,
    faults: Sequence[str],
    keepers: Iterable[Membership],
    *,
    now: datetime,
) -> None:
    """Tell the keepers which amounts nobody can release, today or soon."""
    points = "\n".join(f"- {sentence}" for sentence in faults)
    enqueue_mails(
        (
            Mail(
                key=f"policy-faulty:{authority.pk}:{now:%Y%m%d%H%M%S%f}:{user.pk}",
                recipient=user.email,
                subject=f"Freigaberegelung {authority}: Beträge, die niemand freigeben kann",
                body=f"Guten Tag {user},\n\ndie Freigaberegelung lässt sich mit den Menschen, "
                f"die es gibt, nicht erfüllen:\n{points}\n\nBitte ändern Sie Regelung oder "
                f"Zeichnungsgrenzen:\n{addresses.policy()}\n",
            )
            for user in {row.user for row in keepers}
        ),
        now=now,
    )
