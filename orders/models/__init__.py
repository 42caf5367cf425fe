from .allocation import AllocationOutcome, AllocationStep
from .approval import (
    ApprovalPolicy,
    ApprovalRule,
    ApprovalStep,
    Decision,
    DecisionLine,
    RuleCondition,
    Signature,
)
from .basket import BasketOwner
from .budget import BudgetLine, BudgetLineDeductible, BudgetPool
from .call_off import CallOff, CallOffAssignment, CallOffLine
from .cancellation import (
    CallOffLineProgress,
    Cancellation,
    CancellationCause,
    CancelledLine,
    CancelledShare,
)
from .delegation import Delegation
from .event import Feed, FeedAcknowledgement, FeedEntry, FinanceEvent, PendingEvent
from .goods_receipt import GoodsReceipt, ReceivedLine, ReceivedShare
from .outbox import MailLog, OutboxMessage
from .paper import RequisitionAttachment, RequisitionComment
from .requisition import (
    Assignment,
    Involvement,
    Requisition,
    RequisitionDelivery,
    RequisitionLine,
    RequisitionRevision,
    RevisionKind,
    Side,
)
from .shopping_list import ListAudience, ShoppingList, ShoppingListLine

__all__ = [
    "AllocationOutcome",
    "AllocationStep",
    "ApprovalPolicy",
    "ApprovalRule",
    "ApprovalStep",
    "Assignment",
    "BasketOwner",
    "BudgetLine",
    "BudgetLineDeductible",
    "BudgetPool",
    "CallOff",
    "CallOffAssignment",
    "CallOffLine",
    "CallOffLineProgress",
    "Cancellation",
    "CancellationCause",
    "CancelledLine",
    "CancelledShare",
    "Decision",
    "DecisionLine",
    "Delegation",
    "Feed",
    "FeedAcknowledgement",
    "FeedEntry",
    "FinanceEvent",
    "GoodsReceipt",
    "Involvement",
    "ListAudience",
    "MailLog",
    "OutboxMessage",
    "PendingEvent",
    "ReceivedLine",
    "ReceivedShare",
    "Requisition",
    "RequisitionAttachment",
    "RequisitionComment",
    "RequisitionDelivery",
    "RequisitionLine",
    "RequisitionRevision",
    "RevisionKind",
    "RuleCondition",
    "ShoppingList",
    "ShoppingListLine",
    "Side",
    "Signature",
]
