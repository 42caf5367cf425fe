"""The issues of one row, and the sentence for each code."""

from __future__ import annotations

from collections.abc import Mapping

from .records import RowIssue, Severity

_E, _W = Severity.ERROR, Severity.WARNING

ROW_MESSAGES: dict[str, tuple[Severity, str]] = {
    "id_missing": (_E, "Die Artikelnummer fehlt. Bitte eine eindeutige Nummer angeben."),
    "id_duplicate": (
        _E,
        (
            "Die Artikelnummer „{value}“ steht schon in {first}. "
            "Bitte jede Nummer nur einmal verwenden."
        ),
    ),
    "article_duplicate": (
        _E,
        (
            "Der Artikel gleicht {first} in allen unterscheidenden Spalten (Groß- und "
            "Kleinschreibung und Satzzeichen zählen nicht). Bitte eine "
            "Artikelnummer ergänzen oder weitere Spalten zur Unterscheidung zuordnen."
        ),
    ),
    "too_many_cells": (
        _E,
        (
            "Die Zeile hat mehr Zellen als die Kopfzeile, die Spalten sind verschoben. "
            "Bitte Texte mit Trennzeichen in Anführungszeichen setzen."
        ),
    ),
    "name_missing": (_E, "Die Bezeichnung fehlt. Bitte eine Bezeichnung angeben."),
    "price_missing": (_E, "Der Preis fehlt. Bitte einen Nettopreis in EUR angeben."),
    "price_not_numeric": (
        _E,
        "„{value}“ ist kein Preis. Bitte eine Zahl angeben, keine Formel und keinen Text.",
    ),
    "price_ambiguous": (
        _E,
        (
            "„{value}“ kann Tausender oder Nachkommastellen bedeuten. "
            "Bitte das Dezimalzeichen in der Zuordnung festlegen."
        ),
    ),
    "price_negative": (_E, "Der Preis {value} ist negativ. Bitte einen Preis über 0 angeben."),
    "price_zero": (
        _E,
        "Der Preis ist 0. Bitte einen Preis über 0 angeben oder den Artikel weglassen.",
    ),
    "price_decimals": (
        _E,
        (
            "Der Preis {value} hat mehr als vier Nachkommastellen. "
            "Bitte runden oder eine größere Preiseinheit (etwa je 100) verwenden."
        ),
    ),
    "price_too_large": (_E, "Der Preis {value} ist zu groß. Bitte den Preis prüfen."),
    "price_gross_only": (
        _E,
        (
            "Es gibt nur einen Preis der Art „{value}“, der keine Nettovereinbarung ist. "
            "Bitte den Nettopreis (net_customer oder net_list) angeben."
        ),
    ),
    "price_type": (
        _W,
        (
            "Die Preisart „{value}“ ist nicht genormt; der Preis wurde als Nettopreis gelesen. "
            "Bitte net_customer verwenden."
        ),
    ),
    "price_base": (
        _E,
        (
            "Der Preis gilt je {value}, bestellt wird in {order_unit}. "
            "Bitte den Preis je Bestelleinheit angeben."
        ),
    ),
    "currency": (
        _E,
        "Der Preis ist in {value} angegeben. Bitte den Preis in EUR angeben.",
    ),
    "currency_ignored": (
        _W,
        "Ein weiterer Preis in {value} wurde nicht übernommen. Bitte nur EUR liefern.",
    ),
    "price_unit": (
        _E,
        "„{value}“ ist keine Preiseinheit. Bitte eine ganze Zahl ab 1 angeben.",
    ),
    "lower_bound": (
        _E,
        "„{value}“ ist keine Staffelmenge. Bitte eine ganze Zahl ab 1 angeben.",
    ),
    "tax_rate": (
        _W,
        (
            "„{value}“ ist kein Steuersatz und wurde nicht übernommen. "
            "Bitte den Satz in Prozent angeben."
        ),
    ),
    "delivery_days": (
        _W,
        (
            "„{value}“ ist keine Lieferzeit in Tagen und wurde nicht übernommen. "
            "Bitte eine ganze Zahl angeben."
        ),
    ),
    "date_invalid": (
        _E,
        "„{value}“ ist kein Datum. Bitte als JJJJ-MM-TT oder TT.MM.JJJJ angeben.",
    ),
    "validity_reversed": (
        _E,
        "Die Gültigkeit endet am {value}, bevor sie beginnt. Bitte die Daten berichtigen.",
    ),
    "gtin_invalid": (
        _W,
        (
            "Die GTIN „{value}“ ist falsch (Länge oder Prüfziffer) und wurde nicht übernommen. "
            "Bitte die GTIN prüfen."
        ),
    ),
    "gtin_rounded": (
        _W,
        (
            "Die GTIN „{value}“ wurde vom Tabellenprogramm gerundet und nicht übernommen. "
            "Bitte die Spalte als Text formatieren und neu füllen."
        ),
    ),
    "unit_unknown": (
        _W,
        (
            "Die Einheit „{value}“ ist unbekannt; es wurde Stück (C62) angenommen. "
            "Bitte einen UN/ECE-Code (C62, PK, MTR …) angeben."
        ),
    ),
    "text_too_long": (
        _E,
        "Der Text ist länger als {limit} Zeichen. Bitte auf {limit} Zeichen kürzen.",
    ),
    "control_characters": (
        _W,
        (
            "Der Text enthält nicht druckbare Steuerzeichen; sie wurden entfernt. "
            "Bitte die Quelle bereinigen."
        ),
    ),
    "id_control_characters": (
        _E,
        (
            "Die Artikelnummer enthält nicht druckbare Steuerzeichen. "
            "Bitte die Nummer neu eintippen."
        ),
    ),
    "text_garbled": (
        _W,
        (
            "Der Text enthält beschädigte Zeichen. "
            "Bitte die Datei mit dem richtigen Zeichensatz (UTF-8) neu ausgeben."
        ),
    ),
    "entity_not_expanded": (
        _W,
        "Die Entität „{value}“ wurde nicht aufgelöst. Bitte das Zeichen selbst schreiben.",
    ),
    "feature_skipped": (
        _W,
        (
            "{count} Merkmale wurden nicht übernommen, weil sie zu lang oder zu viele sind. "
            "Bitte Merkmale auf {limit} Zeichen kürzen."
        ),
    ),
}

VALUE_LENGTH = 250
COLUMN_LENGTH = 80


class Findings:
    """Collects the issues of one row; `refused` once one of them is an error.

    `all_printable` says that the texts of the row were looked through as a whole and
    need no look one by one. Readers of other tables bring sentences of their own.
    """

    __slots__ = ("_messages", "all_printable", "issues", "refused", "row")

    def __init__(
        self,
        row: int,
        *,
        all_printable: bool = False,
        messages: Mapping[str, tuple[Severity, str]] = ROW_MESSAGES,
    ) -> None:
        self._messages = messages
        self.all_printable = all_printable
        self.row = row
        self.issues: list[RowIssue] = []
        self.refused = False

    def add(self, code: str, column: str, value: str = "", **details: object) -> None:
        """Record an issue; `code` is a key of the sentences."""
        severity, sentence = self._messages[code]
        short = value if len(value) <= VALUE_LENGTH else value[: VALUE_LENGTH - 1] + "…"
        message = sentence.format(value=short, **details)
        self.issues.append(
            RowIssue(self.row, column[:COLUMN_LENGTH], code, short, message, severity)
        )
        self.refused = self.refused or severity is Severity.ERROR
