"""The product with a pause between the reading of a limit and its use.

The pause opens wide the window that the lock has to close. With UNLOCKED=1 the lock is
gone: proof that the storm can go wrong. There nobody queues for the lock, and beside other
load the machine lets few requests in at a time; so the window stands open longer.
"""

import os
import time
from collections.abc import Collection

from shop.wsgi import application

# isort: split
from contracts.ledger import movements, statements
from contracts.ledger.models import LimitAccount

PAUSE_SECONDS = 0.03
UNLOCKED_PAUSE_SECONDS = 0.3
_LOCK = "FOR NO KEY UPDATE"
_pause = PAUSE_SECONDS

if os.environ.get("UNLOCKED") == "1":
    if _LOCK not in statements.LOCK_ACCOUNTS:
        raise RuntimeError("The lock that is to be taken away is not there.")
    statements.LOCK_ACCOUNTS = statements.LOCK_ACCOUNTS.replace(_LOCK, "")
    _pause = UNLOCKED_PAUSE_SECONDS

_read = movements.lock_accounts


def _read_and_pause(account_ids: Collection[int]) -> dict[int, LimitAccount]:
    accounts = _read(account_ids)
    time.sleep(_pause)
    return accounts


movements.lock_accounts = _read_and_pause

__all__ = ["application"]
