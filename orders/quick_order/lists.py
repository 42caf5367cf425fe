"""Named shared lists (Merklisten): what is needed again and again.

Who sees a list may use it. What is on it is changed by its owner, by the authority's
procurement, and by a school together on the school's list: one school does not change what
all others order by. Name, audience and end belong to the owner and to procurement. Every change
is locked and audited; scoping stands in the query.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from contracts.agreements.entitlement import entitled_listings
from contracts.agreements.models import Listing
from contracts.audit.record import record
from contracts.clock import berlin_day
from contracts.constraints import Refusals, translated
from contracts.parties.acting import require_role
from contracts.parties.models import Membership, Role
from contracts.pricing import InvalidQuantity
from contracts.retrying import again
from orders.basket import baskets
from orders.errors import (
    EmptyBasket,
    InvalidList,
    ListNameTaken,
    NotAllowed,
    NotFound,
    UnknownSchool,
)
from orders.models import Requisition, ShoppingList, ShoppingListLine
from orders.models.shopping_list import ListAudience
from orders.requisitions import ASKING_ROLES, current_lines, visible_requisitions

from .rows import MAX_QUANTITY
from .standing import for_standing, standings

MAX_LINES = 2_000
MAX_NAME = 120


@dataclass(frozen=True, slots=True)
class ListHead:
    """Name and audience of a list."""

    name: str
    audience: ListAudience


def visible_lists(by: Membership) -> QuerySet[ShoppingList]:
    """Lists in use of the actor's authority: own ones, those of the school, those for all."""
    seen = Q(created_by__user_id=by.user_id) | Q(audience=ListAudience.AUTHORITY)
    if by.school_id is not None:
        seen |= Q(audience=ListAudience.SCHOOL, school_id=by.school_id)
    return ShoppingList.objects.filter(
        seen, authority_id=by.organisation_id, retired_at__isnull=True
    )


def may_write(row: ShoppingList, by: Membership) -> bool:
    """Whether the actor may change what is on a list that it sees."""
    is_of_school = row.audience == ListAudience.SCHOOL
    return may_rename(row, by) or (by.role in ASKING_ROLES and is_of_school)


def writable_lists(by: Membership) -> QuerySet[ShoppingList]:
    """Of the visible lists those that the actor may change; see `may_write`."""
    rows = visible_lists(by)
    if by.role == Role.PROCUREMENT_OFFICER:
        return rows
    return rows.filter(Q(created_by__user_id=by.user_id) | Q(audience=ListAudience.SCHOOL))


def may_rename(row: ShoppingList, by: Membership) -> bool:
    """Whether the actor may rename, share and retire a list that it sees."""
    is_owner = row.created_by.user_id == by.user_id
    return by.role in ASKING_ROLES and (is_owner or by.role == Role.PROCUREMENT_OFFICER)


@again
def create(
    head: ListHead, *, quantities: Mapping[int, int], by: Membership, now: datetime
) -> ShoppingList:
    """Write a list with quantities by listing, maybe none yet.

    Raises NotAllowed, NotFound (a listing out of reach), InvalidList, ListNameTaken,
    UnknownSchool, InvalidQuantity.
    """
    require_role(by, ASKING_ROLES, now)
    _require_reach(quantities, by, now)
    return _created(head, quantities, by, now)


def create_from_basket(head: ListHead, *, by: Membership, now: datetime) -> ShoppingList:
    """Keep what lies in the open basket as a list; the basket stays as it is.

    Raises EmptyBasket and what `create` raises.
    """
    require_role(by, ASKING_ROLES, now)
    quantities = dict(baskets.quantities(by))
    if not quantities:
        raise EmptyBasket("Der Bedarfskorb ist leer; es gibt nichts zu merken.")
    return _created(head, quantities, by, now)


def create_from_requisition(
    head: ListHead, *, requisition_id: int, by: Membership, now: datetime
) -> ShoppingList:
    """Keep what a requisition of the actor's scope asks for as a list.

    Raises NotFound and what `create` raises.
    """
    require_role(by, ASKING_ROLES, now)
    source: Requisition | None = visible_requisitions(by).filter(pk=requisition_id).first()
    if source is None:
        raise NotFound("Diese Anforderung gibt es in Ihrer Organisation nicht.")
    quantities: dict[int, int] = {}
    for line in current_lines(source):
        total = quantities.get(line.listing_id, 0) + line.quantity
        quantities[line.listing_id] = min(total, MAX_QUANTITY)
    return _created(head, quantities, by, now)


