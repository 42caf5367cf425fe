"""Load the Common Procurement Vocabulary from a CSV file."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from contracts.agreements.models import CpvCode
from contracts.agreements.writing import cpv


class Command(BaseCommand):
    help = "Loads CPV codes (columns code, name_en, name_de); a second run changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            changed = cpv.load(path)
        except (OSError, UnicodeDecodeError, cpv.UnreadableVocabulary) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{changed} codes new or changed, {CpvCode.objects.count()} known.")
