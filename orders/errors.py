"""What the ordering side refuses, by name."""

from __future__ import annotations

from contracts import refusals
from contracts.refusals import FileRefused, FourEyes, Kind, Reasons, Refusal

NotFound = refusals.NotFound
NotAllowed = refusals.NotAllowed
SentBefore = refusals.SentBefore


class OrderError(Refusal):
    """Base of every refusal; the text is a German sentence for the person acting."""


class EmptyBasket(OrderError):
    """Nothing to ask for."""

    code = "no_lines"
    kind = Kind.INVALID
    title = "Es ist nichts ausgewählt"
    field = "lines"
    advice = "Geben Sie mindestens für eine Zeile eine Menge ab 1 an."


class InvalidAssignment(OrderError):
    """A line has no budget, a foreign one, or shares that do not sum to 100 %."""

    code = "invalid_assignment"
    kind = Kind.INVALID
    title = "Die Kontierung passt nicht"
    advice = "Bitte ordnen Sie jeder Zeile eine Haushaltsposition Ihrer Organisation zu."


class BudgetNotUsable(InvalidAssignment):
    """The budget of a line is over: its year, or its grant (§ 24 KomHKV)."""

    code = "budget_not_usable"
    kind = Kind.CONFLICT
    title = "Der Haushalt ist nicht mehr zu verwenden"
    advice = "Bitte ordnen Sie den Zeilen eine Haushaltsposition zu, die noch gilt."


class RequisitionOver(OrderError):
    """The requisition's time has run out, whether or not the sweep has come by yet."""

    code = "requisition_over"
    title = "Die Anforderung ist verfallen"
    advice = "Besteht der Bedarf noch, stellen Sie die Anforderung bitte neu."


class ConfirmationOver(OrderError):
    """The time to confirm has run out, whether or not the sweep has asked the next rank yet."""

    code = "confirmation_over"
    title = "Die Frist zur Bestätigung ist abgelaufen"
    advice = "Der Abruf geht an den nächsten Rang. Bitte wenden Sie sich an die Beschaffung."


class PriceRisen(OrderError):
    """The total is higher than what was agreed to; the requester has to look again."""

    code = "price_risen"


class UnknownSchool(OrderError):
    """The school belongs to another authority, or is not the one of the membership."""

    code = "unknown_school"
    kind = Kind.INVALID
    title = "Die Schule passt nicht"
    advice = "Wählen Sie eine Schule Ihrer Organisation."


class InvalidDelivery(OrderError):
    """Days or hours of a delivery are in the wrong order, over, or half given."""

    code = "invalid_delivery"
    kind = Kind.INVALID
    title = "Die Angaben zur Lieferung passen nicht"
    advice = "Prüfen Sie Tage und Uhrzeiten."


class InvalidSplit(OrderError):
    """The parts of a line are not the whole of it."""

    code = "invalid_split"
    kind = Kind.INVALID
    title = "Die Aufteilung passt nicht"
    advice = "Verteilen Sie genau die Menge der Zeile auf die Lieferorte."


class InvalidCut(OrderError):
    """A cut grants more than was asked, nothing at all, or gives no reason."""

    code = "invalid_cut"
    kind = Kind.INVALID
    title = "So lässt sich nicht kürzen"
    advice = "Geben Sie je Zeile 0 bis zur angeforderten Menge frei, und begründen Sie die Kürzung."


class TooManyAtOnce(OrderError):
    """More requisitions were chosen than are decided in one go; none was decided."""

    code = "too_many"
    kind = Kind.INVALID
    title = "Zu viele Anforderungen auf einmal"
    advice = "Entscheiden Sie in mehreren Schritten; entschieden ist noch keine."


class ResolutionMissing(OrderError):
    """The step needs a resolution of a committee; its number or date was not given."""

    code = "resolution_missing"
    kind = Kind.INVALID
    title = "Der Beschluss fehlt"
    advice = "Tragen Sie Nummer und Datum des Beschlusses ein, oder vermerken Sie die Sitzung."


class InvalidDelegation(OrderError):
    """The substitution is over, revoked, not this person's, or its delegator's term ended."""

    code = "invalid_delegation"
    title = "Die Vertretung gilt nicht"
    advice = "Entscheiden Sie in eigenem Namen, oder lassen Sie die Vertretung neu einrichten."


class InvalidDelegationDays(OrderError):
    """The days of a substitution are in the wrong order, gone by, or too many."""

    code = "invalid_delegation_days"
    kind = Kind.INVALID
    title = "Diese Tage passen nicht"
    advice = "Wählen Sie einen ersten Tag ab heute und einen letzten Tag danach."


class NotDelegable(OrderError):
    """The membership does not sign, or is not in force on any of the days."""

    code = "not_delegable"
    kind = Kind.INVALID
    title = "Diese Person lässt sich so nicht vertreten"
    advice = "Wählen Sie eine Mitgliedschaft mit Zeichnungsgrenze, die an diesen Tagen gilt."


