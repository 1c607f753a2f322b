"""What the runner tells a person in one sentence before it ends."""

from __future__ import annotations


class CannotStart(Exception):
    """Nothing was started; the message says why and what to do. Exit status 2."""


class CannotGoOn(Exception):
    """Something failed while it ran; the message says what. Exit status 1."""
