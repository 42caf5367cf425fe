"""The audit trail as people read it: German words for steps, things and fields."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import islice
from typing import Any

from django.db.models import Model

from contracts.agreements.models import (
    AgreementDocument,
    Award,
    AwardTerms,
    BuyerEntitlement,
    ContractItem,
    ContractModification,
    Lot,
    ModificationState,
    PriceChange,
    PriceChangeRoute,
    PriceChangeState,
)
from contracts.audit.models import AuditEntry
from contracts.ledger.models import LimitAccount
from contracts.parties.models import Role
from frontend.downloads import Cell
from frontend.formatting import format_amount, format_day, format_money, format_quantity

HEAD = ("Zeitpunkt", "Person", "für", "Rolle", "Organisation", "Gegenstand",
        "Schritt", "vorher", "nachher", "Grund")  # fmt: skip

THINGS: Mapping[str, str] = {
    "agreements.frameworkagreement": "Vereinbarung",
    "agreements.lot": "Los",
    "agreements.award": "Zuschlag",
    "agreements.awardterms": "Konditionen",
    "agreements.contractitem": "Position",
    "agreements.buyerentitlement": "Abrufberechtigung",
    "agreements.agreementdocument": "Dokument",
    "agreements.pricechange": "Preisänderung",
    "agreements.contractmodification": "Vertragsänderung",
}
# By which field people call the thing; the agreement itself needs no name on its own page.
NAMES: Sequence[tuple[type[Model], str]] = (
    (Lot, "number"),
    (Award, "reference"),
    (AwardTerms, "award__reference"),
    (ContractItem, "number"),
    (BuyerEntitlement, "buyer__name"),
    (AgreementDocument, "title"),
    (PriceChange, "number"),
    (ContractModification, "number"),
)
BATCH = 500
STEPS: Mapping[str, str] = {
    "agreement.created": "Entwurf angelegt",
    "agreement.edited": "geändert",
    "agreement.listed": "gelistet",
    "agreement.suspended": "ausgesetzt",
    "agreement.ended": "beendet",
    "agreement.cap_lowered": "Höchstwert gesenkt",
    "lot.created": "angelegt",
    "lot.edited": "geändert",
    "lot.removed": "Los aus dem Entwurf entfernt",
    "award.created": "angelegt",
    "award.edited": "geändert",
    "award.removed": "Zuschlag aus dem Entwurf entfernt",
    "terms.added": "neue Fassung",
    "item.created": "angelegt",
    "item.edited": "geändert",
    "item.removed": "Position aus dem Entwurf entfernt",
    "price.set": "Preis festgelegt",
    "entitlement.named": "benannt",
    "entitlement.ended": "Ende festgelegt",
    "quota.set": "Kontingent festgelegt",
    "quota.transferred": "Kontingent übertragen",
    "quota.returned": "Kontingent zurückgegeben",
    "document.uploaded": "hochgeladen",
    "document.withdrawn": "zurückgezogen",
    "price_change.proposed": "vorgeschlagen",
    "price_change.decided": "entschieden",
    "price_change.accepted": "angenommen",
    "price_change.rejected": "abgelehnt",
    "price_change.withdrawn": "zurückgezogen",
    "modification.registered": "eingetragen",
    "modification.approved": "genehmigt",
    "modification.rejected": "abgelehnt",
    "modification.cap_raised": "Grenze erhöht",
    "modification.term_extended": "Laufzeit verlängert",
}
FIELDS: Mapping[str, str] = {
    "number": "Nummer",
    "title": "Titel",
    "notice_number": "Bekanntmachung",
    "starts_on": "Beginn",
    "ends_on": "Ende",
    "estimate": "Schätzwert",
    "maximum": "Höchstwert",
    "responsible": "verantwortlich",
    "term_justification": "Begründung der Laufzeit",
    "state": "Stand",
    "end_reason": "beendet durch",
    "allocation": "Vergaberegel",
    "cpv": "CPV-Codes",
    "supplier": "Lieferant",
    "reference": "Zuschlagsvermerk",
    "awarded_on": "Zuschlag am",
    "rank": "Rang",
    "unit": "Einheit",
    "product_group": "Warengruppe",
    "basis": "Preisbasis",
    "role": "Art",
    "periods": "Zeiträume",
    "period_months": "Monate je Zeitraum",
    "vat_class": "Steuerklasse",
    "cumulative_tiers": "Staffel über alle Abrufe",
    "max_quantity": "Höchstmenge",
    "delivery_days": "Lieferzeit (Werktage)",
    "tiers": "Staffel",
    "valid_from": "gültig ab",
    "valid_to": "gültig bis",
    "price_unit": "je Einheiten",
    "buyer": "Abrufberechtigte",
    "lot": "Los",
    "quota": "Kontingent",
    "version": "Fassung",
    "payment_days": "Zahlungsziel (Tage)",
    "discount_percent": "Skonto (%)",
    "discount_days": "Skontofrist (Tage)",
    "minimum_order": "Mindestbestellwert",
    "penalty_percent_per_week": "Vertragsstrafe je Woche (%)",
    "delivery_clause": "Lieferbedingung",
    "split_over_ranks": "über Ränge teilbar",
    "confirmation_days": "Frist zur Bestätigung (Werktage)",
    "rise_percent_per_year": "Erhöhung je Jahr (%)",
    "rise_earliest_on": "Erhöhung frühestens",
    "price_notice_days": "Ankündigungsfrist (Tage)",
    "automatic_fall": "Senkung ohne Prüfung",
    "filename": "Datei",
    "kind": "Art",
    "audience": "sichtbar für",
    "sha256": "SHA-256",
    "account": "Höchstwert oder Höchstmenge",
    "limit": "Grenze",
    "value": "Wert netto",
    "cumulative": "kumuliert",
    "route": "Weg",
    "percent": "größte Änderung (%)",
    "effective_from": "gilt ab",
}
STATES: Mapping[str, str] = {
    "draft": "Entwurf",
    "listed": "gelistet",
    "suspended": "ausgesetzt",
    "ended": "beendet",
    **dict(PriceChangeState.choices),
    **dict(ModificationState.choices),
}
_MONEY = frozenset({"estimate", "maximum", "quota", "minimum_order", "value", "cumulative"})
_PIECES = frozenset({"max_quantity"})
_DAYS = frozenset(
    {
        "starts_on", "ends_on", "awarded_on", "valid_from", "valid_to", "rise_earliest_on",
        "effective_from",
    }
)  # fmt: skip
_NUMBERS = frozenset({"percent"})


@dataclass(frozen=True, slots=True)
class Change:
    """One field before and after."""

    label: str
    before: str
    after: str

    @property
    def is_told(self) -> bool:
        """Whether there is something to read: what begins as none or zero is not."""
        return bool(self.before) or self.after not in ("", "nein", "0")


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry with its words."""

    entry: AuditEntry
    thing: str
    step: str
    person: str
    role: str
    changes: tuple[Change, ...]


