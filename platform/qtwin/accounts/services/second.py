"""The second step of signing in: a code of the app, or one for emergencies."""

from __future__ import annotations

from qtwin.accounts.models import RecoveryCode, User
from qtwin.accounts.selectors import second_steps_of
from qtwin.accounts.services.audit import audit_record
from qtwin.accounts.services.guess import Limit, guess_forgive, guess_take
from qtwin.accounts.services.recovery import recovery_code_use
from qtwin.accounts.services.totp import totp_use
from qtwin.accounts.totp import DIGITS

TRIES = Limit(kind="second step", most=5)


def second_step_verify(*, user: User, code: str) -> bool:
    """Whether a code lets the person in; it works once.

    Raises:
        TooManyGuesses: Nothing was judged.
    """
    guess_take(TRIES, user.pk)
    code = "".join(code.split())
    if code.isdecimal() and len(code) == DIGITS:
        right = totp_use(user=user, code=code)
    else:
        right = recovery_code_use(user=user, code=code)
    if right:
        guess_forgive(TRIES, user.pk)
    else:
        second_step_refuse(user=user)
    return right


def second_step_refuse(*, user: User) -> None:
    """Put a wrong second step on the trail: who made it knew the first one."""
    audit_record(action="second_step.refuse", user=user, team=None, target=f"user:{user.pk}")


def second_step_ended(*, user: User) -> None:
    """Forget recovery codes once there is no second step from which to recover."""
    if not second_steps_of(user).needed:
        RecoveryCode.objects.filter(user=user).delete()
