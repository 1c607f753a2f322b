"""Authenticator apps: enrolled with a first right code, removed, and asked."""

from __future__ import annotations

import time

from django.db import IntegrityError, transaction

from qtwin.accounts import totp
from qtwin.accounts.models import Totp, User
from qtwin.accounts.services.audit import audit_record
from qtwin.accounts.services.sealing import Locked, secret_open, secret_seal
from qtwin.accounts.services.tell import change_tell


class WrongCode(Exception):
    """The code is not that of the secret now, so nothing was enrolled."""


@transaction.atomic
def totp_enrol(*, user: User, secret: str, code: str) -> None:
    """Ask for the app's code at sign-in from now on.

    Raises:
        WrongCode: The app was not set up, or its clock is wrong; or another one is enrolled.
    """
    step = totp.matching_step(secret, code, time.time())
    if step is None:
        raise WrongCode("the code is wrong; is the device's clock right?")
    row = Totp(user=user, last_step=step)
    secret_seal(row, secret)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise WrongCode("an authenticator app is set up already") from None
    audit_record(action="totp.enrol", user=user, team=None, target=f"user:{user.pk}")


@transaction.atomic
def totp_remove(*, user: User) -> None:
    """Ask for codes no more."""
    removed, _ = Totp.objects.filter(user=user).delete()
    if removed:
        audit_record(action="totp.remove", user=user, team=None, target=f"user:{user.pk}")
        change_tell(user=user, what="The authenticator app was removed from your account.")


def totp_use(*, user: User, code: str) -> bool:
    """Whether it is the app's code now, and was not used before: each works once."""
    row = Totp.objects.filter(user=user).first()
    if row is None:
        return False
    try:
        step = totp.matching_step(secret_open(row), code, time.time())
    except Locked:
        return False
    if step is None:
        return False
    return bool(Totp.objects.filter(pk=row.pk, last_step__lt=step).update(last_step=step))
