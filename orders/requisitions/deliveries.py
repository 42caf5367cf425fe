"""Places of delivery of a revision: the address and the contact are frozen with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import Q, QuerySet

from contracts.agreements.prices.ordering import PricedOrder
from contracts.parties.models import Membership, Organisation, School
from orders.errors import InvalidDelivery, UnknownSchool
from orders.facts import Place, RevisionFacts
from orders.models import Requisition, RequisitionDelivery

from .ask import Ask, require_order


@dataclass(frozen=True, slots=True)
class Placed:
    """Each place once, in the order met, and which of them a line key goes to."""

    places: tuple[Place, ...]
    number_of: Mapping[str, int]


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


def placed(ask: Ask, order: PricedOrder, school_id: int | None) -> Placed:
    """Where the lines go; those without a place of their own to the school of the requisition,
    or to the authority.
    """
    default = Place(school_id=school_id)
    wanted = {line.key: ask.place_of(line.key) or default for line in order.lines}
    places = tuple(dict.fromkeys(wanted.values()))
    numbers = {place: number for number, place in enumerate(places, start=1)}
    return Placed(places, {key: numbers[place] for key, place in wanted.items()})


def require_ahead(
    ask: Ask, places: Iterable[Place], today: date, previous: RevisionFacts | None
) -> None:
    """No day to deliver by lies in the past; one that came to pass since may stay.

    Raises InvalidDelivery.
    """
    days = {ask.needed_by, *(place.latest for place in places)}
    past = {day for day in days if day is not None and day < today}
    if past and (new := past - _last_days(previous)):
        raise InvalidDelivery(
            f"Der {min(new):%d.%m.%Y} ist vorbei. Bitte geben Sie für „Benötigt bis“ und für die "
            "späteste Lieferung einen Tag ab heute an, oder lassen Sie das Feld leer."
        )


def _last_days(previous: RevisionFacts | None) -> set[date | None]:
    if previous is None:
        return set()
    return {
        previous.needed_by,
        *(line.place.latest for line in previous.lines if line.place is not None),
    }


def deliverable(by: Membership, requisition: Requisition | None = None) -> QuerySet[School]:
    """Schools that may be delivered to: the authority's; for a school only itself, and what
    a revision of the requisition names already.
    """
    rows = School.objects.filter(authority_id=by.organisation_id)
    if by.school_id is None:
        return rows
    before = RequisitionDelivery.objects.filter(revision__requisition=requisition)
    return rows.filter(Q(pk=by.school_id) | Q(pk__in=before.values("school_id")))


def read_schools(
    places: Iterable[Place], requisition: Requisition | None, by: Membership
) -> dict[int, School]:
    """The schools of the places, in at most one query. Raises UnknownSchool."""
    wanted = {place.school_id for place in places if place.school_id is not None}
    if not wanted:
        return {}
    found = {row.pk: row for row in deliverable(by, requisition).filter(pk__in=wanted)}
    if wanted - found.keys():
        raise UnknownSchool(
            "Geliefert wird nur an Schulen Ihrer Organisation; diese gehört nicht dazu."
        )
    return found


def named_schools(places: Iterable[Place]) -> dict[int, School]:
    """The schools of places that were released before."""
    wanted = {place.school_id for place in places if place.school_id is not None}
    return School.objects.in_bulk(wanted) if wanted else {}


def delivery_row(
    number: int, place: Place, school: School | None, authority: Organisation
) -> RequisitionDelivery:
    """A place with the address as it is now, not saved. Raises InvalidDelivery."""
    require_order(place)
    address: School | Organisation = school or authority
    full = _completed(place, school)
    return RequisitionDelivery(
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
