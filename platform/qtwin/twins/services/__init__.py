"""Every write to a twin."""

from qtwin.twins.services.assimilate import twin_assimilate
from qtwin.twins.services.lease import twin_claim, twin_renew

__all__ = ["twin_assimilate", "twin_claim", "twin_renew"]
