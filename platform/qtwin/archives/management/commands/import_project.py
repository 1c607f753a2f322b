"""``manage.py import_project FILE --team TEAM``: an archive becomes a project."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from qtwin.accounts.models import Team
from qtwin.archives.errors import ArchiveError
from qtwin.archives.services import project_import


class Command(BaseCommand):
    help = "Make a project of an archive that export_project wrote, with the same twin."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--team", type=UUID, required=True, help="that owns the project")

    def handle(self, *args: Any, file: Path, team: UUID, **options: Any) -> None:
        owner = Team.objects.filter(pk=team).first()
        if owner is None:
            raise CommandError(f"no team {team}")
        try:
            with file.open("rb") as stream:
                made = project_import(stream, team=owner, by=None)
        except (OSError, ArchiveError) as error:
            raise CommandError(str(error)) from None
        ids = "ids kept" if made.ids_kept else "new ids, because some were taken"
        self.stdout.write(f"{made.project.pk} {made.project.name} ({ids})")
