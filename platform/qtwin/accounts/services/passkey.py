"""Passkeys: kept, used and removed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from qtwin.accounts.models import Passkey, User
from qtwin.accounts.services.audit import audit_record
from qtwin.accounts.services.tell import change_tell

if TYPE_CHECKING:
    from qtwin.accounts.webauthn import Site, State

MOST = 20
LONGEST_NAME = 60


class PasskeyRefused(Exception):
    """It is not kept or not believed; the message says why."""


def passkey_add(*, user: User, name: str, site: Site, state: State, answer: Any) -> Passkey:
    """Keep the passkey that the browser made.

    Raises:
        PasskeyRefused: The answer is none to this page, or there are too many.
    """
    from qtwin.accounts import webauthn  # heavy, and rarely needed

    if Passkey.objects.filter(user=user).count() >= MOST:
        raise PasskeyRefused(f"{MOST} passkeys are kept; remove one first")
    try:
        made = webauthn.create_end(site, state, answer)
        with transaction.atomic():
            row = Passkey.objects.create(
                user=user,
                name=name,
                handle=made.handle,
                credential=made.credential,
                sign_count=made.sign_count,
            )
            audit_record(action="passkey.add", user=user, team=None, target=f"passkey:{row.pk}")
            change_tell(user=user, what=f"The passkey “{name}” was added to your account.")
            return row
    except webauthn.NotAccepted:
        raise PasskeyRefused("the browser's answer does not fit this page; try again") from None
    except IntegrityError:
        raise PasskeyRefused("this passkey is kept already") from None


def passkey_use(*, site: Site, state: State, answer: Any, user: User | None = None) -> Passkey:
    """Whose passkey signed the page's challenge.

    Args:
        user: Who it must be; anybody if not given.

    Raises:
        PasskeyRefused: Nobody's, or a copy of one: it counts its uses, and went back.
    """
    from qtwin.accounts import webauthn

    rows = Passkey.objects.filter(user__is_active=True, **({"user": user} if user else {}))
    row = rows.select_related("user").filter(handle=webauthn.handle_in(answer)).first()
    if row is None:
        raise PasskeyRefused("this passkey is not known here")
    try:
        count = webauthn.use_end(site, state, bytes(row.credential), answer)
    except webauthn.NotAccepted:
        raise PasskeyRefused("this passkey was not accepted; try again") from None
    grown = Q(sign_count__lt=count) if count else Q(sign_count=0)
    used = Passkey.objects.filter(grown, pk=row.pk)
    if not used.update(sign_count=count, last_used_at=timezone.now()):
        audit_record(action="passkey.copied", user=row.user, team=None, target=f"passkey:{row.pk}")
        raise PasskeyRefused("this passkey may have been copied; sign in another way")
    return row


@transaction.atomic
def passkey_remove(*, user: User, passkey_id: UUID) -> bool:
    """Whether the person had it, and has it no more."""
    removed, _ = Passkey.objects.filter(user=user, pk=passkey_id).delete()
    if removed:
        target = f"passkey:{passkey_id}"
        audit_record(action="passkey.remove", user=user, team=None, target=target)
        change_tell(user=user, what="A passkey was removed from your account.")
    return bool(removed)
