"""The audit trail has what matters, and rows are only ever added."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path

from rest_framework.test import APIClient

from qtwin.accounts.models import AuditEvent, Role, Scope, User
from qtwin.projects.models import Project
from tests.vendors.braket.keys import SECRET

ROOT = Path(__file__).resolve().parents[3]
CHANGES = {"update", "delete", "bulk_update", "update_or_create", "save"}


def test_what_matters_leaves_a_row(
    project: Project, user: User, viewer: User, client_of: Callable[..., APIClient]
) -> None:
    api = client_of(user, *Scope)
    AuditEvent.objects.all().delete()
    team, base = f"/api/v1/teams/{project.team_id}", f"/api/v1/projects/{project.pk}"

    def call(method: str, path: str, body: object = None, expected: int = 200) -> dict[str, str]:
        answer = getattr(api, method)(path, body, format="json")
        assert answer.status_code == expected, (path, answer.content)
        return dict(answer.json()) if answer.content else {}

    job = call("post", f"{base}/jobs", {"source": "hf", "points": [[0.7]]}, 202)
    call("post", f"/api/v1/jobs/{job['id']}:cancel", expected=202)
    body = {"vendor": "braket", "label": "lab", "secret": SECRET}
    key = call("post", f"{team}/credentials", body, 201)
    call("post", f"{team}/credentials/{key['id']}:revoke")
    call("patch", f"{team}/members/{viewer.pk}", {"role": Role.OPERATOR})
    token = call("post", "/api/v1/me/tokens", {"name": "n", "scopes": ["read"]}, 201)
    call("delete", f"/api/v1/me/tokens/{token['id']}", expected=204)
    limits = {"scope": "project", "unit": "usd", "period": "total", "limit": 10}
    call("put", f"{base}/budgets", limits)
    call("patch", f"{base}/spending", {"paid_sources": True})
    actions = dict(AuditEvent.objects.values_list("action", "user"))
    assert {
        *("job.cancel", "credential.store", "credential.revoke", "membership.set"),
        *("token.create", "token.revoke", "budget.set"),
    } <= set(actions)
    assert set(actions.values()) == {user.pk}


def test_no_code_changes_or_deletes_a_row() -> None:
    """Erasing a person sets their column to NULL by the foreign key, and nothing else does.

    Agents' calls may be kept for a while only; what the database lets go of them is its own.
    """
    found = []
    for package in ("platform/qtwin", "workers"):
        for file in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                    text = ast.unparse(node.func)
                    if node.func.attr in CHANGES and "AuditEvent" in text:
                        found.append(f"{file.relative_to(ROOT)}:{node.lineno}: {text}")
    (forgets,) = found
    assert forgets.startswith("platform/qtwin/accounts/services/audit.py")
    assert "action=AGENT_CALL" in forgets
