"""``account_readdress``: gives a person another e-mail address, which its caller vouches for."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email

from qtwin.accounts.models import User
from qtwin.accounts.services import account_readdress
from qtwin.accounts.services.account import AddressTaken


class Command(BaseCommand):
    help = "Give a person another e-mail address."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("old")
        parser.add_argument("new")

    def handle(self, *args: Any, **options: Any) -> None:
        old, new = options["old"].strip().lower(), options["new"]
        user = User.objects.filter(email=old, is_active=True).first()
        if user is None:
            raise CommandError(f"nobody has the address {old!r}")
        try:
            validate_email(new)
            account_readdress(user=user, email=new)
        except ValidationError:
            raise CommandError(f"{new!r} is not an e-mail address") from None
        except AddressTaken:
            raise CommandError(f"another account has the address {new!r}") from None
        self.stdout.write(f"{user.name} is {user.email} now")
