"""Every write to a twin. What fits is loaded when something is fitted: the web only asks."""

from qtwin.twins.services.assimilate import twin_assimilate
from qtwin.twins.services.lease import twin_claim, twin_renew
from qtwin.twins.services.rebuild import twin_rebuild
from qtwin.twins.services.recommend import recommendation_run
from qtwin.twins.services.recommendation import recommendation_accept, recommendation_make
from qtwin.twins.services.refit import twin_refit

__all__ = [
    "recommendation_accept",
    "recommendation_make",
    "recommendation_run",
    "twin_assimilate",
    "twin_claim",
    "twin_rebuild",
    "twin_refit",
    "twin_renew",
]
