"""Stop a backend for every team, or start it again."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from backends.errors import UnknownBackend
from qtwin.projects.services import backend_start, backend_stop


class Command(BaseCommand):
    help = "Let no new job of a backend start, in any team; --start ends that."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("backend")
        parser.add_argument("--why", default="", help="shown to everybody whose jobs wait")
        parser.add_argument("--start", action="store_true", help="let its jobs start again")

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["backend"]
        try:
            if options["start"]:
                backend_start(backend=name, team=None, by=None)
            else:
                backend_stop(backend=name, team=None, why=options["why"], by=None)
        except UnknownBackend as error:
            raise CommandError(str(error)) from error
