"""Documents as PDF/A-3a and PDF/UA-1: tagged, and byte for byte the same for the same words.

`typst` brings its own fonts and needs nothing of the machine. The words reach the layout
(`document.typ`) as data and stay text, whatever they look like.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import unicodedata
from dataclasses import asdict
from pathlib import Path

from .document import Document

_TYPESET = Path(__file__).with_name("typeset.py")
_SECONDS = 60

# What the bundled fonts show, without the scripts that run from right to left. PDF/UA refuses
# a sign that no font shows, and with it the whole document.
_LETTERS = " -~\u00a0-\u00ac\u00ae-\u024f\u0384-\u038a\u038e-\u03a1\u03a3-\u045f\u1e00-\u1eff"
_SIGNS = "\u2010-\u2027\u2030-\u203e\u20a0-\u20bf\u2190-\u22ff\u25a0-\u25ff"
_FOREIGN = re.compile(f"[^\n{_LETTERS}{_SIGNS}]")


def showable(words: str) -> str:
    """The words with every sign that the fonts lack as its number: [U+1F600]."""
    plain = unicodedata.normalize("NFC", words.replace("\r\n", "\n").replace("\t", " "))
    return _FOREIGN.sub(lambda sign: f"[U+{ord(sign[0]):04X}]", plain)


def render(document: Document, *, source: bytes, filename: str) -> bytes:
    """The document as PDF with *source*, the data it was made of, attached under *filename*."""
    shown = asdict(document) | {"at": "", "attachment": filename}
    job = {
        "document": json.dumps(_clean(shown), ensure_ascii=False),
        "source": source.decode(),
        "timestamp": int(document.at.timestamp()),
    }
    done = subprocess.run(  # noqa: S603 - our own script; what people wrote goes to its input
        [sys.executable, "-I", str(_TYPESET)],
        input=json.dumps(job).encode(),
        capture_output=True,
        check=False,
        timeout=_SECONDS,
        env={},
    )
    if done.returncode != 0:
        raise RuntimeError(f"The document was not set: {done.stderr.decode(errors='replace')}")
    return done.stdout


def _clean(value: object) -> object:
    if isinstance(value, str):
        return showable(value)
    if isinstance(value, dict):
        return {key: _clean(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_clean(part) for part in value]
    return value
