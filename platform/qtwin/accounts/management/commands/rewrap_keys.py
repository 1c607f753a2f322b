"""``rewrap_keys``: the second step of changing the platform's key (docs/keys.md)."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from qtwin.accounts.keys import newest_key
from qtwin.accounts.services.rotation import BATCH, keys_rewrap


class Command(BaseCommand):
    help = "Wrap the data keys of all secrets under the newest platform key, while QTwin runs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--batch", type=int, default=BATCH, help="rows of one transaction")

    def handle(self, *args: Any, **options: Any) -> None:
        told = keys_rewrap(batch=max(1, options["batch"]))
        self.stdout.write(f"{told.done} wrapped anew under {newest_key().id}")
        if told.locked:
            raise CommandError(
                f"{told.locked} could not be opened: keep the old keys, and see the log"
            )
