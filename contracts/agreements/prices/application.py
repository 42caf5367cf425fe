"""Judging a change against the price clause, and putting an accepted one into force.

Both run under the lock of the item's row, so that no two changes of one price interleave.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from django.db.backends.postgresql.psycopg_any import DateRange

from contracts.agreements.errors import AgreementEnded, NotFound
from contracts.agreements.models import (
    AgreementState,
    Article,
    AwardTerms,
    ContractItem,
    FrameworkAgreement,
    ListPriceVersion,
    PriceChange,
    PriceTier,
    PriceVersion,
)
from contracts.agreements.prices.errors import (
    ChangeError,
    EffectiveDatePast,
    ReasonMissing,
    SamePerson,
    SecondPersonMissing,
)
from contracts.agreements.prices.tables import (
    DatedTable,
    item_tables,
    list_price_tables,
    price_clause,
    running,
    table_of,
    year_before,
)
from contracts.agreements.writing.setup import OverlappingPrices
from contracts.agreements.writing.tiers import TierRow
from contracts.clock import berlin_day
from contracts.constraints import Refusals
from contracts.parties.models import Membership
from contracts.pricing import (
    ChangeVerdict,
    PriceTable,
    ProposedChange,
    Tier,
    judge_change,
)

_EVIDENCE_LENGTH = 250

CONSTRAINTS: Refusals = {
    "agreements_change_second_person": partial(
        SamePerson,
        "Vorschlagen, entscheiden und bestätigen müssen drei verschiedene Personen. "
        "Bitte überlassen Sie den Schritt einer anderen Person.",
    ),
    "agreements_change_accepted_by_two": partial(
        SecondPersonMissing,
        "Ohne Entscheidung und Bestätigung durch zwei Personen gilt diese Änderung nicht.",
    ),
    "agreements_change_rejection_has_reason": partial(
        ReasonMissing, "Bitte begründen Sie die Ablehnung; der Lieferant liest die Begründung."
    ),
    "agreements_price_no_overlap": partial(
        OverlappingPrices,
        "Für diese Tage gibt es bereits eine Preisfassung. Bitte wählen Sie einen anderen Tag.",
    ),
    "agreements_list_price_no_overlap": partial(
        OverlappingPrices,
        "Für diese Tage gibt es bereits einen Listenpreis. Bitte wählen Sie einen anderen Tag.",
    ),
}


def lock_price(item_id: int, article_id: int | None) -> ContractItem:
    """Lock the item, then the article whose list price is meant.

    Call inside a transaction, before anything about the price is read.
    """
    item = (
        ContractItem.objects.select_for_update(of=("self",), no_key=True)
        .select_related("award__lot__agreement", "award__supplier")
        .filter(pk=item_id)
        .first()
    )
    if item is None:
        raise NotFound("Diese Vertragsposition gibt es nicht.")
    if article_id is not None:
        Article.objects.select_for_update(no_key=True).get(pk=article_id)
    return item


def require_running(agreement: FrameworkAgreement, change: PriceChange, now: datetime) -> None:
    """Raise AgreementEnded or EffectiveDatePast where the change could not take effect."""
    day = berlin_day(now)
    if agreement.state == AgreementState.ENDED or agreement.ends_on < day:
        raise AgreementEnded(
            f"Die Vereinbarung {agreement.number} ist beendet; ihre Preise ändern sich nicht mehr."
        )
    if change.effective_from < day:
        raise EffectiveDatePast(
            f"Der {change.effective_from:%d.%m.%Y} ist vorbei. Ein Preis gilt frühestens ab heute, "
            "weil erteilte Abrufe unverändert bleiben. Bitte einen neuen Tag vorschlagen."
        )
    if change.effective_from > agreement.ends_on:
        raise AgreementEnded(
            f"Die Vereinbarung {agreement.number} endet am {agreement.ends_on:%d.%m.%Y}, also vor "
            "dem Tag, ab dem der Preis gelten soll."
        )


def judge(item: ContractItem, change: PriceChange, tiers: Sequence[TierRow]) -> ChangeVerdict:
    """Compare the proposal with the price it would end, under the terms of its day.

    Raises OverlappingPrices, NoPrice and what the pure comparison refuses.
    """
    tables = tables_of(item, change)
    before = running(tables, change.effective_from)
    proposed_on = berlin_day(change.proposed_at)
    return judge_change(
        ProposedChange(
            before=before.table,
            after=proposed_table(change, tiers),
            year_ago=year_before(tables, change.effective_from),
            proposed_on=proposed_on,
            effective_from=change.effective_from,
        ),
        price_clause(_terms(item, change)),
    )


def tables_of(item: ContractItem, change: PriceChange) -> list[DatedTable]:
    """The dated prices the change is about: the item's, or its list prices of the article."""
    if change.article_id is None:
        return item_tables(item)
    return list_price_tables(item, change.article_id)


