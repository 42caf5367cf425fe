"""manage.py demo_bmecat > file: the demo supplier's catalogue as BMEcat 2005."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from shop.demo_world.bmecat_file import write_bmecat


class Command(BaseCommand):
    help = "Schreibt den Katalog des Vorführlieferanten als BMEcat 2005 (300 Artikel)."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        write_bmecat(sys.stdout.buffer, now=timezone.now())
