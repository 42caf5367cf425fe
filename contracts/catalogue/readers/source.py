"""Opening a file within its limits, and telling what it is by its content."""

from __future__ import annotations

import os
import tempfile
import zipfile
from pathlib import Path
from typing import BinaryIO, cast

from lxml import etree

from .errors import FileRejected
from .records import Limits
from .xml import LOCAL_NAME, SAFE_PARSER_OPTIONS, syntax_error

_HEAD = 64 * 1024
_SPOOL_IN_MEMORY = 4 * 2**20
_MEGABYTE = 2**20
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def open_source(source: BinaryIO | str | os.PathLike[str], limits: Limits) -> BinaryIO:
    """Return a seekable stream at its start; refuses what is empty or too large.

    A stream that cannot seek is copied to a temporary file, up to the limit.
    """
    stream: BinaryIO
    if isinstance(source, str | os.PathLike):
        stream = Path(source).open("rb")  # noqa: SIM115 -- closed by the reading
    elif source.seekable():
        stream = source
    else:
        stream = _spooled(source, limits)
    size = stream.seek(0, os.SEEK_END)
    stream.seek(0)
    if 0 < size <= limits.max_bytes:
        return stream
    if stream is not source:
        stream.close()
    if size == 0:
        raise FileRejected("file_empty")
    raise FileRejected("file_too_large", limit=limits.max_bytes // _MEGABYTE)


def sniff(stream: BinaryIO) -> str:
    """Return `bmecat`, `xlsx` or `csv` by the content; a file name proves nothing."""
    head = stream.read(_HEAD)
    stream.seek(0)
    if head.startswith(b"PK\x03\x04"):
        return _sniff_archive(stream)
    if head.startswith(_OLE):
        raise FileRejected("xlsx_encrypted" if _is_encrypted(stream) else "xls_old")
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    utf16 = head.startswith(_UTF16_MARKS)
    if text.startswith(b"<") or (utf16 and head[2:4].strip(b"\x00") == b"<"):
        return _sniff_xml(head)
    if not text.strip():
        raise FileRejected("file_empty")
    if head.startswith(b"%PDF") or (b"\x00" in head and not utf16):
        raise FileRejected("format_unknown")
    return "csv"


def _spooled(source: BinaryIO, limits: Limits) -> BinaryIO:
    spool = tempfile.SpooledTemporaryFile(max_size=_SPOOL_IN_MEMORY)  # noqa: SIM115
    size = 0
    while chunk := source.read(_HEAD):
        size += len(chunk)
        spool.write(chunk)
        if size > limits.max_bytes:
            break
    return cast("BinaryIO", spool)


def _sniff_archive(stream: BinaryIO) -> str:
    try:
        with zipfile.ZipFile(stream) as archive:
            names = {name.lower().lstrip("/") for name in archive.namelist()}
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise FileRejected("xlsx_damaged", detail="Archiv nicht lesbar") from error
    finally:
        stream.seek(0)
    if "xl/workbook.xml" not in names:
        raise FileRejected("format_unknown")
    return "xlsx"


def _is_encrypted(stream: BinaryIO) -> bool:
    """An encrypted XLSX is an OLE file with this entry in its directory."""
    tail = b""
    try:
        while chunk := stream.read(_HEAD):
            if _ENCRYPTED in tail + chunk:
                return True
            tail = chunk[-len(_ENCRYPTED) :]
        return False
    finally:
        stream.seek(0)


def _sniff_xml(head: bytes) -> str:
    parser = etree.XMLPullParser(events=("start",), **SAFE_PARSER_OPTIONS)
    try:
        parser.feed(head)
        events = list(parser.read_events())
    except etree.XMLSyntaxError as error:
        events = list(parser.read_events())
        if not events:
            raise syntax_error(error) from error
    if not events:
        raise FileRejected("format_unknown")
    root = LOCAL_NAME[events[0][1].tag]
    if root.upper() != "BMECAT":
        raise FileRejected("xml_not_bmecat", detail=root[:80])
    return "bmecat"
