from .membership import Membership, Role
from .organisation import BudgetEntity, Organisation, OrganisationKind, School
from .user import User

__all__ = [
    "BudgetEntity",
    "Membership",
    "Organisation",
    "OrganisationKind",
    "Role",
    "School",
    "User",
]
