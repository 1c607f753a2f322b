"""``manage.py migrate``: Django's, which on PostgreSQL waits for moments only and tries again."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.core.management import CommandError
from django.core.management.commands import migrate
from django.db import connections

from qtwin.migrating.locks import TablesBusy, in_moments


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        work = partial(super().handle, *args, **options)
        try:
            in_moments(connections[options["database"]], work, told=self.stderr.write)
        except TablesBusy as error:
            raise CommandError(str(error)) from error
