"""The statement that reads a shelf: constant text, so the server plans it once per session.

Written by hand because it is asked at every moment of an order: through the ORM the same
facts took seven statements, half of whose time was building and planning them.
"""

LISTING = "listing.id, listing.stockrecord_id, stock.partner_id"
ARTICLE = (
    "article.id, article.name, article.supplier_aid, article.manufacturer, article.mpn,"
    " article.gtin, article.product_group, article.delivery_days, article.product_id,"
    " article.supplier_id"
)
ITEM = (
    "item.id, item.number, item.title, item.unit, item.basis, item.charge, item.periods,"
    " item.period_months, item.role, item.vat_class, item.cumulative_tiers, item.delivery_days,"
    " item.account_id"
)
AWARD = "award.id, award.rank, award.awarded_on, award.account_id"
SUPPLIER = "supplier.id, supplier.name, supplier.code, supplier.creditor_no, supplier.vat_id"
LOT = "lot.id, lot.number, lot.title, lot.allocation, lot.account_id"
AGREEMENT = (
    "agreement.id, agreement.number, agreement.title, agreement.purchasing_body_id,"
    " agreement.account_id"
)

SHELF = f"""
SELECT {LISTING}, {ARTICLE}, {ITEM}, {AWARD}, {SUPPLIER}, {LOT}, {AGREEMENT},
       listing.is_listed AND article.is_active, account.is_open, account.closed_reason,
       agreement.state, agreement.state_reason,
       agreement.starts_on <= %(on)s AND agreement.ends_on >= %(on)s,
       named.is_named, named.quotas,
       price.id, price.price_unit, price.source,
       price.starts, price.amounts, price.discounts,
       list.id, list.amount, list.price_unit,
       terms.id, terms.minimum_order, terms.delivery_days, terms.confirmation_days,
       terms.split_over_ranks,
       vat.minima, vat.categories, vat.rates, vat.reasons,
       pieces.posted,
       tied.titles, tied.lots, tied.numbers, tied.devices, tied.factors
  FROM agreements_listing listing
  JOIN partner_stockrecord stock ON stock.id = listing.stockrecord_id
  JOIN agreements_article article ON article.id = listing.article_id
  JOIN agreements_contractitem item ON item.id = listing.item_id
  JOIN agreements_award award ON award.id = item.award_id
  JOIN parties_organisation supplier ON supplier.id = award.supplier_id
  JOIN agreements_lot lot ON lot.id = award.lot_id
  JOIN ledger_limitaccount account ON account.id = lot.account_id
  JOIN agreements_frameworkagreement agreement ON agreement.id = lot.agreement_id
  LEFT JOIN parties_organisation buyer ON buyer.id = %(buyer_id)s
  LEFT JOIN ledger_limitaccount pieces
         ON pieces.id = item.account_id AND item.cumulative_tiers
  CROSS JOIN LATERAL (
       SELECT count(*) > 0 AS is_named,
              array_agg(entitled.quota_id ORDER BY entitled.lot_id NULLS LAST)
                  FILTER (WHERE entitled.quota_id IS NOT NULL) AS quotas
         FROM agreements_buyerentitlement entitled
        WHERE entitled.buyer_id = buyer.id AND entitled.agreement_id = agreement.id
          AND (entitled.lot_id IS NULL OR entitled.lot_id = lot.id)
          AND entitled.valid_from <= %(on)s
          AND (entitled.valid_to IS NULL OR entitled.valid_to >= %(on)s)) named
  LEFT JOIN LATERAL (
       SELECT version.id, version.price_unit, version.source,
              array_agg(tier.from_quantity ORDER BY tier.from_quantity) AS starts,
              array_agg(tier.net_unit_price ORDER BY tier.from_quantity) AS amounts,
              array_agg(tier.discount_percent ORDER BY tier.from_quantity) AS discounts
         FROM agreements_priceversion version
         JOIN agreements_pricetier tier ON tier.version_id = version.id
        WHERE version.item_id = item.id AND version.valid @> %(on)s::date
        GROUP BY version.id) price ON true
  LEFT JOIN agreements_listpriceversion list
         ON list.article_id = article.id AND list.item_id = item.id
        AND list.valid @> %(on)s::date
        AND item.basis = 'list_discount'
  LEFT JOIN LATERAL (
       SELECT version.id, version.minimum_order, version.delivery_days,
              version.confirmation_days, version.split_over_ranks
         FROM agreements_awardterms version
        WHERE version.award_id = award.id AND version.valid_from <= %(on)s
        ORDER BY version.valid_from DESC LIMIT 1) terms ON true
  CROSS JOIN LATERAL (
       SELECT array_agg(rule.minimum_net ORDER BY {{order}}) AS minima,
              array_agg(rule.category ORDER BY {{order}}) AS categories,
              array_agg(rule.rate ORDER BY {{order}}) AS rates,
              array_agg(rule.reason ORDER BY {{order}}) AS reasons
         FROM agreements_vatrule rule
        WHERE rule.vat_class = item.vat_class AND rule.valid @> %(on)s::date
          AND (rule.buyers = 'all' OR buyer.is_entrepreneur)) vat
  CROSS JOIN LATERAL (
       SELECT array_agg(hanging.title ORDER BY relation.id) AS titles,
              array_agg(device_award.lot_id ORDER BY relation.id) AS lots,
              array_agg(device.number ORDER BY relation.id) AS numbers,
              array_agg(device.title ORDER BY relation.id) AS devices,
              array_agg(relation.quantity ORDER BY relation.id) AS factors
         FROM agreements_award any_rank
         JOIN agreements_contractitem hanging
           ON hanging.award_id = any_rank.id AND hanging.number = item.number
         JOIN agreements_itemrelation relation
           ON relation.item_id = hanging.id AND relation.kind = 'requires'
         JOIN agreements_contractitem device ON device.id = relation.to_item_id
         JOIN agreements_award device_award ON device_award.id = device.award_id
        WHERE any_rank.lot_id = lot.id) tied
 WHERE {{chosen}}
 ORDER BY listing.id""".replace("{order}", "rule.buyers DESC, rule.minimum_net DESC, rule.id")

