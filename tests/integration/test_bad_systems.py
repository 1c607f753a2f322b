"""Sixty bad systems over HTTP: each is a problem document, and nothing else notices."""

from __future__ import annotations

import json

from rest_framework.test import APIClient

from qtwin.accounts.models import Team
from qtwin.projects.models import Project
from tests.contract.bad_systems import BAD
from tests.unit.backends.conftest import H2


def test_bad_systems_leave_nothing_behind_and_good_ones_go_on(api: APIClient, team: Team) -> None:
    for name, document, field in BAD:
        # NaN, infinity and huge integers are no JSON; the parser refuses them by field as well.
        response = api.post(
            "/api/v1/projects",
            json.dumps({"name": name, "system": document}),
            content_type="application/json",
        )
        assert response.status_code == 400, (name, response.content)
        assert response["Content-Type"] == "application/problem+json"
        found = response.json()["errors"][0]["pointer"]
        assert found.startswith(f"/system{field}"), (name, found)
    assert not Project.objects.exists()
    good = api.post("/api/v1/projects", {"name": "good", "system": H2}, format="json")
    assert good.status_code == 201
    assert api.get("/api/v1/health/live").status_code == 200
