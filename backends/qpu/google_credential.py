"""What opens a team's project at Google's Quantum Engine: the key file of a service account."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from backends.errors import CredentialRefused

ALLOWED = "JSON with project_id and service_account, the key file of a service account as it is"
PROJECT = re.compile(r"[a-z][a-z0-9-]{4,28}[a-z0-9]")
TOKEN_URI = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address
"""Where the key is exchanged; no credential may send a worker anywhere else."""
KEY = ("private_key_id", "private_key", "client_email")


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """A project and a key, whose text never shows the secret.

    Attributes:
        service_account: The key file, with the fields that the exchange takes and no others.
    """

    project_id: str
    service_account: Mapping[str, str] = field(repr=False)

    @classmethod
    def parse(cls, secret: str) -> Self:
        """Read a team's credential.

        Raises:
            CredentialRefused: Says what is missing, and never what is there.
        """
        try:
            document = json.loads(secret)
        except ValueError:
            raise CredentialRefused(f"the credential is no JSON; allowed: {ALLOWED}") from None
        if not isinstance(document, dict) or not set(document) <= {"project_id", "service_account"}:
            raise CredentialRefused(f"the credential has other fields; allowed: {ALLOWED}")
        project = document.get("project_id")
        if not isinstance(project, str) or not PROJECT.fullmatch(project):
            raise CredentialRefused(
                "the credential has no project_id; allowed: 6 to 30 small letters, digits and "
                "hyphens, a letter first",
                field="/project_id",
            )
        return cls(project_id=project, service_account=_key(document.get("service_account")))


def _key(given: object) -> dict[str, str]:
    if not isinstance(given, dict) or given.get("type") != "service_account":
        raise CredentialRefused(
            f"the credential has no service_account; allowed: {ALLOWED}", field="/service_account"
        )
    for name in KEY:
        if not isinstance(given.get(name), str) or not given[name]:
            raise CredentialRefused(
                f"the service account has no {name}; allowed: {ALLOWED}",
                field=f"/service_account/{name}",
            )
    if given.get("token_uri", TOKEN_URI) != TOKEN_URI:
        raise CredentialRefused(
            f"the service account has another token_uri; allowed: {TOKEN_URI}",
            field="/service_account/token_uri",
        )
    return {"type": "service_account", "token_uri": TOKEN_URI, **{k: given[k] for k in KEY}}
