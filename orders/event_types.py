"""What finance can hear. Pure."""

from __future__ import annotations

from contracts.words import Word


class EventType(Word):
    """The type of a finance event; the values never change."""

    RESERVATION = "RESERVATION", "Reservierung"
    RESERVATION_RELEASE = "RESERVATION_RELEASE", "Auflösung der Reservierung"
    COMMITMENT = "COMMITMENT", "Festlegung"
    COMMITMENT_REVERSAL = "COMMITMENT_REVERSAL", "Storno der Festlegung"
    COMMITMENT_REDUCTION = "COMMITMENT_REDUCTION", "Minderung der Festlegung"
    GOODS_RECEIPT = "GOODS_RECEIPT", "Wareneingang"
    GOODS_RECEIPT_REVERSAL = "GOODS_RECEIPT_REVERSAL", "Storno Wareneingang"
    INVOICE = "INVOICE", "Rechnung"
    INVOICE_REVERSAL = "INVOICE_REVERSAL", "Storno Rechnung"
    CARRY_OVER_OUT = "CARRY_OVER_OUT", "Übertragung ab"
    CARRY_OVER_IN = "CARRY_OVER_IN", "Übertragung an"