def proposed_table(change: PriceChange, tiers: Sequence[TierRow]) -> PriceTable:
    """The proposal as a table. Raises as `table_of` does."""
    if change.list_amount is not None:
        return PriceTable.fixed([Tier(1, change.list_amount)], change.price_unit)
    return table_of(tiers, change.price_unit)


def tier_rows(change: PriceChange) -> list[TierRow]:
    """The proposed tiers as they were written down."""
    return [
        TierRow(row.from_quantity, row.net_unit_price, row.discount_percent)
        for row in change.tiers.order_by("from_quantity")
    ]


def apply(change: PriceChange, item: ContractItem, *, by: Membership | None, now: datetime) -> None:
    """End the version that holds on the day and begin the proposed one.

    `by` is the second person, None where the clause let a fall take effect by itself.
    Call offs that are issued keep their version. Raises OverlappingPrices or NoPrice.
    """
    before = running(tables_of(item, change), change.effective_from)
    ended = DateRange(before.lower, change.effective_from)
    begun = DateRange(change.effective_from, before.upper)
    if change.article_id is not None:
        _apply_list_price(change, before, ended, begun, by, now)
        return
    PriceVersion.objects.filter(pk=before.version_id).update(valid=ended)
    version = PriceVersion.objects.create(
        item=item,
        valid=begun,
        price_unit=change.price_unit,
        source=f"Preisänderung {change.number}",
        change=change,
        approved_by=by,
        created_at=now,
    )
    PriceTier.objects.bulk_create(
        PriceTier(
            version=version,
            from_quantity=row.from_quantity,
            net_unit_price=row.net_unit_price,
            discount_percent=row.discount_percent,
        )
        for row in tier_rows(change)
    )


def _apply_list_price(
    change: PriceChange,
    before: DatedTable,
    ended: DateRange,
    begun: DateRange,
    by: Membership | None,
    now: datetime,
) -> None:
    if change.article_id is None or change.list_amount is None:
        raise ChangeError(f"Die Änderung {change.number} nennt keinen Listenpreis.")
    ListPriceVersion.objects.filter(pk=before.version_id).update(valid=ended)
    ListPriceVersion.objects.create(
        article_id=change.article_id,
        item_id=change.item_id,
        amount=change.list_amount,
        price_unit=change.price_unit,
        valid=begun,
        evidence=f"Preisänderung {change.number}: {change.evidence}"[:_EVIDENCE_LENGTH],
        approved_by=by,
        created_at=now,
    )


def _terms(item: ContractItem, change: PriceChange) -> AwardTerms:
    """The terms in force on the day of the proposal. Raises NotFound without any."""
    terms = (
        AwardTerms.objects.filter(
            award_id=item.award_id, valid_from__lte=berlin_day(change.proposed_at)
        )
        .order_by("-valid_from")
        .first()
    )
    if terms is None:
        raise NotFound("Für diesen Zuschlag gelten noch keine Konditionen.")
    return terms
