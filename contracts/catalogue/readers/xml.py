"""Reading XML from strangers: nothing is loaded, nothing is expanded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, TypeAlias, TypedDict

from lxml import etree

from .errors import FileRejected
from .records import Limits

Element: TypeAlias = etree._Element  # noqa: SLF001 -- the public name is a function

_CHUNK = 64 * 1024
_MEGABYTE = 2**20
_MOST_NAMES = 5_000


class ParserOptions(TypedDict):
    """The parser options that decide what a file can make the parser do."""

    load_dtd: bool
    resolve_entities: bool
    no_network: bool
    huge_tree: bool
    attribute_defaults: bool
    dtd_validation: bool
    remove_comments: bool
    remove_pis: bool


SAFE_PARSER_OPTIONS: ParserOptions = {
    # a DOCTYPE is accepted, because real catalogues carry one; it is never acted upon
    "load_dtd": False,
    "attribute_defaults": False,
    "dtd_validation": False,
    "resolve_entities": False,
    "no_network": True,
    # keep the parser's own limits on depth, text length and amplification
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}


class _LocalNames(dict[object, str]):
    """Tags without their namespace: catalogues come with ten of them, or none.

    A lookup costs a third of taking the tag apart, and a large catalogue has millions
    of elements. A file with endless names of its own does not fill it.
    """

    def __missing__(self, tag: object) -> str:
        name = tag.rpartition("}")[2] if isinstance(tag, str) else ""
        if len(self) < _MOST_NAMES:
            self[tag] = name
        return name


LOCAL_NAME = _LocalNames()


def sections(
    stream: IO[bytes], names: tuple[str, ...], limits: Limits
) -> Iterator[tuple[str, Element]]:
    """Yield local name and element of each element called one of `names`, as it ends.

    What lies between two of them is held in memory as a tree, many times its size in
    the file; its size is limited. Raises `FileRejected`.
    """
    stream.seek(0)
    tags = tuple("{*}" + name for name in names)
    parser = etree.XMLPullParser(events=("end",), tag=tags, **SAFE_PARSER_OPTIONS)
    pending = 0
    try:
        while chunk := stream.read(_CHUNK):
            parser.feed(chunk)
            pending += len(chunk)
            for _, element in parser.read_events():
                pending = 0
                yield LOCAL_NAME[element.tag], element
            if pending > limits.max_section_bytes:
                limit = limits.max_section_bytes // _MEGABYTE
                raise FileRejected("section_too_large", limit=limit)
        parser.close()
    except etree.XMLSyntaxError as error:
        raise syntax_error(error) from error


def syntax_error(error: etree.XMLSyntaxError) -> FileRejected:
    """Return the refusal of a file that is not well-formed."""
    return FileRejected("xml_not_well_formed", line=error.lineno or 0, detail=error.msg or "")


def discard(element: Element) -> None:
    """Free an element that was dealt with, and the siblings before it."""
    element.clear()
    parent = element.getparent()
    if parent is not None:
        while element.getprevious() is not None:
            del parent[0]
