"""What the proposal and the release of a successor refuse, by name."""

from __future__ import annotations

from contracts.agreements.errors import AgreementError
from contracts.refusals import FourEyes, Kind, WrongState


class SuccessorError(AgreementError):
    """Base of every refusal about successors."""


class NotReplaceable(SuccessorError):
    """Only a listed article with a fixed price of a running agreement can be replaced."""

    code = "not_replaceable"
    title = "Artikel nicht ersetzbar"


class StatementMissing(SuccessorError):
    """The supplier has to say why the new article is equal or better."""

    code = "statement_missing"
    kind = Kind.INVALID
    title = "Begründung fehlt"


class SuccessorTooDear(SuccessorError):
    """A successor never costs more than the contract's first tier."""

    code = "price_higher"
    kind = Kind.INVALID
    title = "Preis höher als vereinbart"


class ArticleNumberTaken(SuccessorError):
    """The supplier has an article of this number already."""

    code = "article_number_taken"
    title = "Artikelnummer vergeben"


class ProposalPending(SuccessorError):
    """An earlier proposal for the same article is still undecided."""

    code = "proposal_pending"
    title = "Vorschlag noch offen"


class WrongProposalState(WrongState, SuccessorError):
    """The proposal is decided or withdrawn."""


class OwnProposal(FourEyes, SuccessorError):
    """Whoever proposed, or works for the supplier, cannot release."""


class RejectionReasonMissing(SuccessorError):
    """A rejection needs its reason; the supplier reads it."""

    code = "rejection_reason_missing"
