"""A person's own row."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils import timezone

from qtwin.accounts.models import SignInLink, User
from qtwin.accounts.services.audit import audit_record
from qtwin.accounts.services.tell import change_tell


class AddressTaken(Exception):
    """Another account has the e-mail address."""


@transaction.atomic
def account_rename(*, user: User, name: str) -> None:
    """Call a person by another name."""
    if User.objects.filter(pk=user.pk).exclude(name=name).update(name=name):
        user.name = name
        audit_record(action="account.rename", user=user, team=None, target=f"user:{user.pk}")


@transaction.atomic
def account_mention_mail(*, user: User, wanted: bool) -> None:
    """Whether a person gets mail when a comment names them."""
    if User.objects.filter(pk=user.pk).exclude(mention_mail=wanted).update(mention_mail=wanted):
        user.mention_mail = wanted
        audit_record(action="account.mention_mail", user=user, team=None, target=f"user:{user.pk}")


@transaction.atomic
def account_readdress(*, user: User, email: str) -> None:
    """Know a person by another e-mail address; links mailed to the old one open nothing then.

    Raises:
        AddressTaken: Nothing was changed.
    """
    email = email.strip().lower()
    try:
        with transaction.atomic():
            changed = User.objects.filter(pk=user.pk).exclude(email=email).update(email=email)
    except IntegrityError:
        raise AddressTaken from None
    if changed:
        before, user.email = user.email, email
        change_tell(user=user, what=f"Your e-mail address is {email} now.", to=before)
        mailed = SignInLink.objects.filter(user=user, purpose=SignInLink.Purpose.PASSWORD)
        mailed.filter(used_at=None).update(used_at=timezone.now())
        audit_record(action="account.readdress", user=user, team=None, target=f"user:{user.pk}")
