"""Vendor secrets in and out of their envelopes (AES-256-GCM)."""

from __future__ import annotations

import base64
import hashlib

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from qtwin.accounts.ids import new_id
from qtwin.accounts.models import Credential, Team, User
from qtwin.accounts.services.audit import audit_record


class CredentialLocked(Exception):
    """The credential cannot be opened with the platform's key, or belongs to another team."""


@transaction.atomic
def credential_store(
    *, team: Team, vendor: str, label: str, secret: str, by: User | None
) -> Credential:
    """Encrypt a vendor secret; it can never be read back through the API."""
    from qtwin.accounts import envelope  # heavy, and most processes never see a secret

    identifier, data_key = new_id(), envelope.new_key()
    bound = _bound(str(identifier), str(team.pk))
    key_id, platform_key = _platform_key()
    credential = Credential.objects.create(
        id=identifier,
        team=team,
        vendor=vendor,
        label=label,
        key_id=key_id,
        wrapped_key=envelope.seal(platform_key, data_key, bound),
        ciphertext=envelope.seal(data_key, secret.encode(), bound),
        last_four=secret[-4:] if len(secret) >= 12 else "",
        created_by=by,
    )
    audit_record(action="credential.store", user=by, team=team, target=f"credential:{identifier}")
    return credential


def credential_open(*, credential: Credential) -> str:
    """The secret itself, for the tick that submits with it.

    Raises:
        CredentialLocked: If it was revoked, moved or made under another key.
    """
    from qtwin.accounts import envelope

    if credential.revoked_at is not None:
        raise CredentialLocked("the credential was revoked")
    bound = _bound(str(credential.pk), str(credential.team_id))
    _, platform_key = _platform_key()
    try:
        data_key = envelope.unseal(platform_key, bytes(credential.wrapped_key), bound)
        secret = envelope.unseal(data_key, bytes(credential.ciphertext), bound)
    except envelope.NotOpened as error:
        raise CredentialLocked("the credential was made under another key or team") from error
    Credential.objects.filter(pk=credential.pk).update(last_used_at=timezone.now())
    return secret.decode()


def _platform_key() -> tuple[str, bytes]:
    key = base64.urlsafe_b64decode(settings.CREDENTIAL_KEY)
    return hashlib.sha256(key).hexdigest()[:16], key


def _bound(identifier: str, team: str) -> bytes:
    return f"qtwin-credential:{identifier}:{team}".encode()