class UnsuitableDeputy(OrderError):
    """The deputy is the person substituted, whoever sets it up, or may not sign here."""

    code = "unsuitable_deputy"
    kind = Kind.INVALID
    title = "Diese Person kann die Vertretung nicht übernehmen"
    advice = "Wählen Sie eine andere Person, die in Ihrer Organisation zeichnen darf."


class DelegationOverlaps(OrderError):
    """Somebody else substitutes on some of these days already."""

    code = "delegation_overlaps"
    title = "Die Tage sind schon vergeben"
    advice = "Es vertritt immer nur eine Person. Heben Sie die bisherige Vertretung zuerst auf."


class InvalidSitting(OrderError):
    """The sitting of a committee lies in the past or too far away, or no step waits for it."""

    code = "invalid_sitting"
    kind = Kind.INVALID
    title = "Die Sitzung lässt sich so nicht vermerken"
    advice = "Prüfen Sie den Tag und den Stand der Anforderung."


class BudgetOverdrawn(Reasons, OrderError):
    """A freeze left less than is bound; nothing is released from this budget now."""

    code = "budget_overdrawn"
    title = "Der Haushalt ist durch eine Sperre überzogen"
    advice = "Klären Sie mit der Kämmerei, ob die Sperre aufgehoben wird."


class NoPolicy(OrderError):
    """No approval rule covers the amount; without one nothing can be released."""

    code = "no_policy"
    title = "Es ist keine Freigaberegel hinterlegt"
    advice = (
        "Ohne Regel kann niemand freigeben. Ihre Verwaltung muss die Freigaberegelung ergänzen."
    )


class StaleRevision(OrderError):
    """The decision was made on a revision that is no longer current."""

    code = "stale_revision"
    title = "Die Anforderung wurde inzwischen geändert"
    advice = "Prüfen Sie die Fassung, die Sie jetzt sehen, und senden Sie dann erneut."


class OwnRequest(FourEyes, OrderError):
    """Whoever asked or edited cannot decide (four eyes)."""

    advice = (
        "Bitte überlassen Sie den Schritt einer Person, die nicht angefordert, bearbeitet oder "
        "entschieden hat."
    )


class AlreadyDecided(OrderError):
    """This person decided this step before."""

    code = "already_decided"
    title = "Schon entschieden"
    advice = "Jede Person unterschreibt in einer Freigaberunde einmal, auch durch eine Vertretung."


class SigningLimitExceeded(OrderError):
    """The gross amount is above the approver's signing limit."""

    code = "signing_limit"
    title = "Der Betrag liegt über Ihrer Zeichnungsgrenze"
    advice = "Eine Person mit höherer Zeichnungsgrenze muss entscheiden."


class CommentMissing(OrderError):
    """A refusal needs a comment."""

    code = "reason_missing"
    kind = Kind.INVALID
    title = "Die Begründung fehlt"
    advice = "Schreiben Sie in die Bemerkung, was gegen die Anforderung spricht."


class DeviceMissing(Reasons, OrderError):
    """A warranty or licence has no device to hang on."""

    code = "device_missing"
    title = "Ein Gerät fehlt"
    advice = (
        "Im Entwurf ändern Sie die Menge über „Bearbeiten“; weitere Geräte kommen über den "
        "Bedarfskorb in eine neue Anforderung."
    )


class DeviceNeeded(Reasons, OrderError):
    """A device can't be cancelled: what hangs on it stays."""

    code = "device_needed"
    title = "Etwas hängt an diesem Gerät"
    advice = "Was an einem Gerät hängt, geht mit ihm oder vor ihm."


class BelowMinimum(Reasons, OrderError):
    """A call-off would stay below its award's minimum order, without the surcharge."""

    code = "below_minimum_order"
    title = "Der Mindestbestellwert ist nicht erreicht"
    advice = "Mit dem Zuschlag des Lieferanten geht auch die kleine Bestellung."


class LotFull(Reasons, OrderError):
    """Nothing listed fits the rest of the lot; it opens when something is given back."""

    code = "lot_full"
    title = "Ein Los ist ausgeschöpft"
    advice = (
        "Nehmen Sie den Artikel heraus. Das Los öffnet wieder, sobald etwas zurückgegeben wird."
    )


class NobodyInTurn(Reasons, OrderError):
    """Every supplier of a lot is passed over; each sentence names all of them with the reason."""

    code = "nobody_in_turn"
    title = "Kein Lieferant ist an der Reihe"
    advice = "Verringern Sie die Menge, oder fragen Sie bei der Beschaffungsstelle nach."


class NothingOpen(OrderError):
    """The call-off has nothing left that could be delivered or cancelled."""

    code = "nothing_open"
    title = "Es ist nichts mehr offen"
    advice = "Der Stand auf dieser Seite zeigt, was geliefert und was storniert ist."


class MoreThanOpen(OrderError):
    """More of a line was to be delivered or cancelled than is open; the text names it."""

    code = "more_than_open"
    title = "Die Menge ist größer als das, was offen ist"
    advice = "Prüfen Sie Lieferschein und Zeile, und geben Sie höchstens die offene Menge an."


class NothingChosen(OrderError):
    """No line was given a quantity."""

    code = "nothing_chosen"
    kind = Kind.INVALID
    title = "Nichts ausgewählt"
    advice = "Wählen Sie aus, worüber Sie entscheiden."


