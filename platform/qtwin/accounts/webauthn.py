"""The two ceremonies of passkeys (WebAuthn). Imported when one begins, since it is heavy.

The user is always verified by the device, so a passkey alone is two proofs: the device, and what
unlocks it. Attestation is not asked for: any authenticator is welcome.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from fido2.server import Fido2Server
from fido2.utils import websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

REQUIRED = UserVerificationRequirement.REQUIRED
MALFORMED = (ValueError, KeyError, TypeError, AttributeError, IndexError, struct.error)
"""What the library raises on a browser's answer that is none."""
State = Mapping[str, Any]


class NotAccepted(Exception):
    """The answer is malformed, of another page or challenge, or signed by another key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Whose passkeys they are: this host's, used by pages of this origin."""

    host: str
    origin: str

    @property
    def server(self) -> Fido2Server:
        entity = PublicKeyCredentialRpEntity(id=self.host, name="QTwin")
        return Fido2Server(entity, verify_origin=lambda origin: origin == self.origin)


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """A new passkey; ``handle`` is its id in base64."""

    handle: str
    credential: bytes
    sign_count: int


def create_begin(
    site: Site, *, user_id: bytes, name: str, email: str, known: Iterable[bytes]
) -> tuple[dict[str, Any], State]:
    """Options for the browser to make a passkey, and what to remember until it answers.

    Args:
        known: The person's passkeys, of which no second is made on one device.
    """
    options, state = site.server.register_begin(
        PublicKeyCredentialUserEntity(id=user_id, name=email, display_name=name),
        [AttestedCredentialData(one) for one in known],
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=REQUIRED,
    )
    return dict(options.public_key), state


def create_end(site: Site, state: State, answer: Any) -> Registered:
    """The passkey that the browser made.

    Raises:
        NotAccepted: It is none of this page's.
    """
    try:
        found = site.server.register_complete(state, RegistrationResponse.from_dict(answer))
        data = found.credential_data
        if data is None:
            raise NotAccepted
        return Registered(
            handle=websafe_encode(data.credential_id),
            credential=bytes(data),
            sign_count=found.counter,
        )
    except (*MALFORMED, UnsupportedAlgorithm) as error:
        raise NotAccepted from error


def use_begin(site: Site, known: Iterable[bytes] = ()) -> tuple[dict[str, Any], State]:
    """Options for the browser to use a passkey: any of this host's, or one of those known."""
    allowed = [AttestedCredentialData(one) for one in known] or None
    options, state = site.server.authenticate_begin(allowed, user_verification=REQUIRED)
    return dict(options.public_key), state


def handle_in(answer: Any) -> str:
    """By which passkey the answer says that it is signed; empty for none."""
    handle = answer.get("rawId") if isinstance(answer, dict) else None
    return handle if isinstance(handle, str) else ""


def use_end(site: Site, state: State, credential: bytes, answer: Any) -> int:
    """How often the passkey says it was used; 0 where it does not count.

    Raises:
        NotAccepted: It did not sign this page's challenge.
    """
    try:
        response = AuthenticationResponse.from_dict(answer)
        site.server.authenticate_complete(state, [AttestedCredentialData(credential)], response)
        return int(response.response.authenticator_data.counter)
    except (*MALFORMED, UnsupportedAlgorithm) as error:
        raise NotAccepted from error
