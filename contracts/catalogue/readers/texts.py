"""Cleaning of texts: spaces, control characters, markup in descriptions."""

from __future__ import annotations

import html
import re

from .findings import Findings

# C0 and C1 controls except tab and line ends, and the characters that turn the reading
# direction, with which one text can be shown as another
_CONTROL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)
# the replacement character, and what it becomes when read as Latin-1
_GARBLED = re.compile("\ufffd|\u00ef\u00bf\u00bd")
_UNFIT_FOR_ID = re.compile(f"[{_CONTROL.pattern[1:-1]}\t\n\r]")
_DOUBTFUL = re.compile(f"[{_CONTROL.pattern[1:-1]}\ufffd\u00ef]")

_MARKUP = re.compile(
    r"</?(?:p|br|ul|ol|li|b|i|u|strong|em|h[1-6]|div|span|a|table|tr|td)\b[^>]*>", re.IGNORECASE
)
_ITEM = re.compile(r"<li\b[^>]*>", re.IGNORECASE)
_BREAK = re.compile(r"<br\b[^>]*>|</(?:p|li|ul|ol|h[1-6]|div|tr)\s*>", re.IGNORECASE)
_ESCAPED = re.compile(r"&(?:#\d{1,6}|[a-zA-Z]{2,8}\d?);")


def has_only_printable(text: str) -> bool:
    """Tell whether no part of `text` needs the look that single texts get."""
    return not _DOUBTFUL.search(text)


def single_line(findings: Findings, column: str, value: str, limit: int) -> str:
    """Return `value` with runs of white space made one space; too long is an error."""
    if not value:
        return ""
    if not findings.all_printable:
        value = _checked(findings, column, value)
    value = " ".join(value.split())
    if len(value) > limit:
        findings.add("text_too_long", column, value, limit=limit)
    return value


def paragraph(findings: Findings, column: str, value: str, limit: int) -> str:
    """Return a description as plain text with line breaks; too long is an error.

    BMEcat allows a few HTML tags in descriptions, and suppliers use more of them.
    """
    if not value:
        return ""
    value = _checked(findings, column, value)
    if "<" in value and _MARKUP.search(value):
        value = _BREAK.sub("\n", _ITEM.sub("– ", value))
        value = _MARKUP.sub("", value)
    if "&" in value and _ESCAPED.search(value):
        value = html.unescape(value)
    lines = (" ".join(line.split()) for line in value.splitlines())
    value = "\n".join(line for line in lines if line)
    if len(value) > limit:
        findings.add("text_too_long", column, value, limit=limit)
    return value


def article_number(findings: Findings, column: str, value: str, limit: int) -> str:
    """Return the supplier's article number; it is never repaired beyond its ends."""
    value = value.strip()
    if not value:
        findings.add("id_missing", column)
    elif not findings.all_printable and _UNFIT_FOR_ID.search(value):
        findings.add("id_control_characters", column, _CONTROL.sub("", value))
    elif len(value) > limit:
        findings.add("text_too_long", column, value, limit=limit)
    return value


def _checked(findings: Findings, column: str, value: str) -> str:
    if not _DOUBTFUL.search(value):
        return value
    if _CONTROL.search(value):
        value = _CONTROL.sub("", value)
        findings.add("control_characters", column, value)
    if _GARBLED.search(value):
        findings.add("text_garbled", column, value)
    return value
