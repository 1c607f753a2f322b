"""A password and a code sent with one request, by a program or a page."""

from __future__ import annotations

from qtwin.accounts.models import User
from qtwin.accounts.selectors import second_steps_of
from qtwin.accounts.services.password import password_verify
from qtwin.accounts.services.second import second_step_verify


class WrongProof(Exception):
    """One of them is not right.

    Attributes:
        field: Which.
    """

    def __init__(self, message: str, *, field: str) -> None:
        super().__init__(message)
        self.field = field


def proof_check(*, user: User, password: str, code: str, address: str) -> None:
    """Whether it is the person: by the password, and by a code where they have a second step.

    Raises:
        WrongProof: It is not.
        TooManyGuesses: Nothing was judged.
    """
    found = password_verify(email=user.email, password=password, address=address)
    if found is None or found.pk != user.pk:
        raise WrongProof("this is not the password", field="password")
    if second_steps_of(user).needed and not second_step_verify(user=user, code=code):
        raise WrongProof("this is not a code of the second step, or was used", field="code")
