"""The closed lists that contract rules decide by. Pure; the models store their values."""

from __future__ import annotations

from contracts.words import Word


class AllocationRule(Word):
    """Who of several awarded suppliers gets the call-off."""

    SINGLE = "single", "ein Lieferant"
    CASCADE = "cascade", "Kaskade nach Rang"
    ROTATION = "rotation", "Rotation"


class PriceBasis(Word):
    """Where the price of an item comes from."""

    FIXED = "fixed", "Festpreis"
    LIST_DISCOUNT = "list_discount", "Nachlass auf Listenpreis"
    BUNDLE = "bundle", "Bündel"


class ChargeType(Word):
    ONE_OFF = "one_off", "einmalig"
    PER_PERIOD = "per_period", "je Zeitraum"


class ItemRole(Word):
    """What the item is for: freight, surcharges and levies are items of the contract too."""

    GOODS = "goods", "Ware"
    SERVICE = "service", "Leistung"
    FREIGHT = "freight", "Fracht"
    SURCHARGE = "surcharge", "Mindermengenzuschlag"
    LEVY = "levy", "Abgabe"


class GateReason(Word):
    """Why a gate stands."""

    SUSPENSION = "suspension", "Aussetzung"
    OPT_OUT = "opt_out", "Eigener Vertrag (Opt-out)"
    STANDARD = "standard", "Ausstattungsstandard"
    FREEZE = "freeze", "Haushaltssperre"
    PRIVACY = "privacy", "Datenschutz"
    SAFETY = "safety", "Rückruf oder Mangel"


class GateEffect(Word):
    """What a gate does to a purchase."""

    BLOCK = "block", "sperrt"
    WARN = "warn", "warnt"
    COSIGN = "cosign", "verlangt Mitzeichnung"
