"""``sign_in_link``: lets somebody in who has lost every other way."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse

from qtwin.accounts.models import User
from qtwin.accounts.services import sign_in_link_create


class Command(BaseCommand):
    help = "Print a link that signs a person in, once, within 24 hours, without a second step."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(email=options["email"].strip().lower(), is_active=True).first()
        if user is None:
            raise CommandError(f"nobody has the address {options['email']!r}")
        token = sign_in_link_create(user=user)
        self.stdout.write(reverse("web:sign-in-link", args=[token]))
