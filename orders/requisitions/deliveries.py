"""Places of delivery of a revision: the address and the contact are frozen with it."""

from __future__ import annotations

from dataclasses import replace

from contracts.agreements.prices.quotes import PricedOrder
from contracts.parties.models import Membership, Organisation, School
from orders.errors import InvalidDelivery, UnknownSchool
from orders.models import RequisitionDelivery, RequisitionRevision

from .ask import Ask, Place


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

    Raises UnknownSchool or InvalidDelivery.
    """
    default = Place(school_id=revision.requisition.school_id)
    wanted = {line.key: ask.place_of(line.key) or default for line in order.lines}
    places = list(dict.fromkeys(wanted.values()))
    schools = _schools(revision, places, by)
    rows = RequisitionDelivery.objects.bulk_create(
        _delivery(revision, number, place, schools) for number, place in enumerate(places, start=1)
    )
    by_place = dict(zip(places, rows, strict=True))
    return {key: by_place[place] for key, place in wanted.items()}


def _schools(
    revision: RequisitionRevision, places: list[Place], by: Membership
) -> dict[int, School]:
    """The schools named: the authority's, and for a school only itself (or what was there)."""
    wanted = {place.school_id for place in places if place.school_id is not None}
    authority_id = revision.requisition.authority_id
    found = {row.pk: row for row in School.objects.filter(pk__in=wanted, authority_id=authority_id)}
    foreign = wanted - found.keys()
    if by.school_id is not None:
        before = RequisitionDelivery.objects.filter(revision__requisition=revision.requisition)
        known = {by.school_id, *before.values_list("school_id", flat=True)}
        foreign |= wanted - known
    if foreign:
        raise UnknownSchool(
            "Geliefert wird nur an Schulen Ihrer Organisation; diese gehört nicht dazu."
        )
    return found


def _delivery(
    revision: RequisitionRevision, number: int, place: Place, schools: dict[int, School]
) -> RequisitionDelivery:
    _require_order(place)
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


def _require_order(place: Place) -> None:
    if place.earliest and place.latest and place.latest < place.earliest:
        raise InvalidDelivery("Der späteste Liefertag liegt vor dem frühesten.")
    if (place.time_from is None) != (place.time_until is None):
        raise InvalidDelivery("Das Zeitfenster braucht Beginn und Ende.")
    if place.time_from and place.time_until and place.time_until <= place.time_from:
        raise InvalidDelivery("Das Zeitfenster endet vor seinem Beginn.")
