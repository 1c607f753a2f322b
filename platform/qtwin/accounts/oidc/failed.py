"""Why a sign-in by the provider came to nothing."""

from __future__ import annotations


class OidcFailed(Exception):
    """For the log: what came from the provider, or from the browser, is not believed."""
