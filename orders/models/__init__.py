from .allocation import AllocationOutcome, AllocationStep
from .approval import ApprovalPolicy, ApprovalRule, ApprovalStep, Decision
from .basket import BasketOwner
from .budget import BudgetLine, BudgetPool
from .call_off import CallOff, CallOffAssignment, CallOffLine
from .cancellation import (
    CallOffLineProgress,
    Cancellation,
    CancellationCause,
    CancelledLine,
    CancelledShare,
)
from .event import Feed, FeedAcknowledgement, FeedEntry, FinanceEvent, PendingEvent
from .goods_receipt import GoodsReceipt, ReceivedLine, ReceivedShare
from .outbox import MailLog, OutboxMessage
from .requisition import (
    Assignment,
    Involvement,
    Requisition,
    RequisitionLine,
    RequisitionRevision,
    Side,
)

__all__ = [
    "AllocationOutcome",
    "AllocationStep",
    "ApprovalPolicy",
    "ApprovalRule",
    "ApprovalStep",
    "Assignment",
    "BasketOwner",
    "BudgetLine",
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
    "Feed",
    "FeedAcknowledgement",
    "FeedEntry",
    "FinanceEvent",
    "GoodsReceipt",
    "Involvement",
    "MailLog",
    "OutboxMessage",
    "PendingEvent",
    "ReceivedLine",
    "ReceivedShare",
    "Requisition",
    "RequisitionLine",
    "RequisitionRevision",
    "Side",
]
