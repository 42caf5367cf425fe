"""What the rows of a sheet say together: awards, positions, price versions, tiers. Pure.

An empty cell of a further row says nothing; a filled one must repeat what stands already.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from operator import attrgetter
from typing import Any

from contracts.agreements.models import PriceBasis
from contracts.agreements.writing.tiers import TierRow
from contracts.catalogue.readers import DEFAULT_UNIT, plain

from .codes import SheetCode
from .columns import HEADINGS
from .report import Errors
from .rows import SheetRow, Validity, german_range

AWARD_FIELDS = ("rank", "reference", "awarded_on")
POSITION_FIELDS = (
    "title", "unit", "product_group", "basis", "vat_class", "periods", "period_months",
    "max_quantity", "article_number", "manufacturer", "gtin",
)  # fmt: skip
VERSION_FIELDS = ("price_unit",)
AwardKey = tuple[int, str]  # lot number, code of the supplier


@dataclass(slots=True)
class Said:
    """What rows say about one thing: value and first row per field."""

    values: dict[str, Any] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)

    def hear(self, row: SheetRow, names: Iterable[str], code: SheetCode, errors: Errors) -> None:
        """Take over what is new; record `code` where the row says otherwise."""
        for name in names:
            value = getattr(row, name)
            if value is None:
                continue
            if name not in self.values:
                self.values[name], self.rows[name] = value, row.number
            elif self.values[name] != value:
                errors.add(
                    row.number,
                    code,
                    HEADINGS[name],
                    shown(value),
                    first=self.rows[name],
                    other=shown(self.values[name]),
                )

    def get(self, name: str, default: Any = None) -> Any:
        return self.values.get(name, default)


@dataclass(slots=True)
class PlannedVersion:
    """One price version of a position with its tiers, in the order of the file."""

    row: int
    valid: Validity
    said: Said = field(default_factory=Said)
    tiers: list[TierRow] = field(default_factory=list)
    tier_rows: dict[int, int] = field(default_factory=dict)
    is_sound: bool = True

    @property
    def price_unit(self) -> int:
        return int(self.said.get("price_unit", 1))


@dataclass(slots=True)
class PlannedPosition:
    """One position of an award; `row` is the first that names it."""

    row: int
    award: AwardKey
    number: str
    said: Said = field(default_factory=Said)
    rows: list[SheetRow] = field(default_factory=list)
    versions: dict[Validity, PlannedVersion] = field(default_factory=dict)

    @property
    def basis(self) -> PriceBasis:
        return PriceBasis(self.said.get("basis", PriceBasis.FIXED))

    @property
    def title(self) -> str:
        return str(self.said.get("title", ""))

    @property
    def unit(self) -> str:
        return str(self.said.get("unit", DEFAULT_UNIT))

    @property
    def periods(self) -> int:
        return int(self.said.get("periods", 1))

    @property
    def max_quantity(self) -> int | None:
        value: int | None = self.said.get("max_quantity")
        return value

    @property
    def article_number(self) -> str:
        return str(self.said.get("article_number", ""))


@dataclass(slots=True)
class PlannedAward:
    """One award and its positions by number."""

    row: int
    key: AwardKey
    said: Said = field(default_factory=Said)
    positions: dict[str, PlannedPosition] = field(default_factory=dict)
    is_sound: bool = True

    @property
    def rank(self) -> int:
        return int(self.said.get("rank", 1))

    @property
    def reference(self) -> str:
        return str(self.said.get("reference", ""))

    @property
    def awarded_on(self) -> date | None:
        value: date | None = self.said.get("awarded_on")
        return value


def plan(rows: Iterable[SheetRow], errors: Errors) -> dict[AwardKey, PlannedAward]:
    """Group the rows and check each group; errors name the row at fault."""
    awards: dict[AwardKey, PlannedAward] = {}
    for row in rows:
        if row.lot is None or row.supplier is None:
            continue
        key = (row.lot, row.supplier)
        award = awards.setdefault(key, PlannedAward(row.number, key))
        award.is_sound = award.is_sound and row.is_sound
        award.said.hear(row, AWARD_FIELDS, SheetCode.AWARD_DIFFERS, errors)
        if row.position is None:
            continue
        position = award.positions.get(row.position)
        if position is None:
            position = PlannedPosition(row.number, key, row.position)
            award.positions[row.position] = position
        position.said.hear(row, POSITION_FIELDS, SheetCode.POSITION_DIFFERS, errors)
        position.rows.append(row)
    caps: dict[tuple[int, str], PlannedPosition] = {}
    for award in awards.values():
        for position in award.positions.values():
            _check_position(position, errors)
            _check_shared_cap(position, caps, errors)
    return awards


def _check_shared_cap(
    position: PlannedPosition, caps: dict[tuple[int, str], PlannedPosition], errors: Errors
) -> None:
    """Further ranks of a lot share the cap of a position: they can't name another."""
    if position.max_quantity is None:
        return
    first = caps.setdefault((position.award[0], position.number), position)
    if first.max_quantity != position.max_quantity:
        errors.add(
            position.said.rows["max_quantity"],
            SheetCode.POSITION_DIFFERS,
            HEADINGS["max_quantity"],
            str(position.max_quantity),
            first=first.said.rows["max_quantity"],
            other=str(first.max_quantity),
        )


