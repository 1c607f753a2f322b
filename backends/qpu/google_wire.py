"""How requests reach Google's Quantum Engine: each sent once, each answer of a bounded size.

``QTWIN_GOOGLE_URL`` is for tests: it moves every request to a server of this machine, without an
access token, and is refused when it names any other.
"""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import urlsplit

from backends import remote
from backends.errors import BackendError

URL = "QTWIN_GOOGLE_URL"
LOCAL = {"127.0.0.1", "localhost"}
MOST, RETRIES = "grpc.max_receive_message_length", "grpc.enable_retries"


def transport(**given: Any) -> Any:
    """The client's own transport, over a channel of ours."""
    from cirq_google.cloud.quantum_v1alpha1.services.quantum_engine_service.transports import (
        QuantumEngineServiceGrpcAsyncIOTransport,
    )

    return QuantumEngineServiceGrpcAsyncIOTransport(**{**given, "channel": _channel})


def loopback() -> str:
    """Host and port of the server of a test; empty for the real one.

    Raises:
        BackendError: It is not on this machine.
    """
    parts = urlsplit(os.environ.get(URL, ""))
    if parts.netloc and parts.hostname not in LOCAL:
        raise BackendError(f"{URL} must name this machine, for tests")
    return parts.netloc


def _channel(host: str, *, options: Any, **given: Any) -> Any:
    """As the client makes it, but that nothing is repeated and nothing endless is read."""
    from cirq_google.cloud.quantum_v1alpha1.services.quantum_engine_service.transports import (
        QuantumEngineServiceGrpcAsyncIOTransport,
    )
    from grpc import aio

    ours = {**dict(options), MOST: remote.MOST_PAYLOAD_BYTES, RETRIES: 0}
    local = loopback()
    if local:
        return aio.insecure_channel(local, options=list(ours.items()))
    create = QuantumEngineServiceGrpcAsyncIOTransport.create_channel
    return create(host, options=list(ours.items()), **given)
