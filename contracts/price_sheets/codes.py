"""What a price sheet is refused for: one code and one German sentence each (docs/price-sheet.md).

Where the readers of catalogues know the same fault, the code is theirs.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from contracts.catalogue.readers import Severity


class SheetCode(StrEnum):
    """Why a file, an agreement or a cell is refused."""

    AGREEMENT_NOT_DRAFT = "agreement_not_draft"
    AGREEMENT_ENDED = "agreement_ended"

    FILE_EMPTY = "file_empty"
    FILE_TOO_LARGE = "file_too_large"
    FORMAT_UNKNOWN = "format_unknown"
    XLS_OLD = "xls_old"
    XLSX_ENCRYPTED = "xlsx_encrypted"
    XLSX_DAMAGED = "xlsx_damaged"
    ZIP_BOMB = "zip_bomb"
    CSV_DAMAGED = "csv_damaged"
    SECTION_TOO_LARGE = "section_too_large"
    TOO_MANY_COLUMNS = "too_many_columns"
    TOO_MANY_ROWS = "too_many_rows"
    SHEET_EMPTY = "sheet_empty"
    ENCODING_UNREADABLE = "encoding_unreadable"

    HEADING_MISSING = "heading_missing"
    HEADING_UNKNOWN = "heading_unknown"
    HEADING_TWICE = "heading_twice"

    CELL_MERGED = "cell_merged"
    CELL_MISSING = "cell_missing"
    TOO_MANY_CELLS = "too_many_cells"
    FORMULA_WITHOUT_VALUE = "formula_without_value"
    FORMULA_ERROR = "formula_error"
    TEXT_TOO_LONG = "text_too_long"
    TEXT_GARBLED = "text_garbled"
    CONTROL_CHARACTERS = "control_characters"
    ID_CONTROL_CHARACTERS = "id_control_characters"

    LOT_UNKNOWN = "lot_unknown"
    SUPPLIER_UNKNOWN = "supplier_unknown"
    VAT_CLASS_UNKNOWN = "vat_class_unknown"
    BASIS_UNKNOWN = "basis_unknown"
    UNIT_UNKNOWN = "unit_unknown"
    CURRENCY_NOT_EUR = "currency_not_eur"
    NUMBER_UNREADABLE = "number_unreadable"
    DATE_INVALID = "date_invalid"
    GTIN_INVALID = "gtin_invalid"
    GTIN_ROUNDED = "gtin_rounded"

    PRICE_MISSING = "price_missing"
    PRICE_NOT_WANTED = "price_not_wanted"
    PRICE_NOT_NUMERIC = "price_not_numeric"
    PRICE_AMBIGUOUS = "price_ambiguous"
    PRICE_NEGATIVE = "price_negative"
    PRICE_ZERO = "price_zero"
    PRICE_DECIMALS = "price_decimals"
    PRICE_TOO_LARGE = "price_too_large"
    DISCOUNT_MISSING = "discount_missing"
    DISCOUNT_NOT_WANTED = "discount_not_wanted"
    DISCOUNT_RANGE = "discount_range"
    DISCOUNT_DECIMALS = "discount_decimals"
    DISCOUNT_AMBIGUOUS = "discount_ambiguous"
    GROUP_MISSING = "group_missing"

    TIER_ORDER = "tier_order"
    DUPLICATE_ROW = "duplicate_row"
    VALIDITY_REVERSED = "validity_reversed"
    VALIDITY_OUTSIDE_TERM = "validity_outside_term"
    VERSIONS_OVERLAP = "versions_overlap"
    AWARD_DIFFERS = "award_differs"
    POSITION_DIFFERS = "position_differs"
    RANK_TAKEN = "rank_taken"
    ARTICLE_MISSING = "article_missing"

    AWARD_KNOWN_DIFFERS = "award_known_differs"
    POSITION_KNOWN_DIFFERS = "position_known_differs"
    PRICE_CHANGE_NEEDED = "price_change_needed"
    CAP_BELOW_USE = "cap_below_use"
    CAP_CHANGE_NEEDED = "cap_change_needed"


SENTENCES: Mapping[SheetCode, str] = {
    SheetCode.AGREEMENT_NOT_DRAFT: (
        "Die Rahmenvereinbarung {value} ist {state}. Ein Preisblatt lässt sich nur in einen "
        "Entwurf einlesen; Preise einer gelisteten Vereinbarung ändern Sie über Preisänderungen."
    ),
    SheetCode.AGREEMENT_ENDED: (
        "Die Rahmenvereinbarung {value} ist beendet. Bitte legen Sie eine neue an."
    ),
    SheetCode.FILE_EMPTY: "Die Datei ist leer. Bitte ein Preisblatt hochladen.",
    SheetCode.FILE_TOO_LARGE: (
        "Die Datei ist größer als {limit} MB. Bitte in mehrere Dateien aufteilen."
    ),
    SheetCode.FORMAT_UNKNOWN: (
        "Das Format der Datei wird nicht erkannt. Bitte als XLSX oder CSV speichern."
    ),
    SheetCode.XLS_OLD: "Das alte Excel-Format (XLS) wird nicht gelesen. Bitte als XLSX speichern.",
    SheetCode.XLSX_ENCRYPTED: (
        "Die Excel-Datei ist mit einem Kennwort geschützt. Bitte ohne Kennwort speichern."
    ),
    SheetCode.XLSX_DAMAGED: (
        "Die Excel-Datei ist beschädigt ({detail}). Bitte in Excel öffnen und neu speichern."
    ),
    SheetCode.ZIP_BOMB: (
        "Die Excel-Datei entpackt sich auf ein Vielfaches ihrer Größe und wird nicht geöffnet. "
        "Bitte nur das Preisblatt als neue XLSX-Datei speichern."
    ),
    SheetCode.CSV_DAMAGED: (
        "Die CSV-Datei lässt sich ab Zeile {line} nicht mehr lesen, meist wegen eines "
        "fehlenden Anführungszeichens. Bitte die Datei neu ausgeben."
    ),
    SheetCode.SECTION_TOO_LARGE: (
        "Ein Abschnitt der Excel-Datei ist größer als {limit} MB. "
        "Bitte nur das Preisblatt als neue XLSX-Datei speichern."
    ),
    SheetCode.TOO_MANY_COLUMNS: (
        "Die Tabelle hat mehr als {limit} Spalten. Bitte nur die Spalten des Preisblatts liefern."
    ),
    SheetCode.TOO_MANY_ROWS: (
        "Die Datei hat mehr als {limit} Zeilen. Bitte in mehrere Dateien aufteilen."
    ),
    SheetCode.SHEET_EMPTY: (
        "Unter den Überschriften steht keine Zeile. Bitte das Preisblatt auf das erste Blatt legen."
    ),
    SheetCode.ENCODING_UNREADABLE: (
        "Der Zeichensatz der Datei ist nicht lesbar, Umlaute sind zerstört („{value}“). "
        "Bitte als CSV UTF-8 oder als XLSX speichern."
    ),
    SheetCode.HEADING_MISSING: (
        "Die Spalte „{value}“ fehlt. Bitte die Überschriften der Musterdatei verwenden."
    ),
    SheetCode.HEADING_UNKNOWN: (
        "Die Spalte „{value}“ ist nicht bekannt. Bitte umbenennen oder entfernen; "
        "Anmerkungen gehören in die Spalte „Bemerkung“."
    ),
    SheetCode.HEADING_TWICE: "Die Spalte „{value}“ kommt mehrfach vor. Bitte nur einmal angeben.",
    SheetCode.CELL_MERGED: (
        "Die Zelle ist mit anderen verbunden; ein verbundener Wert zählt nur in der ersten Zelle. "
        "Bitte die Verbindung aufheben und den Wert in jede Zeile schreiben."
    ),
    SheetCode.CELL_MISSING: "Die Angabe fehlt. Bitte die Zelle ausfüllen.",
    SheetCode.TOO_MANY_CELLS: (
        "Die Zeile hat mehr Zellen als die Kopfzeile, die Spalten sind verschoben. "
        "Bitte Texte mit Trennzeichen in Anführungszeichen setzen."
    ),
    SheetCode.FORMULA_WITHOUT_VALUE: (
        "In der Zelle steht eine Formel ohne gespeichertes Ergebnis („{value}“); Formeln werden "
        "nicht berechnet. Bitte die Datei in Excel neu speichern oder den Wert einsetzen."
    ),
    SheetCode.FORMULA_ERROR: (
        "Die Formel der Zelle ergab den Fehler {value}. Bitte die Formel berichtigen."
    ),
    SheetCode.TEXT_TOO_LONG: (
        "Der Text ist länger als {limit} Zeichen. Bitte auf {limit} Zeichen kürzen."
    ),
    SheetCode.TEXT_GARBLED: (
        "Der Text enthält beschädigte Zeichen. "
        "Bitte die Datei mit dem richtigen Zeichensatz (UTF-8) neu ausgeben."
    ),
    SheetCode.CONTROL_CHARACTERS: (
        "Der Text enthält nicht druckbare Steuerzeichen. Bitte den Text neu eintippen "
        "oder die Datei als UTF-8 neu ausgeben."
    ),
    SheetCode.ID_CONTROL_CHARACTERS: (
        "Die Artikelnummer enthält nicht druckbare Steuerzeichen. Bitte die Nummer neu eintippen."
    ),
    SheetCode.LOT_UNKNOWN: (
        "Das Los „{value}“ gibt es in dieser Vereinbarung nicht. "
        "Bitte zuerst das Los anlegen oder die Nummer berichtigen."
    ),
    SheetCode.SUPPLIER_UNKNOWN: (
        "Einen Lieferanten mit dem Kürzel „{value}“ gibt es nicht. Bitte das Kürzel berichtigen "
        "oder den Lieferanten vom Betrieb anlegen lassen."
    ),
    SheetCode.VAT_CLASS_UNKNOWN: (
        "Für die Steuerklasse „{value}“ gibt es keine Steuerregel. Bekannt sind: {known}."
    ),
    SheetCode.BASIS_UNKNOWN: (
        "„{value}“ ist keine Preisbasis. Bitte Festpreis, Nachlass oder Bündel angeben."
    ),
    SheetCode.UNIT_UNKNOWN: (
        "Die Einheit „{value}“ ist unbekannt. "
        "Bitte einen UN/ECE-Code (C62 für Stück, PK, MTR …) angeben."
    ),
    SheetCode.CURRENCY_NOT_EUR: (
        "Der Preis ist in {value} angegeben. Vereinbarungen führen Preise in EUR; bitte umrechnen."
    ),
    SheetCode.NUMBER_UNREADABLE: (
        "„{value}“ ist keine ganze Zahl von {least} bis {most}. "
        "Bitte ohne Tausenderpunkt, Nachkommastellen und Text angeben."
    ),
    SheetCode.DATE_INVALID: (
        "„{value}“ ist kein Datum. Bitte als TT.MM.JJJJ oder JJJJ-MM-TT angeben."
    ),
    SheetCode.GTIN_INVALID: (
        "Die GTIN „{value}“ ist falsch (Länge oder Prüfziffer). Bitte prüfen oder leer lassen."
    ),
    SheetCode.GTIN_ROUNDED: (
        "Die GTIN „{value}“ wurde vom Tabellenprogramm gerundet. "
        "Bitte die Spalte als Text formatieren und neu füllen."
    ),
    SheetCode.PRICE_MISSING: "Der Nettopreis fehlt. Bitte einen Preis in EUR angeben.",
    SheetCode.PRICE_NOT_WANTED: (
        "Zur Preisbasis Nachlass gehört kein Nettopreis, der Preis folgt aus der Liste des "
        "Lieferanten. Bitte die Zelle leeren oder die Preisbasis ändern."
    ),
    SheetCode.PRICE_NOT_NUMERIC: "„{value}“ ist kein Preis. Bitte eine Zahl angeben.",
    SheetCode.PRICE_AMBIGUOUS: (
        "„{value}“ kann Tausender oder Nachkommastellen bedeuten. "
        "Bitte mit zwei oder vier Nachkommastellen schreiben, etwa 1.234,00."
    ),
    SheetCode.PRICE_NEGATIVE: "Der Preis {value} ist negativ. Bitte einen Preis über 0 angeben.",
    SheetCode.PRICE_ZERO: (
        "Der Preis ist 0. Bitte einen Preis über 0 angeben oder die Zeile weglassen."
    ),
    SheetCode.PRICE_DECIMALS: (
        "Der Preis {value} hat mehr als vier Nachkommastellen. "
        "Bitte runden oder eine größere Preiseinheit (etwa je 100) verwenden."
    ),
    SheetCode.PRICE_TOO_LARGE: "Der Preis {value} ist zu groß. Bitte den Preis prüfen.",
    SheetCode.DISCOUNT_MISSING: (
        "Der Nachlass fehlt. Bitte zur Preisbasis Nachlass einen Prozentsatz angeben."
    ),
    SheetCode.DISCOUNT_NOT_WANTED: (
        "Ein Nachlass gehört nur zur Preisbasis Nachlass. "
        "Bitte die Zelle leeren oder die Preisbasis ändern."
    ),
    SheetCode.DISCOUNT_RANGE: (
        "„{value}“ ist kein Nachlass. Bitte einen Prozentsatz von 0 bis unter 100 angeben."
    ),
    SheetCode.DISCOUNT_DECIMALS: (
        "Der Nachlass {value} hat mehr als vier Nachkommastellen. Bitte runden."
    ),
    SheetCode.DISCOUNT_AMBIGUOUS: (
        "Der Nachlass {value} steht als Zahl unter 1 in der Zelle, vermutlich im Prozentformat. "
        "Bitte die Zelle als Zahl formatieren (12,5 für 12,5 %) oder „0,5 %“ als Text schreiben."
    ),
    SheetCode.GROUP_MISSING: (
        "Zur Preisbasis Nachlass gehört eine Warengruppe, für die er gilt. Bitte angeben."
    ),
    SheetCode.TIER_ORDER: (
        "Die Staffel ab {value} steht an falscher Stelle: Staffeln einer Position beginnen bei 1 "
        "und steigen von Zeile zu Zeile. Bitte die Zeilen ordnen."
    ),
    SheetCode.DUPLICATE_ROW: (
        "Position, Zeitraum und Staffelmenge {value} stehen schon in Zeile {first}. "
        "Bitte eine der Zeilen entfernen."
    ),
    SheetCode.VALIDITY_REVERSED: (
        "Die Gültigkeit endet am {value}, bevor sie beginnt. Bitte die Daten berichtigen."
    ),
    SheetCode.VALIDITY_OUTSIDE_TERM: (
        "Der Zeitraum {value} liegt außerhalb der Laufzeit der Vereinbarung ({term}). "
        "Bitte die Daten berichtigen."
    ),
    SheetCode.VERSIONS_OVERLAP: (
        "Der Zeitraum {value} überschneidet sich mit {other} ({place}). "
        "Bitte Zeiträume ohne Überschneidung angeben."
    ),
    SheetCode.AWARD_DIFFERS: (
        "Zu Los und Lieferant steht hier „{value}“, in Zeile {first} aber „{other}“. "
        "Bitte angleichen."
    ),
    SheetCode.POSITION_DIFFERS: (
        "Zur selben Position steht hier „{value}“, in Zeile {first} aber „{other}“. "
        "Bitte angleichen."
    ),
    SheetCode.RANK_TAKEN: (
        "Den Rang {value} hat in diesem Los schon {other}. Bitte jeden Rang einmal vergeben."
    ),
    SheetCode.ARTICLE_MISSING: (
        "„{value}“ gehört zu einem Artikel, aber die Artikelnummer fehlt. Bitte ergänzen."
    ),
    SheetCode.AWARD_KNOWN_DIFFERS: (
        "Der Zuschlag ist schon angelegt, dort steht „{other}“, hier „{value}“. Ein Preisblatt "
        "legt nur an; bitte angleichen oder den Zuschlag in der Vereinbarung ändern."
    ),
    SheetCode.POSITION_KNOWN_DIFFERS: (
        "Die Position ist schon angelegt, dort steht „{other}“, hier „{value}“. Ein Preisblatt "
        "legt nur an; bitte angleichen oder die Position in der Vereinbarung ändern."
    ),
    SheetCode.PRICE_CHANGE_NEEDED: (
        "Für die Position gilt in diesem Zeitraum schon ein anderer Preis ({other}). "
        "Preise ändern Sie über eine Preisänderung, nicht über das Preisblatt."
    ),
    SheetCode.CAP_BELOW_USE: (
        "Die Höchstmenge {value} liegt unter dem, was schon gebunden ist ({other} Stück). "
        "Bitte mindestens diese Menge angeben."
    ),
    SheetCode.CAP_CHANGE_NEEDED: (
        "Die Position hat schon die Höchstmenge {other}, hier steht {value}. "
        "Höchstmengen ändern Sie in der Vereinbarung, mit Beleg."
    ),
}

MESSAGES: Mapping[str, tuple[Severity, str]] = {
    code.value: (Severity.ERROR, sentence) for code, sentence in SENTENCES.items()
}
