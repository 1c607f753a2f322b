"""Mail to a person when something changed by which they, or somebody else, may get in."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction

from qtwin.accounts.later import run_later
from qtwin.accounts.models import User
from qtwin.accounts.services.mail import mail_send


def change_tell(*, user: User, what: str, to: str = "") -> None:
    """Say so, where mail is configured; after the answer.

    Args:
        what: A sentence.
        to: The address, if not the person's present one.
    """
    if not settings.EMAIL_HOST:
        return
    address, name = to or user.email, user.name
    transaction.on_commit(lambda: run_later(lambda: _send(address, name, what)))


def _send(address: str, name: str, what: str) -> None:
    mail_send(
        to=address,
        subject="Your QTwin account was changed",
        template="mail/changed.txt",
        name=name,
        what=what,
    )
