"""What opens a team's AWS account: keys, and a bucket for results in each region that it uses."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from backends.errors import CredentialRefused

FIELDS = ("access_key_id", "secret_access_key", "session_token", "region", "bucket", "buckets")
ALLOWED = (
    "JSON with access_key_id, secret_access_key, region and bucket, and if needed session_token, "
    "and buckets: further regions with their buckets"
)
REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d")
BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """A key pair, whose text never shows the secrets.

    Attributes:
        session_token: Of a temporary key, or empty.
        buckets: Bucket for results, by region.
    """

    access_key_id: str = field(repr=False)
    secret_access_key: str = field(repr=False)
    session_token: str = field(repr=False, default="")
    buckets: Mapping[str, str]

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
        if not isinstance(document, dict) or not set(document) <= set(FIELDS):
            raise CredentialRefused(f"the credential has other fields; allowed: {ALLOWED}")
        texts = {name: document.get(name, "") for name in FIELDS[:5]}
        further = document.get("buckets", {})
        for name, value in texts.items():
            optional = name == "session_token" or (further and name in {"region", "bucket"})
            if not isinstance(value, str) or not (value or optional):
                raise CredentialRefused(
                    f"the credential has no {name}; allowed: {ALLOWED}", field=f"/{name}"
                )
        return cls(
            access_key_id=texts["access_key_id"],
            secret_access_key=texts["secret_access_key"],
            session_token=texts["session_token"],
            buckets=_buckets(texts["region"], texts["bucket"], further),
        )

    def bucket(self, region: str) -> str:
        """Where results of a region go.

        Raises:
            CredentialRefused: Nowhere; names the regions that have a bucket.
        """
        try:
            return self.buckets[region]
        except KeyError:
            raise CredentialRefused(
                f"the credential has no bucket in {region}, where the device is; it has "
                + ", ".join(self.buckets)
            ) from None


def _buckets(region: str, bucket: str, further: object) -> dict[str, str]:
    buckets = {region: bucket} if region or bucket else {}
    if isinstance(further, dict):
        buckets |= further
    for where, name in buckets.items():
        if not REGION.fullmatch(where) or not isinstance(name, str) or not BUCKET.fullmatch(name):
            raise CredentialRefused(
                "the credential has a region or bucket of another form; allowed: such as us-east-1 "
                "with a bucket of 3 to 63 small letters, digits, dots and hyphens",
                field="/bucket" if where == region else "/buckets",
            )
    return buckets
