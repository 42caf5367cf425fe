"""Template tags and filters of the pages; each renders one small thing one way.

Usage: ``{% load kaufhaus %}``. Amounts are Decimal; see frontend.formatting.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django import template
from django.conf import settings
from django.core.paginator import Page
from django.forms import (
    BaseForm,
    BoundField,
    CheckboxInput,
    CheckboxSelectMultiple,
    FileInput,
    RadioSelect,
    Select,
    Widget,
)
from django.forms.formsets import BaseFormSet
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from frontend import formatting
from frontend.forms.once import FIELD
from frontend.gauges import CapPlot, Meter, PlotPoint
from frontend.limits import up_to
from frontend.paging import OpenEnded
from frontend.units import unit_name
from orders.lifecycle import CallOffState, RequisitionState

register = template.Library()


@register.simple_tag
def once() -> SafeString:
    """The hidden name of a form that is to count once (`frontend.forms.once`)."""
    return format_html('<input type="hidden" name="{}" value="{}">', FIELD, uuid4())


register.filter("money", formatting.format_money)
register.filter("unit_price", formatting.format_unit_price)
register.filter("exact_price", formatting.format_exact_price)
register.filter("quantity", formatting.format_quantity)
register.filter("percent", formatting.format_percent)
register.filter("share", formatting.format_share)
register.filter("amount", formatting.format_amount)
register.filter("day", formatting.format_day)
register.filter("moment", formatting.format_moment)
register.filter("unit_name", unit_name)
register.filter("up_to", up_to)

# Pages by their words and numbers, one of them at least, and whom somebody signs for.
_OWN_PAGE = r"/[a-z]+/(?:\d+/)?(?:[a-z]+/)?(?:\?fuer=\d+)?"
ALERT_VARIANTS = {"success": "success", "warning": "warning", "error": "danger"}

_R, _C = RequisitionState, CallOffState
STATE_VARIANTS: dict[RequisitionState | CallOffState, str] = {
    _R.DRAFT: "neutral",
    _R.SUBMITTED: "info",
    _R.APPROVED: "success",
    _R.PARTLY_APPROVED: "warning",
    _R.REJECTED: "danger",
    _R.RETURNED: "warning",
    _R.WITHDRAWN: "neutral",
    _R.EXPIRED: "neutral",
    _C.ISSUED: "info",
    _C.CONFIRMED: "info",
    _C.CHANGED: "warning",
    _C.REFUSED: "danger",
    _C.PARTLY_DELIVERED: "warning",
    _C.DELIVERED: "success",
    _C.INVOICED: "success",
    _C.CLOSED: "neutral",
    _C.CLOSED_SHORT: "neutral",
    _C.CANCELLED: "danger",
}
STATES = {state.value: state for state in STATE_VARIANTS}
LEVEL_VARIANTS = {"notice": "info", "warning": "warning", "critical": "danger", "over": "danger"}


@register.filter
def own_links(text: str) -> SafeString:
    """Turn our own addresses in a text into links that stay on the host that is open.

    Absolute ones (`SITE_URL`), as in mails, and bare ones (``/anforderungen/5/``).
    """
    own = rf"((?<![\w/]){re.escape(settings.SITE_URL)}{_OWN_PAGE}|(?<![\w/:.]){_OWN_PAGE})"
    parts = re.split(own, text)
    return format_html_join(
        "",
        "{}",
        ((_own_link(part) if position % 2 else part,) for position, part in enumerate(parts)),
    )


def _own_link(address: str) -> SafeString:
    path = address.removeprefix(settings.SITE_URL)
    return format_html('<a href="{}">{}</a>', path, address)


@register.filter
def image_url(image: str) -> str:
    """Return the address of an article's picture, which lies among the static files."""
    return image if image.startswith("/") else f"{settings.STATIC_URL}{image}"


