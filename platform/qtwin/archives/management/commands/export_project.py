"""``manage.py export_project PROJECT FILE``: a project as one archive."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from qtwin.archives.errors import ArchiveError
from qtwin.archives.services import project_export
from qtwin.projects.models import Project


class Command(BaseCommand):
    help = "Write a project as one archive (RO-Crate): data, provenance, versions of the twin."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("project", type=UUID)
        parser.add_argument("file", type=Path, help="must not exist yet")
        parser.add_argument("--licence", default="", help="of the data: an SPDX name or an address")

    def handle(self, *args: Any, project: UUID, file: Path, licence: str, **options: Any) -> None:
        found = Project.objects.filter(pk=project).first()
        if found is None:
            raise CommandError(f"no project {project}")
        try:
            with file.open("xb") as stream:
                project_export(found, stream, by=None, licence=licence)
        except FileExistsError:
            raise CommandError(f"{file} exists already") from None
        except ArchiveError as error:
            file.unlink()
            raise CommandError(str(error)) from None
        self.stdout.write(f"{found.name}: {file.stat().st_size} bytes")
