"""Input that the command line itself refuses."""

from __future__ import annotations


class WrongInput(Exception):
    """Names the argument, its value and what is allowed."""

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.field = field