@again
def change(list_id: int, head: ListHead, *, by: Membership, now: datetime) -> ShoppingList:
    """Rename a list and say who sees it. Raises as `create`."""
    require_role(by, ASKING_ROLES, now)
    with translated(_REFUSALS), transaction.atomic():
        row = _locked(list_id, by)
        _require_owner(row, by)
        before = _state_of(row)
        row.name, row.audience = _name(head), head.audience
        if head.audience == ListAudience.SCHOOL and row.school_id is None:
            row.school_id = _school(head, by)
        _save(row, now, "name", "audience", "school")
        record(row, "shopping_list.changed", by=by, now=now, before=before, after=_state_of(row))
    return row


@again
def retire(*, list_id: int, by: Membership, now: datetime) -> None:
    """Take a list out of use; its lines stay on record. Raises NotAllowed, NotFound."""
    require_role(by, ASKING_ROLES, now)
    with transaction.atomic():
        row = _locked(list_id, by)
        _require_owner(row, by)
        row.retired_at = now
        _save(row, now, "retired_at")
        record(row, "shopping_list.retired", by=by, now=now, before=_state_of(row))


@again
def add_line(
    *,
    list_id: int,
    listing_id: int,
    quantity: int,
    by: Membership,
    now: datetime,
    form: UUID | None = None,
) -> ShoppingList | None:
    """Add pieces of an article to a list.

    The same *form* adds once; None when it had added already. Raises NotAllowed, NotFound,
    InvalidList when the list is full, InvalidQuantity.
    """
    require_role(by, ASKING_ROLES, now)
    _require_quantities([quantity], least=1)
    _require_reach({listing_id: quantity}, by, now)
    with transaction.atomic():
        row = _locked(list_id, by)
        _require_writer(row, by)
        if not baskets.is_new_to(row, form):
            return None
        before = _quantities(row)
        total = min(before.get(listing_id, 0) + quantity, MAX_QUANTITY)
        _write(row, {listing_id: total}, before, by, now)
    return row


@again
def set_quantities(
    *, list_id: int, quantities: Mapping[int, int], by: Membership, now: datetime
) -> ShoppingList:
    """Set the quantities of lines of a list by listing; 0 takes a line off.

    What is not on the list is left out. Raises NotAllowed, NotFound, InvalidQuantity.
    """
    require_role(by, ASKING_ROLES, now)
    _require_quantities(quantities.values(), least=0)
    with transaction.atomic():
        row = _locked(list_id, by)
        _require_writer(row, by)
        before = _quantities(row)
        _write(row, {key: quantities[key] for key in quantities if key in before}, before, by, now)
    return row


@again
def take_successor(
    *, list_id: int, listing_id: int, by: Membership, now: datetime
) -> ShoppingListLine:
    """Put what may be called off in place of a replaced article into the list.

    Where the list holds it already, the quantities are summed. Raises NotAllowed, NotFound.
    """
    require_role(by, ASKING_ROLES, now)
    with transaction.atomic():
        row = _locked(list_id, by)
        _require_writer(row, by)
        before = _quantities(row)
        rows = for_standing(Listing.objects.filter(pk=listing_id, pk__in=before))
        found = standings(list(rows), buyer_id=by.organisation_id, on=berlin_day(now))
        successor = found[listing_id].successor if listing_id in found else None
        if successor is None:
            raise NotFound("Für diesen Artikel ist kein Nachfolgemodell abrufbar.")
        total = min(before.get(successor.pk, 0) + before[listing_id], MAX_QUANTITY)
        _write(row, {listing_id: 0, successor.pk: total}, before, by, now)
    return row.lines.get(listing=successor)


_REFUSALS: Refusals = {
    "orders_shopping_list_name_unique": lambda: ListNameTaken(
        "Sie haben bereits eine Merkliste dieses Namens. Bitte wählen Sie einen anderen Namen."
    ),
}


