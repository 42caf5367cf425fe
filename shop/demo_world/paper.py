"""Small files made by ourselves: a page of text as PDF, a price sheet as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from contracts.agreements.models import Award, PriceTier

_LINE = 18  # points from line to line
_ESCAPES = str.maketrans({"\\": r"\\", "(": r"\(", ")": r"\)"})


def pdf(title: str, lines: Sequence[str]) -> bytes:
    """One page A4 with a title and lines of text, in a font every reader has."""
    text = [
        "BT /F1 16 Tf 70 760 Td",
        f"({title.translate(_ESCAPES)}) Tj",
        f"/F1 11 Tf 0 -{_LINE} Td",
        *(f"0 -{_LINE} Td ({line.translate(_ESCAPES)}) Tj" for line in lines),
        "ET",
    ]
    return _file("\n".join(text).encode("cp1252"))


def price_sheet(award: Award) -> bytes:
    """What was awarded: every position with its first prices (net EUR), semicolons."""
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
    writer.writerow(("Position", "Bezeichnung", "ab Menge", "Nettopreis", "je Einheiten"))
    tiers = (
        PriceTier.objects.filter(
            version__item__award=award,
            version__valid__startswith=award.awarded_on,
            net_unit_price__isnull=False,
        )
        .select_related("version__item")
        .order_by("version__item__number", "from_quantity")
    )
    for row in tiers:
        item = row.version.item
        price = f"{row.net_unit_price:f}".replace(".", ",")
        writer.writerow((item.number, item.title, row.from_quantity, price, row.version.price_unit))
    return stream.getvalue().encode("utf-8-sig")


def _file(content: bytes) -> bytes:
    """Objects, their places, and the trailer (ISO 32000-1, 7.5)."""
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        (
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
            b" /Resources << /Font << /F1 5 0 R >> >> >>"
        ),
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    )
    body = bytearray(b"%PDF-1.4\n")
    places = []
    for number, text in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%b\nendobj\n" % (number, text)
    start = len(body)
    body += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    body += b"".join(b"%010d 00000 n \n" % place for place in places)
    body += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        start,
    )
    return bytes(body)


def lines_of(facts: Iterable[tuple[str, object]]) -> list[str]:
    """Name and value of each fact as a line."""
    return [f"{name}: {value}" for name, value in facts]
