"""The one table from exceptions to problem documents (RFC 9457).

`code` is stable and for programs, `title` is the German name of the kind of problem.
The nearest class in an exception's ancestry counts, so that a base class catches what
is not named.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404
from rest_framework import exceptions as drf

from contracts.agreements import errors as agreements
from contracts.agreements.errors import AgreementError, Blocked, NotEntitled
from contracts.agreements.prices import errors as changes
from contracts.agreements.refused import OverlappingEntitlements
from contracts.agreements.writing.setup import OverlappingPrices
from contracts.catalogue import errors as catalogue
from contracts.catalogue import successor_errors as successor
from contracts.catalogue.readers.errors import FileRejected, MappingError
from contracts.files import UnsuitableFile
from contracts.ledger.errors import LedgerError, LimitBelowUse, LimitExceeded
from contracts.pricing import InvalidQuantity, PricingError, TierOrderError
from orders import errors as ordering
from orders.lifecycle import IllegalTransition

from . import refusals
from .webhooks import addresses, endpoints


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem: HTTP status, code for programs, German title."""

    status: int
    code: str
    title: str


INTERNAL = Kind(500, "internal_error", "Interner Fehler")

KINDS: dict[type[Exception], Kind] = {
    # The HTTP side.
    drf.ParseError: Kind(400, "malformed", "Anfrage nicht lesbar"),
    SuspiciousOperation: Kind(400, "malformed", "Anfrage nicht lesbar"),
    refusals.InvalidParameter: Kind(400, "invalid_parameter", "Parameter ungültig"),
    refusals.IdempotencyKeyMissing: Kind(400, "idempotency_key_missing", "Idempotency-Key fehlt"),
    drf.NotAuthenticated: Kind(401, "not_authenticated", "Anmeldung nötig"),
    drf.AuthenticationFailed: Kind(401, "invalid_token", "Anmeldung fehlgeschlagen"),
    drf.PermissionDenied: Kind(403, "not_allowed", "Nicht erlaubt"),
    PermissionDenied: Kind(403, "not_allowed", "Nicht erlaubt"),
    refusals.InsufficientScope: Kind(403, "insufficient_scope", "Recht fehlt"),
    drf.NotFound: Kind(404, "not_found", "Nicht gefunden"),
    Http404: Kind(404, "not_found", "Nicht gefunden"),
    drf.MethodNotAllowed: Kind(405, "method_not_allowed", "Methode nicht erlaubt"),
    drf.NotAcceptable: Kind(406, "not_acceptable", "Format nicht lieferbar"),
    refusals.RequestInFlight: Kind(409, "request_in_flight", "Anfrage in Bearbeitung"),
    refusals.PreconditionFailed: Kind(412, "precondition_failed", "Inzwischen geändert"),
    drf.UnsupportedMediaType: Kind(415, "unsupported_media_type", "Inhaltstyp unbekannt"),
    drf.ValidationError: Kind(422, "validation_failed", "Angaben unvollständig oder falsch"),
    refusals.IdempotencyKeyReused: Kind(
        422, "idempotency_key_reused", "Idempotency-Key schon verwendet"
    ),
    refusals.UnknownAward: Kind(422, "unknown_award", "Zuschlag nicht gefunden"),
    refusals.UnknownItem: Kind(422, "unknown_item", "Position nicht gefunden"),
    refusals.UnknownArticle: Kind(422, "unknown_article", "Artikel nicht gefunden"),
    refusals.UnsupportedCurrency: Kind(422, "unsupported_currency", "Währung nicht vereinbart"),
    refusals.PreconditionMissing: Kind(428, "precondition_missing", "If-Match fehlt"),
    addresses.ForbiddenTarget: Kind(422, "forbidden_target", "Adresse nicht erlaubt"),
    endpoints.TooManyEndpoints: Kind(409, "too_many_webhooks", "Zu viele Webhooks"),
    drf.Throttled: Kind(429, "rate_limited", "Zu viele Anfragen"),
    # The ordering side.
    ordering.NotFound: Kind(404, "not_found", "Nicht gefunden"),
    ordering.NotAllowed: Kind(403, "not_allowed", "Nicht erlaubt"),
    ordering.NobodyInTurn: Kind(409, "nobody_in_turn", "Kein Lieferant an der Reihe"),
    ordering.DeviceMissing: Kind(409, "device_missing", "Ein Gerät fehlt"),
    ordering.BelowMinimum: Kind(409, "below_minimum_order", "Mindestbestellwert nicht erreicht"),
    ordering.LotFull: Kind(409, "lot_full", "Los ausgeschöpft"),
    ordering.MoreThanOpen: Kind(409, "more_than_open", "Mehr als offen"),
    ordering.NothingOpen: Kind(409, "nothing_open", "Nichts mehr offen"),
    ordering.NothingChosen: Kind(422, "nothing_chosen", "Keine Menge angegeben"),
    ordering.InvalidReceipt: Kind(422, "invalid_receipt", "Tag des Wareneingangs unmöglich"),
    ordering.EmptyBasket: Kind(422, "no_lines", "Keine Zeile"),
    ordering.InvalidAssignment: Kind(422, "invalid_assignment", "Kontierung passt nicht"),
    ordering.UnknownSchool: Kind(422, "unknown_school", "Schule nicht gefunden"),
    ordering.InvalidDelivery: Kind(422, "invalid_delivery", "Lieferangabe passt nicht"),
    ordering.InvalidSplit: Kind(422, "invalid_split", "Aufteilung passt nicht"),
    ordering.InvalidCut: Kind(422, "invalid_cut", "Kürzung passt nicht"),
    ordering.TooManyAtOnce: Kind(422, "too_many", "Zu viele auf einmal"),
    ordering.ResolutionMissing: Kind(422, "resolution_missing", "Beschluss fehlt"),
    ordering.InvalidDelegation: Kind(409, "invalid_delegation", "Vertretung gilt nicht"),
    ordering.InvalidDelegationDays: Kind(
        422, "invalid_delegation_days", "Tage der Vertretung unmöglich"
    ),
    ordering.NotDelegable: Kind(422, "not_delegable", "Nicht vertretbar"),
    ordering.UnsuitableDeputy: Kind(422, "unsuitable_deputy", "Vertretung ungeeignet"),
    ordering.DelegationOverlaps: Kind(
        409, "delegation_overlaps", "Vertretungen überschneiden sich"
    ),
    ordering.InvalidSitting: Kind(422, "invalid_sitting", "Sitzung passt nicht"),
    ordering.InvalidPolicy: Kind(422, "invalid_policy", "Freigaberegelung passt nicht"),
    ordering.UnsatisfiablePolicy: Kind(
        422, "unsatisfiable_policy", "Freigaberegelung nicht erfüllbar"
    ),
    ordering.InvalidPolicyDay: Kind(422, "invalid_policy_day", "Tag liegt zurück"),
    ordering.UnchangedPolicy: Kind(409, "unchanged_policy", "Freigaberegelung unverändert"),
    ordering.OpenProposal: Kind(409, "open_proposal", "Vorschlag liegt schon vor"),
    ordering.OwnProposal: Kind(403, "own_proposal", "Vier-Augen-Prinzip"),
    ordering.StaleProposal: Kind(409, "stale_proposal", "Vorschlag schon entschieden"),
    ordering.OwnMembership: Kind(403, "own_membership", "Vier-Augen-Prinzip"),
    ordering.InvalidMembershipEnd: Kind(422, "invalid_membership_end", "Letzter Tag passt nicht"),
    ordering.InvalidSigningLimit: Kind(
        422, "invalid_signing_limit", "Zeichnungsgrenze passt nicht"
    ),
    ordering.BudgetOverdrawn: Kind(409, "budget_overdrawn", "Haushalt durch Sperre überzogen"),
    ordering.NoPolicy: Kind(409, "no_policy", "Keine Freigaberegel"),
    ordering.OwnRequest: Kind(409, "four_eyes", "Vier-Augen-Prinzip"),
    ordering.AlreadyDecided: Kind(409, "already_decided", "Schon entschieden"),
    ordering.StaleRevision: Kind(409, "stale_revision", "Inzwischen geändert"),
    ordering.SigningLimitExceeded: Kind(409, "signing_limit", "Über der Zeichnungsgrenze"),
    ordering.CommentMissing: Kind(422, "reason_missing", "Begründung fehlt"),
    ordering.TableRejected: Kind(422, "file_rejected", "Datei abgelehnt"),
    ordering.NothingOrderable: Kind(409, "nothing_orderable", "Nichts davon abrufbar"),
    ordering.InvalidList: Kind(422, "invalid_list", "Merkliste passt nicht"),
    ordering.ListNameTaken: Kind(409, "list_name_taken", "Name schon vergeben"),
    ordering.InvalidAttachment: Kind(422, "invalid_attachment", "Anlage passt nicht"),
    ordering.TooManyAttachments: Kind(409, "too_many_attachments", "Zu viele Anlagen"),
    ordering.PapersClosed: Kind(409, "papers_closed", "Anlagen stehen fest"),
    ordering.InvalidComment: Kind(422, "invalid_comment", "Kommentar passt nicht"),
    ordering.OrderError: Kind(409, "refused", "Vorgang abgelehnt"),
    IllegalTransition: Kind(409, "illegal_transition", "Stand lässt das nicht zu"),
    # Agreements and limits.
    LimitExceeded: Kind(409, "limit_exceeded", "Grenze überschritten"),
    LimitBelowUse: Kind(409, "limit_below_use", "Grenze unter der Nutzung"),
    LedgerError: Kind(409, "refused", "Vorgang abgelehnt"),
    agreements.NotFound: Kind(404, "not_found", "Nicht gefunden"),
    agreements.NotAllowed: Kind(403, "not_allowed", "Nicht erlaubt"),
    agreements.AgreementEnded: Kind(409, "agreement_ended", "Vereinbarung beendet"),
    NotEntitled: Kind(403, "not_entitled", "Nicht bezugsberechtigt"),
    Blocked: Kind(409, "blocked", "Beschaffung gesperrt"),
    OverlappingEntitlements: Kind(
        409, "overlapping_entitlements", "Berechtigung überschneidet sich"
    ),
    AgreementError: Kind(409, "refused", "Vorgang abgelehnt"),
    # Prices and their changes.
    InvalidQuantity: Kind(422, "invalid_quantity", "Menge ungültig"),
    PricingError: Kind(422, "invalid_price", "Preisangabe ungültig"),
    TierOrderError: Kind(422, "tiers_out_of_order", "Staffel nicht in Ordnung"),
    OverlappingPrices: Kind(409, "overlapping_prices", "Preisfassungen überschneiden sich"),
    agreements.NoPrice: Kind(409, "no_price", "Kein Vertragspreis"),
    changes.EffectiveDatePast: Kind(422, "effective_date_past", "Wirksamkeitstag vorbei"),
    changes.UnsuitablePrices: Kind(422, "unsuitable_prices", "Preise passen nicht zur Position"),
    changes.NothingChanges: Kind(422, "nothing_changes", "Kein Preis ändert sich"),
    changes.EvidenceMissing: Kind(422, "evidence_missing", "Begründung fehlt"),
    changes.ChangePending: Kind(409, "change_pending", "Änderung noch offen"),
    changes.WrongChangeState: Kind(409, "illegal_transition", "Stand lässt das nicht zu"),
    changes.SamePerson: Kind(409, "four_eyes", "Vier-Augen-Prinzip"),
    # Successors.
    successor.StatementMissing: Kind(422, "statement_missing", "Begründung fehlt"),
    successor.SuccessorTooDear: Kind(422, "price_higher", "Preis höher als vereinbart"),
    successor.ArticleNumberTaken: Kind(409, "article_number_taken", "Artikelnummer vergeben"),
    successor.NotReplaceable: Kind(409, "not_replaceable", "Artikel nicht ersetzbar"),
    successor.ProposalPending: Kind(409, "proposal_pending", "Vorschlag noch offen"),
    # Catalogues.
    UnsuitableFile: Kind(422, "file_rejected", "Datei abgelehnt"),
    FileRejected: Kind(422, "file_rejected", "Datei abgelehnt"),
    MappingError: Kind(422, "invalid_mapping", "Zuordnung ungültig"),
    catalogue.NotFound: Kind(404, "not_found", "Nicht gefunden"),
    catalogue.NotAllowed: Kind(403, "not_allowed", "Nicht erlaubt"),
    catalogue.EmptyUpload: Kind(422, "file_rejected", "Datei abgelehnt"),
    catalogue.UploadTooLarge: Kind(413, "upload_too_large", "Datei zu groß"),
    catalogue.InvalidMapping: Kind(422, "invalid_mapping", "Zuordnung ungültig"),
    catalogue.WrongState: Kind(409, "illegal_transition", "Stand lässt das nicht zu"),
    catalogue.CatalogueError: Kind(409, "refused", "Vorgang abgelehnt"),
}

EXPECTED = tuple(KINDS)
"""Refusals with an answer; whatever else is raised is a defect."""


def kind_of(error: Exception) -> Kind:
    """The kind of the nearest named class, or INTERNAL."""
    return next((KINDS[cls] for cls in type(error).__mro__ if cls in KINDS), INTERNAL)
