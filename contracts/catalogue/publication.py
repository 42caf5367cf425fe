"""Publishing a submitted upload: what the rules allow goes live, in one transaction.

The rows are compared again on the day of publication. Held-back rows stay out: a higher
price needs the contract manager and a second person, so the previous one stays listed.
Publications of one supplier wait for each other.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db import transaction

from contracts.agreements.life.listing import list_pairs
from contracts.agreements.models import Listing, Lot
from contracts.agreements.serialised import lock_lots
from contracts.audit.record import record
from contracts.clock import berlin_day
from contracts.oscar_adapter import rename_products
from contracts.parties.acting import require_role
from contracts.parties.models import Membership, Organisation, Role
from contracts.retrying import again

from .comparison import assess, match_items
from .diff import diff_counts
from .errors import NotAllowed, NotFound, WrongUploadState
from .indexing import reindex
from .models import CatalogueUpload, StagedAction, UploadState
from .plans import without_nested_loops

_EVIDENCE_LENGTH = 250

_INSERT_ARTICLES = """
INSERT INTO agreements_article
    (supplier_id, supplier_aid, name, description, manufacturer, mpn, gtin, product_group, unit,
     features, delivery_days, image, is_active, revision, updated_at)
SELECT %(supplier)s, supplier_aid, name, description, manufacturer, mpn, gtin, product_group,
       unit, features, delivery_days, '', true, 1, %(now)s
  FROM supplier_catalogue_stagedarticle
 WHERE upload_id = %(upload)s AND action = 'new' AND article_id IS NULL
 ORDER BY row
ON CONFLICT (supplier_id, supplier_aid) DO NOTHING
"""

_TIE_ARTICLES = """
UPDATE supplier_catalogue_stagedarticle s SET article_id = a.id
  FROM agreements_article a
 WHERE s.upload_id = %(upload)s AND s.action = 'new' AND s.article_id IS NULL
   AND a.supplier_id = %(supplier)s AND a.supplier_aid = s.supplier_aid
"""

_UPDATE_ARTICLES = """
UPDATE agreements_article a
   SET name = s.name,
       description = COALESCE(NULLIF(s.description, ''), a.description),
       manufacturer = COALESCE(NULLIF(s.manufacturer, ''), a.manufacturer),
       mpn = COALESCE(NULLIF(s.mpn, ''), a.mpn),
       gtin = COALESCE(NULLIF(s.gtin, ''), a.gtin),
       product_group = COALESCE(NULLIF(s.product_group, ''), a.product_group),
       unit = s.unit,
       features = CASE WHEN s.features = '{}' THEN a.features ELSE s.features END,
       delivery_days = COALESCE(s.delivery_days, a.delivery_days),
       is_active = true,
       revision = a.revision + 1,
       updated_at = %(now)s
  FROM supplier_catalogue_stagedarticle s
 WHERE s.upload_id = %(upload)s AND s.action IN ('new', 'changed') AND s.changed_fields <> '[]'
   AND a.id = s.article_id
"""

# A version that began on this very day held for no day at all: its range becomes empty, so
# that the price history keeps it and the rule "no overlap" holds.
_CLOSE_LIST_PRICES = """
UPDATE agreements_listpriceversion v
   SET valid = CASE WHEN lower(v.valid) = %(day)s::date THEN 'empty'::daterange
                    ELSE daterange(lower(v.valid), %(day)s::date) END
  FROM supplier_catalogue_stagedarticle s
  JOIN agreements_contractitem i ON i.id = s.item_id AND i.basis = 'list_discount'
 WHERE s.upload_id = %(upload)s AND s.action IN ('new', 'changed')
   AND v.article_id = s.article_id AND v.item_id = s.item_id AND v.valid @> %(day)s::date
   AND v.amount * s.price_unit <> s.price * v.price_unit
"""

_OPEN_LIST_PRICES = """
INSERT INTO agreements_listpriceversion
    (article_id, item_id, amount, price_unit, valid, evidence, approved_by_id, created_at)
SELECT s.article_id, s.item_id, s.price, s.price_unit,
       daterange(%(day)s::date, later.begins), %(evidence)s, %(by)s, %(now)s
  FROM supplier_catalogue_stagedarticle s
  JOIN agreements_contractitem i ON i.id = s.item_id AND i.basis = 'list_discount'
  LEFT JOIN (
    SELECT article_id, item_id, min(lower(valid)) AS begins FROM agreements_listpriceversion
     WHERE lower(valid) > %(day)s::date GROUP BY article_id, item_id
  ) later ON later.article_id = s.article_id AND later.item_id = s.item_id
 WHERE s.upload_id = %(upload)s AND s.action IN ('new', 'changed')
   AND NOT EXISTS (SELECT 1 FROM agreements_listpriceversion v
                    WHERE v.article_id = s.article_id AND v.item_id = s.item_id
                      AND v.valid @> %(day)s::date)
 ORDER BY s.row
