"""Make an API token for somebody, by whoever runs the server; prints its text, once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from qtwin.accounts.models import Scope, User
from qtwin.accounts.services import token_create


class Command(BaseCommand):
    help = "Print a new API token of a person; it may read and submit unless scopes are given."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="whose token it is")
        parser.add_argument(
            "--scope", action="append", choices=Scope.values, help="once for each; read and submit"
        )
        parser.add_argument("--name", default="command line", help="told in the list of tokens")
        parser.add_argument("--days", type=int, default=30, help="how long it is valid (30)")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(email=options["email"], is_active=True).first()
        if user is None:
            raise CommandError(f"{options['email']!r} has no account here")
        if not 1 <= options["days"] <= 366:
            raise CommandError(f"{options['days']} days; allowed: 1 to 366")
        _, text = token_create(
            user=user,
            name=options["name"],
            scopes=options["scope"] or [Scope.READ, Scope.SUBMIT],
            expires_at=timezone.now() + timedelta(days=options["days"]),
        )
        self.stdout.write(text)