BY_LISTING = SHELF.replace("{chosen}", "listing.id = ANY(%(listings)s::bigint[])")

# What stands under the same positions of the same lots at whatever rank, in no order of turn.
BY_POSITION = SHELF.replace(
    "{chosen}",
    """listing.is_listed AND article.is_active AND listing.item_id IN (
       SELECT twin.id FROM agreements_award any_rank
         JOIN agreements_contractitem twin ON twin.award_id = any_rank.id
        WHERE any_rank.lot_id = ANY(%(lots)s::bigint[])
          AND twin.number = ANY(%(numbers)s::text[]))
   AND (item.basis <> 'list_discount' OR article.gtin = ANY(%(gtins)s::text[])
        OR article.mpn = ANY(%(mpns)s::text[]))""",
)

AWARDS = f"""
SELECT {AWARD}, {SUPPLIER}, {LOT}, {AGREEMENT},
       cap.id, cap.limit_amount, cap.held, cap.posted, cap.closed_reason,
       counter.taken, counter.last_award_id
  FROM agreements_award award
  JOIN parties_organisation supplier ON supplier.id = award.supplier_id
  JOIN agreements_lot lot ON lot.id = award.lot_id
  JOIN agreements_frameworkagreement agreement ON agreement.id = lot.agreement_id
  LEFT JOIN ledger_limitaccount cap ON cap.id = award.account_id
  LEFT JOIN agreements_rotationcounter counter ON counter.lot_id = lot.id
 WHERE award.lot_id = ANY(%(lots)s::bigint[])
 ORDER BY award.lot_id, award.rank"""

SURCHARGES = """
SELECT DISTINCT ON (item.award_id) item.award_id, listing.id, article.name
  FROM agreements_contractitem item
  JOIN agreements_listing listing ON listing.item_id = item.id AND listing.is_listed
  JOIN agreements_article article ON article.id = listing.article_id AND article.is_active
 WHERE item.award_id = ANY(%(awards)s::bigint[]) AND item.role = 'surcharge'
 ORDER BY item.award_id, listing.id"""
