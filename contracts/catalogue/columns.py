"""The mapping of an upload: what the readers know, plus the contract item's column."""

from __future__ import annotations

from collections.abc import Mapping as AbstractMapping
from dataclasses import replace

from .errors import InvalidMapping
from .readers import Mapping, MappingError

# The readers carry the column along as a feature of this name; staging takes it out.
CONTRACT_ITEM = "contract_item"


def parse_mapping(data: AbstractMapping[str, object]) -> Mapping | None:
    """Turn an upload's mapping into the readers' one; None means to guess by headings.

    Raises InvalidMapping.
    """
    if not data:
        return None
    rest = {key: value for key, value in data.items() if key != CONTRACT_ITEM}
    heading = data.get(CONTRACT_ITEM, "")
    if not isinstance(heading, str):
        raise InvalidMapping(CONTRACT_ITEM, "Der Eintrag muss ein Text sein.")
    try:
        mapping = Mapping.from_json(rest)
    except MappingError as error:
        raise InvalidMapping(error.field, error.message) from error
    if not heading:
        return mapping
    return replace(mapping, features={**mapping.features, CONTRACT_ITEM: heading})
