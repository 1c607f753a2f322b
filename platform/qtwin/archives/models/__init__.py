"""Tables of archives."""

from qtwin.archives.models.importing import Import

__all__ = ["Import"]
