"""Every write to accounts."""

from qtwin.accounts.services.audit import audit_record
from qtwin.accounts.services.credential import (
    credential_add,
    credential_open,
    credential_revoke,
    credential_store,
)
from qtwin.accounts.services.credential_test import (
    credential_test_ask,
    credential_test_claim,
    credential_test_renew,
    credential_test_run,
    devices_refresh,
)
from qtwin.accounts.services.link import sign_in_link_create, sign_in_link_redeem
from qtwin.accounts.services.team import membership_change, membership_set, team_create
from qtwin.accounts.services.token import token_create, token_revoke, token_user

__all__ = [
    "audit_record",
    "credential_add",
    "credential_open",
    "credential_revoke",
    "credential_store",
    "credential_test_ask",
    "credential_test_claim",
    "credential_test_renew",
    "credential_test_run",
    "devices_refresh",
    "membership_change",
    "membership_set",
    "sign_in_link_create",
    "sign_in_link_redeem",
    "team_create",
    "token_create",
    "token_revoke",
    "token_user",
]
