"""Every write to projects."""

from qtwin.projects.services.artifact import (
    Stored,
    artifact_note,
    artifact_put,
    artifact_read,
    artifact_store,
)
from qtwin.projects.services.budget import budget_set, spending_rule_set
from qtwin.projects.services.draft import (
    draft_begin,
    draft_discard,
    draft_done,
    draft_keep,
    draft_lock,
)
from qtwin.projects.services.link import (
    project_link_create,
    project_link_revoke,
    project_link_use,
    project_publish,
)
from qtwin.projects.services.member import project_member_end, project_member_set
from qtwin.projects.services.preview import (
    TooManyPreviews,
    preview_ask,
    preview_claim,
    preview_end,
    preview_renew,
)
from qtwin.projects.services.project import (
    evidence_advance,
    project_change,
    project_create,
    project_delete,
)
from qtwin.projects.services.reservation import (
    budget_correct,
    budget_release,
    budget_reserve,
    budget_settle,
)
from qtwin.projects.services.source import source_check, source_create, source_revise
from qtwin.projects.services.stop import backend_start, backend_stop
from qtwin.projects.services.token import token_budget_set, token_issue

__all__ = [
    "Stored",
    "TooManyPreviews",
    "artifact_note",
    "artifact_put",
    "artifact_read",
    "artifact_store",
    "backend_start",
    "backend_stop",
    "budget_correct",
    "budget_release",
    "budget_reserve",
    "budget_set",
    "budget_settle",
    "draft_begin",
    "draft_discard",
    "draft_done",
    "draft_keep",
    "draft_lock",
    "evidence_advance",
    "preview_ask",
    "preview_claim",
    "preview_end",
    "preview_renew",
    "project_change",
    "project_create",
    "project_delete",
    "project_link_create",
    "project_link_revoke",
    "project_link_use",
    "project_member_end",
    "project_member_set",
    "project_publish",
    "source_check",
    "source_create",
    "source_revise",
    "spending_rule_set",
    "token_budget_set",
    "token_issue",
]
