"""manage.py check_allocation: replay every recorded step of the allocation rules."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from orders.allotting.audit import deviations
from orders.models import AllocationStep


class Command(BaseCommand):
    help = "Spielt alle Vergabeschritte nach und nennt jeden, der nicht aus der Regel folgt."

    def handle(self, *args: Any, **options: Any) -> None:
        found = deviations()
        for sentence in found:
            self.stderr.write(sentence)
        if found:
            raise CommandError(f"{len(found)} Abweichungen.")
        count = AllocationStep.objects.count()
        self.stdout.write(f"{count} Vergabeschritte nachgespielt, keine Abweichung.")
