"""Successors (Nachfolgemodelle): proposed by the supplier, released by the contract manager.

    proposed -> released | rejected | withdrawn

A successor is equal or better, costs no more than the contract's first tier, and takes
the place of a listed article under the same item: the old listing leaves the shelf and
leads to the new one (domain, "Successor").
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import QuerySet

from contracts.agreements.errors import NoPrice, NotFound
from contracts.agreements.life.listing import list_articles
from contracts.agreements.models import (
    AgreementState,
    Article,
    ContractItem,
    Listing,
    PriceBasis,
    PriceVersion,
    SuccessorProposal,
    SuccessorState,
)
from contracts.agreements.prices.application import lock_price
from contracts.agreements.prices.tables import item_tables, running
from contracts.agreements.serialised import lock_lots
from contracts.agreements.writing.managing import require_manager
from contracts.agreements.writing.setup import write_price
from contracts.agreements.writing.tiers import TierRow
from contracts.audit.record import record
from contracts.clock import berlin_day
from contracts.constraints import Refusals, translated
from contracts.parties.acting import require_role
from contracts.parties.models import Membership, Role
from contracts.pricing import Tier, active_tier, euros
from contracts.retrying import again

from .indexing import reindex
from .successor_errors import (
    ArticleNumberTaken,
    NotReplaceable,
    OwnProposal,
    ProposalPending,
    RejectionReasonMissing,
    StatementMissing,
    SuccessorTooDear,
    WrongProposalState,
)

MANAGING_ROLES = (Role.CONTRACT_MANAGER, Role.REVIEWER)

_CONSTRAINTS: Refusals = {
    "agreements_one_open_successor": partial(
        ProposalPending,
        "Für diesen Artikel ist schon ein Nachfolger vorgeschlagen. Bitte warten Sie die "
        "Entscheidung ab, oder ziehen Sie den Vorschlag zurück.",
    ),
    "agreements_successor_second_person": partial(
        OwnProposal,
        "Wer vorgeschlagen hat, kann nicht entscheiden. Bitte überlassen Sie das einer "
        "anderen Person.",
    ),
    "agreements_article_aid_unique": partial(
        ArticleNumberTaken,
        "Unter dieser Artikelnummer führt der Lieferant inzwischen einen anderen Artikel. "
        "Bitte lehnen Sie den Vorschlag ab.",
    ),
}


@dataclass(frozen=True, slots=True)
class NewArticle:
    """The article that is to take the place of `listing_id`.

    `net_unit_price` (EUR, four decimals, per the price unit of the contract) only where
    it is lower than the contract's.
    """

    listing_id: int
    supplier_aid: str
    name: str
    statement: str
    description: str = ""
    manufacturer: str = ""
    mpn: str = ""
    gtin: str = ""
    evidence: str = ""
    net_unit_price: Decimal | None = None


def replaceable_listings(by: Membership) -> QuerySet[Listing]:
    """Listed articles of the supplier with a fixed price, in agreements that run."""
    return Listing.objects.filter(
        is_listed=True,
        item__basis=PriceBasis.FIXED,
        item__award__supplier_id=by.organisation_id,
        item__award__lot__agreement__state__in=(AgreementState.LISTED, AgreementState.SUSPENDED),
    ).select_related("article", "item__award__lot__agreement")


def visible_proposals(by: Membership) -> QuerySet[SuccessorProposal]:
    """Proposals the actor may read: the supplier its own, the body those of its agreements."""
    rows = SuccessorProposal.objects.select_related(
        "listing__article", "listing__item__award__lot__agreement", "listing__item__award__supplier"
    )
    if by.role in MANAGING_ROLES:
        return rows.filter(
            listing__item__award__lot__agreement__purchasing_body_id=by.organisation_id
        )
    return rows.filter(listing__item__award__supplier_id=by.organisation_id)


@again
def propose(proposal: NewArticle, *, by: Membership, now: datetime) -> SuccessorProposal:
    """Write down a successor for one of the supplier's own listed articles.

    Raises NotAllowed, NotFound, NotReplaceable, StatementMissing, ArticleNumberTaken,
    SuccessorTooDear, ProposalPending, NoPrice or a PricingError.
    """
    require_role(by, {Role.SUPPLIER_CATALOGUE}, now)
    if not proposal.statement.strip():
        raise StatementMissing(
            "Bitte begründen Sie, warum der neue Artikel gleich- oder höherwertig ist."
        )
    with translated(_CONSTRAINTS), transaction.atomic():
        listing = _own_listing(by, proposal.listing_id)
        _require_free_number(by, proposal.supplier_aid)
        if proposal.net_unit_price is not None:
            _require_not_dearer(listing.item, proposal.net_unit_price, now)
        made = SuccessorProposal.objects.create(
            listing=listing,
            supplier_aid=proposal.supplier_aid.strip(),
            name=proposal.name.strip(),
            description=proposal.description.strip(),
            manufacturer=proposal.manufacturer.strip(),
            mpn=proposal.mpn.strip(),
            gtin=proposal.gtin.strip(),
            statement=proposal.statement.strip(),
            evidence=proposal.evidence.strip(),
            net_unit_price=proposal.net_unit_price,
            proposed_by=by,
            proposer=by.user,
            proposed_at=now,
        )
        _record(made, "successor.proposed", by=by, now=now)
    return made


@again
def withdraw(*, proposal_id: int, by: Membership, now: datetime) -> SuccessorProposal:
    """Take an undecided proposal back. Raises NotAllowed, NotFound, WrongProposalState."""
    require_role(by, {Role.SUPPLIER_CATALOGUE}, now)
    with transaction.atomic():
        proposal, _ = _locked(proposal_id, by)
        proposal.state = SuccessorState.WITHDRAWN
        proposal.save(update_fields=["state"])
        _record(proposal, "successor.withdrawn", by=by, now=now)
    return proposal


@again
def reject(*, proposal_id: int, reason: str, by: Membership, now: datetime) -> SuccessorProposal:
    """Refuse a proposal, with the reason.

    Raises NotAllowed, NotFound, RejectionReasonMissing, WrongProposalState, OwnProposal.
    """
    require_manager(by, now)
    if not reason.strip():
        raise RejectionReasonMissing("Bitte begründen Sie die Ablehnung; der Lieferant liest sie.")
    with translated(_CONSTRAINTS), transaction.atomic():
        proposal, _ = _locked(proposal_id, by)
        _decide(proposal, SuccessorState.REJECTED, reason.strip(), by, now)
        _record(proposal, "successor.rejected", by=by, now=now, reason=reason.strip())
    return proposal


@again
def release(*, proposal_id: int, by: Membership, now: datetime) -> Listing:
    """Put the successor on the shelf in place of the old article; return its listing.

    A price below the contract's holds from today. Raises NotAllowed, NotFound,
    WrongProposalState, OwnProposal (nobody of the supplier may release), NotReplaceable,
    ArticleNumberTaken, SuccessorTooDear, OverlappingPrices, NoPrice.
    """
    require_manager(by, now)
    with translated(_CONSTRAINTS), transaction.atomic():
        proposal, item = _locked(proposal_id, by)
        _require_outsider(item, by, now)
        old = proposal.listing
        if not old.is_listed:
            raise NotReplaceable(f"{old.article.name} ist nicht mehr gelistet.")
        if proposal.net_unit_price is not None:
            _lower_price(proposal, item, by, now)
        new = _listed(proposal, item, now)
        old.is_listed, old.successor = False, new
        old.save(update_fields=["is_listed", "successor"])
        _decide(proposal, SuccessorState.RELEASED, "", by, now)
        _record(proposal, "successor.released", by=by, now=now)
        reindex([old.pk, new.pk])
        lock_lots([item.award.lot_id])
    return new


def _own_listing(by: Membership, listing_id: int) -> Listing:
    """The supplier's listing; raises NotFound or NotReplaceable."""
    own = Listing.objects.filter(
        pk=listing_id, item__award__supplier_id=by.organisation_id
    ).select_related("article", "item")
    listing = own.first()
    if listing is None:
        raise NotFound("Diesen Artikel haben Sie nicht im Angebot.")
    if not replaceable_listings(by).filter(pk=listing_id).exists():
        raise NotReplaceable(
            f"{listing.article.name} lässt sich nicht ersetzen: Nachfolger gibt es nur für "
            "gelistete Artikel mit Festpreis in laufenden Vereinbarungen. Artikel mit Nachlass "
            "auf den Listenpreis ersetzen Sie mit der nächsten Kataloglieferung."
        )
    return listing


