"""manage.py check_ledger: replay every entry and name any account that differs."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from contracts.ledger.models import LimitAccount
from contracts.ledger.replay import differences


class Command(BaseCommand):
    help = "Rechnet alle Buchungszeilen nach und nennt jedes abweichende Konto."

    def handle(self, *args: Any, **options: Any) -> None:
        found = differences()
        for row in found:
            self.stderr.write(
                f"Konto {row.account_id} „{row.title}“: geführt {_triple(row.recorded)}, "
                f"nachgerechnet {_triple(row.replayed)}"
            )
        if found:
            raise CommandError(f"{len(found)} Konten weichen ab.")
        self.stdout.write(f"{LimitAccount.objects.count()} Konten nachgerechnet, keine Abweichung.")


def _triple(values: tuple[Any, Any, Any]) -> str:
    return "Grenze {} / vorgemerkt {} / gebucht {}".format(*values)
