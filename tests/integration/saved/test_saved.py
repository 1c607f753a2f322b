"""Filters of lists that people keep: whose they are, who sees them, what becomes of them."""

from __future__ import annotations

from django.test import Client

from qtwin.accounts.models import Membership, Team, User
from qtwin.accounts.services import membership_end
from qtwin.archives.person import person_document
from qtwin.archives.services import person_erase
from qtwin.projects.models import Project, ProjectDraft
from qtwin.projects.services import draft_begin
from qtwin.saved.models import SavedFilter
from qtwin.saved.services import MOST


def save(client: Client, **fields: str) -> int:
    body = {"path": "/jobs", "query": "state=failed&after=7&source=hf", "name": "Mine", **fields}
    return client.post("/saved", body).status_code


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_a_filter_is_saved_shown_renamed_and_deleted(user: User, project: Project) -> None:
    client = as_(user)
    assert "Save this filter" in client.get("/jobs?state=failed").content.decode()
    assert "Save this filter" not in client.get("/jobs").content.decode()
    assert save(client) == 302
    row = SavedFilter.objects.get()
    assert row.address == "/jobs?state=failed&source=hf"
    page = client.get("/jobs").content.decode()
    assert 'href="/jobs?state=failed&amp;source=hf"' in page
    assert "Mine" not in client.get("/campaigns").content.decode()
    there = client.get(row.address + "&after=x").content.decode()
    assert 'source=hf" aria-current="page"' in there
    assert "Save this filter" not in there
    client.post(f"/saved/{row.pk}:rename", {"name": "Failed HF"})
    assert "Failed HF" in client.get("/jobs").content.decode()
    client.post(f"/saved/{row.pk}:delete")
    assert not SavedFilter.objects.exists()


def test_the_same_holds_on_every_list(user: User, team: Team, project: Project) -> None:
    client = as_(user)
    for path, query in (
        ("/projects", "q=h2"),
        ("/campaigns", f"project={project.pk}"),
        (f"/teams/{team.pk}/audit", "action=token."),
    ):
        assert save(client, path=path, query=query) == 302
        assert "Mine" in client.get(path).content.decode(), path


def test_a_shared_filter_is_seen_by_the_team_and_by_nobody_else(
    user: User, viewer: User, stranger: User, team: Team
) -> None:
    save(as_(user), team=str(team.pk), name="Ours")
    save(as_(user), name="Only mine")
    theirs = as_(viewer).get("/jobs").content.decode()
    assert "Ours" in theirs
    assert "Only mine" not in theirs
    assert "Ours" not in as_(stranger).get("/jobs").content.decode()
    row = SavedFilter.objects.get(name="Ours")
    for other, verb in ((viewer, "rename"), (viewer, "delete"), (stranger, "delete")):
        assert as_(other).post(f"/saved/{row.pk}:{verb}", {"name": "x"}).status_code == 404
    assert save(as_(stranger), team=str(team.pk)) == 404
    save(as_(viewer), team=str(team.pk), name="Of a viewer")
    made = SavedFilter.objects.get(user=viewer)
    assert as_(user).post(f"/saved/{made.pk}:delete").status_code == 302  # a manager tidies up


def test_what_is_no_filter_is_refused(user: User) -> None:
    client = as_(user)
    for fields in ({"name": ""}, {"name": "x" * 61}, {"query": ""}, {"query": "a=" + "x" * 1000}):
        assert save(client, **fields) == 400
    for path in ("https://evil.example/", "//evil.example/jobs", "/account", "/jobs?x", ""):
        assert save(client, path=path) == 400
    assert save(client) == 302
    assert save(client) == 400
    assert (
        "called “Mine”"
        in client.post(
            "/saved", {"path": "/jobs", "query": "a=b", "name": " Mine "}
        ).content.decode()
    )
    for number in range(MOST - 1):
        assert save(client, name=f"n{number}") == 302
    assert save(client, name="one more") == 400


def test_filters_go_with_their_person_unless_they_are_shared(user: User, team: Team) -> None:
    save(as_(user), team=str(team.pk), name="Ours")
    save(as_(user), name="Only mine")
    kept = person_document(user)["saved_filters"]
    assert {one["name"] for one in kept} == {"Ours", "Only mine"}
    draft_begin(template="h2", typed={}, by=user)
    person_erase(user=user)
    assert not ProjectDraft.objects.exists()
    assert [row.name for row in SavedFilter.objects.all()] == ["Ours"]


def test_who_left_the_team_renames_nothing_that_it_sees(
    user: User, viewer: User, team: Team
) -> None:
    save(as_(viewer), team=str(team.pk), name="Of a viewer")
    save(as_(viewer), name="My own")
    shared, own = (SavedFilter.objects.get(name=name) for name in ("Of a viewer", "My own"))
    membership_end(membership=Membership.objects.get(team=team, user=viewer), by=user)
    gone = as_(viewer)
    assert gone.post(f"/saved/{shared.pk}:rename", {"name": "Boo"}).status_code == 404
    assert gone.post(f"/saved/{own.pk}:rename", {"name": "Still mine"}).status_code == 302
    assert gone.post(f"/saved/{shared.pk}:delete").status_code == 302
