"""Load figures of law and VAT rules from a JSON file."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from contracts.agreements import law


class Command(BaseCommand):
    help = "Loads thresholds, longest terms and VAT rules; a second run changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            changed = law.load(options["file"])
        except (OSError, law.UnreadableLaw, law.LawContradicts) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{changed} rows new or ended.")