def _require_free_number(by: Membership, supplier_aid: str) -> None:
    if Article.objects.filter(
        supplier_id=by.organisation_id, supplier_aid=supplier_aid.strip()
    ).exists():
        raise ArticleNumberTaken(
            f"Die Artikelnummer {supplier_aid.strip()} führen Sie schon. Bitte geben Sie dem "
            "Nachfolger eine eigene."
        )


def _require_not_dearer(item: ContractItem, price: Decimal, now: datetime) -> None:
    """Raise SuccessorTooDear above the first tier of today, InvalidPrice, NoPrice."""
    active_tier([Tier(1, price)], 1)
    today = berlin_day(now)
    table = next((table for table in item_tables(item) if table.holds_on(today)), None)
    if table is None:
        raise NoPrice(f"Für die Position {item.number} gilt heute kein Preis.")
    limit = table.table.tiers[0].net_unit_price
    if price > limit:
        raise SuccessorTooDear(
            f"Der Nachfolger darf höchstens so viel kosten wie vertraglich vereinbart: "
            f"{euros(limit)} netto, nicht {euros(price)}."
        )


def _locked(proposal_id: int, by: Membership) -> tuple[SuccessorProposal, ContractItem]:
    """An undecided proposal within the actor's reach, under the lock of its item."""
    item_id = (
        visible_proposals(by).filter(pk=proposal_id).values_list("listing__item", flat=True).first()
    )
    if item_id is None:
        raise NotFound("Diesen Nachfolgevorschlag gibt es bei Ihnen nicht.")
    item = lock_price(item_id, None)
    proposal = SuccessorProposal.objects.select_related("listing__article").get(pk=proposal_id)
    if proposal.state != SuccessorState.PROPOSED:
        raise WrongProposalState(
            f"Der Vorschlag ist bereits {proposal.get_state_display()}; daran ändert sich nichts "
            "mehr."
        )
    return proposal, item


