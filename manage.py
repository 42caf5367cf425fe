#!/usr/bin/env python
"""Django's command line; schema commands run as the role that owns the schema."""

import os
import sys

OWNER_COMMANDS = frozenset({"migrate", "sqlflush", "flush", "dbshell"})


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
    if len(sys.argv) > 1 and sys.argv[1] in OWNER_COMMANDS:
        os.environ.setdefault("KAUFHAUS_DB_ROLE", "owner")
    from django.core.management import execute_from_command_line  # noqa: PLC0415 - after environ

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
