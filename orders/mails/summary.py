"""What a mail says of a requisition in approval to somebody who is to decide. Plain text."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from contracts.clock import BERLIN
from contracts.pricing import euros
from orders.binding.budget_footprints import Footprint, footprints
from orders.models import ApprovalStep, Requisition
from orders.signing.signers import Signer

from . import addresses
from .mail import one_line

SHOWN_BUDGETS = 3


@dataclass(frozen=True, slots=True)
class Summary:
    """The head of a requisition as it is read in a mail; `gross` in EUR."""

    requisition: Requisition
    title: str
    gross: Decimal
    budgets: tuple[str, ...]

    @property
    def place(self) -> str:
        """For whom it is asked."""
        school = self.requisition.school
        return str(school) if school is not None else str(self.requisition.authority)

    def facts(self, step: ApprovalStep | None = None) -> str:
        """One fact a line; with a step also why its role signs, and until when."""
        lines = [
            f"Anforderung: {self.requisition.number}, {self.title}",
            f"Für: {self.place}",
            f"Betrag: {euros(self.gross)} brutto",
        ]
        if step is not None:
            lines += [
                f"Warum Sie: {step.get_role_display()} (Stufe {step.tier}): {step.reason}",
                f"Frist: {step.deadline.astimezone(BERLIN):%d.%m.%Y}",
            ]
        lines += [f"Haushalt: {words}" for words in self.budgets]
        return "\n".join(lines)


def summary_of(requisition: Requisition) -> Summary:
    """Read the current revision and its effect on the budgets."""
    revision = requisition.revisions.get(number=requisition.current_revision)
    title = one_line(revision.title)
    return Summary(requisition, title, revision.gross, _budget_words(revision.pk))


def _budget_words(revision_id: int) -> tuple[str, ...]:
    """A line per budget: what the requisition takes, and what is left with it held."""
    effects = footprints([revision_id]).get(revision_id, Footprint()).effects
    words = [
        f"{effect.title}: {euros(effect.amount)}, danach frei {euros(effect.after)}"
        for effect in effects[:SHOWN_BUDGETS]
    ]
    if len(effects) > SHOWN_BUDGETS:
        words.append(f"und {len(effects) - SHOWN_BUDGETS} weitere Haushaltspositionen")
    return tuple(words)


def decision_link(requisition: Requisition, signer: Signer) -> str:
    """Where the signer reads and confirms, in the voice with which it may sign."""
    delegation = signer.delegation
    address = addresses.decision(requisition.pk, delegation.pk if delegation else None)
    return f"Prüfen und entscheiden (der Link allein entscheidet nichts):\n{address}"
