"""Which column of a supplier's table means what."""

from __future__ import annotations

import re
from collections import abc
from collections.abc import Iterable
from dataclasses import dataclass, field

from .errors import FileRejected, MappingError

TARGETS = (
    "supplier_aid",
    "name",
    "description_long",
    "manufacturer",
    "mpn",
    "gtin",
    "product_group",
    "unit",
    "price",
    "currency",
    "price_unit",
    "lower_bound",
    "tax_rate",
    "delivery_days",
    "valid_from",
    "valid_to",
)
# the same for every article only where that makes sense
CONSTANT_TARGETS = tuple(
    target for target in TARGETS if target not in {"supplier_aid", "name", "price", "gtin", "mpn"}
)

PLACEHOLDER = re.compile(r"\{([^{}]+)\}")

_KNOWN_HEADERS = {
    "supplier_aid": ("artikelnummer", "artikelnr", "artnr", "supplieraid", "supplierpid", "sku"),
    "name": ("bezeichnung", "artikelname", "artikelbezeichnung", "kurztext", "name"),
    "description_long": ("beschreibung", "langtext", "description", "descriptionlong"),
    "manufacturer": ("hersteller", "herstellername", "marke", "manufacturer"),
    "mpn": ("herstellernummer", "herstellerartikelnummer", "artnrhersteller", "mpn"),
    "gtin": ("gtin", "ean", "eancode"),
    "product_group": ("warengruppe", "produktgruppe", "kategorie", "productgroup"),
    "unit": ("einheit", "mengeneinheit", "bestelleinheit", "besteinheit", "unit"),
    "price": ("preis", "preiseur", "nettopreis", "nettopreiseur", "listenpreis", "price"),
    "currency": ("währung", "waehrung", "currency"),
    "price_unit": ("preiseinheit", "preismenge", "priceunit"),
    "lower_bound": ("abmenge", "staffelmenge", "mindestmenge", "lowerbound"),
    "tax_rate": ("steuer", "steuersatz", "mwst", "ust", "taxrate"),
    "delivery_days": ("lieferzeit", "lieferzeittage", "deliverydays"),
    "valid_from": ("gültigab", "gueltigab", "gültigvon", "validfrom"),
    "valid_to": ("gültigbis", "gueltigbis", "validto"),
}


@dataclass(frozen=True, slots=True)
class TierColumns:
    """The columns of a further tier price: from this quantity on, this price."""

    lower_bound: str
    price: str


