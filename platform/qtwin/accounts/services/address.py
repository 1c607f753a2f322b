"""Another e-mail address, once a mail to it was answered."""

from __future__ import annotations

from collections.abc import Callable

from django.core import signing

from qtwin.accounts.models import User
from qtwin.accounts.services.account import account_readdress
from qtwin.accounts.services.mail import mail_send

SALT = "qtwin.address"
LASTS_S = 3600


def address_mail(*, user: User, email: str, link: Callable[[str], str]) -> None:
    """Mail a link to the new address; nothing to one that another account has.

    Args:
        link: The address that carries a token.
    """
    email = email.strip().lower()
    if User.objects.filter(email=email).exists():
        return
    token = signing.dumps([str(user.pk), user.email, email], salt=SALT)
    mail_send(
        to=email,
        subject="Your new address for QTwin",
        template="mail/address.txt",
        name=user.name,
        link=link(token),
    )


def address_redeem(*, user: User, token: str) -> bool:
    """Take the address that the link was mailed to; False if it is old, or another person's.

    Raises:
        AddressTaken: Somebody has taken it meanwhile.
    """
    try:
        owner, before, email = signing.loads(token, salt=SALT, max_age=LASTS_S)
    except signing.BadSignature:
        return False
    if (owner, before) != (str(user.pk), user.email):
        return False
    account_readdress(user=user, email=email)
    return True