def _check_position(position: PlannedPosition, errors: Errors) -> None:
    is_sound = all(row.is_sound for row in position.rows)
    said = position.said
    if is_sound and not position.title:
        errors.add(position.row, SheetCode.CELL_MISSING, HEADINGS["title"])
    if is_sound and position.basis is PriceBasis.LIST_DISCOUNT and not said.get("product_group"):
        errors.add(position.row, SheetCode.GROUP_MISSING, HEADINGS["product_group"])
    if is_sound and not position.article_number:
        for name in ("manufacturer", "gtin"):
            if value := said.get(name):
                errors.add(
                    said.rows[name], SheetCode.ARTICLE_MISSING, HEADINGS["article_number"], value
                )
    is_dated = all(row.valid is not None for row in position.rows)
    for row in position.rows:
        if row.valid is not None:
            version = position.versions.get(row.valid)
            if version is None:
                version = PlannedVersion(row.number, row.valid, is_sound=is_dated)
                position.versions[row.valid] = version
            version.said.hear(row, VERSION_FIELDS, SheetCode.POSITION_DIFFERS, errors)
            _add_tier(version, row, position.basis, errors)
    position.rows.clear()  # a hundred thousand of them are no longer needed
    for version in position.versions.values():
        _check_tiers(version, errors)
    _check_overlaps(list(position.versions.values()), errors)


def _add_tier(version: PlannedVersion, row: SheetRow, basis: PriceBasis, errors: Errors) -> None:
    """Take the row over as a tier, where it is sound and names what its basis asks for."""
    if not row.is_sound:
        version.is_sound = False
        return
    quantity = row.from_quantity or 1
    if quantity in version.tier_rows:
        errors.add(
            row.number,
            SheetCode.DUPLICATE_ROW,
            HEADINGS["from_quantity"],
            str(quantity),
            first=version.tier_rows[quantity],
        )
        return
    version.tier_rows[quantity] = row.number
    fault = _price_fault(row, basis)
    if fault is not None:
        code, name = fault
        errors.add(row.number, code, HEADINGS[name])
        version.is_sound = False
        return
    version.tiers.append(TierRow(quantity, row.price, row.discount))


def _price_fault(row: SheetRow, basis: PriceBasis) -> tuple[SheetCode, str] | None:
    is_discount = basis is PriceBasis.LIST_DISCOUNT
    if is_discount and row.price is not None:
        return SheetCode.PRICE_NOT_WANTED, "price"
    if is_discount and row.discount is None:
        return SheetCode.DISCOUNT_MISSING, "discount"
    if not is_discount and row.discount is not None:
        return SheetCode.DISCOUNT_NOT_WANTED, "discount"
    if not is_discount and row.price is None:
        return SheetCode.PRICE_MISSING, "price"
    return None


def _check_tiers(version: PlannedVersion, errors: Errors) -> None:
    """Tiers begin at 1 and rise from row to row; with a broken row nobody can tell."""
    if not version.is_sound:
        return
    before = 0
    for quantity, row in version.tier_rows.items():
        if quantity <= before or (before == 0 and quantity != 1):
            errors.add(row, SheetCode.TIER_ORDER, HEADINGS["from_quantity"], str(quantity))
            return
        before = quantity


def _check_overlaps(versions: Sequence[PlannedVersion], errors: Errors) -> None:
    """Record each version that begins before an earlier one has ended."""
    reigning: PlannedVersion | None = None
    for version in sorted(versions, key=lambda entry: entry.valid[0]):
        if reigning is not None and overlap(reigning.valid, version.valid):
            first, second = sorted((reigning, version), key=attrgetter("row"))
            errors.add(
                second.row,
                SheetCode.VERSIONS_OVERLAP,
                HEADINGS["valid_from"],
                german_range(second.valid),
                other=german_range(first.valid),
                place=f"Zeile {first.row}",
            )
        if reigning is None or _ends_later(version.valid, reigning.valid):
            reigning = version


def overlap(one: Validity, other: Validity) -> bool:
    """Whether the two ranges share a day."""
    return (one[1] is None or other[0] < one[1]) and (other[1] is None or one[0] < other[1])


def _ends_later(one: Validity, other: Validity) -> bool:
    return other[1] is not None and (one[1] is None or one[1] > other[1])


def shown(value: object) -> str:
    """A value as people write it."""
    if isinstance(value, PriceBasis):
        return str(value.label)
    if isinstance(value, date):
        return f"{value:%d.%m.%Y}"
    if isinstance(value, Decimal):
        return plain(value).replace(".", ",")
    return str(value)
