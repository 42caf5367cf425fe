"""Rows of a CSV file whose character set and delimiter nobody stated."""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from collections.abc import Collection, Iterator
from typing import BinaryIO

from .errors import FileRejected

DELIMITERS = (";", ",", "\t", "|")
_CHUNK = 256 * 1024
_SAMPLE_CHARACTERS = 64 * 1024
_SAMPLE_ROWS = 25
_UNDEFINED_IN_CP1252 = frozenset(b"\x81\x8d\x8f\x90\x9d")


def detect_encoding(stream: BinaryIO) -> str:
    """Return the character set: by mark, else UTF-8 if all of it is, else Windows.

    Latin-1 is left for files with bytes that Windows-1252 does not define. Both are the
    same for every printable character of Latin-1.
    """
    stream.seek(0)
    head = stream.read(4)
    stream.seek(0)
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_utf8, is_cp1252 = True, True
    while chunk := stream.read(_CHUNK):
        if is_utf8:
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError:
                is_utf8 = False
        is_cp1252 = is_cp1252 and _UNDEFINED_IN_CP1252.isdisjoint(chunk)
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        is_utf8 = False
    stream.seek(0)
    if is_utf8:
        return "utf-8"
    return "cp1252" if is_cp1252 else "iso-8859-1"


def detect_delimiter(sample: str, wanted: Collection[str], header_row: int) -> str:
    """Return the delimiter under which the sample is most like a table.

    Best is the one whose header holds the most of the `wanted` headings, then the one
    that gives the most rows the same number of cells, then the most cells.
    """
    return max(DELIMITERS, key=lambda delimiter: _likeness(sample, delimiter, wanted, header_row))


def _likeness(
    sample: str, delimiter: str, wanted: Collection[str], header_row: int
) -> tuple[int, float, int]:
    rows = []
    try:
        for row in csv.reader(io.StringIO(sample), delimiter=delimiter):
            rows.append(row)
            if len(rows) == _SAMPLE_ROWS + header_row:
                break
    except csv.Error:
        return 0, 0, 0
    table = [row for row in rows[header_row - 1 :] if row]
    if not table:
        return 0, 0, 0
    headings = {cell.strip() for cell in table[0]}
    width, alike = Counter(len(row) for row in table).most_common(1)[0]
    if width == 1:
        return len(headings.intersection(wanted)), 0, 1
    return len(headings.intersection(wanted)), alike / len(table), width


class CsvTable:
    """The rows of a CSV file, numbered as a spreadsheet would show them."""

    def __init__(
        self,
        stream: BinaryIO,
        *,
        encoding: str = "",
        delimiter: str = "",
        wanted: Collection[str] = (),
        header_row: int = 1,
    ) -> None:
        self._stream = stream
        try:
            self.encoding = codecs.lookup(encoding).name if encoding else detect_encoding(stream)
        except LookupError as error:
            raise FileRejected("format_unknown") from error
        text = self._open_text()
        sample = text.read(_SAMPLE_CHARACTERS)
        text.detach()
        self._skip = 0
        told = _told_delimiter(sample)
        if told:
            self._skip = 1
        self.delimiter = delimiter or told or detect_delimiter(sample, wanted, header_row)
        self.sheets: tuple[str, ...] = ()
        self.sheet = ""

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield row number and cells; empty lines count but are left out."""
        text = self._open_text()
        reader = csv.reader(text, delimiter=self.delimiter)
        number = -self._skip
        try:
            for row in reader:
                number += 1
                if row and number > 0:
                    yield number, [cell.strip() for cell in row]
        except (csv.Error, UnicodeError) as error:
            raise FileRejected("csv_damaged", line=reader.line_num) from error
        finally:
            # the wrapper would close a stream that is not its own
            if not self._stream.closed:
                text.detach()

    def _open_text(self) -> io.TextIOWrapper:
        self._stream.seek(0)
        return io.TextIOWrapper(self._stream, encoding=self.encoding, newline="", errors="replace")


def _told_delimiter(sample: str) -> str:
    """Excel reads and writes a first line `sep=;`; it is not counted as a row."""
    first = sample.split("\n", 1)[0].strip().lower()
    told = first.removeprefix("sep=")
    return told if len(told) == 1 and told != first else ""
