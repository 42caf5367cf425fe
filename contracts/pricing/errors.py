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