@register.filter
def total(rows: Iterable[object], name: str) -> Decimal:
    """The sum of one amount of the rows: ``{{ rows|total:"gross" }}``."""
    return sum((getattr(row, name) for row in rows), Decimal(0))


@register.filter
def alert_variant(level_tag: str) -> str:
    """Return the KERN alert variant of a message's level tag."""
    return ALERT_VARIANTS.get(level_tag, "info")


@register.inclusion_tag("frontend/tags/badge.html")
def badge(text: str, variant: str = "neutral") -> dict[str, str]:
    """Render a badge: ``{% badge "Rahmenvertrag endet bald" "warning" %}``.

    Variants: neutral, info, success, warning, danger. The words carry the meaning.
    """
    return {"text": text, "variant": variant}


@register.inclusion_tag("frontend/tags/badge.html")
def status_badge(state: str) -> dict[str, str]:
    """Render the state of a requisition or call-off: ``{% status_badge call_off.state %}``."""
    known = STATES[state]
    return {"text": known.label, "variant": STATE_VARIANTS[known]}


@register.inclusion_tag("frontend/tags/meter.html")
def meter(
    label: str,
    limit: Decimal | None,
    held: Decimal,
    posted: Decimal,
    unit: str = "EUR",
    *,
    compact: bool = False,
) -> dict[str, Any]:
    """Render how much of a limit is posted, held and free, in words and as a bar.

    ``{% meter label=line.title limit=line.limit held=line.held posted=line.posted %}``;
    `compact` leaves out the legend, for table cells.
    """
    gauge = Meter(label=label, limit=limit, held=held, posted=posted, unit=unit)
    variant = LEVEL_VARIANTS.get(gauge.level, "")
    return {"meter": gauge, "variant": variant, "compact": compact}


@register.inclusion_tag("frontend/tags/meter.html")
def account_meter(account: Any, label: str = "", *, compact: bool = False) -> dict[str, Any]:
    """Render the meter of a limit account: ``{% account_meter line.account %}``."""
    return meter(
        label=label or account.title,
        limit=account.limit_amount,
        held=account.held,
        posted=account.posted,
        unit=account.unit,
        compact=compact,
    )


@register.inclusion_tag("frontend/tags/cap_plot.html")
def cap_plot(
    title: str,
    points: Iterable[tuple[date, Decimal, Decimal]],
    limit: Decimal,
    unit: str = "EUR",
    exhausted_on: date | None = None,
) -> dict[str, Any]:
    """Render the use of a cap over time as a plot with its table of values.

    `points`: (day, posted, held) at the end of each day, oldest first; `exhausted_on`:
    day on which the limit is forecast to be reached.
    """
    series = [PlotPoint(day, posted, held) for day, posted, held in points]
    plot = CapPlot(series, limit, unit, exhausted_on) if series else None
    return {"title": title, "plot": plot}


@register.inclusion_tag("frontend/tags/pagination.html", takes_context=True)
def pagination(context: template.Context, page: Page[Any], name: str = "seite") -> dict[str, Any]:
    """Render the pages of a Django page; all other GET parameters are kept.

    ``{% pagination page %}``; `name` is the GET parameter that holds the page number. A page
    shown after a refusal names its list: `list_url` (`frontend.lists`).
    """
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    shown = [number if isinstance(number, int) else None for number in numbers]
    is_more = isinstance(page.paginator, OpenEnded) and page.paginator.is_more
    if is_more:
        shown.append(None)
    query, list_url = context["request"].GET, context.get("list_url", "")

    def address(number: int) -> str:
        changed = query.copy()
        changed[name] = str(number)
        return f"{list_url}?{changed.urlencode()}"

    return {
        "page": page,
        "first": page.start_index(),
        "last": page.end_index(),
        "total": page.paginator.count,
        "is_more": is_more,
        "previous": address(page.number - 1) if page.has_previous() else "",
        "next": address(page.number + 1) if page.has_next() else "",
        "entries": [(number, address(number) if number else "") for number in shown],
    }


