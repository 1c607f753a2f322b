"""One archive, read to its end."""

from __future__ import annotations

import logging

from django.conf import settings

from qtwin.archives.services import ImportLost, import_claim, import_renew, import_run
from workers.heartbeat import heartbeat

log = logging.getLogger(__name__)


def read(import_id: str, *, owner: str) -> None:
    """Claim the import, make its project, and keep the lease meanwhile."""
    lease_s = float(settings.JOB_LEASE_S)
    row = import_claim(import_id, owner=owner, lease_s=lease_s)
    if row is None:
        return
    try:
        with heartbeat(lambda: import_renew(row, lease_s=lease_s), every_s=lease_s / 4):
            import_run(row)
    except ImportLost as lost:
        log.warning("dropped an import: %s", lost)
