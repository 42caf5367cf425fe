"""Rows of an XLSX file: cached values as they were saved, formulas never evaluated.

Read here, cell by cell, and not by one of the packages for it: those that are fast
reserve memory for the whole extent of a sheet and copy a shared text into every cell
that refers to it, so that a file of two kilobytes can demand all memory there is.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import IO, BinaryIO

from .errors import FileRejected
from .records import Limits
from .xml import LOCAL_NAME, Element, discard, sections

Cell = str | Decimal

_WORKBOOK = "xl/workbook.xml"
_ENCRYPTED_FLAG = 0x1
_SMALL = 10 * 2**20  # below this an archive is no bomb, however well it is packed
_MOST_MEMBERS = 10_000
_LONGEST_TEXT = 32_767  # no program puts more into a cell
_EXACT_DIGITS = 15  # what a spreadsheet keeps of a number
_LARGEST_EXPONENT = 308  # of a number kept in eight bytes, as all of a spreadsheet are
_REFERENCE = re.compile(r"([A-Z]{1,3})\d*", re.ASCII)
_RANGE = re.compile(r"([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})", re.ASCII)
_NO_TEXT = "…"  # a formula that shares the text of another
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


@dataclass(frozen=True, slots=True)
class MergedRange:
    """Cells shown as one; rows count from 1, columns from 0, the ends are part of it.

    Only the first cell has a value; the others are empty in the file.
    """

    top: int
    left: int
    bottom: int
    right: int


class XlsxTable:
    """One sheet of a workbook. Raises `FileRejected` when made or while read."""

    encoding = ""
    delimiter = ""

    def __init__(self, stream: BinaryIO, *, sheet: str = "", limits: Limits) -> None:
        self._limits = limits
        self._characters = 0
        stream.seek(0)
        try:
            self._archive = zipfile.ZipFile(stream)
        except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
            raise _damaged("Archiv nicht lesbar") from error
        self._members = _checked_members(self._archive, limits)
        members_by_sheet = self._sheet_members()
        self.sheets = tuple(members_by_sheet)
        if not self.sheets:
            raise _damaged("kein Tabellenblatt")
        self.sheet = sheet or self.sheets[0]
        if self.sheet not in members_by_sheet:
            raise FileRejected("sheet_missing", detail=sheet, present=", ".join(self.sheets))
        self._member = members_by_sheet[self.sheet]
        self._strings = self._shared_strings()

    def rows(self) -> Iterator[tuple[int, list[Cell]]]:
        """Yield row number and cells of each row that has any."""
        number = 0
        with self._open(self._member) as stream:
            for _, row in sections(stream, ("row",), self._limits):
                stated = row.get("r") or ""
                number = int(stated) if stated.isdigit() else number + 1
                cells = self._cells(row)
                if cells:
                    yield number, cells
                discard(row)

    def merged_ranges(self) -> list[MergedRange]:
        """The merged cells of the sheet; the file names them behind its rows: one more pass."""
        found = []
        with self._open(self._member) as stream:
            for name, element in sections(stream, ("row", "mergeCell"), self._limits):
                stated = _RANGE.fullmatch(element.get("ref") or "") if name == "mergeCell" else None
                if stated is not None:
                    left, top, right, bottom = stated.groups()
                    found.append(
                        MergedRange(
                            int(top), _column_index(left), int(bottom), _column_index(right)
                        )
                    )
                discard(element)
        return found

    def _cells(self, row: Element) -> list[Cell]:
        cells: list[Cell] = []
        index = -1
        for element in row:
            reference = _REFERENCE.match(element.get("r") or "")
            index = _column_index(reference.group(1)) if reference else index + 1
            value = self._value(element)
            if isinstance(value, str):
                value = self._counted(value.strip())
                if not value:
                    continue
            if index >= self._limits.max_columns:
                raise FileRejected("too_many_columns", limit=self._limits.max_columns)
            if index < len(cells):
                raise _damaged("Zellen in falscher Reihenfolge")
            cells.extend([""] * (index - len(cells)))
            cells.append(value)
        return cells

    def _counted(self, text: str) -> str:
        """Count the texts as the cells show them: one shared text can stand in all cells."""
        self._characters += len(text)
        if self._characters > self._limits.max_unpacked_bytes:
            raise FileRejected("zip_bomb")
        if len(text) > _LONGEST_TEXT:
            raise _damaged(f"Text mit mehr als {_LONGEST_TEXT} Zeichen")
        return text

    def _value(self, cell: Element) -> Cell:
        """The saved value; a formula saved without one is shown as it is written."""
        text = formula = ""
        kind = cell.get("t") or "n"
        # the result of a formula may be an empty text; one without a result has no element
        is_saved = False
        for child in cell:
            name = LOCAL_NAME[child.tag]
            if name == "v":
                text, is_saved = child.text or "", True
            elif name == "is":
                return _rich_text(child)
            elif name == "f":
                formula = child.text or _NO_TEXT
        if not text and formula and not (is_saved and kind == "str"):
            return f"={formula}"
        if kind == "s":
            return self._shared(text)
        if kind == "n":
            return _number(text) if text else ""
        return _unescaped(text) if kind == "str" else text

    def _shared(self, text: str) -> str:
        try:
            return self._strings[int(text)]
        except (ValueError, IndexError) as error:
            raise _damaged("Verweis auf fehlenden Text") from error

    def _sheet_members(self) -> dict[str, str]:
        """The worksheets by their names, in the order of the workbook."""
        targets = {
            (element.get("Id") or ""): element.get("Target") or ""
            for element in self._elements("xl/_rels/workbook.xml.rels", "Relationship")
            if (element.get("Type") or "").endswith("/worksheet")
        }
        found: dict[str, str] = {}
        for sheet in self._elements(_WORKBOOK, "sheet"):
            relation = next((value for key, value in sheet.items() if LOCAL_NAME[key] == "id"), "")
            if relation in targets:
                target = posixpath.normpath(posixpath.join("/xl", targets[relation]))
                found[sheet.get("name") or ""] = target.lstrip("/")
        return found

    def _shared_strings(self) -> list[str]:
        name = self._members.get("xl/sharedstrings.xml")
        if name is None:
            return []
        if self._archive.getinfo(name).file_size > self._limits.max_shared_strings_bytes:
            raise FileRejected("zip_bomb")
        strings = []
        with self._open(name) as stream:
            for _, item in sections(stream, ("si",), self._limits):
                strings.append(_rich_text(item))
                discard(item)
        return strings

    def _elements(self, member: str, name: str) -> Iterator[Element]:
        with self._open(member) as stream:
            for _, element in sections(stream, (name,), self._limits):
                yield element

    @contextmanager
    def _open(self, member: str) -> Iterator[IO[bytes]]:
        """Open a part; it is read no further than the archive says it is long."""
        name = self._members.get(member.lower())
        if name is None:
            raise _damaged(f"{posixpath.basename(member)} fehlt")
        try:
            with self._archive.open(name) as stream:
                yield stream
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
            raise _damaged("Archiv nicht lesbar") from error
        except FileRejected as error:
            if error.fault != "xml_not_well_formed":
                raise
            raise _damaged(f"{posixpath.basename(name)} nicht lesbar") from error


def _checked_members(archive: zipfile.ZipFile, limits: Limits) -> dict[str, str]:
    """Return the archive's names by their lower case; refuses bombs and passwords."""
    entries = archive.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if any(entry.flag_bits & _ENCRYPTED_FLAG for entry in entries):
        raise FileRejected("xlsx_encrypted")
    if (
        len(entries) > _MOST_MEMBERS
        or unpacked > limits.max_unpacked_bytes
        or (unpacked > _SMALL and unpacked > packed * limits.max_compression_ratio)
    ):
        raise FileRejected("zip_bomb")
    members = {entry.filename.lower().lstrip("/"): entry.filename for entry in entries}
    if len(members) != len(entries):
        raise _damaged("doppelte Einträge")
    return members


