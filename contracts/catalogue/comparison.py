"""What publishing an upload would do, decided for all its rows by three statements.

    match_items        which article and which contract item a row belongs to
    refuse_unmatched   rows that belong to none become messages
    assess             new, changed, unchanged or held back, and why

`assess` runs again inside the publishing transaction: prices may have moved since the
check, and what counts is the day of publication.

An empty field of the file leaves the published value alone; a column that a supplier
does not deliver erases nothing.
"""

from __future__ import annotations

from datetime import date

from .models import CatalogueUpload
from .plans import without_nested_loops

# What is listed under the award, per article.
_LISTED = """
SELECT l.article_id, array_agg(li.id) AS items, min(li.id) AS item,
       min(li.id) FILTER (WHERE li.basis <> 'list_discount') AS fixed_item,
       string_agg(li.number, ', ' ORDER BY li.number) AS numbers
  FROM agreements_listing l JOIN agreements_contractitem li ON li.id = l.item_id
 WHERE li.award_id = %(award)s
 GROUP BY l.article_id
"""

# The list price of each article under each position that began last; `holds` tells whether it
# holds today. One that ended still counts as the price before.
_LIST_PRICES = """
SELECT DISTINCT ON (v.article_id, v.item_id) v.article_id, v.item_id, v.amount, v.price_unit,
       v.valid @> %(day)s::date AS holds
  FROM agreements_listpriceversion v
  JOIN agreements_article va ON va.id = v.article_id AND va.supplier_id = %(supplier)s
 WHERE lower(v.valid) <= %(day)s::date
 ORDER BY v.article_id, v.item_id, lower(v.valid) DESC
"""

# The price versions of the award's items that hold today.
_VERSIONS = """
SELECT v.item_id, v.price_unit,
       min(t.net_unit_price) FILTER (WHERE t.from_quantity = 1) AS first_price,
       max(t.discount_percent) AS top_discount
  FROM agreements_priceversion v JOIN agreements_pricetier t ON t.version_id = v.id
  JOIN agreements_contractitem vi ON vi.id = v.item_id
 WHERE vi.award_id = %(award)s AND v.valid @> %(day)s::date
 GROUP BY v.id
"""

# The item named in the file; a fixed item the article is listed under; the discount item
# of its product group; the discount item it is listed under; the item for every group.
_MATCH = f"""
UPDATE supplier_catalogue_stagedarticle s
   SET article_id = m.article_id,
       item_id = m.item_id,
       unit = CASE WHEN s.unit = '' THEN COALESCE(m.unit, 'C62') ELSE s.unit END,
       name = CASE WHEN s.name = '' THEN COALESCE(m.name, '') ELSE s.name END,
       price = CASE WHEN s.price = 0 THEN COALESCE(m.price, 0) ELSE s.price END,
       price_unit = CASE WHEN s.price = 0 THEN COALESCE(m.price_unit, 1) ELSE s.price_unit END
  FROM (
    SELECT row.id, a.id AS article_id, a.name, COALESCE(a.unit, i.unit) AS unit, i.id AS item_id,
           CASE i.basis WHEN 'list_discount' THEN lp.amount ELSE version.first_price END AS price,
           CASE i.basis WHEN 'list_discount' THEN lp.price_unit ELSE version.price_unit
                END AS price_unit
      FROM supplier_catalogue_stagedarticle row
      LEFT JOIN agreements_article a
        ON a.supplier_id = %(supplier)s AND a.supplier_aid = row.supplier_aid
      LEFT JOIN ({_LISTED}) listed ON listed.article_id = a.id
      LEFT JOIN (
        SELECT lower(product_group) AS product_group, min(id) AS id
          FROM agreements_contractitem
         WHERE award_id = %(award)s AND basis = 'list_discount'
         GROUP BY lower(product_group)
      ) grouped ON grouped.product_group = lower(row.product_group)
      LEFT JOIN agreements_contractitem i ON i.id = COALESCE(
        row.item_id, listed.fixed_item, grouped.id, listed.item,
        (SELECT min(id) FROM agreements_contractitem
          WHERE award_id = %(award)s AND basis = 'list_discount' AND product_group = '*'))
      LEFT JOIN ({_LIST_PRICES}) lp ON lp.article_id = a.id AND lp.item_id = i.id
      LEFT JOIN ({_VERSIONS}) version ON version.item_id = i.id
     WHERE row.upload_id = %(upload)s
  ) m
 WHERE s.id = m.id
   AND (s.unit = '' OR s.name = '' OR s.price = 0
        OR (s.article_id, s.item_id) IS DISTINCT FROM (m.article_id, m.item_id))
"""  # noqa: S608 -- built of this module's constants

