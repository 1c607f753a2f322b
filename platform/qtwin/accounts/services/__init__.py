"""Every write to accounts."""

from qtwin.accounts.services.account import (
    account_mention_mail,
    account_readdress,
    account_rename,
)
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
from qtwin.accounts.services.erase import account_erase
from qtwin.accounts.services.identity import identity_link, identity_unlink, identity_user
from qtwin.accounts.services.invitation import (
    invitation_accept,
    invitation_create,
    invitation_register,
    invitation_revoke,
    invitation_send,
)
from qtwin.accounts.services.link import (
    sign_in_link_create,
    sign_in_link_redeem,
    sign_in_link_user,
)
from qtwin.accounts.services.membership import (
    membership_change,
    membership_end,
    membership_set,
    team_hand_over,
)
from qtwin.accounts.services.passkey import passkey_add, passkey_remove, passkey_use
from qtwin.accounts.services.password import password_set, password_verify
from qtwin.accounts.services.recovery import recovery_codes_renew
from qtwin.accounts.services.reset import reset_allow, reset_mail, reset_redeem
from qtwin.accounts.services.second import second_step_ended, second_step_verify
from qtwin.accounts.services.session import session_end, sessions_end, sign_in_note
from qtwin.accounts.services.team import team_create, team_rename
from qtwin.accounts.services.token import (
    token_audit,
    token_create,
    token_revoke,
    token_usable,
    token_user,
)
from qtwin.accounts.services.totp import totp_enrol, totp_remove

__all__ = [
    "account_erase",
    "account_mention_mail",
    "account_readdress",
    "account_rename",
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
    "identity_link",
    "identity_unlink",
    "identity_user",
    "invitation_accept",
    "invitation_create",
    "invitation_register",
    "invitation_revoke",
    "invitation_send",
    "membership_change",
    "membership_end",
    "membership_set",
    "passkey_add",
    "passkey_remove",
    "passkey_use",
    "password_set",
    "password_verify",
    "recovery_codes_renew",
    "reset_allow",
    "reset_mail",
    "reset_redeem",
    "second_step_ended",
    "second_step_verify",
    "session_end",
    "sessions_end",
    "sign_in_link_create",
    "sign_in_link_redeem",
    "sign_in_link_user",
    "sign_in_note",
    "team_create",
    "team_hand_over",
    "team_rename",
    "token_audit",
    "token_create",
    "token_revoke",
    "token_usable",
    "token_user",
    "totp_enrol",
    "totp_remove",
]
