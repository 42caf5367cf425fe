"""What the calculator refuses, by name. The sentences are shown to people."""

from __future__ import annotations


class PricingError(ValueError):
    """Base of every refusal of the calculator."""


class InvalidQuantity(PricingError):
    """A quantity is a whole number of at least 1."""


class InvalidPrice(PricingError):
    """A net unit price is above zero and has at most four decimals."""


class InvalidPriceUnit(PricingError):
    """A price unit (per 1, 100, ...) is a whole number of at least 1."""


class InvalidPeriods(PricingError):
    """The number of periods is a whole number of at least 1."""


class InvalidDiscount(PricingError):
    """A discount is a percentage from 0 to below 100."""


class InvalidVat(PricingError):
    """Category, rate and reason do not fit together."""


class TierOrderError(PricingError):
    """Tiers start at quantity 1 and rise without a repetition."""


class AllocationError(PricingError):
    """There is nothing to allocate by, or the total is finer than its places."""


class SharesDoNotSum(PricingError):
    """The shares of an account assignment are above 0 and sum to exactly 100 percent."""


class DuplicateLine(PricingError):
    """Two lines of one quote carry the same key."""


class InvalidClause(PricingError):
    """A price clause names no negative notice and no negative percentage."""


class IncomparablePrices(PricingError):
    """Prices in EUR and discounts off a list price have no common measure."""


class InvalidContractValue(PricingError):
    """A modification is measured against an original value above zero."""


class UnknownLine(PricingError):
    """The line does not belong to the call-off."""


class CancelsTooMuch(PricingError):
    """Only what is neither delivered nor cancelled yet can be cancelled."""


class ReceivesTooMuch(PricingError):
    """More arrives than is open."""


class BookingMismatch(PricingError):
    """What is booked on a line contradicts its price and quantities."""
