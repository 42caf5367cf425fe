"""What the domain refuses, in German: what happened, what is missing, what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from contracts.agreements.errors import (
    AgreementEnded,
    Blocked,
    NoPrice,
    NotAllowed,
    NotEntitled,
    NotListable,
    NoVatRule,
)
from contracts.agreements.life.lifecycle import NotExhausted
from contracts.agreements.prices import errors as changes
from contracts.agreements.writing.editing import NotEditable
from contracts.agreements.writing.setup import OverlappingPrices
from contracts.catalogue.errors import CatalogueError, InvalidMapping
from contracts.files import UnsuitableFile
from contracts.ledger.errors import (
    AccountClosed,
    LimitBelowUse,
    LimitExceeded,
    Shortfall,
)
from contracts.ledger.models import AccountKind
from frontend.formatting import format_amount
from orders import errors
from orders.lifecycle import IllegalTransition
from orders.refused import REFUSALS

__all__ = ["REFUSALS", "Refusal", "explain"]

_BUDGET_ADVICE = (
    "Wählen Sie eine andere Haushaltsposition, teilen Sie die Kontierung auf, verringern Sie "
    "die Menge, oder klären Sie mit der Kämmerei, ob Mittel nachgegeben werden."
)
_CAP_ADVICE = (
    "Verringern Sie die Menge, oder fragen Sie bei der Beschaffungsstelle nach, "
    "ob die Vereinbarung noch Mengen hergibt."
)
_ADVICE: dict[type[Exception], tuple[str, str]] = {
    Blocked: (
        "Der Abruf ist gesperrt",
        (
            "Entfernen Sie die genannten Artikel, oder wenden Sie sich an die Stelle, "
            "die die Sperre gesetzt hat."
        ),
    ),
    errors.DeviceMissing: (
        "Ein Gerät fehlt",
        (
            "Im Entwurf ändern Sie die Menge über „Bearbeiten“; weitere Geräte kommen über den "
            "Bedarfskorb in eine neue Anforderung."
        ),
    ),
    errors.BelowMinimum: (
        "Der Mindestbestellwert ist nicht erreicht",
        "Mit dem Zuschlag des Lieferanten geht auch die kleine Bestellung.",
    ),
    errors.LotFull: (
        "Ein Los ist ausgeschöpft",
        "Nehmen Sie den Artikel heraus. Das Los öffnet wieder, sobald etwas zurückgegeben wird.",
    ),
    errors.NobodyInTurn: (
        "Kein Lieferant ist an der Reihe",
        "Verringern Sie die Menge, oder fragen Sie bei der Beschaffungsstelle nach.",
    ),
    NotListable: (
        "Die Vereinbarung kann noch nicht gelistet werden",
        "Ergänzen Sie, was genannt ist, und listen Sie die Vereinbarung dann erneut.",
    ),
    NotEditable: (
        "Die Vereinbarung ist bereits gelistet",
        "Tragen Sie eine Änderung des Vertrags in das Änderungsregister ein.",
    ),
    AgreementEnded: ("Die Vereinbarung ist beendet", ""),
    NotExhausted: ("Die Vereinbarung ist noch nicht ausgeschöpft", ""),
    NotAllowed: (
        "Dieser Schritt gehört zu einer anderen Rolle",
        "Wechseln Sie die Mitgliedschaft, oder geben Sie den Schritt an die zuständige Person.",
    ),
    LimitBelowUse: (
        "Darunter ist schon mehr gebunden",
        "Wählen Sie eine Grenze, die mindestens das umfasst, was gebucht und vorgemerkt ist.",
    ),
    AccountClosed: (
        "Ein Los oder ein Kontingent ist gesperrt",
        "Die Beschaffungsstelle hebt die Sperre auf, wenn der Grund entfallen ist.",
    ),
    NotEntitled: (
        "Ein Artikel ist nicht mehr abrufbar",
        "Nehmen Sie den Artikel heraus, oder suchen Sie im Katalog einen Ersatz.",
    ),
    NoPrice: (
        "Ein Artikel hat heute keinen Vertragspreis",
        (
            "Ohne Preis wird nichts abgerufen. Nehmen Sie den Artikel heraus, oder fragen Sie "
            "bei der Beschaffungsstelle nach."
        ),
    ),
    NoVatRule: (
        "Für einen Artikel fehlt die Steuerregel",
        "Bitte melden Sie das der Beschaffungsstelle. Ihre Eingaben bleiben erhalten.",
    ),
    errors.NoPolicy: (
        "Es ist keine Freigaberegel hinterlegt",
        "Ohne Regel kann niemand freigeben. Ihre Verwaltung muss die Freigaberegelung ergänzen.",
    ),
    errors.InvalidPolicy: (
        "Die Regeln passen nicht zusammen",
        "Berichtigen Sie, was genannt ist.",
    ),
    errors.UnsatisfiablePolicy: (
        "Diese Regelung könnte niemand erfüllen",
        (
            "Verlangen Sie weniger Unterschriften, oder lassen Sie erst Zeichnungsgrenzen und "
            "Mitgliedschaften ändern."
        ),
    ),
    errors.InvalidPolicyDay: (
        "Der Tag liegt in der Vergangenheit",
        "Wählen Sie heute oder später.",
    ),
    errors.UnchangedPolicy: ("Nichts hat sich geändert", "Ändern Sie mindestens eine Regel."),
    errors.OpenProposal: (
        "Ein Vorschlag liegt schon vor",
        "Sehen Sie ihn auf der Seite „Freigaberegelung“ an.",
    ),
    errors.OwnProposal: (
        "Vier-Augen-Prinzip",
        "Bitten Sie eine zweite Person aus Freigabe oder Kämmerei.",
    ),
    errors.StaleProposal: (
        "Über den Vorschlag ist schon entschieden",
        "Diese Seite zeigt, was jetzt gilt.",
    ),
    errors.OwnMembership: (
        "Vier-Augen-Prinzip",
        "Bitten Sie eine andere Person aus Freigabe oder Kämmerei.",
    ),
    errors.InvalidMembershipEnd: ("Dieser Tag passt nicht", "Wählen Sie einen anderen Tag."),
    errors.InvalidSigningLimit: ("Diese Zeichnungsgrenze passt nicht", "Prüfen Sie den Betrag."),
    errors.OwnRequest: (
        "Vier-Augen-Prinzip",
        (
            "Bitte überlassen Sie den Schritt einer Person, die nicht angefordert, bearbeitet oder "
            "entschieden hat."
        ),
    ),
    errors.StaleRevision: (
        "Die Anforderung wurde inzwischen geändert",
        "Prüfen Sie die Fassung, die Sie jetzt sehen, und senden Sie dann erneut.",
    ),
    errors.SigningLimitExceeded: (
        "Der Betrag liegt über Ihrer Zeichnungsgrenze",
        "Eine Person mit höherer Zeichnungsgrenze muss entscheiden.",
    ),
    errors.InvalidAssignment: (
        "Die Kontierung passt nicht",
        "Bitte ordnen Sie jeder Zeile eine Haushaltsposition Ihrer Organisation zu.",
    ),
    errors.UnknownSchool: (
        "Die Schule passt nicht",
        "Wählen Sie eine Schule Ihrer Organisation.",
    ),
    errors.InvalidDelivery: (
        "Die Angaben zur Lieferung passen nicht",
        "Prüfen Sie Tage und Uhrzeiten.",
    ),
    errors.InvalidSplit: (
        "Die Aufteilung passt nicht",
        "Verteilen Sie genau die Menge der Zeile auf die Lieferorte.",
    ),
    errors.InvalidCut: (
        "So lässt sich nicht kürzen",
        "Geben Sie je Zeile 0 bis zur angeforderten Menge frei, und begründen Sie die Kürzung.",
    ),
    errors.CommentMissing: (
        "Die Begründung fehlt",
        "Schreiben Sie in die Bemerkung, was gegen die Anforderung spricht.",
    ),
    errors.TooManyAtOnce: (
        "Zu viele Anforderungen auf einmal",
        "Entscheiden Sie in mehreren Schritten; entschieden ist noch keine.",
    ),
    errors.NothingChosen: (
        "Nichts ausgewählt",
        "Wählen Sie aus, worüber Sie entscheiden.",
    ),
    errors.ResolutionMissing: (
        "Der Beschluss fehlt",
        "Tragen Sie Nummer und Datum des Beschlusses ein, oder vermerken Sie die Sitzung.",
    ),
    errors.InvalidDelegation: (
        "Die Vertretung gilt nicht",
        "Entscheiden Sie in eigenem Namen, oder lassen Sie die Vertretung neu einrichten.",
    ),
    errors.InvalidDelegationDays: (
        "Diese Tage passen nicht",
        "Wählen Sie einen ersten Tag ab heute und einen letzten Tag danach.",
    ),
    errors.NotDelegable: (
        "Diese Person lässt sich so nicht vertreten",
        "Wählen Sie eine Mitgliedschaft mit Zeichnungsgrenze, die an diesen Tagen gilt.",
    ),
    errors.UnsuitableDeputy: (
        "Diese Person kann die Vertretung nicht übernehmen",
        "Wählen Sie eine andere Person, die in Ihrer Organisation zeichnen darf.",
    ),
    errors.DelegationOverlaps: (
        "Die Tage sind schon vergeben",
        "Es vertritt immer nur eine Person. Heben Sie die bisherige Vertretung zuerst auf.",
    ),
    errors.InvalidSitting: (
        "Die Sitzung lässt sich so nicht vermerken",
        "Prüfen Sie den Tag und den Stand der Anforderung.",
    ),
    errors.BudgetOverdrawn: (
        "Der Haushalt ist durch eine Sperre überzogen",
        "Klären Sie mit der Kämmerei, ob die Sperre aufgehoben wird.",
    ),
    errors.AlreadyDecided: (
        "Schon entschieden",
        "Jede Person unterschreibt in einer Freigaberunde einmal, auch durch eine Vertretung.",
    ),
    changes.SamePerson: (
        "Vier-Augen-Prinzip",
        "Bitte überlassen Sie den Schritt einer Person, die bisher nicht beteiligt war.",
    ),
    changes.PriceMoved: (
        "Der geltende Preis hat sich geändert",
        "Der Vorschlag ist an einem Preis gemessen, der nicht mehr gilt.",
    ),
    changes.NotApproved: (
        "Die Vertragsänderung ist nicht genehmigt",
        "Die zweite Person genehmigt sie im Änderungsregister der Vereinbarung.",
    ),
    changes.OutsideLimits: (
        "Die Änderung überschreitet § 132 GWB",
        "Prüfen Sie Rechtsgrund und Wert, oder bereiten Sie ein neues Vergabeverfahren vor.",
    ),
    OverlappingPrices: (
        "Die Preisfassungen überschneiden sich",
        "Wählen Sie einen Tag nach dem Beginn der letzten Preisfassung.",
    ),
    InvalidMapping: (
        "Die Spaltenzuordnung passt nicht",
        (
            "Geben Sie mindestens die Spalten der Bezeichnung und des Preises an, "
            "oder lassen Sie alle Felder leer: Dann wird nach den Überschriften zugeordnet."
        ),
    ),
    CatalogueError: (
        "Die Kataloglieferung wurde nicht angenommen",
        "Prüfen Sie die Datei und den Stand der Lieferung.",
    ),
    errors.TableRejected: (
        "Die Datei lässt sich nicht lesen",
        "Wählen Sie eine andere Datei, oder fügen Sie Nummern und Mengen als Text ein.",
    ),
    errors.NothingOrderable: (
        "Nichts davon ist heute abrufbar",
        "Nehmen Sie ein Nachfolgemodell, oder suchen Sie im Katalog einen Ersatz.",
    ),
    errors.InvalidList: ("Die Merkliste passt so nicht", ""),
    errors.ListNameTaken: ("Der Name ist schon vergeben", ""),
    errors.EmptyBasket: (
        "Es ist nichts ausgewählt",
        "Geben Sie mindestens für eine Zeile eine Menge ab 1 an.",
    ),
    UnsuitableFile: ("Die Datei wird nicht angenommen", ""),
    errors.InvalidAttachment: ("Die Anlage passt nicht", ""),
    errors.TooManyAttachments: ("Es sind schon zu viele Anlagen", ""),
    errors.PapersClosed: (
        "Die Anlagen stehen fest",
        "Was mit der Anforderung entschieden wurde, bleibt so nachlesbar.",
    ),
    errors.InvalidComment: ("Der Kommentar passt nicht", ""),
    errors.MoreThanOpen: (
        "Die Menge ist größer als das, was offen ist",
        "Prüfen Sie Lieferschein und Zeile, und geben Sie höchstens die offene Menge an.",
    ),
    errors.NothingOpen: (
        "Es ist nichts mehr offen",
        "Der Stand auf dieser Seite zeigt, was geliefert und was storniert ist.",
    ),
    IllegalTransition: (
        "Dieser Schritt ist nicht mehr möglich",
        "Der Stand hat sich inzwischen geändert. Sehen Sie nach, was daraus geworden ist.",
    ),
}

_WITH_REASONS = (Blocked, errors.Reasons, changes.OutsideLimits)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A refusal as people read it: `points` are the single reasons."""

    title: str
    points: Sequence[str]
    advice: Sequence[str]


