"""manage.py seed_demo: the demo world, once; later runs change nothing."""

from __future__ import annotations

import os
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from shop.demo_world.seed import seed


class Command(BaseCommand):
    help = "Füllt die Vorführdaten ein (einmalig) und schreibt die Zugänge nach var/demo."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--scale", type=int, default=1, help="Vielfaches der Artikel, ab 1")
        parser.add_argument("--url", default=_address(), help="Adresse in der Zugangsdatei")

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        outcome = seed(
            now=timezone.now(),
            scale=max(1, options["scale"]),
            folder=settings.VAR_DIR / "demo",
            url=options["url"],
        )
        if outcome.is_first:
            said = "Vorführdaten eingefüllt"
        elif outcome.passwords_reset:
            said = "Vorführdaten waren da; Zugänge neu vergeben"
        else:
            said = "Vorführdaten sind da, nichts geändert"
        if outcome.articles_added:
            said += f", {outcome.articles_added} Artikel für die Last ergänzt"
        seconds = time.monotonic() - started
        self.stdout.write(f"{said}: {outcome.listings} gelistete Artikel ({seconds:.1f} s).")


def _address() -> str:
    host, port = os.environ.get("HOST", "127.0.0.1"), os.environ.get("PORT", "8000")
    return f"http://{host}:{port}"
