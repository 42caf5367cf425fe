"""Sets a document: a job as JSON comes in, the PDF goes out. Run as a process of its own.

So neither the memory that `typst` keeps for the next document nor a crash of it reaches the
server. Nothing of the project is imported here.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import typst

LAYOUT = Path(__file__).with_name("document.typ")
STANDARDS: list[typst.PDFStandard] = ["a-3a", "ua-1"]


def main() -> None:
    """The layout's folder is all that may be opened; words are data; no network is asked."""
    job = json.load(sys.stdin)
    made = typst.compile(
        LAYOUT,
        root=LAYOUT.parent,
        ignore_system_fonts=True,
        format="pdf",
        pdf_standards=STANDARDS,
        sys_inputs={"document": job["document"], "source": job["source"]},
        timestamp=job["timestamp"],
    )
    if not isinstance(made, bytes):
        raise TypeError("a PDF comes as bytes")
    sys.stdout.buffer.write(made)


if __name__ == "__main__":
    main()