def _created(
    head: ListHead, quantities: Mapping[int, int], by: Membership, now: datetime
) -> ShoppingList:
    _require_quantities(quantities.values(), least=1)
    with translated(_REFUSALS), transaction.atomic():
        row = ShoppingList.objects.create(
            authority_id=by.organisation_id,
            school_id=_school(head, by),
            name=_name(head),
            audience=head.audience,
            created_by=by,
            created_at=now,
            updated_at=now,
        )
        record(row, "shopping_list.created", by=by, now=now, after=_state_of(row))
        if quantities:
            _write(row, quantities, {}, by, now)
    return row


def _name(head: ListHead) -> str:
    name = " ".join(head.name.split())
    if not name:
        raise InvalidList("Bitte geben Sie der Merkliste einen Namen.")
    if len(name) > MAX_NAME:
        raise InvalidList(f"Der Name darf höchstens {MAX_NAME} Zeichen haben.")
    return name


def _school(head: ListHead, by: Membership) -> int | None:
    """The school of the membership; a list for a school needs one."""
    if head.audience == ListAudience.SCHOOL and by.school_id is None:
        raise UnknownSchool(
            "Ihre Mitgliedschaft gehört zu keiner Schule. Teilen Sie die Merkliste mit dem ganzen "
            "Schulträger, oder behalten Sie sie für sich."
        )
    return by.school_id


def _require_quantities(quantities: Iterable[int], *, least: int) -> None:
    if any(not least <= quantity <= MAX_QUANTITY for quantity in quantities):
        raise InvalidQuantity(f"Bitte Mengen zwischen {least} und 1.000.000 eingeben.")


def _require_reach(quantities: Mapping[int, int], by: Membership, now: datetime) -> None:
    rows = entitled_listings(by.organisation_id, berlin_day(now)).filter(pk__in=quantities)
    if rows.count() < len(quantities):
        raise NotFound("Dieser Artikel ist für Sie nicht abrufbar.")


def _locked(list_id: int, by: Membership) -> ShoppingList:
    row = (
        visible_lists(by)
        .select_for_update(no_key=True, of=("self",))
        .select_related("created_by")
        .filter(pk=list_id)
        .first()
    )
    if row is None:
        raise NotFound("Diese Merkliste gibt es für Sie nicht (mehr).")
    return row


def _require_owner(row: ShoppingList, by: Membership) -> None:
    if not may_rename(row, by):
        raise NotAllowed(
            "Umbenennen, teilen und löschen kann die Merkliste nur, wer sie angelegt hat, oder "
            "die Beschaffung."
        )


def _require_writer(row: ShoppingList, by: Membership) -> None:
    if not may_write(row, by):
        raise NotAllowed(
            "Was auf einer Merkliste für den ganzen Schulträger steht, ändert nur, wer sie "
            "angelegt hat, oder die Beschaffung. Für eigene Mengen legen Sie eine eigene an."
        )


def _quantities(row: ShoppingList) -> dict[int, int]:
    return dict(row.lines.values_list("listing_id", "quantity"))


def _write(
    row: ShoppingList,
    wanted: Mapping[int, int],
    before: Mapping[int, int],
    by: Membership,
    now: datetime,
) -> None:
    """Set the quantities of a locked list that differ from *before*; 0 removes."""
    changed = {key: total for key, total in wanted.items() if total != before.get(key, 0)}
    if not changed:
        return
    kept = {key for key in {*before, *wanted} if wanted.get(key, before.get(key, 0))}
    if len(kept) > MAX_LINES:
        raise InvalidList("Eine Merkliste hat höchstens 2.000 Zeilen. Bitte teilen Sie sie auf.")
    row.lines.filter(listing__in=[key for key, total in changed.items() if not total]).delete()
    ShoppingListLine.objects.bulk_create(
        [
            ShoppingListLine(shopping_list=row, listing_id=key, quantity=total)
            for key, total in changed.items()
            if total
        ],
        update_conflicts=True,
        unique_fields=["shopping_list", "listing"],
        update_fields=["quantity"],
    )
    _save(row, now)
    record(
        row,
        "shopping_list.lines",
        by=by,
        now=now,
        before={str(key): before.get(key, 0) for key in changed},
        after={str(key): total for key, total in changed.items()},
    )


def _save(row: ShoppingList, now: datetime, *fields: str) -> None:
    row.updated_at = now
    row.save(update_fields=[*fields, "updated_at"])


def _state_of(row: ShoppingList) -> dict[str, object]:
    return {"name": row.name, "audience": row.audience, "school": row.school_id}
