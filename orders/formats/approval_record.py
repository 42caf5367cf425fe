"""The record of an approval in words: page and PDF show this, and therefore the same. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from contracts.clock import BERLIN
from contracts.pricing import decimals, euros, german
from orders.approvals.record_data import (
    ApprovalRecord,
    CutEntry,
    DecisionEntry,
    LineEntry,
    PolicyEntry,
    RoundEntry,
    StepEntry,
    SubstitutionEntry,
    Who,
)

from .document import Document, Section, Table, facts

CHECKSUM_NOTE = (
    "Die Prüfsumme ist SHA-256 über die Angaben dieses Vermerks in ihrer einen JSON-Form. Seite, "
    "PDF und JSON-Datei mit gleicher Prüfsumme sagen dasselbe; die JSON-Datei liegt dem PDF bei."
)


def document(record: ApprovalRecord) -> Document:
    """The record as a document; the same record gives the same words."""
    return Document(
        title=f"Freigabevermerk {record.number}",
        subtitle=record.title,
        author=record.authority,
        at=record.latest,
        mark=record.digest,
        sections=[
            _request(record),
            _revisions(record),
            *(_round(entry, record) for entry in record.rounds),
            _outcome(record),
            _lines(record),
            *_attachments(record),
            Section(
                "Prüfsumme", facts=facts(("SHA-256", _in_groups(record.digest))), note=CHECKSUM_NOTE
            ),
        ],
    )


def _request(record: ApprovalRecord) -> Section:
    return Section(
        "Anforderung",
        facts=facts(
            ("Nummer", record.number),
            ("Betreff", record.title),
            ("Schulträger", record.authority),
            ("Schule", record.school),
            ("Begründung", record.justification),
            ("Angefordert", _by(record.asked_by, record.asked_at)),
            ("An die Beschaffung gegeben", _by(record.handed_over_by, record.handed_over_at)),
            ("Stand", record.state),
        ),
    )


def _revisions(record: ApprovalRecord) -> Section:
    rows = [
        (
            str(row.number),
            f"{row.title}\n{row.kind} von {_who(row.written_by)}",
            _moment(row.written_at),
            euros(row.net),
            euros(row.tax),
            euros(row.gross),
        )
        for row in record.revisions
    ]
    head = ("Nr.", "Betreff", "am", "netto", "Umsatzsteuer", "brutto")
    widths = (4, 30, 18, 16, 16, 16)
    return Section("Fassungen", table=Table("Fassungen", head, rows, widths, numeric=(3, 4, 5)))


def _round(entry: RoundEntry, record: ApprovalRecord) -> Section:
    return Section(
        f"Freigaberunde über Fassung {entry.number}",
        facts=facts(
            ("Eingereicht", _by(entry.submitted_by, entry.submitted_at)),
            ("Summe brutto", euros(entry.gross)),
            ("Freigaberegelung", _policy(entry.policy)),
            ("Ergebnis", _result(entry, record)),
        ),
        parts=[_step(step) for step in entry.steps],
    )


def _policy(row: PolicyEntry) -> str:
    proposed = _by_name("vorgeschlagen", row.proposed_by, row.proposed_at)
    confirmed = _by_name("in Kraft gesetzt", row.confirmed_by, row.confirmed_at)
    version = f"Fassung {row.version}, gültig ab {_day(row.valid_from)}"
    return "\n".join(part for part in (version, row.note, proposed, confirmed) if part)


def _result(entry: RoundEntry, record: ApprovalRecord) -> str:
    if entry.ending is not None:
        ending = entry.ending
        who = _by(ending.by, ending.at) if ending.by is not None else _moment(ending.at)
        return "\n".join(part for part in (f"{ending.state} ({who})", ending.reason) if part)
    if entry.number != record.rounds[-1].number:
        return "durch eine neue Fassung ersetzt, die eine eigene Freigabe braucht"
    return record.state


def _step(step: StepEntry) -> Section:
    signed = sum(1 for row in step.decisions if row.verdict == "freigegeben")
    kind = "Mitzeichnung" if step.is_cosignature else "Freigabe"
    committee = f"{step.committee}, Sitzung am {_day(step.committee_on)}"
    return Section(
        f"Stufe {step.tier}, {kind}: {step.role}",
        facts=facts(
            ("Grund", step.reason),
            ("Unterschriften", f"{signed} von {step.signers}"),
            ("An der Reihe seit", _moment(step.opened_at)),
            ("Frist", _moment(step.deadline)),
            ("Nach Fristablauf auch", step.escalation_role),
            ("Weitergegeben", _moment(step.escalated_at)),
            ("Gremium", committee if step.committee_on else step.committee),
            ("Vollständig", _moment(step.completed_at)),
        ),
        parts=[_decision(row) for row in step.decisions],
    )


def _decision(row: DecisionEntry) -> Section:
    whom = f" für {row.substitutes.person.name}" if row.substitutes is not None else ""
    verdict = _verdict(row)
    granted = str(row.revision_granted) if row.revision_granted is not None else ""
    return Section(
        f"{verdict[0].upper()}{verdict[1:]} von {row.by.name}{whom}",
        facts=facts(
            ("Person", _who(row.by)),
            ("In Vertretung für", _substitution(row.substitutes)),
            ("Zeitpunkt", _moment(row.decided_at)),
            ("Entscheidung", verdict),
            ("Bemerkung", row.comment),
            ("Beschluss", row.resolution),
            ("Gelesene Fassung", str(row.revision_read)),
            ("Freigegebene Fassung", granted),
        ),
        table=_cuts(row.cuts) if row.cuts else None,
    )


def _verdict(row: DecisionEntry) -> str:
    return f"gekürzt {row.verdict}" if row.cuts else row.verdict


def _substitution(row: SubstitutionEntry | None) -> str:
    if row is None:
        return ""
    days = f"Vertretung vom {_day(row.valid_from)} bis {_day(row.valid_to)}"
    why = f"{days}, Anlass: {row.reason}" if row.reason else days
    return f"{_who(row.person)}\n{why}\neingerichtet von {_by(row.set_up_by, row.set_up_at)}"


def _cuts(cuts: Iterable[CutEntry]) -> Table:
    rows = [
        (str(cut.line_no), cut.title, _number(cut.asked), _number(cut.granted), cut.reason)
        for cut in cuts
    ]
    head = ("Zeile", "Bezeichnung", "angefordert", "freigegeben", "Begründung")
    return Table("Gekürzte Zeilen", head, rows, (8, 32, 14, 14, 32), numeric=(2, 3))


def _outcome(record: ApprovalRecord) -> Section:
    rows = [
        (
            row.number,
            f"{row.supplier}\n{row.agreement}, Los {row.lot}",
            _moment(row.issued_at),
            euros(row.net),
            euros(row.gross),
        )
        for row in record.call_offs
    ]
    head = ("Abruf", "Lieferant", "erteilt am", "netto", "brutto")
    return Section(
        "Ergebnis",
        facts=facts(("Stand", record.state), ("Entschieden am", _moment(record.decided_at))),
        table=Table("Erteilte Abrufe", head, rows, (18, 32, 18, 16, 16), (3, 4)) if rows else None,
    )


def _lines(record: ApprovalRecord) -> Section:
    rows = [
        (
            str(row.line_no),
            row.title,
            f"{row.supplier}\n{row.agreement}, Los {row.lot}",
            _number(row.quantity),
            _unit_price(row),
            euros(row.net),
        )
        for row in record.lines
    ]
    last = record.revisions[-1]
    title = f"Zeilen der Fassung {last.number}"
    head = ("Zeile", "Bezeichnung", "Lieferant", "Menge", "Nettopreis", "netto")
    return Section(
        title,
        facts=facts(
            ("Netto", euros(last.net)), ("Umsatzsteuer", euros(last.tax)),
            ("Brutto", euros(last.gross)),
        ),
        table=Table(title, head, rows, (7, 30, 25, 8, 15, 15), numeric=(3, 4, 5)),
        parts=_account_assignment(record.lines),
    )  # fmt: skip


def _unit_price(row: LineEntry) -> str:
    """With parts of a cent where it has them; "je 100" where it is for more than one."""
    price = row.net_unit_price
    words = euros(price) if decimals(price) <= 2 else f"{german(price)} EUR"
    return words if row.price_unit == 1 else f"{words} je {_number(row.price_unit)}"


def _account_assignment(lines: Iterable[LineEntry]) -> list[Section]:
    rows = [
        (
            str(line.line_no),
            share.entity,
            f"{share.budget_line}\nZuwendung {share.grant_no}"
            if share.grant_no
            else share.budget_line,
            f"{german(share.percent)} %",
            euros(share.gross),
        )
        for line in lines
        for share in line.shares
    ]
    head = ("Zeile", "Mandant", "Haushaltsposition", "Anteil", "brutto")
    table = Table("Kontierung", head, rows, (8, 26, 38, 12, 16), numeric=(3, 4))
    return [Section("Kontierung", table=table)] if rows else []


def _attachments(record: ApprovalRecord) -> list[Section]:
    rows = [
        (
            f"{row.title}\n{row.filename}",
            _by(row.added_by, row.added_at),
            _moment(row.withdrawn_at) or "–",
            _in_groups(row.sha256),
        )
        for row in record.attachments
    ]
    head = ("Anlage", "hinzugefügt", "zurückgezogen am", "SHA-256")
    table = Table("Anlagen", head, rows, (28, 28, 16, 28))
    return [Section("Anlagen", table=table)] if rows else []


def _who(person: Who) -> str:
    return f"{person.name} ({person.role})"


def _by(person: Who | None, at: datetime | None) -> str:
    if person is None:
        return _moment(at)
    return f"{_who(person)}, {_moment(at)}" if at is not None else _who(person)


def _by_name(what: str, name: str, at: datetime | None) -> str:
    if not name and at is None:
        return ""
    who = f" von {name}" if name else ""
    return f"{what}{who}, {_moment(at)}" if at is not None else f"{what}{who}"


def _moment(at: datetime | None) -> str:
    return f"{at.astimezone(BERLIN):%d.%m.%Y, %H:%M} Uhr" if at is not None else ""


def _day(day: date | None) -> str:
    return f"{day:%d.%m.%Y}" if day is not None else ""


def _number(value: int | Decimal) -> str:
    return f"{value:,}".replace(",", ".")


def _in_groups(digest: str) -> str:
    """Eight characters a group: it can be read aloud, and a line may end between them."""
    return " ".join(digest[start : start + 8] for start in range(0, len(digest), 8))
