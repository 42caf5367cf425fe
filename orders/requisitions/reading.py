"""Reading requisitions within the actor's organisation, and locking one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from django.db.models import Prefetch, QuerySet

from contracts.agreements.prices.ordering import Wanted
from contracts.audit.models import AuditEntry
from contracts.clock import BERLIN
from contracts.parties.models import Membership
from orders.errors import NotFound
from orders.facts import Place
from orders.lifecycle import RequisitionState
from orders.models import Assignment, Requisition, RequisitionDelivery, RequisitionLine

from .ask import Ask, Share

_BROUGHT_BY = {
    RequisitionState.DRAFT.value: "requisition.created",
    RequisitionState.APPROVED.value: "requisition.decision.approve",
    RequisitionState.PARTLY_APPROVED.value: "requisition.decision.approve",
}
"""The audit's word for what led into a state, where it is not the state's own."""


class AskedLine(NamedTuple):
    """How many of what a line asks for."""

    line_no: int
    title: str
    quantity: int


def visible_requisitions(by: Membership) -> QuerySet[Requisition]:
    """Requisitions of the actor's organisation; a school sees its own only."""
    rows = Requisition.objects.filter(authority_id=by.organisation_id)
    if by.school_id is not None:
        rows = rows.filter(school_id=by.school_id)
    return rows


def found(requisition_id: int, by: Membership) -> Requisition:
    """A requisition of the actor's organisation, to be read; raises NotFound."""
    row = visible_requisitions(by).select_related("authority").filter(pk=requisition_id).first()
    if row is None:
        raise NotFound("Diese Anforderung gibt es in Ihrer Organisation nicht.")
    return row


def last_change(requisition: Requisition) -> str:
    """Who brought the requisition into its state and when; empty when nobody did yet."""
    entry = (
        AuditEntry.objects.filter(
            object_type="orders.requisition",
            object_id=requisition.pk,
            action=_BROUGHT_BY.get(requisition.state, f"requisition.{requisition.state}"),
        )
        .select_related("person")
        .order_by("-pk")
        .first()
    )
    if entry is None:
        return ""
    when = entry.at.astimezone(BERLIN)
    who = str(entry.person) if entry.person is not None else "durch Fristablauf"
    return f"{who}, {when:%d.%m.%Y, %H:%M} Uhr"


def key_of(line: RequisitionLine) -> str:
    """Two lines may stand on one listing, so it is the number that tells them apart."""
    return str(line.line_no)


def wanted_of(lines: Sequence[RequisitionLine]) -> list[Wanted]:
    """The lines as they were asked for, to be priced again."""
    return [Wanted(key_of(line), line.listing_id, line.quantity) for line in lines]


def asked_lines(requisition: Requisition) -> list[AskedLine]:
    """Number, title and quantity of the lines of the current revision, for who needs no more."""
    rows = RequisitionLine.objects.filter(
        revision__requisition=requisition, revision__number=requisition.current_revision
    )
    found = rows.order_by("line_no").values_list("line_no", "title", "quantity")
    return [AskedLine(*row) for row in found]


def current_lines(requisition: Requisition) -> list[RequisitionLine]:
    """Lines of the current revision with everything events, holds and documents need."""
    return lines_of(requisition, requisition.current_revision)


def lines_of(requisition: Requisition, revision_no: int) -> list[RequisitionLine]:
    """Lines of one revision, with the same."""
    return list(
        RequisitionLine.objects.filter(
            revision__requisition=requisition, revision__number=revision_no
        )
        .select_related(
            "revision",
            "delivery",
            "terms",
            "listing__article",
            "listing__stockrecord",
            "listing__item__award__supplier",
            "listing__item__award__lot__agreement",
        )
        .prefetch_related(
            Prefetch(
                "assignments",
                Assignment.objects.order_by("number").select_related(
                    "budget_entity",
                    "budget_line__budget_entity",
                    "budget_line__own_account",
                    "budget_line__pool__account",
                ),
            )
        )
        .order_by("line_no")
    )


def ask_of(lines: Sequence[RequisitionLine]) -> Ask:
    """The revision of the lines as an Ask, to write the next one from."""
    revision = lines[0].revision
    return Ask(
        title=revision.title,
        justification=revision.justification,
        needed_by=revision.needed_by,
        shares={
            key_of(line): [
                Share(row.budget_line_id, row.share_percent) for row in line.assignments.all()
            ]
            for line in lines
        },
        places={key_of(line): place_of(line.delivery) for line in lines if line.delivery},
    )


def place_of(delivery: RequisitionDelivery) -> Place:
    """A delivery as it was asked for."""
    return Place(
        school_id=delivery.school_id,
        contact=delivery.contact,
        phone=delivery.phone,
        earliest=delivery.earliest,
        latest=delivery.latest,
        time_from=delivery.time_from,
        time_until=delivery.time_until,
        note=delivery.note,
    )
