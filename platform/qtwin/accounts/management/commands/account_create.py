"""Make an account and its team, by whoever runs the server: the first person of a new one."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse

from qtwin.accounts.models import User
from qtwin.accounts.services import sign_in_link_create, team_create


class Command(BaseCommand):
    help = (
        "Make an account that owns a new team, and print a link that signs the person in, once; "
        "they invite the others."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", required=True, help="what others call the person")
        parser.add_argument("--team", required=True, help="name of the team")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        email, name, team = (options[key].strip() for key in ("email", "name", "team"))
        try:
            validate_email(email)
        except ValidationError as error:
            raise CommandError(f"{email!r} is no address of mail") from error
        if User.objects.filter(email=email.lower()).exists():
            raise CommandError(f"{email!r} has an account already")
        for what, given in (("name", name), ("team", team)):
            if not given or len(given) > 120:
                raise CommandError(f"--{what} {given!r}; allowed: 1 to 120 characters")
        user = User.objects.create_user(email, name)
        team_create(name=team, owner=user)
        self.stdout.write(reverse("web:sign-in-link", args=[sign_in_link_create(user=user)]))
