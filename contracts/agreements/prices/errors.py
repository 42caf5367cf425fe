"""What price changes and the register of § 132 GWB refuse, by name."""

from __future__ import annotations

from collections.abc import Sequence

from contracts.agreements.errors import AgreementError


class ChangeError(AgreementError):
    """Base of every refusal about a price change."""


class EffectiveDatePast(ChangeError):
    """A price takes effect today at the earliest: what was ordered before stays as it is."""


class UnsuitablePrices(ChangeError):
    """Prices, discounts or list price do not fit the price basis of the item."""


class NothingChanges(ChangeError):
    """The proposal names the prices that hold anyway."""


class EvidenceMissing(ChangeError):
    """A proposal says why, and what proves it."""


class ReasonMissing(ChangeError):
    """A refusal needs its reason."""


class ChangePending(ChangeError):
    """An earlier proposal for the same price is still undecided."""


class WrongChangeState(ChangeError):
    """The step does not fit the state of the change (a second decision, too)."""


class SamePerson(ChangeError):
    """Four eyes count people: proposer, decider and second person are three."""


class SecondPersonMissing(ChangeError):
    """Nothing beyond an automatic fall takes effect without two people."""


class PriceMoved(ChangeError):
    """The prices behind the judgement have changed since; it no longer holds."""


class ModificationError(AgreementError):
    """Base of every refusal about the register of modifications."""


class EntryMissing(ModificationError):
    """A change outside the price clause needs ground, value and reason for the register."""


class NotApproved(ModificationError):
    """The entry of the register that would allow this is not approved, or not for this."""


class OutsideLimits(ModificationError):
    """The modification exceeds what § 132 GWB allows without a new procedure."""

    def __init__(self, reasons: Sequence[str]) -> None:
        self.reasons = list(reasons)
        super().__init__(" ".join(reasons))


class NoOriginalValue(ModificationError):
    """Without an estimated value nothing can be measured against it."""


class InvalidEntry(ModificationError):
    """An entry of the register is incomplete or names an impossible value."""


class WrongModificationState(ModificationError):
    """The entry is decided already."""


class AlreadyUsed(ModificationError):
    """The entry has allowed its change before; a further one needs its own."""


class BeyondEntry(ModificationError):
    """More is asked than the entry allows, or nothing at all."""
