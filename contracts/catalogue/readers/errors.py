"""Why a whole file, or the mapping for it, is refused."""

from __future__ import annotations

from contracts.refusals import FileRefused

FILE_MESSAGES = {
    "file_empty": "Die Datei ist leer. Bitte eine Datei mit Artikeln hochladen.",
    "file_too_large": ("Die Datei ist größer als {limit} MB. Bitte in mehrere Dateien aufteilen."),
    "too_many_rows": ("Die Datei hat mehr als {limit} Zeilen. Bitte in mehrere Dateien aufteilen."),
    "too_many_columns": (
        "Die Tabelle hat mehr als {limit} Spalten. Bitte nur die Spalten der Artikel liefern."
    ),
    "format_unknown": (
        "Das Format der Datei wird nicht erkannt. Bitte als BMEcat (XML), CSV oder XLSX speichern."
    ),
    "xls_old": "Das alte Excel-Format (XLS) wird nicht gelesen. Bitte als XLSX speichern.",
    "xlsx_encrypted": (
        "Die Excel-Datei ist mit einem Kennwort geschützt. Bitte ohne Kennwort speichern."
    ),
    "xlsx_damaged": (
        "Die Excel-Datei ist beschädigt ({detail}). Bitte in Excel öffnen und neu speichern."
    ),
    "zip_bomb": (
        "Die Excel-Datei entpackt sich auf ein Vielfaches ihrer Größe und wird nicht geöffnet. "
        "Bitte nur das Blatt mit den Artikeln als neue XLSX-Datei speichern."
    ),
    "xml_not_well_formed": (
        "Die XML-Datei ist nicht wohlgeformt (Zeile {line}: {detail}). "
        "Bitte die Datei neu ausgeben."
    ),
    "xml_not_bmecat": (
        "Die XML-Datei ist kein BMEcat-Katalog, ihr Wurzelelement heißt {detail}. "
        "Bitte BMEcat 1.2 oder 2005 liefern."
    ),
    "bmecat_transaction_missing": (
        "Im BMEcat fehlt T_NEW_CATALOG, T_UPDATE_PRODUCTS oder T_UPDATE_PRICES. "
        "Bitte den Katalog vollständig ausgeben."
    ),
    "section_too_large": (
        "Ein Abschnitt der XML-Datei ist größer als {limit} MB. "
        "Bitte Bilder und Anlagen nicht in den Katalog einbetten."
    ),
    "csv_damaged": (
        "Die CSV-Datei lässt sich ab Zeile {line} nicht mehr lesen, meist wegen eines "
        "fehlenden Anführungszeichens. Bitte die Datei neu ausgeben."
    ),
    "sheet_missing": (
        "Das Tabellenblatt „{detail}“ fehlt; vorhanden sind: {present}. "
        "Bitte die Zuordnung anpassen."
    ),
    "header_missing": (
        "In Zeile {line} steht keine Kopfzeile. Bitte die Kopfzeile in der Zuordnung angeben."
    ),
    "column_missing": (
        "Die Spalte „{detail}“ fehlt; vorhanden sind: {present}. Bitte die Zuordnung anpassen."
    ),
    "column_ambiguous": (
        "Die Spalte „{detail}“ kommt mehrfach vor. Bitte die Spalten verschieden benennen."
    ),
    "mapping_needed": (
        "Aus den Überschriften ist nicht zu erkennen, welche Spalte {detail} enthält. "
        "Bitte die Spalten zuordnen."
    ),
}


class FileRejected(FileRefused):
    """The file as a whole is refused; `fault` is a key of `FILE_MESSAGES`."""

    def __init__(self, fault: str, **details: object) -> None:
        self.fault = fault
        self.details = details
        self.message = FILE_MESSAGES[fault].format(**details)
        super().__init__(self.message)


class MappingError(ValueError):
    """A mapping is wrong; `field` names the entry (`columns.price`)."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        self.message = message
        super().__init__(f"{field}: {message}")
