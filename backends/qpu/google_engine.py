"""Google's Quantum Engine as its own client reaches it, and how our runs are named there."""

from __future__ import annotations

import re
from typing import Any

from backends.base import Handle
from backends.errors import BackendUnavailable, CredentialRefused
from backends.qpu import google_wire
from backends.qpu.google_credential import Credential

SCOPE = "https://www.googleapis.com/auth/cloud-platform"
REQUEST_S = 60.0
"""The client gives up a request after so long."""
NAME = re.compile(r"projects/([^/]+)/programs/([^/]+)/jobs/([^/]+)")


def engine(credential: Credential) -> Any:
    """An engine that sends each request once and no stream, which would repeat what it lost.

    Raises:
        CredentialRefused: Google gives no access token for this key.
        BackendUnavailable: Google does not answer.
    """
    import cirq_google
    from cirq_google.engine.engine_client import EngineClient

    client = EngineClient(
        service_args=service_args(credential),
        verbose=False,
        max_retry_delay_seconds=0,
    )
    context = cirq_google.engine.engine.EngineContext(client=client, enable_streaming=False)
    return cirq_google.Engine(credential.project_id, context=context)


def service_args(credential: Credential) -> dict[str, Any]:
    """What the client makes its connection with.

    Raises:
        CredentialRefused: Google gives no access token for this key.
        BackendUnavailable: Google does not answer.
    """
    from google.auth.credentials import AnonymousCredentials

    nobody: Any = AnonymousCredentials
    known = nobody() if google_wire.loopback() else _access(credential)
    return {"credentials": known, "transport": google_wire.transport}


def name_of(project: str, token: str) -> str:
    """The vendor's name of a run: a program and a job of our token, each unique at the vendor."""
    return f"projects/{project}/programs/{token}/jobs/{token}"


def job_of(made: Any, handle: Handle, project: str) -> Any:
    """The client's job of a run.

    Raises:
        BackendUnavailable: It is of another project than the credential's.
    """
    program, job = _named(handle, project)
    return made.get_program(program).get_job(job)


def result_of(made: Any, handle: Handle, project: str) -> tuple[str, bytes]:
    """Type and bytes of a run's result, as the vendor gave them.

    Raises:
        BackendUnavailable: It is of another project than the credential's.
    """
    program, job = _named(handle, project)
    found = made.context.client.get_job_results(project, program, job).result
    return str(found.type_url), bytes(found.value)


def _named(handle: Handle, project: str) -> tuple[str, str]:
    found = NAME.fullmatch(handle.remote_id)
    if found is None or found[1] != project:
        raise BackendUnavailable(f"{handle.remote_id} is not of the credential's project {project}")
    return found[2], found[3]


def _access(credential: Credential) -> Any:
    """Credentials with an access token, fetched now, so that a bad key is told from a bad line."""
    from google.auth import exceptions
    from google.auth.transport.requests import Request
    from google.oauth2 import service_account

    known: Any = service_account.Credentials
    try:
        made = known.from_service_account_info(dict(credential.service_account), scopes=[SCOPE])
        made.refresh(Request())
    except exceptions.TransportError as error:
        raise BackendUnavailable(f"Google cannot be reached: {type(error).__name__}") from None
    except (exceptions.GoogleAuthError, ValueError) as error:
        if getattr(error, "retryable", False):
            raise BackendUnavailable("Google gives no access token now") from None
        raise CredentialRefused(f"Google refuses the key: {type(error).__name__}") from None
    return made
