"""Create a client of the API; its secret is printed once and kept as a hash."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from api.clients import ForeignBudgetEntity, ScopeNotForRole, create_client
from contracts.clock import berlin_day
from contracts.parties.models import BudgetEntity, Membership


class Command(BaseCommand):
    help = "Legt einen Zugang zur Schnittstelle an und zeigt das Geheimnis einmal."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name")
        parser.add_argument("--membership", type=int, required=True)
        parser.add_argument("--scope", action="append", required=True, dest="scopes")
        parser.add_argument("--budget-entity")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            today = berlin_day(timezone.now())
            membership = Membership.objects.valid_on(today).get(pk=options["membership"])
            entity = None
            if options["budget_entity"]:
                entity = BudgetEntity.objects.get(code=options["budget_entity"])
            client_id, secret = create_client(
                options["name"], membership, options["scopes"], entity
            )
        except (Membership.DoesNotExist, BudgetEntity.DoesNotExist) as error:
            raise CommandError("Mitgliedschaft oder Mandant gibt es nicht.") from error
        except (ScopeNotForRole, ForeignBudgetEntity) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"client_id: {client_id}\nclient_secret: {secret}")
