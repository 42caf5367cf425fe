from .approval import ApprovalPolicy, ApprovalRule, ApprovalStep, Decision
from .basket import BasketOwner
from .budget import BudgetLine, BudgetPool
from .call_off import CallOff, CallOffAssignment, CallOffLine
from .event import Feed, FeedAcknowledgement, FeedEntry, FinanceEvent, PendingEvent
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
    "Decision",
    "Feed",
    "FeedAcknowledgement",
    "FeedEntry",
    "FinanceEvent",
    "Involvement",
    "MailLog",
    "OutboxMessage",
    "PendingEvent",
    "Requisition",
    "RequisitionLine",
    "RequisitionRevision",
    "Side",
]
