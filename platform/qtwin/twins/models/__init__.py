"""Tables of the twin."""

from qtwin.twins.models.recommendation import Recommendation
from qtwin.twins.models.twin import Twin
from qtwin.twins.models.version import TwinFit, TwinVersion
from qtwin.twins.models.write_once import Immutable

__all__ = ["Immutable", "Recommendation", "Twin", "TwinFit", "TwinVersion"]
