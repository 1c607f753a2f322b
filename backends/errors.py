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


class UnknownBackend(BackendError):
    """No backend is registered under that name."""