class InvalidReceipt(OrderError):
    """Goods can't have come in on this day."""

    code = "invalid_receipt"
    kind = Kind.INVALID
    title = "Tag des Wareneingangs unmöglich"


class PolicyRefused(Reasons, OrderError):
    """An approval policy is not accepted; `rules` has the place of the rule of each reason."""

    def __init__(self, reasons: list[str], rules: list[int | None]) -> None:
        self.rules = rules
        super().__init__(reasons)


class InvalidPolicy(PolicyRefused):
    """Rules that make no sense by themselves, whoever is there to sign."""

    code = "invalid_policy"
    kind = Kind.INVALID
    title = "Die Regeln passen nicht zusammen"
    advice = "Berichtigen Sie, was genannt ist."


class UnsatisfiablePolicy(PolicyRefused):
    """Amounts that nobody could release under these rules, whoever submits."""

    code = "unsatisfiable_policy"
    kind = Kind.INVALID
    title = "Diese Regelung könnte niemand erfüllen"
    advice = (
        "Verlangen Sie weniger Unterschriften, oder lassen Sie erst Zeichnungsgrenzen und "
        "Mitgliedschaften ändern."
    )


class InvalidPolicyDay(OrderError):
    """A policy holds from today or later, not from a day gone by."""

    code = "invalid_policy_day"
    kind = Kind.INVALID
    title = "Der Tag liegt in der Vergangenheit"
    advice = "Wählen Sie heute oder später."


class UnchangedPolicy(OrderError):
    """The rules are those that hold already."""

    code = "unchanged_policy"
    title = "Nichts hat sich geändert"
    advice = "Ändern Sie mindestens eine Regel."


class OpenProposal(OrderError):
    """The authority has a proposed policy that waits for its confirmation."""

    code = "open_proposal"
    title = "Ein Vorschlag liegt schon vor"
    advice = "Sehen Sie ihn auf der Seite „Freigaberegelung“ an."


class OwnProposal(OrderError):
    """Whoever proposed a policy does not confirm it (four eyes)."""

    code = "own_proposal"
    kind = Kind.FORBIDDEN
    title = "Vier-Augen-Prinzip"
    advice = "Bitten Sie eine zweite Person aus Freigabe oder Kämmerei."


class StaleProposal(OrderError):
    """The proposed policy was confirmed or withdrawn meanwhile."""

    code = "stale_proposal"
    title = "Über den Vorschlag ist schon entschieden"
    advice = "Diese Seite zeigt, was jetzt gilt."


class OwnMembership(OrderError):
    """Nobody changes their own membership or signing limit."""

    code = "own_membership"
    kind = Kind.FORBIDDEN
    title = "Vier-Augen-Prinzip"
    advice = "Bitten Sie eine andere Person aus Freigabe oder Kämmerei."


class InvalidMembershipEnd(OrderError):
    """The last day lies before what has happened, or after the end that was set."""

    code = "invalid_membership_end"
    kind = Kind.INVALID
    title = "Dieser Tag passt nicht"
    advice = "Wählen Sie einen anderen Tag."


class InvalidSigningLimit(OrderError):
    """The signing limit is negative, too high, or the role does not sign."""

    code = "invalid_signing_limit"
    kind = Kind.INVALID
    title = "Diese Zeichnungsgrenze passt nicht"
    advice = "Prüfen Sie den Betrag."


class TableRejected(FileRefused, OrderError):
    """The file is no table of numbers and quantities that could be read."""

    advice = "Wählen Sie eine andere Datei, oder fügen Sie Nummern und Mengen als Text ein."


class NothingOrderable(Reasons, OrderError):
    """Nothing of what was chosen can be called off today; each sentence names an article."""

    code = "nothing_orderable"
    title = "Nichts davon ist heute abrufbar"
    advice = "Nehmen Sie ein Nachfolgemodell, oder suchen Sie im Katalog einen Ersatz."


class InvalidList(OrderError):
    """A shared list has no name, too long a one, or too many lines."""

    code = "invalid_list"
    kind = Kind.INVALID
    title = "Die Merkliste passt so nicht"


class ListNameTaken(OrderError):
    """The person has another list of this name."""

    code = "list_name_taken"
    title = "Der Name ist schon vergeben"


class InvalidAttachment(OrderError):
    """The title of an attachment is too long."""

    code = "invalid_attachment"
    kind = Kind.INVALID
    title = "Die Anlage passt nicht"


class TooManyAttachments(OrderError):
    """The requisition has as many attachments as it may."""

    code = "too_many_attachments"
    title = "Es sind schon zu viele Anlagen"


class PapersClosed(OrderError):
    """The requisition has ended; its attachments stay as they are."""

    code = "papers_closed"
    title = "Die Anlagen stehen fest"
    advice = "Was mit der Anforderung entschieden wurde, bleibt so nachlesbar."


class InvalidComment(OrderError):
    """A comment is empty or too long."""

    code = "invalid_comment"
    kind = Kind.INVALID
    title = "Der Kommentar passt nicht"
