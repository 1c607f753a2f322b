"""Tables of the twin."""

from qtwin.twins.models.twin import Twin
from qtwin.twins.models.version import TwinFit, TwinVersion

__all__ = ["Twin", "TwinFit", "TwinVersion"]
