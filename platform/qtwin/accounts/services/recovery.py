"""Recovery codes: made ten at a time, shown once, each used once."""

from __future__ import annotations

import base64
import hashlib
import secrets

from django.db import transaction
from django.utils import timezone

from qtwin.accounts.models import RecoveryCode, User
from qtwin.accounts.services.audit import audit_record

HOW_MANY = 10


@transaction.atomic
def recovery_codes_renew(*, user: User) -> list[str]:
    """New codes in place of all that there were; their text is never shown again."""
    RecoveryCode.objects.filter(user=user).delete()
    codes = [_new() for _ in range(HOW_MANY)]
    RecoveryCode.objects.bulk_create(RecoveryCode(digest=_digest(c), user=user) for c in codes)
    audit_record(action="recovery_codes.renew", user=user, team=None, target=f"user:{user.pk}")
    return codes


def recovery_code_use(*, user: User, code: str) -> bool:
    """Whether it is one of theirs, until now unused."""
    rows = RecoveryCode.objects.filter(user=user, digest=_digest(code), used_at=None)
    if not rows.update(used_at=timezone.now()):
        return False
    left = RecoveryCode.objects.filter(user=user, used_at=None).count()
    target = f"user:{user.pk}"
    audit_record(action="recovery_codes.use", user=user, team=None, target=target, left=left)
    return True


def _new() -> str:
    text = base64.b32encode(secrets.token_bytes(10)).decode().lower()
    return "-".join(text[start : start + 4] for start in range(0, len(text), 4))


def _digest(code: str) -> str:
    plain = "".join(code.split()).replace("-", "").lower()
    return hashlib.sha256(plain.encode()).hexdigest()