def _kind(bound: BoundField) -> str:
    """Return which KERN markup the widget needs."""
    widget = bound.field.widget
    if isinstance(widget, (RadioSelect, CheckboxSelectMultiple)):
        return "choices"
    if isinstance(widget, CheckboxInput):
        return "checkbox"
    if isinstance(widget, Select):
        return "select"
    return "file" if isinstance(widget, FileInput) else "input"


def _choice_type(widget: Widget) -> str:
    """Return the input type of a list of choices; Django's checkbox list is a RadioSelect too."""
    return "checkbox" if isinstance(widget, CheckboxSelectMultiple) else "radio"


def _widget(bound: BoundField, kind: str) -> SafeString:
    """Render the widget with KERN's class, and bound to its hint and its errors."""
    css = {
        "select": "kern-form-input__select",
        "checkbox": "kern-form-check__checkbox",
    }.get(kind, "kern-form-input__input")
    names = [css, f"{css}--error" if bound.errors else "", bound.field.widget.attrs.get("class")]
    attrs: dict[str, Any] = {"class": " ".join(filter(None, names))}
    described = [f"{bound.auto_id}_hint"] if bound.help_text else []
    if bound.errors:
        described.append(f"{bound.auto_id}_error")
        attrs["aria-invalid"] = "true"
    if described:
        attrs["aria-describedby"] = " ".join(described)
    return bound.as_widget(attrs=attrs)


@register.inclusion_tag("frontend/tags/field.html")
def field(bound: BoundField, label: str = "", *, mark_optional: bool = True) -> dict[str, Any]:
    """Render one form field with label, hint and error: ``{% field form.email %}``.

    Handles text, number, date, file, textarea, select, checkbox, radios and checkbox
    lists. Hidden fields are rendered bare.
    """
    kind = "hidden" if bound.is_hidden else _kind(bound)
    return {
        "bound": bound,
        "kind": kind,
        "label": label or bound.label,
        "optional": mark_optional and not bound.field.required and kind != "checkbox",
        "widget": "" if kind in {"hidden", "choices"} else _widget(bound, kind),
        "choice_type": _choice_type(bound.field.widget),
        "hint_id": f"{bound.auto_id}_hint",
        "error_id": f"{bound.auto_id}_error",
    }


def _form_errors(form: BaseForm) -> list[dict[str, str]]:
    """Return each error with the id of the control to go to (empty for the whole form)."""
    found = [{"text": str(text), "target": ""} for text in form.non_field_errors()]
    for bound in form:
        target = bound.auto_id
        if _kind(bound) == "choices":
            target = f"{bound.auto_id}_0"
        label = str(bound.label).rstrip(".:?")
        found += [{"text": str(text), "target": target, "label": label} for text in bound.errors]
    return found


@register.inclusion_tag("frontend/tags/error_summary.html")
def error_summary(*forms: BaseForm | BaseFormSet[Any]) -> dict[str, Sequence[dict[str, str]]]:
    """Render all errors of forms and form sets, each linked to its control.

    ``{% error_summary form lines_formset %}``; nothing when there is no error. What a page does
    not have (a variable without a value) is passed over.
    """
    errors: list[dict[str, str]] = []
    for part in forms:
        if isinstance(part, BaseFormSet):
            errors += [{"text": str(text), "target": ""} for text in part.non_form_errors()]
            for form in part.forms:
                errors += _form_errors(form)
        elif isinstance(part, BaseForm) and part.is_bound:
            errors += _form_errors(part)
    return {"errors": errors}


@register.inclusion_tag("frontend/partials/timeline.html")
def timeline(events: Iterable[Any]) -> dict[str, Any]:
    """Render what happened, newest last: objects or dicts with at, actor, text.

    Optional: on_behalf_of, note, next_owner, variant, pending (a step still to come, no `at`).
    """
    return {"events": list(events)}
