"""A new password by a mailed link, for who forgot theirs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from qtwin.accounts.models import SignInLink, User
from qtwin.accounts.services.audit import audit_record
from qtwin.accounts.services.guess import Limit, guess_take
from qtwin.accounts.services.link import sign_in_link_create, sign_in_link_redeem
from qtwin.accounts.services.mail import mail_send
from qtwin.accounts.services.password import password_set

LIFETIME = timedelta(hours=1)
PASSWORD = SignInLink.Purpose.PASSWORD
TO_ACCOUNT = Limit(kind="mail to an account", most=3, pause_s=3600)
FROM_ADDRESS = Limit(kind="mail from an address", most=20, pause_s=3600)


def reset_allow(*, email: str, address: str) -> None:
    """Count one wish for a link, whether or not there is such an account.

    Raises:
        TooManyGuesses: There were as many as are allowed.
    """
    guess_take(FROM_ADDRESS, address)
    guess_take(TO_ACCOUNT, email.strip().lower())


def reset_mail(*, email: str, link: Callable[[str], str]) -> None:
    """Mail a link to the person, if there is one; older links are worth nothing then.

    Args:
        link: The address that carries a token.
    """
    user = User.objects.filter(email=email.strip().lower(), is_active=True).first()
    if user is None:
        return
    old = SignInLink.objects.filter(user=user, purpose=PASSWORD, used_at=None)
    old.update(used_at=timezone.now())
    token = sign_in_link_create(user=user, lifetime=LIFETIME, purpose=PASSWORD)
    audit_record(action="password.ask", user=user, team=None, target=f"user:{user.pk}")
    mail_send(
        to=user.email,
        subject="A new password for QTwin",
        template="mail/password.txt",
        name=user.name,
        link=link(token),
    )


@transaction.atomic
def reset_redeem(*, token: str, password: str) -> User | None:
    """Whose password is new now; None if the link was used or has expired.

    Raises:
        django.core.exceptions.ValidationError: The password is weak; the link is still good.
    """
    user = sign_in_link_redeem(token=token, purpose=PASSWORD)
    if user is not None:
        password_set(user=user, password=password, keep=None)
    return user