def shown(entries: Sequence[AuditEntry]) -> list[Shown]:
    """The entries with German words, in one query per kind of thing among them."""
    names, accounts = _names(entries), _accounts(entries)
    return [
        _shown(entry, names.get((entry.object_type, entry.object_id), ""), accounts)
        for entry in entries
    ]


def _names(entries: Iterable[AuditEntry]) -> dict[tuple[str, int], str]:
    keys: dict[str, set[int]] = defaultdict(set)
    for entry in entries:
        keys[entry.object_type].add(entry.object_id)
    found = {}
    for model, field in NAMES:
        kind = model._meta.label_lower  # noqa: SLF001 - Django documents _meta
        if kind in keys:
            rows = model._default_manager.filter(pk__in=keys[kind])  # noqa: SLF001 - likewise
            found.update({(kind, pk): str(name) for pk, name in rows.values_list("pk", field)})
    return found


def _accounts(entries: Iterable[AuditEntry]) -> dict[int, LimitAccount]:
    keys = {entry.before["account"] for entry in entries if "account" in (entry.before or {})}
    return LimitAccount.objects.in_bulk(keys) if keys else {}


def _shown(entry: AuditEntry, name: str, accounts: Mapping[int, LimitAccount]) -> Shown:
    before, after = dict(entry.before or {}), dict(entry.after or {})
    if (account := accounts.get(before.pop("account", 0))) is not None:
        after["account"] = account.title
        for values in (before, after):
            values["limit"] = format_amount(Decimal(values["limit"]), account.unit)
    known = [field for field in FIELDS if field in before or field in after]
    known += [field for field in {**after, **before} if field not in FIELDS]
    changes = [
        Change(FIELDS.get(field, field), _words(field, before), _words(field, after))
        for field in known
    ]
    thing = THINGS.get(entry.object_type, entry.object_type)
    return Shown(
        entry=entry,
        thing=f"{thing} {name}" if name else thing,
        step=STEPS.get(entry.action, entry.action),
        person=str(entry.person) if entry.person is not None else "System",
        role=str(Role(entry.membership.role).label) if entry.membership is not None else "",
        changes=tuple(change for change in changes if change.is_told),
    )


def export_rows(entries: Iterable[AuditEntry]) -> Iterator[tuple[Cell, ...]]:
    """The entries in the order of HEAD, in batches."""
    rest = iter(entries)
    while batch := list(islice(rest, BATCH)):
        for row in shown(batch):
            yield _export_row(row)


def _export_row(row: Shown) -> tuple[Cell, ...]:
    entry = row.entry
    return (
        entry.at,
        row.person,
        str(entry.on_behalf_of) if entry.on_behalf_of is not None else None,
        row.role,
        entry.organisation.name if entry.organisation is not None else None,
        row.thing,
        row.step,
        "; ".join(f"{change.label}: {change.before}" for change in row.changes if change.before),
        "; ".join(f"{change.label}: {change.after}" for change in row.changes if change.after),
        entry.reason,
    )


def _words(name: str, values: Mapping[str, Any]) -> str:
    value = values.get(name)
    if value is None or value in ("", []):
        return ""
    if isinstance(value, bool):
        return "ja" if value else "nein"
    if isinstance(value, list):
        return ", ".join(str(part) for part in value)
    if name == "state":
        return STATES.get(str(value), str(value))
    if name == "route":
        return str(PriceChangeRoute(value).label)
    return _figure(name, str(value))


def _figure(name: str, text: str) -> str:
    """Money, pieces and days the German way; anything else as it is kept."""
    try:
        if name in _MONEY:
            return format_money(Decimal(text))
        if name in _NUMBERS:
            return f"{Decimal(text):+.2f}".replace(".", ",").replace("-", "−")
        if name in _PIECES:
            return format_quantity(Decimal(text))
        if name in _DAYS:
            return format_day(date.fromisoformat(text))
    except (InvalidOperation, ValueError):
        return text
    return text
