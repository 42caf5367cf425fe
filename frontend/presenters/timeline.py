"""The audit trail of an object as people read it: what happened, when, by whom."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Model, Q

from contracts.audit.models import AuditEntry

# action -> (words, variant of the mark)
ACTIONS: Mapping[str, tuple[str, str]] = {
    "requisition.created": ("Anforderung angelegt", ""),
    "requisition.revised": ("Neue Fassung geschrieben", ""),
    "requisition.handed_over": ("An die Beschaffung gegeben", ""),
    "requisition.handed_back": ("Von der Beschaffung an die Schule zurückgegeben", ""),
    "requisition.recalled": ("Von der Schule zurückgeholt", ""),
    "requisition.submitted": ("Eingereicht, Mittel und Höchstwerte vorgemerkt", ""),
    "requisition.decision.approve": ("Freigegeben", "success"),
    "requisition.decision.reject": ("Ablehnung entschieden", "danger"),
    "requisition.decision.return": ("Zur Überarbeitung gegeben", ""),
    "requisition.rejected": ("Abgelehnt, Vormerkungen aufgelöst", "danger"),
    "requisition.returned": ("Zurück bei der anfordernden Stelle, Vormerkungen aufgelöst", ""),
    "requisition.withdrawn": ("Zurückgezogen", ""),
    "requisition.expired": ("Verfallen, Vormerkungen aufgelöst", ""),
    "requisition.escalated": ("Frist abgelaufen, weitergegeben", "danger"),
    "requisition.sitting_noted": ("Sitzung des Gremiums vermerkt", ""),
    "requisition.expiry_warned": ("Auf den Verfall hingewiesen", ""),
    "requisition.attachment_added": ("Anlage hinzugefügt", ""),
    "requisition.attachment_withdrawn": ("Anlage zurückgezogen", ""),
    "requisition.commented": ("Kommentar geschrieben", ""),
    "call_off.issued": ("Abruf erteilt", "success"),
    "call_off.confirmed": ("Vom Lieferanten bestätigt", ""),
    "call_off.changed": ("Vom Lieferanten geändert", ""),
    "call_off.refused": ("Vom Lieferanten abgelehnt", "danger"),
    "call_off.partly_delivered": ("Teilweise geliefert", ""),
    "call_off.delivered": ("Geliefert", "success"),
    "call_off.invoiced": ("Berechnet", ""),
    "call_off.closed": ("Abgeschlossen", ""),
    "call_off.cancelled": ("Storniert", "danger"),
    "call_off.partly_cancelled": ("Teilweise storniert", ""),
    "call_off.closed_short": ("Restmenge aufgegeben", ""),
    "call_off.timed_out": ("Nicht fristgerecht bestätigt, zurückgenommen", "danger"),
    "upload.received": ("Datei eingegangen", ""),
    "upload.checked": ("Datei geprüft", ""),
    "upload.refused": ("Datei abgelehnt", "danger"),
    "upload.submitted": ("Beim Vertragsmanagement eingereicht", ""),
    "upload.withdrawn": ("Zurückgezogen", ""),
    "upload.published": ("Veröffentlicht", "success"),
    "successor.proposed": ("Nachfolger vorgeschlagen", ""),
    "successor.released": ("Nachfolger freigegeben und gelistet", "success"),
    "successor.rejected": ("Nachfolger abgelehnt", "danger"),
    "successor.withdrawn": ("Vorschlag zurückgezogen", ""),
    "price_change.proposed": ("Preisänderung vorgeschlagen", ""),
    "price_change.decided": ("Vom Vertragsmanagement angenommen", ""),
    "price_change.accepted": ("Angenommen, neue Preisfassung angelegt", "success"),
    "price_change.rejected": ("Abgelehnt", "danger"),
    "price_change.withdrawn": ("Zurückgezogen", ""),
    "modification.registered": ("Ins Änderungsregister eingetragen", ""),
    "modification.approved": ("Vertragsänderung genehmigt", "success"),
    "modification.rejected": ("Vertragsänderung abgelehnt", "danger"),
    "modification.cap_raised": ("Grenze erhöht", "success"),
    "modification.term_extended": ("Laufzeit verlängert", "success"),
    "agreement.cap_lowered": ("Grenze gesenkt", ""),
    "agreement.listed": ("Gelistet", "success"),
}


_SENT_BACK = ("requisition.handed_back", "requisition.returned")


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of the timeline; `pending` ones are still to come and have no time."""

    text: str
    at: datetime | None = None
    actor: str = ""
    on_behalf_of: str = ""
    note: str = ""
    next_owner: str = ""
    variant: str = ""
    pending: bool = False
    action: str = ""


def history(*objects: Model) -> list[Event]:
    """What was recorded about the objects, oldest first, in one query."""
    if not objects:
        return []
    wanted = Q()
    for kind, keys in _by_kind(objects).items():
        wanted |= Q(object_type=kind, object_id__in=keys)
    rows = AuditEntry.objects.filter(wanted).select_related(
        "person", "on_behalf_of", "organisation"
    )
    return [_event(row) for row in rows.order_by("pk")]


def last_sent_back(events: Sequence[Event]) -> Event | None:
    """The latest time a requisition was given back with words, by procurement or approval."""
    return next((row for row in reversed(events) if row.action in _SENT_BACK and row.note), None)


def _by_kind(objects: Iterable[Model]) -> dict[str, Collection[int]]:
    kinds: dict[str, list[int]] = {}
    for obj in objects:
        kind = obj._meta.label_lower  # noqa: SLF001 - Django documents _meta
        kinds.setdefault(kind, []).append(obj.pk)
    return dict(kinds)


def _event(row: AuditEntry) -> Event:
    words, variant = ACTIONS.get(row.action, (row.action, ""))
    after = row.after if isinstance(row.after, dict) else {}
    number = after.get("number")
    if row.action == "requisition.decision.approve" and after.get("read") != after.get("revision"):
        words = "Gekürzt freigegeben"
    actor = f"{row.person}, {row.organisation}" if row.person is not None else "System"
    return Event(
        text=f"{words}: {number}" if number else words,
        at=row.at,
        actor=actor,
        on_behalf_of=str(row.on_behalf_of) if row.on_behalf_of is not None else "",
        note=_note(row),
        variant=variant,
        action=row.action,
    )


def _note(row: AuditEntry) -> str:
    """Quantities by line and the delivery note where there are some, then the reason."""
    after = row.after if isinstance(row.after, dict) else {}
    quantities = after.get("quantities") or {}
    points = [f"Zeile {number}: {quantity}" for number, quantity in quantities.items()]
    if after.get("delivery_note"):
        points.append(f"Lieferschein {after['delivery_note']}")
    return " – ".join(part for part in (", ".join(points), row.reason) if part)
