"""Places of delivery of a revision: the address and the contact are frozen with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from django.db.models import Q, QuerySet

from contracts.agreements.prices.quotes import PricedOrder
from contracts.clock import berlin_day
from contracts.parties.models import Membership, Organisation, School
from orders.errors import InvalidDelivery, UnknownSchool
from orders.models import Requisition, RequisitionDelivery, RequisitionRevision

from .ask import Ask, Place, require_order


def own_school(authority_id: int, school_id: int | None, *, by: Membership) -> int | None:
    """The school asked for; for a membership of a school without a choice that school.

    Raises UnknownSchool for a school of another authority, and for another school than that
    of the membership.
    """
    if school_id is None:
        return by.school_id
    own = School.objects.filter(pk=school_id, authority_id=authority_id)
    if by.school_id is not None:
        own = own.filter(pk=by.school_id)
    if not own.exists():
        raise UnknownSchool("Diese Schule gehört nicht zu Ihrer Organisation.")
    return school_id


def write_deliveries(
    revision: RequisitionRevision, ask: Ask, order: PricedOrder, *, by: Membership
) -> dict[str, RequisitionDelivery]:
    """Write each place once; the delivery per line key. Lines without one go to the school
    of the requisition, or to the authority.

    Raises UnknownSchool, and InvalidDelivery also for a last day that is over.
    """
    default = Place(school_id=revision.requisition.school_id)
    wanted = {line.key: ask.place_of(line.key) or default for line in order.lines}
    places = list(dict.fromkeys(wanted.values()))
    _require_ahead(revision, places)
    schools = _schools(revision, places, by)
    rows = RequisitionDelivery.objects.bulk_create(
        _delivery(revision, number, place, schools) for number, place in enumerate(places, start=1)
    )
    by_place = dict(zip(places, rows, strict=True))
    return {key: by_place[place] for key, place in wanted.items()}


def _require_ahead(revision: RequisitionRevision, places: list[Place]) -> None:
    """No day to deliver by lies in the past; one that came to pass since may stay."""
    days = {revision.needed_by, *(place.latest for place in places)}
    today = berlin_day(revision.edited_at)
    past = {day for day in days if day is not None and day < today}
    if past and (new := past - _last_days_before(revision)):
        raise InvalidDelivery(
            f"Der {min(new):%d.%m.%Y} ist vorbei. Bitte geben Sie für „Benötigt bis“ und für die "
            "späteste Lieferung einen Tag ab heute an, oder lassen Sie das Feld leer."
        )


def _last_days_before(revision: RequisitionRevision) -> set[date | None]:
    before = RequisitionRevision.objects.filter(
        requisition=revision.requisition_id, number=revision.number - 1
    )
    return {day for row in before.values_list("needed_by", "deliveries__latest") for day in row}


def deliverable(by: Membership, requisition: Requisition | None = None) -> QuerySet[School]:
    """Schools that may be delivered to: the authority's; for a school only itself, and what
    a revision of the requisition names already.
    """
    rows = School.objects.filter(authority_id=by.organisation_id)
    if by.school_id is None:
        return rows
    before = RequisitionDelivery.objects.filter(revision__requisition=requisition)
    return rows.filter(Q(pk=by.school_id) | Q(pk__in=before.values("school_id")))


def _schools(
    revision: RequisitionRevision, places: list[Place], by: Membership
) -> dict[int, School]:
    wanted = {place.school_id for place in places if place.school_id is not None}
    if not wanted:
        return {}
    rows = deliverable(by, revision.requisition).filter(pk__in=wanted)
    found = {row.pk: row for row in rows}
    if wanted - found.keys():
        raise UnknownSchool(
            "Geliefert wird nur an Schulen Ihrer Organisation; diese gehört nicht dazu."
        )
    return found


def _delivery(
    revision: RequisitionRevision, number: int, place: Place, schools: dict[int, School]
) -> RequisitionDelivery:
    require_order(place)
    school = schools.get(place.school_id) if place.school_id is not None else None
    address: School | Organisation = school or revision.requisition.authority
    full = _completed(place, school)
    return RequisitionDelivery(
        revision=revision,
        number=number,
        school=school,
        name=address.name,
        street=address.street,
        postcode=address.postcode,
        city=address.city,
        contact=full.contact,
        phone=full.phone,
        earliest=full.earliest,
        latest=full.latest,
        time_from=full.time_from,
        time_until=full.time_until,
        note=full.note,
    )


def _completed(place: Place, school: School | None) -> Place:
    """What was left empty, from the school's standing data."""
    if school is None:
        return place
    has_window = place.time_from is not None
    return replace(
        place,
        contact=place.contact or school.contact,
        phone=place.phone or school.phone,
        time_from=place.time_from if has_window else school.delivery_from,
        time_until=place.time_until if has_window else school.delivery_until,
        note=place.note or school.delivery_note,
    )
