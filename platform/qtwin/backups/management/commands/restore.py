"""``manage.py restore BACKUP``: put a backup back into an empty installation (docs/backup.md)."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from qtwin.backups.errors import BackupError
from qtwin.backups.put_back import backup_put_back


class Command(BaseCommand):
    help = "Put a backup back into an empty database; nothing is bought again that it forgot."
    requires_system_checks = ()

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("backup", type=Path, help="one backup's folder, with its manifest.json")

    def handle(self, *args: Any, backup: Path, **options: Any) -> None:
        try:
            stopped = backup_put_back(backup, say=self.stdout.write)
        except BackupError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(
            "no invariant is broken; jobs are looked for at their vendors before anything is sent; "
            f"standing still: {stopped.campaigns} campaigns, {stopped.schedules} schedules, "
            f"{stopped.loops} loops, {stopped.reports} reports; signed out: {stopped.sessions}"
        )
