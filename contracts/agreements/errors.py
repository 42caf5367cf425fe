"""What agreements refuse, by name."""

from __future__ import annotations


class AgreementError(Exception):
    """Base of every refusal about what may be bought."""


class NotFound(AgreementError):
    """Does not exist within reach of the actor (or at all: the two look the same)."""


class NotAllowed(AgreementError):
    """The role or the validity of the membership does not allow this."""


class AgreementEnded(AgreementError):
    """The agreement is over; nothing about it can be changed any more."""


class NotEntitled(AgreementError):
    """The buyer may not buy this (or it does not exist: the two look the same)."""


class NoPrice(AgreementError):
    """No price version is valid on the day; nothing is sold without a price."""


class NoVatRule(AgreementError):
    """No VAT rule covers the class on the day."""


class Blocked(AgreementError):
    """A gate stops the purchase; `reasons` are the German sentences."""

    def __init__(self, reasons: list[str]) -> None:
        self.reasons = reasons
        super().__init__(" ".join(reasons))


class NotListable(AgreementError):
    """Something the law or the contract demands is missing; `reasons` name it."""

    def __init__(self, reasons: list[str]) -> None:
        self.reasons = reasons
        super().__init__(" ".join(reasons))
