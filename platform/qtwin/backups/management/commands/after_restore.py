"""``after_restore``: run once where a backup was put back by other means, before any worker.

With ``--go``, loops and reports that stand still since then go on (docs/backup.md).
"""

from __future__ import annotations

import argparse
from typing import Any

from django.core.management.base import BaseCommand

from qtwin.backups.standstill import go_on, stand_still


class Command(BaseCommand):
    help = "Look for every waiting job at its vendor before it is sent; stop what makes jobs."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--go", action="store_true", help="let loops and reports go on instead")

    def handle(self, *args: Any, go: bool, **options: Any) -> None:
        if go:
            self.stdout.write(f"loops and reports that go on: {go_on()}")
            return
        stopped = stand_still()
        self.stdout.write(
            "waiting jobs are looked for at their vendors; campaigns paused: "
            f"{stopped.campaigns}; schedules stopped: {stopped.schedules}; loops and reports that "
            f"stand still: {stopped.loops + stopped.reports}"
        )