@dataclass(frozen=True, slots=True)
class Mapping:
    """How the rows of a table become articles.

    `columns` maps targets (see `TARGETS`) to column headings, `constants` to a value
    that holds for all rows, `features` the names of features to headings.

    The article's name is the column mapped to `name`, or the non-empty values of the
    columns in `name_template`, joined by spaces.

    The article's number is, in this order: `id_template` with its `{heading}`
    placeholders filled; the columns in `id_columns` joined by `-`; the column mapped to
    `supplier_aid`. Where none of these is given it is made by rule: the slug of the
    name's columns and of those in `distinguish_by`. The values in `distinguish_by` are
    always part of it, also for a name that occurs once, so that the number of an
    article does not change when a second variant is added later. Rows equal in all of
    these columns are refused but for the first.

    `header_row` counts from 1. `decimal_sign`, `encoding` and `delimiter` overrule
    what the reader would find out by itself.
    """

    columns: abc.Mapping[str, str] = field(default_factory=dict)
    constants: abc.Mapping[str, str] = field(default_factory=dict)
    features: abc.Mapping[str, str] = field(default_factory=dict)
    name_template: tuple[str, ...] = ()
    id_template: str = ""
    id_columns: tuple[str, ...] = ()
    distinguish_by: tuple[str, ...] = ()
    tiers: tuple[TierColumns, ...] = ()
    sheet: str = ""
    header_row: int = 1
    decimal_sign: str = ""
    encoding: str = ""
    delimiter: str = ""

    def __post_init__(self) -> None:
        _check_targets("columns", self.columns, TARGETS)
        _check_targets("constants", self.constants, CONSTANT_TARGETS)
        for target in self.constants:
            if target in self.columns:
                raise MappingError(
                    f"constants.{target}", "Das Feld ist schon einer Spalte zugeordnet."
                )
        if "price" not in self.columns:
            raise MappingError("columns.price", "Die Preisspalte ist nicht zugeordnet.")
        if "name" not in self.columns and not self.name_template:
            raise MappingError("columns.name", "Die Bezeichnung ist nicht zugeordnet.")
        if self.id_template and not PLACEHOLDER.search(self.id_template):
            raise MappingError(
                "id_template", "Die Vorlage enthält keine Spalte in geschweiften Klammern."
            )
        if self.header_row < 1:
            raise MappingError("header_row", "Die Kopfzeile zählt ab 1.")
        if self.decimal_sign not in {"", ".", ","}:
            raise MappingError("decimal_sign", "Das Dezimalzeichen ist Punkt oder Komma.")
        if len(self.delimiter) > 1:
            raise MappingError("delimiter", "Das Trennzeichen ist ein einzelnes Zeichen.")

    @property
    def name_columns(self) -> tuple[str, ...]:
        return self.name_template or (self.columns["name"],)

    @property
    def id_placeholders(self) -> tuple[str, ...]:
        """The headings named in `id_template`."""
        return tuple(PLACEHOLDER.findall(self.id_template))

    @property
    def makes_id_by_rule(self) -> bool:
        return not (self.id_template or self.id_columns or "supplier_aid" in self.columns)

    @property
    def headings(self) -> tuple[str, ...]:
        """Every column heading the mapping needs, without repetition."""
        tiers = (heading for tier in self.tiers for heading in (tier.lower_bound, tier.price))
        every = (
            *self.columns.values(),
            *self.name_template,
            *self.id_placeholders,
            *self.id_columns,
            *self.distinguish_by,
            *self.features.values(),
            *tiers,
        )
        return tuple(dict.fromkeys(every))

    @classmethod
    def from_json(cls, data: object) -> Mapping:
        """Make a mapping from parsed JSON; raises `MappingError` naming the field."""
        if not isinstance(data, dict):
            raise MappingError("mapping", "Die Zuordnung muss ein Objekt sein.")
        unknown = sorted(set(data) - set(cls.__dataclass_fields__), key=str)
        if unknown:
            raise MappingError(str(unknown[0]), "Dieses Feld gibt es nicht.")
        header_row = data.get("header_row", 1)
        if not isinstance(header_row, int) or isinstance(header_row, bool):
            raise MappingError("header_row", "Die Kopfzeile muss eine ganze Zahl sein.")
        texts = ("id_template", "sheet", "decimal_sign", "encoding", "delimiter")
        return cls(
            columns=_text_map(data, "columns"),
            constants=_text_map(data, "constants"),
            features=_text_map(data, "features"),
            name_template=_text_list(data, "name_template"),
            id_columns=_text_list(data, "id_columns"),
            distinguish_by=_text_list(data, "distinguish_by"),
            tiers=_tiers(data),
            header_row=header_row,
            **{key: _text(key, data.get(key, "")) for key in texts},
        )

    @classmethod
    def guess(cls, headings: Iterable[str]) -> Mapping:
        """Map columns with usual German or English headings.

        Raises `FileRejected` (`mapping_needed`) when number, name or price stays open.
        """
        by_plain_name = {_plain_name(heading): heading for heading in headings if heading}
        columns = {}
        for target, known in _KNOWN_HEADERS.items():
            found = next((by_plain_name[name] for name in known if name in by_plain_name), None)
            if found is not None:
                columns[target] = found
        for target, german in (
            ("supplier_aid", "die Artikelnummer"),
            ("name", "die Bezeichnung"),
            ("price", "den Preis"),
        ):
            if target not in columns:
                raise FileRejected("mapping_needed", detail=german)
        return cls(columns=columns)


def _plain_name(heading: str) -> str:
    return re.sub(r"[\W_]+", "", heading.lower())


def _check_targets(name: str, entries: abc.Mapping[str, str], allowed: tuple[str, ...]) -> None:
    for target, heading in entries.items():
        if target not in allowed:
            raise MappingError(f"{name}.{target}", "Dieses Feld lässt sich hier nicht zuordnen.")
        if not heading:
            raise MappingError(f"{name}.{target}", "Der Eintrag ist leer.")


def _text(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise MappingError(name, "Der Eintrag muss ein Text sein.")
    return value


def _text_map(data: abc.Mapping[str, object], name: str) -> dict[str, str]:
    value = data.get(name, {})
    if not isinstance(value, dict):
        raise MappingError(name, "Der Eintrag muss ein Objekt sein.")
    return {str(key): _text(f"{name}.{key}", entry) for key, entry in value.items()}


def _text_list(data: abc.Mapping[str, object], name: str) -> tuple[str, ...]:
    value = data.get(name, [])
    if not isinstance(value, list):
        raise MappingError(name, "Der Eintrag muss eine Liste sein.")
    return tuple(_text(f"{name}.{index}", entry) for index, entry in enumerate(value))


def _tiers(data: abc.Mapping[str, object]) -> tuple[TierColumns, ...]:
    value = data.get("tiers", [])
    if not isinstance(value, list):
        raise MappingError("tiers", "Der Eintrag muss eine Liste sein.")
    tiers = []
    for index, entry in enumerate(value):
        name = f"tiers.{index}"
        if not isinstance(entry, dict) or set(entry) != {"lower_bound", "price"}:
            raise MappingError(name, "Eine Staffel hat die Felder lower_bound und price.")
        tiers.append(
            TierColumns(
                _text(f"{name}.lower_bound", entry["lower_bound"]),
                _text(f"{name}.price", entry["price"]),
            )
        )
    return tuple(tiers)
