"""What the proposal and the release of a successor refuse, by name."""

from __future__ import annotations

from contracts.agreements.errors import AgreementError


class SuccessorError(AgreementError):
    """Base of every refusal about successors."""


class NotReplaceable(SuccessorError):
    """Only a listed article with a fixed price of a running agreement can be replaced."""


class StatementMissing(SuccessorError):
    """The supplier has to say why the new article is equal or better."""


class SuccessorTooDear(SuccessorError):
    """A successor never costs more than the contract's first tier."""


class ArticleNumberTaken(SuccessorError):
    """The supplier has an article of this number already."""


class ProposalPending(SuccessorError):
    """An earlier proposal for the same article is still undecided."""


class WrongProposalState(SuccessorError):
    """The proposal is decided or withdrawn."""


class OwnProposal(SuccessorError):
    """Whoever proposed, or works for the supplier, cannot release."""


class RejectionReasonMissing(SuccessorError):
    """A rejection needs its reason; the supplier reads it."""
