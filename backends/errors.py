"""What the caller should do when a backend does not answer with a result."""

from __future__ import annotations


class BackendError(Exception):
    """Anything an adapter may raise on purpose. The message is fit for a user."""


class ProgramRejected(BackendError):
    """The experiment can never run here; repeating it is useless.

    Attributes:
        field: JSON pointer of the offending field, e.g. ``/settings/device``.
    """

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class BackendUnavailable(BackendError):
    """Nothing is wrong with the experiment; try again later."""


class NotCreated(BackendUnavailable):
    """It is proven that the vendor created nothing; submit again later under a fresh token.

    Only for what fails before the request's body is sent (refused connection, DNS, handshake) and
    for answers that the vendor documents as "not created" (429).

    Attributes:
        retry_after_s: When the vendor wants to be asked again, if it says so.
    """

    def __init__(self, message: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class OutcomeUnknown(BackendUnavailable):
    """The vendor may have created the run: repeat the same token, or find it; never buy anew.

    Timeouts, dropped connections and 5xx of a submission. What `Backend.submit` of a queue raises
    without being translated counts as this.
    """


class CredentialRefused(BackendError):
    """The vendor refused the credential (401, 403) and did nothing; go on once it is mended.

    Attributes:
        field: JSON pointer into the credential, where its form is wrong.
    """

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class UnknownStatus(BackendError):
    """The vendor used a word that the adapter does not know; somebody must map it."""


class UnknownBackend(BackendError):
    """No backend is registered under that name."""
