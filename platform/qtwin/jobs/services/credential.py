"""The team's key to a vendor, read anew for every step."""

from __future__ import annotations

from backends.errors import CredentialRefused
from qtwin.accounts.models import Credential
from qtwin.accounts.services.credential import CredentialLocked, credential_open
from qtwin.jobs.models import Job


def job_credential(job: Job, vendor: str) -> str:
    """The secret of the newest credential that the job's team has for a vendor.

    Raises:
        CredentialRefused: If there is none, or it cannot be opened.
    """
    credential = (
        Credential.objects.filter(team=job.project.team_id, vendor=vendor, revoked_at=None)
        .order_by("-created_at", "-id")
        .first()
    )
    if credential is None:
        raise CredentialRefused(f"the team has no credential for {vendor}")
    try:
        return credential_open(credential=credential)
    except CredentialLocked as error:
        raise CredentialRefused(f"the team's credential for {vendor}: {error}") from error
