"""Texts and numbers of BMEcat elements."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from lxml import etree

from .numbers import NotANumber, parse_number, standard_sign
from .xml import LOCAL_NAME, Element

_GERMAN = frozenset(("deu", "ger", "de"))


def texts(section: Element) -> dict[str, str]:
    """Return the texts of the children by local name.

    Of several with the same name the German one is taken, or else the first.
    """
    found: dict[str, str] = {}
    for child in section:
        name = LOCAL_NAME[child.tag]
        if name in found and not is_german(child):
            continue
        found[name] = content(child) if len(child) else (child.text or "").strip()
    return found


def is_german(element: Element) -> bool:
    """Tell whether the element says that its text is German."""
    language = element.get("lang")
    return language is not None and language.lower() in _GERMAN


def content(element: Element) -> str:
    """Return the text; entities that were not expanded stay as they are written."""
    text = element.text or ""
    for child in element:
        if child.tag is etree.Entity:
            text += (child.text or "") + (child.tail or "")
    return text.strip()


def number(text: str) -> Decimal | str:
    """Return the number in the standard's notation, or the text itself when it is none."""
    if not text:
        return ""
    try:
        return parse_number(text, standard_sign(text))
    except (NotANumber, InvalidOperation):
        return text