"""


@dataclass(frozen=True, slots=True)
class Published:
    """What a publication did, in rows of the file."""

    new: int
    changed: int
    unchanged: int
    held_back: int
    refused: int


@again
def publish(*, upload_id: int, by: Membership, now: datetime) -> Published:
    """Put a submitted upload's articles, list prices and listings on the shelf.

    Raises NotAllowed (role, or a member of the supplier), NotFound (agreement of another
    purchasing body), WrongUploadState (published already, not submitted).
    """
    require_role(by, (Role.CONTRACT_MANAGER,), now)
    day = berlin_day(now)
    with transaction.atomic():
        upload = _lock(upload_id, by)
        supplier = Organisation.objects.select_for_update(no_key=True).get(pk=upload.supplier_id)
        match_items(upload, day)
        assess(upload, day)
        counts = diff_counts(upload)
        _write_articles(upload, now)
        _write_list_prices(upload, by=by, day=day, now=now)
        listed = _write_listings(upload, supplier, now)
        reindex(listed)
        upload.state = UploadState.PUBLISHED
        upload.published_at = now
        upload.published_by = by
        upload.save(update_fields=["state", "published_at", "published_by"])
        published = Published(
            new=counts.new,
            changed=counts.changed,
            unchanged=counts.unchanged,
            held_back=counts.held_back,
            refused=counts.refused,
        )
        record(
            upload,
            "upload.published",
            by=by,
            now=now,
            before={"state": UploadState.SUBMITTED.value},
            after={"state": UploadState.PUBLISHED.value, **asdict(published)},
        )
        lots = Lot.objects.filter(awards__supplier=supplier)  # its articles may be in any of them
        lock_lots(lots.values_list("pk", flat=True))
    return published


def _lock(upload_id: int, by: Membership) -> CatalogueUpload:
    """The upload within the manager's reach, locked, in the state to be published."""
    upload = (
        CatalogueUpload.objects.select_for_update(of=("self",))
        .defer("content")
        .filter(
            pk=upload_id,
            award__lot__agreement__purchasing_body_id=by.organisation_id,
            submitted_at__isnull=False,
        )
        .first()
    )
    if upload is None:
        raise NotFound("Diese Kataloglieferung gibt es nicht.")
    # four eyes count people: a second membership does not make somebody another person
    if Membership.objects.filter(user_id=by.user_id, organisation_id=upload.supplier_id).exists():
        raise NotAllowed("Wer dem Lieferanten angehört, kann seinen Katalog nicht veröffentlichen.")
    if upload.state != UploadState.SUBMITTED:
        raise WrongUploadState(
            upload.state,
            "Nur eingereichte Lieferungen können veröffentlicht werden; "
            f"diese ist {upload.get_state_display()}.",
        )
    return upload


def _write_articles(upload: CatalogueUpload, now: datetime) -> None:
    values: dict[str, int | datetime] = {
        "upload": upload.pk,
        "supplier": upload.supplier_id,
        "now": now,
    }
    with without_nested_loops() as cursor:
        cursor.execute(_INSERT_ARTICLES, values)
        cursor.execute(_TIE_ARTICLES, values)
        cursor.execute(_UPDATE_ARTICLES, values)


def _write_list_prices(
    upload: CatalogueUpload, *, by: Membership, day: date, now: datetime
) -> None:
    """Close the list prices that end today and open the new ones, with the file as evidence."""
    proof = f" (SHA-256 {upload.sha256})"
    values: dict[str, int | str | date] = {
        "upload": upload.pk,
        "day": day,
        "now": now,
        "by": by.pk,
        "evidence": upload.filename[: _EVIDENCE_LENGTH - len(proof)] + proof,
    }
    with without_nested_loops() as cursor:
        cursor.execute(_CLOSE_LIST_PRICES, values)
        cursor.execute(_OPEN_LIST_PRICES, values)


def _write_listings(upload: CatalogueUpload, supplier: Organisation, now: datetime) -> list[int]:
    """List the new rows, carry changes over to the shelf; return the listings to index."""
    staged = upload.staged.order_by("row")
    new = staged.filter(action=StagedAction.NEW)
    pairs = [(int(i), int(a)) for i, a in new.values_list("item_id", "article_id") if i and a]
    created = list_pairs(pairs, supplier=supplier, now=now)
    touched = (
        staged.filter(action__in=(StagedAction.NEW, StagedAction.CHANGED))
        .exclude(changed_fields__in=([], ["price"]))
        .values_list("article_id", flat=True)
    )
    articles = [int(pk) for pk in touched if pk]
    rename_products(articles, now=now)
    others = Listing.objects.filter(article__in=articles).values_list("pk", flat=True)
    return sorted({*created, *others})
