"""The trigger with the owner's rights resolves names in public only.

A search path that does not name pg_temp is searched there first: with a temporary table
called ledger_limitaccount the application's role could have had its entries booked to
its own copy of the balances.
"""

from typing import ClassVar

from django.db import migrations

FORWARD = "ALTER FUNCTION ledger_apply_entries() SET search_path = public, pg_temp;"
BACKWARD = "ALTER FUNCTION ledger_apply_entries() SET search_path FROM CURRENT;"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("ledger", "0002_guards")]
    operations: ClassVar = [migrations.RunSQL(FORWARD, BACKWARD)]
