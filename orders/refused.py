"""Everything a domain call may refuse by name; whatever else is raised is a defect."""

from contracts.refusals import Refusal

REFUSALS = (Refusal,)
