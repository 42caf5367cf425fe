"""Mails about approval policies, to those who may change them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from contracts.parties.models import Organisation, User
from orders.models import ApprovalPolicy
from orders.signing.policies import KEEPERS
from orders.telling.notices import Notice

from . import addresses
from .mail import Mail, found
from .people import people_of


def proposed(notice: Notice, now: datetime) -> Iterator[Mail]:
    """To the other keepers: please read the proposal, and confirm or discard it."""
    policy = found(
        ApprovalPolicy.objects.select_related("authority", "proposer"), notice.facts["policy"]
    )
    if policy.confirmed_at is not None or policy.withdrawn_at is not None:
        return
    for user in _keepers(policy.authority, now):
        if user.pk != policy.proposer_id:
            yield Mail(
                key=f"{notice.key}:{user.pk}",
                recipient=user.email,
                subject=f"Freigaberegelung: Fassung {policy.version} wartet auf Bestätigung",
                body=f"Guten Tag {user},\n\n{policy.proposer} schlägt eine neue "
                f"Freigaberegelung ab dem {policy.valid_from:%d.%m.%Y} vor. In Kraft setzt sie "
                f"eine zweite Person:\n{addresses.policy()}\n",
            )


def faulty(notice: Notice, now: datetime) -> Iterator[Mail]:
    """To the keepers: these amounts nobody can release, today or soon."""
    authority = found(Organisation.objects.all(), notice.facts["authority"])
    points = "\n".join(f"- {sentence}" for sentence in notice.facts["faults"])
    for user in _keepers(authority, now):
        yield Mail(
            key=f"{notice.key}:{user.pk}",
            recipient=user.email,
            subject=f"Freigaberegelung {authority}: Beträge, die niemand freigeben kann",
            body=f"Guten Tag {user},\n\ndie Freigaberegelung lässt sich mit den Menschen, "
            f"die es gibt, nicht erfüllen:\n{points}\n\nBitte ändern Sie Regelung oder "
            f"Zeichnungsgrenzen:\n{addresses.policy()}\n",
        )


def _keepers(authority: Organisation, now: datetime) -> list[User]:
    return list({row.user_id: row.user for row in people_of(authority, KEEPERS, now)}.values())
