"""IBM's credential: an API key and the instance (a CRN) that it opens."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from backends.errors import CredentialRefused

FORM = 'allowed: {"token": "<API key>", "instance": "crn:..."}, or the two with a space between'
HIDDEN = "[hidden]"


@dataclass(frozen=True, slots=True)
class IbmCredential:
    """Neither part is ever shown."""

    token: str = field(repr=False)
    instance: str = field(repr=False)

    @classmethod
    def read(cls, secret: str) -> IbmCredential:
        """Read what a team stored.

        Raises:
            CredentialRefused: It has another form; says which, and nothing of the secret.
        """
        token, instance = _parts(secret)
        if not token or not token.isascii():
            raise CredentialRefused(f"the IBM credential has no API key; {FORM}", field="/token")
        if not instance.startswith("crn:"):
            raise CredentialRefused(f"the IBM credential has no CRN; {FORM}", field="/instance")
        return cls(token, instance)

    def hide(self, text: str) -> str:
        """The text without either part of the secret."""
        for part in (self.token, self.instance):
            text = text.replace(part, HIDDEN)
        return text


def _parts(secret: str) -> tuple[str, str]:
    text = secret.strip()
    if not text.startswith("{"):
        words = text.split()
        return (words[0], words[1]) if len(words) == 2 else ("", "")
    try:
        document: Any = json.loads(text)
    except ValueError:
        return "", ""
    token, instance = document.get("token"), document.get("instance")
    both = isinstance(token, str) and isinstance(instance, str)
    return (token.strip(), instance.strip()) if both else ("", "")
