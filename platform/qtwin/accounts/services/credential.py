"""Vendors' secrets: kept, used and forgotten."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from backends.base import shown_end
from backends.errors import CredentialRefused
from qtwin.accounts.ids import new_id
from qtwin.accounts.models import Credential, Team, User
from qtwin.accounts.services.audit import audit_record
from qtwin.accounts.services.sealing import Locked, secret_open, secret_seal
from qtwin.accounts.vendors import vendors

MOST_SECRET = 4096
"""Characters of one."""


class SecretRefused(Exception):
    """A credential of another vendor or form; the message holds nothing of it.

    Attributes:
        pointer: Of the field that is wrong.
    """

    def __init__(self, message: str, *, pointer: str) -> None:
        super().__init__(message)
        self.pointer = pointer


class CredentialLocked(Exception):
    """The credential cannot be opened with the platform's key, or belongs to another team."""


def credential_add(
    *, team: Team, vendor: str, label: str, secret: str, by: User | None
) -> Credential:
    """Store a credential whose form the vendor's backends know.

    Raises:
        SecretRefused: The vendor is unknown, or the secret has another form.
    """
    known = vendors()
    if vendor not in known:
        raise SecretRefused(f"{vendor!r}; allowed: {', '.join(known)}", pointer="/vendor")
    try:
        shown = [backend.recognise(secret) for backend in known[vendor]]
    except CredentialRefused as error:
        raise SecretRefused(str(error), pointer=f"/secret{error.field}") from None
    return credential_store(
        team=team, vendor=vendor, label=label, secret=secret, by=by, shown=shown[0]
    )


@transaction.atomic
def credential_store(
    *,
    team: Team,
    vendor: str,
    label: str,
    secret: str,
    by: User | None,
    shown: str | None = None,
) -> Credential:
    """Encrypt a vendor secret; it can never be read back through the API.

    Args:
        shown: By which people tell it from others (`Backend.recognise`); its end by default.
    """
    credential = Credential(
        id=new_id(),
        team=team,
        vendor=vendor,
        label=label,
        last_four=shown_end(secret) if shown is None else shown,
        created_by=by,
    )
    secret_seal(credential, secret)
    credential.save(force_insert=True)
    target = f"credential:{credential.pk}"
    audit_record(action="credential.store", user=by, team=team, target=target)
    return credential


@transaction.atomic
def credential_revoke(*, credential: Credential, by: User) -> None:
    """Open it never again, and forget the secret; once is enough."""
    rows = Credential.objects.filter(pk=credential.pk, revoked_at=None)
    if rows.update(revoked_at=timezone.now(), wrapped_key=b"", ciphertext=b""):
        audit_record(
            action="credential.revoke",
            user=by,
            team=credential.team,
            target=f"credential:{credential.pk}",
        )


def credential_open(*, credential: Credential) -> str:
    """The secret itself, for the tick that submits with it.

    Raises:
        CredentialLocked: If it was revoked, moved or made under another key.
    """
    if credential.revoked_at is not None:
        raise CredentialLocked("the credential was revoked")
    try:
        secret = secret_open(credential)
    except Locked as error:
        raise CredentialLocked(f"the credential cannot be opened: {error}") from error
    Credential.objects.filter(pk=credential.pk).update(last_used_at=timezone.now())
    return secret
