"""Which kinds of file are kept, told by their content; the name alone proves nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from io import BytesIO
from pathlib import PurePosixPath
from typing import Final
from zipfile import BadZipFile, ZipFile

from contracts.refusals import FileRefused

MAX_BYTES: Final = 20 * 2**20
NAME_LENGTH: Final = 200

_TYPES: Final[Mapping[str, str]] = {
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xml": "application/xml",
    ".csv": "text/csv",
}
_SIGNATURES: Final = (
    (b"%PDF-", ".pdf"),
    (b"\x89PNG\r\n\x1a\n", ".png"),
    (b"\xff\xd8\xff", ".jpg"),
)
_PARTS: Final = (("xl/workbook.xml", ".xlsx"), ("word/document.xml", ".docx"))
_UNSAFE = re.compile(r"[^\w.()+ -]")
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"


class UnsuitableFile(FileRefused):
    """Too large, empty, or not one of the kinds of file that are kept.

    `field` is the name of the argument that carries a file, wherever one is taken in.
    """

    field = "file"


def media_type(filename: str, content: bytes, *, most: int = MAX_BYTES) -> str:
    """The media type of PDF, PNG, JPEG, XLSX, DOCX, XML and CSV of at most *most* bytes.

    Content and ending have to agree. Raises UnsuitableFile.
    """
    if not content:
        raise UnsuitableFile("Die Datei ist leer. Bitte wählen Sie die richtige Datei.")
    if len(content) > most:
        raise UnsuitableFile(
            f"Die Datei ist größer als {most // 2**20} MB. Bitte verkleinern oder aufteilen."
        )
    ending = PurePosixPath(filename.lower()).suffix
    kind = _TYPES.get(ending)
    if kind is None or _TYPES.get(_ending_of(content, ending)) != kind:
        raise UnsuitableFile(
            "Angenommen werden PDF, PNG, JPEG, XLSX, DOCX, XML und CSV; Inhalt und Endung müssen "
            "zusammenpassen."
        )
    return kind


def safe_name(filename: str) -> str:
    """The name without folders and without characters that a file system might mistake."""
    base = PurePosixPath(filename.replace("\\", "/")).name
    clean = _UNSAFE.sub("_", base).strip(". ")
    ending = PurePosixPath(clean).suffix
    return f"{PurePosixPath(clean).stem[: NAME_LENGTH - len(ending)]}{ending}" or "dokument"


def _ending_of(content: bytes, named: str) -> str:
    """The ending that fits the content; text tells CSV from XML by how it begins."""
    for signature, ending in _SIGNATURES:
        if content.startswith(signature):
            return ending
    if content.startswith(b"PK\x03\x04"):
        return _office(content)
    if b"\x00" in content:
        return ""
    start = content.removeprefix(_BYTE_ORDER_MARK).lstrip()[:5]
    if start == b"<?xml":
        return ".xml"
    return "" if start.startswith(b"<") or named != ".csv" else ".csv"


def _office(content: bytes) -> str:
    """Look at the names in the package only; nothing is unpacked."""
    try:
        with ZipFile(BytesIO(content)) as package:
            names = set(package.namelist())
    except BadZipFile:
        return ""
    return next((ending for part, ending in _PARTS if part in names), "")
