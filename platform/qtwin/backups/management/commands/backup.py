"""``manage.py backup FOLDER``: everything but the keys, as of one moment (docs/backup.md)."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from qtwin.backups.errors import BackupError
from qtwin.backups.make import backup_make


class Command(BaseCommand):
    help = "Back up the database and every stored file into a folder, while everything runs."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="of all backups; stored files are there once")

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        try:
            place, manifest = backup_make(folder)
        except BackupError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(
            f"{place}: the database ({manifest.database.size} bytes), {manifest.artifacts} stored "
            f"files ({manifest.bytes} bytes)"
        )
        self.stdout.write(f"not in it: the files of {' and '.join(manifest.not_in_it)}")
        if manifest.missing:
            lost = ", ".join(manifest.missing[:5])
            raise CommandError(
                f"{len(manifest.missing)} files are not in it, for the store lost them: {lost}"
            )
