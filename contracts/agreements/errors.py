"""What agreements refuse, by name."""

from __future__ import annotations

from contracts import refusals
from contracts.refusals import Kind, Reasons, Refusal

NotFound = refusals.NotFound
NotAllowed = refusals.NotAllowed
SentBefore = refusals.SentBefore


class AgreementError(Refusal):
    """Base of every refusal about what may be bought."""


class AgreementEnded(AgreementError):
    """The agreement is over; nothing about it can be changed any more."""

    code = "agreement_ended"
    title = "Die Vereinbarung ist beendet"


class NotEntitled(AgreementError):
    """The buyer may not buy this (or it does not exist: the two look the same)."""

    code = "not_entitled"
    kind = Kind.FORBIDDEN
    title = "Ein Artikel ist nicht mehr abrufbar"
    advice = "Nehmen Sie den Artikel heraus, oder suchen Sie im Katalog einen Ersatz."


class NoPrice(AgreementError):
    """No price version is valid on the day; nothing is sold without a price."""

    code = "no_price"
    title = "Ein Artikel hat heute keinen Vertragspreis"
    advice = (
        "Ohne Preis wird nichts abgerufen. Nehmen Sie den Artikel heraus, oder fragen Sie bei "
        "der Beschaffungsstelle nach."
    )


class NoVatRule(AgreementError):
    """No VAT rule covers the class on the day."""

    code = "no_vat_rule"
    title = "Für einen Artikel fehlt die Steuerregel"
    advice = "Bitte melden Sie das der Beschaffungsstelle. Ihre Eingaben bleiben erhalten."


class Blocked(Reasons, AgreementError):
    """A gate stops the purchase; `reasons` are the German sentences."""

    code = "blocked"
    title = "Der Abruf ist gesperrt"
    advice = (
        "Entfernen Sie die genannten Artikel, oder wenden Sie sich an die Stelle, die die "
        "Sperre gesetzt hat."
    )


class NotListable(Reasons, AgreementError):
    """Something the law or the contract demands is missing; `reasons` name it."""

    code = "not_listable"
    title = "Die Vereinbarung kann noch nicht gelistet werden"
    advice = "Ergänzen Sie, was genannt ist, und listen Sie die Vereinbarung dann erneut."