def _require_outsider(item: ContractItem, by: Membership, now: datetime) -> None:
    """Raise OwnProposal when the person also works for the supplier."""
    inside = Membership.objects.valid_on(berlin_day(now)).filter(
        user_id=by.user_id, organisation_id=item.award.supplier_id
    )
    if inside.exists():
        raise OwnProposal(
            f"Sie gehören selbst zu {item.award.supplier.name}. Bitte überlassen Sie die Freigabe "
            "einer anderen Person."
        )


def _decide(
    proposal: SuccessorProposal,
    state: SuccessorState,
    reason: str,
    by: Membership,
    now: datetime,
) -> None:
    proposal.state = state
    proposal.reason = reason
    proposal.decided_by = by
    proposal.decider = by.user
    proposal.decided_at = now
    proposal.save(update_fields=["state", "reason", "decided_by", "decider", "decided_at"])


def _listed(proposal: SuccessorProposal, item: ContractItem, now: datetime) -> Listing:
    """The new article on the shelf; group, unit and delivery are those of the old one."""
    old = proposal.listing.article
    article = Article.objects.create(
        supplier_id=old.supplier_id,
        supplier_aid=proposal.supplier_aid,
        name=proposal.name,
        description=proposal.description,
        manufacturer=proposal.manufacturer,
        mpn=proposal.mpn,
        gtin=proposal.gtin,
        product_group=old.product_group,
        unit=old.unit,
        delivery_days=old.delivery_days,
        updated_at=now,
    )
    (listing,) = list_articles([(item, article)], supplier=item.award.supplier, now=now)
    return listing


def _lower_price(
    proposal: SuccessorProposal, item: ContractItem, by: Membership, now: datetime
) -> None:
    """End today's version and begin the lower one; tiers that are no longer lower fall away."""
    price = proposal.net_unit_price
    if price is None:
        return
    _require_not_dearer(item, price, now)
    today = berlin_day(now)
    before = running(item_tables(item), today)
    first, *rest = before.table.tiers
    if price == first.net_unit_price:
        return
    lower = [row for row in rest if row.net_unit_price < price]
    tiers = [
        TierRow(1, price),
        *(TierRow(row.from_quantity, row.net_unit_price) for row in lower),
    ]
    PriceVersion.objects.filter(pk=before.version_id).update(valid=DateRange(before.lower, today))
    write_price(
        item,
        tiers,
        valid_from=today,
        valid_to=before.upper,
        price_unit=before.table.price_unit,
        source=f"Nachfolgemodell {proposal.supplier_aid}",
        by=by,
        now=now,
    )


def _record(
    proposal: SuccessorProposal, action: str, *, by: Membership, now: datetime, reason: str = ""
) -> None:
    price = proposal.net_unit_price
    record(
        proposal,
        action,
        by=by,
        now=now,
        after={
            "state": proposal.state,
            "listing": proposal.listing_id,
            "supplier_aid": proposal.supplier_aid,
            "net_unit_price": None if price is None else str(price),
        },
        reason=reason,
    )