_REFUSE = """
WITH refused AS (
    DELETE FROM supplier_catalogue_stagedarticle
     WHERE upload_id = %(upload)s AND (item_id IS NULL OR name = '' OR price = 0)
    RETURNING row, supplier_aid, product_group, item_id, name
)
INSERT INTO supplier_catalogue_uploadissue
    (upload_id, row, "column", code, value, message, is_error)
SELECT %(upload)s, row,
       CASE WHEN item_id IS NULL THEN %(group_column)s WHEN name = '' THEN %(name_column)s
            ELSE %(price_column)s END,
       CASE WHEN item_id IS NULL THEN 'not_in_lot' WHEN name = '' THEN 'name_missing'
            ELSE 'price_missing' END,
       CASE WHEN item_id IS NULL THEN product_group ELSE supplier_aid END,
       CASE WHEN item_id IS NULL THEN
            'Der Artikel „' || supplier_aid || '“ (Warengruppe „' || product_group
            || '“) gehört zu keiner Position des Loses.'
            WHEN name = '' THEN 'Der Artikel „' || supplier_aid
            || '“ ist nicht bekannt und hat keine Bezeichnung. Bitte als neuen Artikel liefern.'
            ELSE 'Der Artikel „' || supplier_aid
            || '“ hat noch keinen Preis. Bitte einen Nettopreis in EUR angeben.' END,
       true
  FROM refused
"""

# Facts of each row beside what is published; prices per the price unit of the file.
_FACTS = f"""
SELECT s.id, s.row, s.item_id, s.price, s.price_unit, s.unit, s.article_id,
       i.basis, i.number AS item_number, i.unit AS item_unit, a.unit AS article_unit,
       listed.numbers AS listed_numbers,
       COALESCE(s.item_id = ANY(listed.items), false) AS is_listed,
       round(lp.amount * s.price_unit / lp.price_unit, 4) AS list_price,
       s.price * lp.price_unit > lp.amount * s.price_unit AS list_rises,
       version.item_id IS NOT NULL AS is_priced,
       round(version.first_price * s.price_unit / version.price_unit, 4) AS contract_price,
       s.price * version.price_unit > version.first_price * s.price_unit AS over_contract,
       round(s.price * (100 - version.top_discount) / 100, 4) AS least_net,
       taken.item_id IS NOT NULL AS is_taken,
       row_number() OVER (PARTITION BY s.item_id ORDER BY s.row) AS place,
       to_jsonb(array_remove(ARRAY[
           CASE WHEN s.name <> a.name THEN 'name' END,
           CASE WHEN s.description NOT IN ('', a.description) THEN 'description' END,
           CASE WHEN s.manufacturer NOT IN ('', a.manufacturer) THEN 'manufacturer' END,
           CASE WHEN s.mpn NOT IN ('', a.mpn) THEN 'mpn' END,
           CASE WHEN s.gtin NOT IN ('', a.gtin) THEN 'gtin' END,
           CASE WHEN s.product_group NOT IN ('', a.product_group) THEN 'product_group' END,
           CASE WHEN s.unit <> a.unit THEN 'unit' END,
           CASE WHEN s.features <> '{{}}' AND s.features <> a.features THEN 'features' END,
           CASE WHEN a.id IS NOT NULL AND s.delivery_days IS NOT NULL
                 AND s.delivery_days IS DISTINCT FROM a.delivery_days THEN 'delivery_days' END,
           CASE WHEN NOT a.is_active THEN 'is_active' END,
           CASE WHEN i.basis = 'list_discount' AND a.id IS NOT NULL AND NOT
                COALESCE(s.price * lp.price_unit = lp.amount * s.price_unit AND lp.holds, false)
                THEN 'price' END
       ], NULL)) AS changed
  FROM supplier_catalogue_stagedarticle s
  JOIN agreements_contractitem i ON i.id = s.item_id
  LEFT JOIN agreements_article a ON a.id = s.article_id
  LEFT JOIN ({_LISTED}) listed ON listed.article_id = s.article_id
  LEFT JOIN ({_LIST_PRICES}) lp
    ON lp.article_id = s.article_id AND lp.item_id = s.item_id AND i.basis = 'list_discount'
  LEFT JOIN ({_VERSIONS}) version ON version.item_id = s.item_id
  LEFT JOIN (
    SELECT DISTINCT l.item_id
      FROM agreements_listing l JOIN agreements_contractitem ti ON ti.id = l.item_id
     WHERE ti.award_id = %(award)s AND ti.basis <> 'list_discount' AND l.is_listed
  ) taken ON taken.item_id = s.item_id
 WHERE s.upload_id = %(upload)s
"""  # noqa: S608 -- built of this module's constants


