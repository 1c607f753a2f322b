"""``after_restore``: run once when a backup was put back, before any worker (docs/security.md)."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from qtwin.campaigns.services.restore import restore_note


class Command(BaseCommand):
    help = "Look for every waiting job at its vendor before it is sent, and pause campaigns."

    def handle(self, *args: Any, **options: Any) -> None:
        paused = restore_note()
        self.stdout.write(
            f"waiting jobs are looked for at their vendors; campaigns paused: {paused}"
        )
