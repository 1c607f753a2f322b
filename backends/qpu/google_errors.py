"""What an exception of Google's client means for a submission, and for a question.

The client raises its own exception with the HTTP status, `TimeoutError` for 500 and 503, which it
would repeat, and in memory `KeyError` for what is not there.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from backends.errors import (
    BackendError,
    BackendUnavailable,
    CredentialRefused,
    OutcomeUnknown,
    ProgramRejected,
)

REJECTED = {400, 404}
CREDENTIAL = {401, 403}
EXISTS = 409
TOO_LARGE = "larger than max"
"""In the words of gRPC about an answer that it did not read, with the status of a 429."""
MISSING = 404
LONGEST = 300


class AlreadyThereError(Exception):
    """The vendor has a job of this id: it knows our token."""


class MissingError(Exception):
    """The vendor has none of that name."""


class TooLargeError(BackendUnavailable):
    """The answer is larger than what is read of any."""


@contextmanager
def submitting() -> Iterator[None]:
    """Translate what creating a job raises.

    Raises:
        AlreadyThereError: 409.
        ProgramRejected: 400, 404.
        CredentialRefused: 401, 403.
        OutcomeUnknown: Everything else, 429 included, of which nothing is documented.
    """
    from cirq_google.engine.engine_client import EngineException

    try:
        yield
    except BackendError:
        raise
    except EngineException as error:
        if error.code == EXISTS:
            raise AlreadyThereError from None
        if error.code in REJECTED:
            raise ProgramRejected(_said(error)) from None
        if error.code in CREDENTIAL:
            raise CredentialRefused(_said(error)) from None
        raise OutcomeUnknown(_said(error)) from None
    except Exception as error:
        raise OutcomeUnknown(f"Google did not answer: {type(error).__name__}") from None


@contextmanager
def asking() -> Iterator[None]:
    """Translate what a request that creates nothing raises.

    Raises:
        MissingError: 404, or nothing in memory.
        CredentialRefused: 401, 403.
        TooLargeError: There is an answer, and it was not read.
        BackendUnavailable: Everything else.
    """
    from cirq_google.engine.engine_client import EngineException

    try:
        yield
    except (BackendError, MissingError):
        raise
    except KeyError:
        raise MissingError from None
    except EngineException as error:
        if error.code == MISSING:
            raise MissingError from None
        if error.code in CREDENTIAL:
            raise CredentialRefused(_said(error)) from None
        kind = TooLargeError if TOO_LARGE in str(error) else BackendUnavailable
        raise kind(_said(error)) from None
    except Exception as error:
        raise BackendUnavailable(f"Google did not answer: {type(error).__name__}") from None


@contextmanager
def reading(name: str) -> Iterator[None]:
    """As `asking`, of something that must be there.

    Raises:
        CredentialRefused: 401, 403.
        BackendUnavailable: Everything else; names what is missing.
    """
    try:
        with asking():
            yield
    except MissingError:
        raise BackendUnavailable(f"Google has no {name}") from None


def _said(error: Exception) -> str:
    return f"Google says {getattr(error, 'code', '')}: {str(error)[:LONGEST]}"
