"""What the ordering side refuses, by name."""

from __future__ import annotations


class OrderError(Exception):
    """Base of every refusal; the text is a German sentence for the person acting."""


class Reasons(OrderError):
    """A refusal with several sentences; `reasons` are they."""

    def __init__(self, reasons: list[str]) -> None:
        self.reasons = reasons
        super().__init__(" ".join(reasons))


class NotFound(OrderError):
    """Does not exist in the actor's organisation (or at all: the two look the same)."""


class NotAllowed(OrderError):
    """The role or the validity of the membership does not allow this."""


class EmptyBasket(OrderError):
    """Nothing to ask for."""


class InvalidAssignment(OrderError):
    """A line has no budget, a foreign one, or shares that do not sum to 100 %."""


class UnknownSchool(OrderError):
    """The school belongs to another authority, or is not the one of the membership."""


class InvalidDelivery(OrderError):
    """Days or hours of a delivery are in the wrong order, over, or half given."""


class InvalidSplit(OrderError):
    """The parts of a line are not the whole of it."""


class InvalidCut(OrderError):
    """A cut grants more than was asked, nothing at all, or gives no reason."""


class TooManyAtOnce(OrderError):
    """More requisitions were chosen than are decided in one go; none was decided."""


class ResolutionMissing(OrderError):
    """The step needs a resolution of a committee; its number or date was not given."""


class InvalidDelegation(OrderError):
    """The substitution is over, revoked, not this person's, or its delegator's term ended."""


class InvalidDelegationDays(OrderError):
    """The days of a substitution are in the wrong order, gone by, or too many."""


class NotDelegable(OrderError):
    """The membership does not sign, or is not in force on any of the days."""


class UnsuitableDeputy(OrderError):
    """The deputy is the person substituted, whoever sets it up, or may not sign here."""


class DelegationOverlaps(OrderError):
    """Somebody else substitutes on some of these days already."""


class InvalidSitting(OrderError):
    """The sitting of a committee lies in the past or too far away, or no step waits for it."""


class BudgetOverdrawn(Reasons):
    """A freeze left less than is bound; nothing is released from this budget now."""


class NoPolicy(OrderError):
    """No approval rule covers the amount; without one nothing can be released."""


class StaleRevision(OrderError):
    """The decision was made on a revision that is no longer current."""


class OwnRequest(OrderError):
    """Whoever asked or edited cannot decide (four eyes)."""


class AlreadyDecided(OrderError):
    """This person decided this step before."""


class SigningLimitExceeded(OrderError):
    """The gross amount is above the approver's signing limit."""


class CommentMissing(OrderError):
    """A refusal needs a comment."""


class DeviceMissing(Reasons):
    """A warranty or licence has no device to hang on."""


class BelowMinimum(Reasons):
    """A call-off would stay below its award's minimum order, without the surcharge."""


class LotFull(Reasons):
    """Nothing listed fits the rest of the lot; it opens when something is given back."""


class NobodyInTurn(Reasons):
    """Every supplier of a lot is passed over; each sentence names all of them with the reason."""


class NothingOpen(OrderError):
    """The call-off has nothing left that could be delivered or cancelled."""


class MoreThanOpen(OrderError):
    """More of a line was to be delivered or cancelled than is open; the text names it."""


class NothingChosen(OrderError):
    """No line was given a quantity."""


class InvalidReceipt(OrderError):
    """Goods can't have come in on this day."""


class PolicyRefused(Reasons):
    """An approval policy is not accepted; `rules` has the place of the rule of each reason."""

    def __init__(self, reasons: list[str], rules: list[int | None]) -> None:
        self.rules = rules
        super().__init__(reasons)


class InvalidPolicy(PolicyRefused):
    """Rules that make no sense by themselves, whoever is there to sign."""


class UnsatisfiablePolicy(PolicyRefused):
    """Amounts that nobody could release under these rules, whoever submits."""


class InvalidPolicyDay(OrderError):
    """A policy holds from today or later, not from a day gone by."""


class UnchangedPolicy(OrderError):
    """The rules are those that hold already."""


class OpenProposal(OrderError):
    """The authority has a proposed policy that waits for its confirmation."""


class OwnProposal(OrderError):
    """Whoever proposed a policy does not confirm it (four eyes)."""


class StaleProposal(OrderError):
    """The proposed policy was confirmed or withdrawn meanwhile."""


class OwnMembership(OrderError):
    """Nobody changes their own membership or signing limit."""


class InvalidMembershipEnd(OrderError):
    """The last day lies before what has happened, or after the end that was set."""


class InvalidSigningLimit(OrderError):
    """The signing limit is negative, too high, or the role does not sign."""


class TableRejected(OrderError):
    """The file is no table of numbers and quantities that could be read."""


class NothingOrderable(Reasons):
    """Nothing of what was chosen can be called off today; each sentence names an article."""


class InvalidList(OrderError):
    """A shared list has no name, too long a one, or too many lines."""


class ListNameTaken(OrderError):
    """The person has another list of this name."""


class InvalidAttachment(OrderError):
    """The title of an attachment is too long."""


class TooManyAttachments(OrderError):
    """The requisition has as many attachments as it may."""


class PapersClosed(OrderError):
    """The requisition has ended; its attachments stay as they are."""


class InvalidComment(OrderError):
    """A comment is empty or too long."""
