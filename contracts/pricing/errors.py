"""What the calculator refuses, by name. The sentences are shown to people."""

from __future__ import annotations

from contracts.refusals import Kind, Refusal


class PricingError(Refusal, ValueError):
    """Base of every refusal of the calculator."""

    code = "invalid_price"
    kind = Kind.INVALID
    title = "Preisangabe ungültig"


class InvalidQuantity(PricingError):
    """A quantity is a whole number of at least 1."""

    code = "invalid_quantity"
    title = "Menge ungültig"


class InvalidPrice(PricingError):
    """A net unit price is above zero and has at most four decimals."""


class InvalidPriceUnit(PricingError):
    """A price unit (per 1, 100, ...) is a whole number of at least 1."""

    field = "price_unit"


class InvalidPeriods(PricingError):
    """The number of periods is a whole number of at least 1."""


class InvalidDiscount(PricingError):
    """A discount is a percentage from 0 to below 100."""


class InvalidVat(PricingError):
    """Category, rate and reason do not fit together."""


class TierOrderError(PricingError):
    """Tiers start at quantity 1 and rise without a repetition."""

    code = "tiers_out_of_order"
    title = "Staffel nicht in Ordnung"
    field = "tiers"


class ApportionmentError(PricingError):
    """There is nothing to allocate by, or the total is finer than its places."""

    code = "nothing_to_allocate_by"
    title = "Die Aufteilung geht nicht auf"


class SharesDoNotSum(PricingError):
    """The shares of an account assignment are above 0 and sum to exactly 100 percent."""

    code = "shares_do_not_sum"
    title = "Die Anteile ergeben nicht 100 Prozent"


class DuplicateLine(PricingError):
    """Two lines of one quote carry the same key."""

    code = "duplicate_line"
    title = "Eine Zeile ist doppelt"


class InvalidClause(PricingError):
    """A price clause names no negative notice and no negative percentage."""

    code = "invalid_clause"
    title = "Die Preisklausel passt nicht"


class IncomparablePrices(PricingError):
    """Prices in EUR and discounts off a list price have no common measure."""

    code = "incomparable_prices"
    title = "Die Preise lassen sich nicht vergleichen"


class InvalidContractValue(PricingError):
    """A modification is measured against an original value above zero."""

    code = "invalid_contract_value"
    title = "Der Auftragswert fehlt"


class UnknownLine(PricingError):
    """The line does not belong to the call-off."""

    code = "unknown_line"
    title = "Die Zeile gehört nicht zu dem Abruf"


class CancelsTooMuch(PricingError):
    """Only what is neither delivered nor cancelled yet can be cancelled."""

    code = "cancels_too_much"
    title = "Die Menge ist größer als das, was offen ist"


class ReceivesTooMuch(PricingError):
    """More arrives than is open."""

    code = "receives_too_much"
    title = "Die Menge ist größer als das, was offen ist"


class BookingMismatch(PricingError):
    """What is booked on a line contradicts its price and quantities."""

    code = "booking_mismatch"
    title = "Die Buchung widerspricht der Zeile"