def _with_money(statement: str) -> str:
    """Write each `{column}` inside a sentence as an amount the German way."""
    for column in ("price", "list_price", "contract_price"):
        amount = f"translate(to_char({column}, 'FM9,999,999,990.0099'), ',.', '.,')"
        statement = statement.replace("{" + column + "}", f"' || {amount} || ' EUR")
    return statement


_ASSESS = _with_money(f"""
WITH facts AS ({_FACTS}), judged AS (
    SELECT facts.*, CASE
        WHEN NOT is_priced THEN
            'Für die Position ' || item_number || ' gilt am ' || %(german_day)s
            || ' kein Vertragspreis.'
        WHEN listed_numbers IS NOT NULL AND NOT is_listed THEN
            'Der Artikel ist unter Position ' || listed_numbers || ' gelistet; den Wechsel zu '
            || 'Position ' || item_number || ' entscheidet das Vertragsmanagement.'
        WHEN basis <> 'list_discount' AND unit <> item_unit THEN
            'Die Einheit ' || unit || ' weicht von der Vertragsposition ab (' || item_unit || ').'
        WHEN basis <> 'list_discount' AND NOT is_listed AND (is_taken OR place > 1) THEN
            'Position ' || item_number || ' ist schon mit einem Artikel belegt; einen '
            || 'Nachfolger gibt das Vertragsmanagement frei.'
        WHEN basis <> 'list_discount' AND over_contract THEN
            'Der Preis {{price}} liegt über dem Vertragspreis {{contract_price}} der Position '
            || item_number || '.'
        WHEN list_price IS NOT NULL AND unit <> article_unit THEN
            'Die Einheit wechselt von ' || article_unit || ' auf ' || unit
            || '; der Listenpreis ist nicht vergleichbar.'
        WHEN list_rises THEN
            'Der Listenpreis steigt von {{list_price}} auf {{price}}; eine Erhöhung geben '
            || 'Vertragsmanagement und eine zweite Person frei.'
        WHEN basis = 'list_discount' AND least_net <= 0 THEN
            'Nach dem Nachlass der Position ' || item_number || ' bleibt kein Preis übrig.'
        ELSE '' END AS why
      FROM facts
), decided AS (
    SELECT id, why, changed,
           CASE WHEN why <> '' THEN 'held_back'
                WHEN NOT is_listed THEN 'new'
                WHEN changed <> '[]' THEN 'changed'
                ELSE 'unchanged' END AS action,
           CASE WHEN basis = 'list_discount' THEN list_price ELSE contract_price END AS previous
      FROM judged
)
UPDATE supplier_catalogue_stagedarticle s
   SET action = d.action, reason = d.why, changed_fields = d.changed, previous_price = d.previous
  FROM decided d
 WHERE s.id = d.id
   AND (s.action, s.reason, s.changed_fields, s.previous_price)
       IS DISTINCT FROM (d.action, d.why, d.changed, d.previous)
""")  # noqa: S608 -- built of this module's constants


def match_items(upload: CatalogueUpload, day: date) -> None:
    """Tie the staged rows to the supplier's articles and the award's items."""
    _execute(_MATCH, upload, day=day)


def refuse_unmatched(upload: CatalogueUpload) -> None:
    """Turn rows without an item, a name or a price into messages with row and reason."""
    columns = upload.mapping.get("columns", {})
    _execute(
        _REFUSE,
        upload,
        group_column=columns.get("product_group", "product_group"),
        name_column=columns.get("name", "name"),
        price_column=columns.get("price", "price"),
    )


def assess(upload: CatalogueUpload, day: date) -> None:
    """Set action, reason, changed fields and previous price of every staged row."""
    _execute(_ASSESS, upload, day=day, german_day=f"{day:%d.%m.%Y}")


def _execute(statement: str, upload: CatalogueUpload, **values: str | date) -> None:
    known: dict[str, int | str | date] = {
        "upload": upload.pk,
        "award": upload.award_id,
        "supplier": upload.supplier_id,
        **values,
    }
    with without_nested_loops() as cursor:
        cursor.execute(statement, known)
