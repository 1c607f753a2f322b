"""What an exception of boto means for a submission, and for a question.

Codes and HTTP statuses are those of the Amazon Braket API reference (CreateQuantumTask). An answer
that is not documented proves nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from backends.errors import (
    BackendError,
    BackendUnavailable,
    CredentialRefused,
    NotCreated,
    OutcomeUnknown,
    ProgramRejected,
)

CREDENTIAL_CODES = {
    "AccessDenied",
    "AccessDeniedException",
    "ExpiredToken",
    "ExpiredTokenException",
    "IncompleteSignature",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "InvalidToken",
    "MissingAuthenticationToken",
    "NoSuchBucket",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
}
NOT_CREATED = {
    "ThrottlingException": (None, "the account has too many requests"),
    "TooManyRequestsException": (None, "the account has too many requests"),
    "ServiceQuotaExceededException": (60.0, "a quota of the account is used up"),
    "DeviceOfflineException": (600.0, "the device is offline"),
}
"""Documented refusals that end by themselves, with when to try again."""
REJECTED = {"ValidationException", "DeviceRetiredException", "ResourceNotFoundException"}
LONGEST = 300


@contextmanager
def submitting() -> Iterator[None]:
    """Translate what creating a task raises.

    Raises:
        NotCreated: The body was never sent, or the answer is a documented refusal that passes.
        ProgramRejected: A documented refusal that stays.
        CredentialRefused: 401, 403 and their kin.
        OutcomeUnknown: Everything else.
    """
    from botocore import exceptions as boto

    try:
        yield
    except BackendError:
        raise
    except boto.ClientError as error:
        raise _submission_refused(error.response) from None
    except (
        boto.EndpointConnectionError,
        boto.ConnectTimeoutError,
        boto.ProxyConnectionError,
    ) as error:
        raise NotCreated(f"the vendor cannot be reached: {type(error).__name__}") from None
    except boto.ParamValidationError as error:
        raise ProgramRejected(f"boto refuses the request: {str(error)[:LONGEST]}") from None
    except Exception as error:
        raise OutcomeUnknown(f"the vendor did not answer: {type(error).__name__}") from None


@contextmanager
def asking() -> Iterator[None]:
    """Translate what a request that creates nothing raises.

    Raises:
        CredentialRefused: 401, 403 and their kin.
        BackendUnavailable: Everything else.
    """
    from botocore import exceptions as boto

    try:
        yield
    except BackendError:
        raise
    except boto.ClientError as error:
        code, status, message = said(error.response)
        if _is_credential(code, status):
            raise CredentialRefused(message) from None
        raise BackendUnavailable(message) from None
    except boto.BotoCoreError as error:
        raise BackendUnavailable(f"the vendor did not answer: {type(error).__name__}") from None


def said(response: Any) -> tuple[str, int, str]:
    """Code, HTTP status, and both in a sentence with the vendor's own words."""
    error = response.get("Error", {})
    code = str(error.get("Code", ""))
    status = int(response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    words = str(error.get("Message", ""))[:LONGEST]
    return code, status, f"Amazon Braket answered {status} {code}: {words}".strip(" :")


def _submission_refused(response: Any) -> BackendError:
    code, status, message = said(response)
    if _is_credential(code, status):
        return CredentialRefused(message)
    if code in NOT_CREATED or status == 429:
        default_s, why = NOT_CREATED.get(code, NOT_CREATED["ThrottlingException"])
        wait_s = _retry_after_s(response)
        return NotCreated(
            f"{why}: {message}", retry_after_s=default_s if wait_s is None else wait_s
        )
    if code in REJECTED and 400 <= status < 500:
        return ProgramRejected(message)
    return OutcomeUnknown(message)


def _is_credential(code: str, status: int) -> bool:
    return status in {401, 403} or code in CREDENTIAL_CODES


def _retry_after_s(response: Any) -> float | None:
    text = response.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("retry-after", "")
    return float(text) if text.isdecimal() else None
