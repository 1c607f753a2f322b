"""Who somebody of the organisation's sign-in is here."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from qtwin.accounts.models import Identity, Passkey, User
from qtwin.accounts.services.audit import audit_record
from qtwin.accounts.services.tell import change_tell

if TYPE_CHECKING:
    from qtwin.accounts.oidc import Claims


class IdentityRefused(Exception):
    """It is not linked, or not unlinked; the message says why."""


def identity_user(*, claims: Claims, by_email: bool) -> User | None:
    """The person whose identity it is, or none.

    Args:
        by_email: Whether a verified address may find an account that has no identity yet.
    """
    rows = Identity.objects.filter(issuer=claims.issuer, subject=claims.subject)
    row = rows.select_related("user").first()
    if row is not None:
        rows.update(last_used_at=timezone.now())
        return row.user if row.user.is_active else None
    if not by_email or not claims.email:
        return None
    user = User.objects.filter(email=claims.email, is_active=True).first()
    if user is None:
        return None
    try:
        identity_link(user=user, claims=claims, found_by="email")
    except IdentityRefused:  # the address was another subject's before
        return None
    return user


@transaction.atomic
def identity_link(*, user: User, claims: Claims, found_by: str = "person") -> Identity:
    """Let the identity sign the person in from now on.

    Raises:
        IdentityRefused: It is somebody else's, or the person has another one there.
    """
    try:
        with transaction.atomic():
            row = Identity.objects.create(user=user, issuer=claims.issuer, subject=claims.subject)
    except IntegrityError:
        raise IdentityRefused("one of both is linked already") from None
    target = f"identity:{row.pk}"
    change_tell(user=user, what=f"{claims.issuer} signs you in from now on.")
    audit_record(action="identity.link", user=user, team=None, target=target, found_by=found_by)
    return row


@transaction.atomic
def identity_unlink(*, user: User, identity_id: UUID) -> bool:
    """Whether the person had it, and is signed in by it no more.

    Raises:
        IdentityRefused: It is their only way in.
    """
    if not user.has_usable_password() and not Passkey.objects.filter(user=user).exists():
        raise IdentityRefused("set a password or add a passkey first: nothing else lets you in")
    removed, _ = Identity.objects.filter(user=user, pk=identity_id).delete()
    if removed:
        target = f"identity:{identity_id}"
        audit_record(action="identity.unlink", user=user, team=None, target=target)
    return bool(removed)
