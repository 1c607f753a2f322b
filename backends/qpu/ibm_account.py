"""IBM's client, opened with a team's credential and with our wire in it.

``QTWIN_IBM_URL`` is for tests: it moves every request to a server of this machine, and is refused
when it names any other.
"""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from backends.errors import BackendError, BackendUnavailable, CredentialRefused, NotCreated
from backends.qpu.ibm_credential import IbmCredential

if TYPE_CHECKING:
    from qiskit_ibm_runtime import QiskitRuntimeService
    from qiskit_ibm_runtime.api.client import RuntimeClient

    from backends.qpu.ibm_wire import Wire

URL = "QTWIN_IBM_URL"
IAM_URL = "IAM_URL"
"""What the client itself reads."""
CLOUD = "https://cloud.ibm.com"
CHANNEL = "ibm_quantum_platform"
LOCAL = {"127.0.0.1", "localhost"}
os.environ.setdefault("USAGE_DATA_OPT_OUT", "True")
"""Else the client tells IBM what called it: it reads all files of the stack at every request."""


def reader(credential: IbmCredential) -> RuntimeClient:
    """The client's layer of single requests, for looking at jobs.

    Raises:
        CredentialRefused: IBM does not know the key.
        BackendUnavailable: Ask again later.
    """
    from qiskit_ibm_runtime.api.client import RuntimeClient
    from qiskit_ibm_runtime.api.client_parameters import ClientParameters

    from backends.qpu.ibm_wire import Wire

    with quietly():
        client = RuntimeClient(
            ClientParameters(
                channel=CHANNEL,
                token=credential.token,
                instance=credential.instance,
                url=_url() or CLOUD,
                url_resolver=_resolver(),
            )
        )
    Wire().mount_on(client._session)
    _open(client)
    return client


def service(credential: IbmCredential, wire: Wire) -> QiskitRuntimeService:
    """The service, for submitting a job over ``wire``.

    Raises:
        CredentialRefused: IBM does not know the key, or the key not the instance.
        NotCreated: Try again later.
    """
    from qiskit_ibm_runtime import QiskitRuntimeService
    from qiskit_ibm_runtime.exceptions import IBMInputValueError

    _look(credential)
    try:
        with quietly():
            found = QiskitRuntimeService(
                channel=CHANNEL,
                token=credential.token,
                instance=credential.instance,
                url=_url() or CLOUD,
                url_resolver=_resolver(),
            )
    except IBMInputValueError:
        raise CredentialRefused("IBM's key does not open the instance of the credential") from None
    except Exception as error:  # the client wraps whatever happened to it
        raise NotCreated(f"IBM's account could not be read: {type(error).__name__}") from None
    for session in _sessions(found):
        wire.mount_on(session)
    return found


def wired(found: QiskitRuntimeService, wire: Wire) -> bool:
    """Whether all that the service sends goes over the wire, which then knows what was sent."""
    return all(session.get_adapter(session.base_url) is wire for session in _sessions(found))


def _sessions(found: QiskitRuntimeService) -> list[Any]:
    clients = (found._active_api_client, *found._api_clients.values())
    return [client._session for client in clients]


@contextmanager
def quietly() -> Iterator[None]:
    """The client warns and logs about what is handled here, and names the account when it does."""
    logger = logging.getLogger("qiskit_ibm_runtime")
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)


def _look(credential: IbmCredential) -> None:
    """One request over a wire of ours: the service itself repeats those that it begins with.

    Raises:
        CredentialRefused: IBM does not know the key, or the key not the instance.
        NotCreated: Try again later.
    """
    try:
        client = reader(credential)
        with quietly():
            client.list_backends()
    except BackendUnavailable as error:
        raise NotCreated(str(error)) from None
    except BackendError:
        raise
    except Exception as error:  # nothing was sent yet, whatever it is
        if refuses(error):
            raise CredentialRefused("IBM refuses the credential") from None
        raise NotCreated(f"IBM's devices could not be read: {type(error).__name__}") from None


def refuses(error: Exception) -> bool:
    """Whether the client's exception is IBM's refusal of the credential."""
    kind, status = type(error).__name__, getattr(error, "status_code", -1)
    return kind == "IBMNotAuthorizedError" or status in {401, 403}


def _open(client: RuntimeClient) -> None:
    """Ask for an access token now: the client itself sends on without one, and says nothing."""
    from ibm_cloud_sdk_core import ApiException

    session: Any = client._session
    manager = session.auth.tm
    manager.http_config = {"timeout": 30}
    try:
        manager.get_token()
    except ApiException as error:
        if error.status_code in {400, 401, 403}:
            raise CredentialRefused("IBM does not know the API key") from None
        raise BackendUnavailable(f"IBM's sign-in answered {error.status_code}") from None
    except Exception as error:  # of requests, or of a malformed answer
        kind = type(error).__name__
        raise BackendUnavailable(f"IBM's sign-in cannot be reached: {kind}") from None


def _url() -> str:
    """The server of a test; empty for the real one.

    Raises:
        BackendError: It is not on this machine.
    """
    url = os.environ.get(URL, "")
    for name, value in ((URL, url), (IAM_URL, os.environ.get(IAM_URL, "") if url else "")):
        if url and urlsplit(value).hostname not in LOCAL:
            raise BackendError(f"{name} must name this machine where {URL} is set, for tests")
    return url


def _resolver() -> Any:
    url = _url()
    return partial(_same, url) if url else None


def _same(url: str, *_: object) -> str:
    return url
