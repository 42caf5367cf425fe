"""Addresses of pages, and the way to one as the head of the page shows it."""

from __future__ import annotations

from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from frontend.actor import PageRequest
from orders.models import Requisition


def at(name: str, *of: object) -> str:
    """The address of a page: ``at("call_off", row.pk)``."""
    return reverse(f"frontend:{name}", args=of)


def as_it_was(request: PageRequest, list_address: str) -> str:
    """A list on the page and with the filter that a button in one of its rows brought along."""
    query = request.GET.urlencode()
    return f"{list_address}?{query}" if query else list_address


def came_from(request: PageRequest, otherwise: str) -> str:
    """The page a form was sent from (`next`), if it is one of ours."""
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()})
    return target if safe else otherwise


def crumbs(*above: tuple[str, str], here: str) -> list[dict[str, str]]:
    """The way to a page: label and address of each page above it, then its own label."""
    return [{"label": label, "url": url} for label, url in (*above, (here, ""))]


def crumbs_of(requisition: Requisition, here: str) -> list[dict[str, str]]:
    """The way to a page about a requisition."""
    return crumbs(
        ("Anforderungen", at("requisitions")),
        (requisition.number, at("requisition", requisition.pk)),
        here=here,
    )
