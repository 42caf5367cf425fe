"""Equipment standards of the own authority: read, set, replace, lift."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from contracts.agreements.gates import standards as domain
from contracts.agreements.gates.register import reachable_groups
from contracts.agreements.models import EquipmentStandard, StandardItem
from contracts.clock import berlin_day
from frontend.access import may_open
from frontend.actor import PageRequest
from frontend.addresses import at
from frontend.downloads import Cell, table_download, wants_export
from frontend.forms.filters import IN_FORCE, PAST, StandardFilter
from frontend.forms.gates import ReasonForm
from frontend.forms.standards import GroupForm, StandardForm, standard_values
from frontend.lists import list_page
from frontend.presenters.gates import is_over, standing
from frontend.saving import form_page, sent
from frontend.views.agreement_base import today

HEAD = ("Warengruppe", "Verbindlichkeit", "Bezeichnung", "Erläuterung", "Positionen", "ab", "bis",
        "Stand", "gesetzt von", "gesetzt am")  # fmt: skip
TABS = (("standards", "Standards", "/ausstattung/"), ("bundles", "Pakete", "/ausstattung/pakete/"))


def tabs(active: str) -> list[dict[str, Any]]:
    """The two halves of the equipment pages."""
    return [{"label": label, "url": url, "active": name == active} for name, label, url in TABS]


def standards(request: PageRequest) -> HttpResponseBase:
    """The standards of the actor's organisation."""
    day = today()
    asked = StandardFilter(request.GET)
    rows = _narrowed(_with_items(domain.own_standards(request.actor)), asked.value("stand"), day)
    if wants_export(request):
        cells = (_cells(row, day) for row in rows)
        return table_download(request, "ausstattungsstandards", HEAD, cells)
    return list_page(
        request,
        "standards/standards",
        rows,
        shown=lambda found: [
            {"standard": row, "state": standing(row, day), "is_over": is_over(row, day)}
            for row in found
        ],
        filter=asked,
        may_write=may_open(request.actor, "standard_create"),
        tabs=tabs("standards"),
        tabs_label="Ausstattung",
    )


def standard_create(request: PageRequest) -> HttpResponse:
    """Which product group (first), then what of it meets the standard."""
    now = timezone.now()
    day = berlin_day(now)
    groups = reachable_groups(request.actor, day)
    group = request.GET.get("gruppe", "")
    if group not in groups:
        context = {"form": GroupForm(groups=groups), "has_groups": bool(groups)}
        status = 422 if request.method == "POST" else 200
        return render(request, "frontend/standards/group.html", context, status=status)
    form = StandardForm(sent(request), by=request.actor, group=group, on=day)
    return form_page(
        request,
        form,
        lambda: domain.create_standard(form.spec, by=request.actor, now=now),
        title="Standard setzen",
        lead=f"Warengruppe {group}",
        said=f"Der Standard für {group} ist gesetzt.",
        to=at("standards"),
    )


def standard_edit(request: PageRequest, standard_id: int) -> HttpResponse:
    """The next version of a standard; the one in force stays on record."""
    now = timezone.now()
    day = berlin_day(now)
    row = _own(request, standard_id)
    form = StandardForm(
        sent(request),
        by=request.actor,
        group=row.product_group,
        on=day,
        initial=standard_values(row, day),
    )
    return form_page(
        request,
        form,
        lambda: domain.replace_standard(row.pk, form.spec, by=request.actor, now=now),
        title="Standard ändern",
        lead=f"Warengruppe {row.product_group}. Die bisherige Fassung bleibt im Register.",
        said=f"Für {row.product_group} gilt eine neue Fassung.",
        to=at("standards"),
    )


def standard_lift(request: PageRequest, standard_id: int) -> HttpResponse:
    """The question why (GET), and the lifting (POST)."""
    now = timezone.now()
    row = _own(request, standard_id)
    form = ReasonForm(sent(request))
    return form_page(
        request,
        form,
        lambda: domain.lift_standard(
            standard_id=row.pk, reason=form.cleaned_data["reason"], by=request.actor, now=now
        ),
        title="Standard aufheben",
        lead=f"{row.title}, Warengruppe {row.product_group}: Danach ist die Warengruppe frei.",
        said="Der Standard ist aufgehoben.",
        to=at("standards"),
    )


def _own(request: PageRequest, standard_id: int) -> EquipmentStandard:
    rows = domain.own_standards(request.actor).filter(lifted_at__isnull=True)
    return get_object_or_404(rows.prefetch_related("entries"), pk=standard_id)


def _with_items(rows: QuerySet[EquipmentStandard]) -> QuerySet[EquipmentStandard]:
    entries = StandardItem.objects.select_related("item").order_by("item__number", "item_id")
    return (
        rows.select_related("set_by__user")
        .prefetch_related(Prefetch("entries", entries))
        .order_by("product_group", "-valid_from", "-pk")
    )


def _narrowed(
    rows: QuerySet[EquipmentStandard], stand: str, on: date
) -> QuerySet[EquipmentStandard]:
    over = Q(lifted_at__isnull=False) | Q(valid_to__lt=on)
    if stand == PAST:
        return rows.filter(over)
    return rows.exclude(over) if stand == IN_FORCE else rows


def _cells(row: EquipmentStandard, on: date) -> tuple[Cell, ...]:
    items = "; ".join(f"{entry.item.number} {entry.item.title}" for entry in row.entries.all())
    return (
        row.product_group,
        row.get_level_display(),
        row.title,
        row.explanation,
        items,
        row.valid_from,
        row.valid_to,
        standing(row, on),
        str(row.set_by.user),
        row.set_at,
    )
