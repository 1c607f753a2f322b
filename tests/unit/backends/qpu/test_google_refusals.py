"""What the words of Google and of its client mean, and which credentials are none."""

from __future__ import annotations

import json
from typing import Any

import pytest

from backends import registry
from backends.errors import (
    BackendUnavailable,
    CredentialRefused,
    NotCreated,
    OutcomeUnknown,
    ProgramRejected,
)
from backends.qpu import google_engine
from backends.qpu.google_errors import AlreadyThereError, MissingError, asking, submitting
from tests.unit.backends.qpu.google_case import (
    ASKED,
    DEVICE,
    KEY,
    OPTIONS,
    PROJECT,
    SECRET,
    in_memory,
)


@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        (400, ProgramRejected),
        (401, CredentialRefused),
        (403, CredentialRefused),
        (404, ProgramRejected),
        (409, AlreadyThereError),
        (429, OutcomeUnknown),
        (504, OutcomeUnknown),
    ],
)
def test_what_a_refused_submission_means(code: int, meaning: type[Exception]) -> None:
    from cirq_google.engine.engine_client import EngineException

    with pytest.raises(meaning), submitting():
        raise EngineException("no", code)


@pytest.mark.parametrize(
    ("code", "meaning"),
    [(401, CredentialRefused), (403, CredentialRefused), (404, MissingError)]
    + [(code, BackendUnavailable) for code in (400, 409, 429, 504)],
)
def test_what_a_refused_question_means(code: int, meaning: type[Exception]) -> None:
    from cirq_google.engine.engine_client import EngineException

    with pytest.raises(meaning), asking():
        raise EngineException("no", code)


@pytest.mark.parametrize(
    ("raised", "meaning"),
    [(409, None), (403, CredentialRefused), (TimeoutError("500"), OutcomeUnknown)],
)
def test_a_submission_that_the_vendor_refuses(
    raised: Any, meaning: type[Exception] | None, use: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cirq_google.engine.engine_client import EngineException

    made = in_memory()
    backend = use(made)

    def refuse(*_: Any, **__: Any) -> None:
        raise EngineException("no", raised) if isinstance(raised, int) else raised

    monkeypatch.setattr(made.get_processor(DEVICE), "run_sweep", refuse)
    if meaning is None:
        handle = backend.submit(ASKED, OPTIONS, token="qtwin-a-0-1")
        assert handle.remote_id == google_engine.name_of(PROJECT, "qtwin-a-0-1")
    else:
        with pytest.raises(meaning):
            backend.submit(ASKED, OPTIONS, token="qtwin-a-0-1")


def test_nothing_is_created_while_google_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Any) -> None:
        raise BackendUnavailable("Google cannot be reached")

    monkeypatch.setattr(google_engine, "engine", refuse)
    backend = registry.get("google")
    backend.authorise(SECRET)
    with pytest.raises(NotCreated):
        backend.submit(ASKED, OPTIONS, token="qtwin-a-0-1")


def secret(**changes: Any) -> str:
    return json.dumps({"project_id": PROJECT, "service_account": {**KEY, **changes}})


def test_a_credential_is_recognised_by_its_key() -> None:
    assert registry.get("google").recognise(SECRET) == "cdef"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ("no json", ""),
        ("[]", ""),
        (json.dumps({"project_id": PROJECT, "service_account": KEY, "more": 1}), ""),
        (json.dumps({"service_account": KEY}), "/project_id"),
        (json.dumps({"project_id": "A/B", "service_account": KEY}), "/project_id"),
        (json.dumps({"project_id": PROJECT}), "/service_account"),
        (secret(type="authorized_user"), "/service_account"),
        (secret(private_key=""), "/service_account/private_key"),
        (secret(client_email=7), "/service_account/client_email"),
        (secret(token_uri="http://169.254.169.254/"), "/service_account/token_uri"),
    ],
)
def test_a_credential_of_another_form_is_refused_by_its_field(given: str, field: str) -> None:
    backend = registry.get("google")
    with pytest.raises(CredentialRefused) as refused:
        backend.recognise(given)
    assert refused.value.field == field
    assert "BEGIN" not in str(refused.value)
    assert "169.254" not in str(refused.value)
    backend.authorise(given)
    with pytest.raises(CredentialRefused):
        backend.submit(ASKED, OPTIONS, token="qtwin-a-0-1")


def test_the_real_engine_is_made_with_requests_that_are_sent_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No access token is fetched here; what is made of it is the client that would run."""
    monkeypatch.setattr(google_engine, "_access", lambda _: None)
    backend: Any = registry.get("google")
    backend.authorise(SECRET)
    made = backend._engine()
    assert made.project_id == PROJECT
    assert made.context.enable_streaming is False
    assert made.context.client.max_retry_delay_seconds == 0


def test_a_key_that_is_none_is_refused_before_anybody_is_asked() -> None:
    backend: Any = registry.get("google")
    backend.authorise(SECRET)
    with pytest.raises(CredentialRefused, match="Google refuses the key"):
        backend.devices()
