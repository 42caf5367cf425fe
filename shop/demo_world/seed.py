"""Filling the demo world: everything or nothing, once.

The moment of the first seed stands in the audit trail; a later run finds it there and
changes nothing, except that it mends a lost credentials file and adds load articles.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import transaction

from api.webhooks.sending import fan_out
from contracts.agreements.models import ContractItem, Listing
from contracts.agreements.writing import cpv
from contracts.audit.models import AuditEntry
from contracts.audit.record import record
from contracts.parties.models import Organisation
from orders.binding import cap_watch
from orders.finance.exports import sequence_all
from orders.mails import send_due
from orders.models import OutboxMessage

from . import credentials
from .absences import let_time_pass, substitute
from .activity import live
from .adoption import adopt_earlier_call_offs
from .agreements import CATALOGUE_ITEM, create_agreements
from .articles import LISTED_SERIES, fill_catalogue, fill_shelves, load_series
from .bmecat_file import csv_sample, write_bmecat
from .budgets import create_budgets
from .clients import CLIENTS, create_clients
from .cost_sharing import share_costs
from .credentials import Credentials
from .days import Days
from .draft import prepare
from .equipment import equip
from .fulfilment import fulfil
from .imports import check_deliveries, deliver
from .law import create_law
from .obstacles import stand_in_the_way, suspend
from .papers import file_papers
from .parties import create_parties
from .people import create_people, log_ins, reset_passwords
from .plans import SCHOOL_IT_NUMBER
from .policies import create_policies, propose_next
from .price_changes import change_prices, change_prices_before
from .quotas import share_out
from .relations import relate_items
from .remarks import remark
from .shopping_lists import remember
from .successors import succeed

MARK = "demo.seeded"
BMECAT_FILE = "katalog-bmecat2005.xml"
CSV_FILE = "katalog.csv"
CPV_FILE = Path(__file__).parent / "cpv.csv"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run did."""

    seeded_at: datetime
    is_first: bool
    passwords_reset: bool
    articles_added: int
    listings: int


def seed(*, now: datetime, scale: int, folder: Path, url: str) -> Outcome:
    """Bring the demo world up to date; `folder` takes credentials and catalogue files.

    `scale` multiplies the articles (300 per step, for load); it never takes any away.
    """
    kept = credentials.load(folder)
    mark = AuditEntry.objects.filter(action=MARK).order_by("pk").first()
    days = Days(mark.at if mark is not None else now)
    passwords = _passwords(kept)
    if mark is None:
        with transaction.atomic():
            _build(days, passwords)
    lost = kept is None or not _is_complete(kept)
    if mark is None or lost:
        if mark is not None:
            reset_passwords(passwords)
        _save(folder, url, passwords, days)
    added = _add_load(scale)
    _work_off(days)
    _write_catalogues(folder, days)
    return Outcome(
        seeded_at=days.seeded_at,
        is_first=mark is None,
        passwords_reset=mark is not None and lost,
        articles_added=added,
        listings=Listing.objects.count(),
    )


def _build(days: Days, passwords: Mapping[str, str]) -> None:
    """Write the whole world in the caller's transaction."""
    parties = create_parties()
    create_law()
    cpv.load(CPV_FILE)
    people = create_people(parties, days, passwords)
    manager = people["vertrag"]
    agreements = create_agreements(parties, manager, days)
    relate_items(agreements.shelves, by=manager, now=days.seeded_at)
    fill_shelves(agreements.shelves)
    fill_catalogue(agreements.catalogue_item, [LISTED_SERIES], by=manager)
    stand_in_the_way(agreements, people, days)
    suspend(agreements, manager, days)
    create_policies(people, days.first_of(1, years=-1))
    budgets = create_budgets(parties, people, days)
    adopt_earlier_call_offs(agreements, manager, days)
    change_prices_before(people, days)
    share_out(people, days)
    remember(people, days)
    lived = live(parties, people, budgets, days)
    share_costs(parties, people, budgets, days)
    remark(lived, people, days)
    fulfil(lived, people, days)
    propose_next(people, days)
    succeed(people, days)
    equip(people, days)
    change_prices(agreements.awards[SCHOOL_IT_NUMBER, 2, 1], people, days)
    deliver(agreements.awards[SCHOOL_IT_NUMBER, 2, 1], by=people["katalog"], days=days)
    file_papers(agreements, manager, days)
    prepare(parties, manager, days)
    substitute(people, days)
    let_time_pass(days)
    cap_watch.review(now=days.seeded_at)
    record(parties["zbs"], MARK, by=None, now=days.seeded_at, reason="Vorführdaten")


def _passwords(kept: Credentials | None) -> dict[str, str]:
    """Kept passwords, new ones for whoever has none."""
    known = credentials.passwords(kept)
    return {
        person.email: known.get(person.email) or credentials.new_password() for person in log_ins()
    }


def _is_complete(kept: Credentials) -> bool:
    people = {row["email"] for row in kept["people"]}
    clients = {row["name"] for row in kept["api_clients"]}
    return people >= {person.email for person in log_ins()} and clients >= {
        plan.name for plan in CLIENTS
    }


def _save(folder: Path, url: str, passwords: Mapping[str, str], days: Days) -> None:
    names = dict(Organisation.objects.values_list("code", "name"))
    credentials.save(
        folder,
        {
            "url": url,
            "people": [
                {
                    "key": person.key,
                    "role": person.role.value,
                    "label": str(person.role.label),
                    "person": person.name,
                    "organisation": names[person.organisation],
                    "hint": person.hint,
                    "email": person.email,
                    "password": passwords[person.email],
                }
                for person in log_ins()
            ],
            "api_clients": create_clients(days),
        },
    )


def _add_load(scale: int) -> int:
    series = load_series(scale)
    if not series:
        return 0
    item = ContractItem.objects.select_related("award__supplier", "award__lot__agreement").get(
        number=CATALOGUE_ITEM, award__lot__agreement__number=SCHOOL_IT_NUMBER
    )
    manager = item.award.lot.agreement.responsible
    if manager is None:
        raise ValueError(f"{SCHOOL_IT_NUMBER} has nobody responsible.")
    with transaction.atomic():
        return fill_catalogue(item, series, by=manager)


def _work_off(days: Days) -> None:
    """Do at its own moment what the worker would have done by now: mails, checks, feeds."""
    moments = (
        OutboxMessage.objects.filter(done_at__isnull=True, due_at__lte=days.seeded_at)
        .order_by("due_at")
        .values_list("due_at", flat=True)
        .distinct()
    )
    for moment in list(moments):
        send_due(now=moment)
        fan_out(now=moment)
    check_deliveries(days)
    sequence_all(now=days.seeded_at)


def _write_catalogues(folder: Path, days: Days) -> None:
    """Files of the demo supplier to upload by hand."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / BMECAT_FILE).open("wb") as file:
        write_bmecat(file, now=days.seeded_at)
    (folder / CSV_FILE).write_bytes(csv_sample())
