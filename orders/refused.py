"""Everything a domain call may refuse by name; whatever else is raised is a defect."""

from contracts.agreements.errors import AgreementError
from contracts.files import UnsuitableFile
from contracts.ledger.errors import LedgerError
from contracts.pricing import PricingError
from orders.errors import OrderError
from orders.lifecycle import IllegalTransition

REFUSALS = (
    OrderError,
    AgreementError,
    LedgerError,
    PricingError,
    IllegalTransition,
    UnsuitableFile,
)