def _damaged(detail: str) -> FileRejected:
    return FileRejected("xlsx_damaged", detail=detail)


def _column_index(letters: str) -> int:
    """Return the index of a column, counting from 0: A is 0, AA is 26."""
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - ord("A") + 1
    return index - 1


def _number(text: str) -> Cell:
    """Return a number with the digits a spreadsheet shows, not those of its binary form.

    What no spreadsheet can hold (`NaN`, `1E+999999`) stays text.
    """
    try:
        if len(text) <= _EXACT_DIGITS:
            number = Decimal(text)
        else:
            number = Decimal(f"{float(text):.{_EXACT_DIGITS}g}")
    except (InvalidOperation, ValueError):
        return text
    is_possible = number.is_finite() and abs(number.adjusted()) <= _LARGEST_EXPONENT
    return number if is_possible else text


def _rich_text(item: Element) -> str:
    """Return the text of all runs; phonetic hints (rPh) are not part of it."""
    texts: list[str] = []
    for child in item:
        name = LOCAL_NAME[child.tag]
        if name == "t":
            texts.append(child.text or "")
        elif name == "r":
            texts.extend(run.text or "" for run in child if LOCAL_NAME[run.tag] == "t")
    return _unescaped("".join(texts))


def _unescaped(text: str) -> str:
    if "_x" not in text:
        return text
    return _ESCAPED.sub(lambda match: chr(int(match.group(1), 16)), text)
