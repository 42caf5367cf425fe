"""Bad attachments and comments for the table in docs/bad-input.md."""

from __future__ import annotations

from collections.abc import Callable

from orders.requisitions import papers
from tests.papers import PDF, attached
from tests.world import NOW, World

Act = Callable[[World], Callable[[], object]]


def _file(content: bytes, filename: str = "angebot.pdf") -> Act:
    def made(world: World) -> Callable[[], object]:
        requisition = world.draft({0: 1})
        return lambda: attached(
            requisition, world.officer, now=NOW, content=content, filename=filename
        )

    return made


def _comment(text: str) -> Act:
    def made(world: World) -> Callable[[], object]:
        requisition = world.draft({0: 1})
        return lambda: papers.comment(
            requisition_id=requisition.pk, text=text, by=world.officer, now=NOW
        )

    return made


def _one_too_many(world: World) -> Callable[[], object]:
    requisition = world.draft({0: 1})
    for number in range(papers.MAX_ATTACHMENTS):
        attached(requisition, world.officer, now=NOW, content=PDF + bytes([number]))
    return lambda: attached(requisition, world.officer, now=NOW)


def _taken_back_too_often(world: World) -> Callable[[], object]:
    requisition = world.draft({0: 1})
    for number in range(papers.MAX_KEPT):
        row = attached(requisition, world.officer, now=NOW, content=PDF + bytes([number]))
        papers.withdraw_attachment(attachment_id=row.pk, by=world.officer, now=NOW)
    return lambda: attached(requisition, world.officer, now=NOW)


def _after_the_end(world: World) -> Callable[[], object]:
    requisition = world.approve(world.submitted({0: 1}))
    return lambda: attached(requisition, world.officer, now=NOW)


PAPERS: dict[str, Act] = {
    "attachment larger than 10 MB": _file(PDF + b"x" * papers.MAX_BYTES),
    "program that calls itself a PDF": _file(b"MZ\x90\x00"),
    "empty file": _file(b""),
    "21st attachment": _one_too_many,
    "101st attachment, all others withdrawn": _taken_back_too_often,
    "attachment after the approval": _after_the_end,
    "empty comment": _comment(" \n "),
    "comment of 4,001 characters": _comment("x" * 4_001),
}