def explain(error: Exception) -> Refusal:
    """Turn a named refusal of the domain into words; nothing was changed by it."""
    if isinstance(error, LimitExceeded) and error.shortfalls:
        return _limits(error.shortfalls)
    title, advice = next(
        (words for kind, words in _ADVICE.items() if isinstance(error, kind)),
        ("Das ist so nicht möglich", ""),
    )
    points = error.reasons if isinstance(error, _WITH_REASONS) else [str(error)]
    return Refusal(title, points, [advice] if advice else [])


def _limits(gaps: Sequence[Shortfall]) -> Refusal:
    budgets = [gap for gap in gaps if gap.kind == AccountKind.BUDGET]
    advice = [_BUDGET_ADVICE] if budgets else []
    if len(budgets) < len(gaps):
        advice.append(_CAP_ADVICE)
    one = "Eine Grenze reicht nicht aus" if len(gaps) == 1 else "Mehrere Grenzen reichen nicht aus"
    return Refusal(one, [_gap(gap) for gap in gaps], advice)


def _gap(gap: Shortfall) -> str:
    free = max(gap.available, Decimal(0))
    return (
        f"{gap.title}: Es fehlen {format_amount(gap.missing, gap.unit)} "
        f"(gebraucht {format_amount(gap.requested, gap.unit)}, "
        f"frei {format_amount(free, gap.unit)})."
    )
