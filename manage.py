#!/usr/bin/env python
"""Django's command line; schema commands run as the role that owns the schema."""

import gc
import os
import sys

OWNER_COMMANDS = frozenset({"migrate", "dbshell"})

# Migrations build hundreds of thousands of model objects; the collector walks them all.
COLLECT_AFTER_ALLOCATIONS = 200_000


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
    if len(sys.argv) > 1 and sys.argv[1] in OWNER_COMMANDS:
        os.environ.setdefault("KAUFHAUS_DB_ROLE", "owner")
        gc.set_threshold(COLLECT_AFTER_ALLOCATIONS)
    from django.core.management import execute_from_command_line  # noqa: PLC0415 - after environ

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
