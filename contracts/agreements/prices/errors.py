"""What price changes and the register of § 132 GWB refuse, by name."""

from __future__ import annotations

from contracts.agreements.errors import AgreementError
from contracts.refusals import FourEyes, Kind, Reasons, WrongState


class ChangeError(AgreementError):
    """Base of every refusal about a price change."""


class EffectiveDatePast(ChangeError):
    """A price takes effect today at the earliest: what was ordered before stays as it is."""

    code = "effective_date_past"
    kind = Kind.INVALID
    title = "Wirksamkeitstag vorbei"
    field = "effective_from"


class UnsuitablePrices(ChangeError):
    """Prices, discounts or list price do not fit the price basis of the item."""

    code = "unsuitable_prices"
    kind = Kind.INVALID
    title = "Preise passen nicht zur Position"
    field = "tiers"


class NothingChanges(ChangeError):
    """The proposal names the prices that hold anyway."""

    code = "nothing_changes"
    kind = Kind.INVALID
    title = "Kein Preis ändert sich"
    field = "tiers"


class EvidenceMissing(ChangeError):
    """A proposal says why, and what proves it."""

    code = "evidence_missing"
    kind = Kind.INVALID
    title = "Begründung fehlt"
    field = "evidence"


class ReasonMissing(ChangeError):
    """A refusal needs its reason."""

    code = "refusal_reason_missing"


class ChangePending(ChangeError):
    """An earlier proposal for the same price is still undecided."""

    code = "change_pending"
    title = "Änderung noch offen"


class WrongChangeState(WrongState, ChangeError):
    """The step does not fit the state of the change (a second decision, too)."""


class SamePerson(FourEyes, ChangeError):
    """Four eyes count people: proposer, decider and second person are three."""


class SecondPersonMissing(ChangeError):
    """Nothing beyond an automatic fall takes effect without two people."""

    code = "second_person_missing"


class PriceMoved(ChangeError):
    """The prices behind the judgement have changed since; it no longer holds."""

    code = "price_moved"
    title = "Der geltende Preis hat sich geändert"
    advice = "Der Vorschlag ist an einem Preis gemessen, der nicht mehr gilt."


class ModificationError(AgreementError):
    """Base of every refusal about the register of modifications."""


class EntryMissing(ModificationError):
    """A change outside the price clause needs ground, value and reason for the register."""

    code = "entry_missing"


class NotApproved(ModificationError):
    """The entry of the register that would allow this is not approved, or not for this."""

    code = "modification_not_approved"
    title = "Die Vertragsänderung ist nicht genehmigt"
    advice = "Die zweite Person genehmigt sie im Änderungsregister der Vereinbarung."


class OutsideLimits(Reasons, ModificationError):
    """The modification exceeds what § 132 GWB allows without a new procedure."""

    code = "outside_limits"
    title = "Die Änderung überschreitet § 132 GWB"
    advice = "Prüfen Sie Rechtsgrund und Wert, oder bereiten Sie ein neues Vergabeverfahren vor."


class NoOriginalValue(ModificationError):
    """Without an estimated value nothing can be measured against it."""

    code = "no_original_value"


class InvalidEntry(ModificationError):
    """An entry of the register is incomplete or names an impossible value."""

    code = "invalid_entry"


class WrongModificationState(WrongState, ModificationError):
    """The entry is decided already."""


class AlreadyUsed(ModificationError):
    """The entry has allowed its change before; a further one needs its own."""

    code = "entry_used"


class BeyondEntry(ModificationError):
    """More is asked than the entry allows, or nothing at all."""

    code = "beyond_entry"
