"""``manage.py twin_rebuild PROJECT``: make stored versions again and compare bit for bit."""

from __future__ import annotations

import argparse
import sys
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from qtwin.twins.models import TwinFit
from qtwin.twins.services import twin_rebuild
from qtwin.twins.services.rebuild import Verdict


class Command(BaseCommand):
    help = "Make stored twin versions again from their measurements; exit 1 when numbers differ."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("project", type=UUID)
        parser.add_argument("--number", type=int, help="of one version; all of them by default")

    def handle(self, *args: Any, project: UUID, number: int | None, **options: Any) -> None:
        fits = TwinFit.objects.filter(version__twin__project=project)
        if number is not None:
            fits = fits.filter(version__number=number)
        rows = fits.select_related("version__twin__project", "observable", "artifact")
        if not rows:
            raise CommandError("no such version")
        differs = False
        for fit in rows.order_by("version__number", "pk"):
            rebuilt = twin_rebuild(fit)
            differs |= rebuilt.verdict is Verdict.DIFFERENT
            self.stdout.write(
                f"version {fit.version.number} {fit.observable.name}: {rebuilt.verdict}, "
                f"{rebuilt.sentence}"
            )
        if differs:
            sys.exit(1)
