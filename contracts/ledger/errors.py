"""What the ledger refuses, by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from contracts.pricing.money import euros, german
from contracts.refusals import Refusal


class LedgerError(Refusal):
    """Base of every refusal of the ledger."""


@dataclass(frozen=True, slots=True)
class Shortfall:
    """One account that does not carry what was asked of it (EUR or pieces)."""

    account_id: int
    kind: str
    unit: str
    title: str
    requested: Decimal
    available: Decimal

    @property
    def missing(self) -> Decimal:
        return self.requested - max(self.available, Decimal(0))


class LimitExceeded(LedgerError):
    """One or more limits do not carry the amount; nothing was changed.

    `shortfalls` names each account with the amount missing. It is empty only when
    the database constraint refused what the check on the locked row had let pass.
    """

    code = "limit_exceeded"
    title = "Grenze überschritten"

    def __init__(self, shortfalls: Sequence[Shortfall] = ()) -> None:
        self.shortfalls = tuple(shortfalls)
        names = "; ".join(
            f"{s.title}: es fehlen {amount_in_words(s.missing, s.unit)}" for s in self.shortfalls
        )
        super().__init__(names or "Eine Grenze ist erreicht.")


class AccountClosed(LedgerError):
    """A hold was asked of an account that is stopped (suspended lot, closed quota)."""

    code = "account_closed"
    title = "Ein Los oder ein Kontingent ist gesperrt"
    advice = "Die Beschaffungsstelle hebt die Sperre auf, wenn der Grund entfallen ist."

    def __init__(self, titles: Sequence[str]) -> None:
        self.titles = tuple(titles)
        super().__init__("Gesperrt: " + "; ".join(titles))


class LimitBelowUse(LedgerError):
    """A cap cannot be set below what is already held and posted."""

    code = "limit_below_use"
    title = "Darunter ist schon mehr gebunden"
    advice = "Wählen Sie eine Grenze, die mindestens das umfasst, was gebucht und vorgemerkt ist."


class TransferNotPossible(LedgerError):
    """Limit moves between two different accounts that count the same unit."""

    code = "transfer_not_possible"


class HoldAlreadyResolved(LedgerError):
    """The hold was posted or voided before; a hold ends once."""

    code = "hold_resolved"


class ReverseTooLarge(LedgerError):
    """More was to be taken back than was posted."""

    code = "reverse_too_large"


class InvalidAmount(LedgerError):
    """Amounts are positive, with at most two decimals."""

    code = "invalid_amount"


class DuplicateReference(LedgerError):
    """The same movement (account, kind, reference) was recorded before."""

    code = "duplicate_reference"


class UnknownEntry(LedgerError):
    """The entry does not exist or is not of the kind the movement needs."""

    code = "unknown_entry"


def amount_in_words(amount: Decimal, unit: str) -> str:
    """Write an amount of an account for a message: 1.234,56 EUR or 12 Stück."""
    return euros(amount) if unit == "EUR" else f"{german(amount)} Stück"
