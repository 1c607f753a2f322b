"""Passwords: judged with the same work for every address, and changed."""

from __future__ import annotations

from django.contrib.auth import authenticate
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.utils import timezone

from qtwin.accounts.models import SignInLink, User
from qtwin.accounts.services.audit import audit_record
from qtwin.accounts.services.guess import Limit, guess_forgive, guess_take
from qtwin.accounts.services.session import sessions_end
from qtwin.accounts.services.tell import change_tell

OF_PAIR = Limit(kind="password", most=10)
OF_ACCOUNT = Limit(kind="password of an account", most=60)
OF_ADDRESS = Limit(kind="password from an address", most=300)


def password_verify(*, email: str, password: str, address: str) -> User | None:
    """Whose they are; None for an unknown e-mail address and a wrong password alike.

    Args:
        address: The network address that asks.

    Raises:
        TooManyGuesses: Nothing was judged.
    """
    email = email.strip().lower()
    for limit, who in (
        (OF_PAIR, (address, email)),
        (OF_ACCOUNT, (email,)),
        (OF_ADDRESS, (address,)),
    ):
        guess_take(limit, *who)
    found = authenticate(None, username=email, password=password)
    if not isinstance(found, User):
        return None
    guess_forgive(OF_PAIR, address, email)
    return found


@transaction.atomic
def password_set(*, user: User, password: str, keep: str | None) -> None:
    """Give a person a new password; ends their other sessions and unused links.

    Args:
        keep: The cookie's value of the session that stays, if one does.

    Raises:
        django.core.exceptions.ValidationError: The password is too short or too common.
    """
    validate_password(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    unused = SignInLink.objects.filter(user=user, used_at=None)
    unused.update(used_at=timezone.now())
    sessions_end(user=user, keep=keep)
    audit_record(action="password.set", user=user, team=None, target=f"user:{user.pk}")
    change_tell(user=user, what="Your password was changed.")
