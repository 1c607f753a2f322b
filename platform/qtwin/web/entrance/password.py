"""The password of who is signed in, asked once more."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from qtwin.accounts.services import password_verify
from qtwin.web.entrance.browser import network_address


def knows_password(request: HttpRequest, field: str) -> bool:
    """Whether that field of the form holds it.

    Raises:
        TooManyGuesses: Nothing was judged.
    """
    user: Any = request.user
    typed = request.POST.get(field, "")
    address = network_address(request)
    found = password_verify(email=user.email, password=typed, address=address)
    return found is not None and found.pk == user.pk
