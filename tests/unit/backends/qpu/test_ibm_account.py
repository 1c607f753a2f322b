"""IBM's client is held to our wire, and to silence."""

from __future__ import annotations

import logging

import pytest

from backends.errors import CredentialRefused
from backends.qpu.ibm_account import quietly
from backends.qpu.ibm_credential import IbmCredential

CRN = "crn:v1:bluemix:public:quantum-computing:us-east:a/canary:canary::"


@pytest.mark.parametrize(
    "secret", [f'{{"token": "canary-key", "instance": "{CRN}"}}', f"canary-key {CRN}\n"]
)
def test_a_credential_is_read_in_two_forms_and_never_shown(secret: str) -> None:
    credential = IbmCredential.read(secret)
    assert (credential.token, credential.instance) == ("canary-key", CRN)
    assert "canary" not in repr(credential) + str(credential)
    assert "canary" not in credential.hide(f"canary-key failed at {CRN}")


BAD = [
    "", "canary", "canary canary", "a b canary", "[]", '["canary"]', '{"token": "canary"',
    '{"token": 1, "instance": "crn:canary"}', '{"token": "", "instance": "crn:canary"}',
]  # fmt: skip


@pytest.mark.parametrize("secret", BAD)
def test_another_form_is_refused_without_being_shown(secret: str) -> None:
    with pytest.raises(CredentialRefused, match="allowed: ") as refused:
        IbmCredential.read(secret)
    assert "canary" not in str(refused.value)


def test_the_client_logs_nothing_while_it_is_asked(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    client = logging.getLogger("qiskit_ibm_runtime.qiskit_runtime_service")
    with quietly():
        client.error("Invalid instance %s", CRN)
    assert "canary" not in caplog.text
    client.error("later")
    assert "later" in caplog.text
