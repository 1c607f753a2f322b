"""A project in four steps: drafts, rights, what is wrong by field, one project for two clicks."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from backends.errors import ProgramRejected
from qtwin.accounts.models import Role, Team, User
from qtwin.accounts.services import credential_add, membership_set, team_create
from qtwin.campaigns.models import Campaign
from qtwin.jobs.services import JobSpec, job_submit
from qtwin.projects.models import Budget, Dataset, Project, ProjectDraft
from qtwin.projects.selectors import previews_due
from qtwin.projects.services import draft_begin, project_create, source_create
from qtwin.projects.templates import TEMPLATES
from qtwin.web.wizard.system import typed_of
from tests.vendors.braket.keys import SECRET
from workers import preview

pytestmark = pytest.mark.django_db(transaction=True)
CSV = "source,field,value,std\nlab,0.5,-1.02,0.01\nlab,1.0,-1.21,0.01\n"
SENT = {"sent": "on"}


@pytest.fixture
def browser(user: User, team: Team) -> Client:
    client = Client()
    client.force_login(user)
    return client


def begun(client: Client, template: str = "ising-ring") -> str:
    """The address of a draft, without a step."""
    answer = client.post("/projects/new", {"template": template})
    assert answer.status_code == 302
    return str(answer["Location"]).removesuffix("/system")


def typed(template: str, **changed: str) -> dict[str, Any]:
    return {**typed_of(TEMPLATES[template]), **changed}


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


def wrong_of(answer: Any) -> dict[str, str]:
    """What the page says is wrong, by the id of the field."""
    found = re.findall(
        r'id="([^"]+)-wrong" data-wrong>(?:<svg.*?</svg>)?([^<]+)<', answer.content.decode()
    )
    return dict(found)


@pytest.mark.parametrize("key", sorted(TEMPLATES))
def test_every_template_becomes_a_project(browser: Client, key: str) -> None:
    draft = begun(browser, key)
    for step, after in (("system", "know"), ("know", "sources"), ("sources", "review")):
        page = browser.get(f"{draft}/{step}")
        assert page.status_code == 200, page.content
        body = typed(key) if step == "system" else {}
        answer = browser.post(f"{draft}/{step}", {**body, "go": "next"})
        assert answer.status_code == 302, wrong_of(answer)
        assert answer["Location"] == f"{draft}/{after}"
    assert "Costs nothing" in text_of(browser.get(f"{draft}/review"))
    answer = browser.post(f"{draft}/review", {"go": "create"})
    assert answer.status_code == 302, text_of(answer)
    project = Project.objects.get()
    assert answer["Location"] == f"/projects/{project.pk}"
    assert project.name == TEMPLATES[key].title
    names = list(project.observables.values_list("name", flat=True))
    assert names == list(TEMPLATES[key].observables)
    campaign = Campaign.objects.get(project=project)
    assert campaign.created_by is not None
    assert project.sources.filter(role="reference").exists()


def finish(client: Client, draft: str, template: str = "ising-ring", **review: str) -> Any:
    client.post(f"{draft}/system", typed(template) | {"go": "next"})
    client.post(f"{draft}/know", {"go": "next"})
    client.post(f"{draft}/sources", {"go": "next"})
    return client.post(f"{draft}/review", {**review, "go": "create"})


def test_two_clicks_make_one_project(browser: Client) -> None:
    draft = begun(browser)
    first = finish(browser, draft)
    again = browser.post(f"{draft}/review", {"go": "create"})
    assert again["Location"] == first["Location"]
    assert Project.objects.count() == Campaign.objects.count() == 1
    assert browser.get(f"{draft}/know")["Location"] == first["Location"]


def test_what_was_typed_stays_where_it_is_wrong_and_on_the_way_back(browser: Client) -> None:
    draft = begun(browser)
    body = typed("ising-ring", **{"/sites": "400", "/parameters/hx": "2 * b"})
    answer = browser.post(f"{draft}/system", {**body, "go": "next"})
    assert answer.status_code == 400
    wrong = wrong_of(answer)
    assert list(wrong) == ["f-sites"]
    assert wrong["f-sites"].startswith("sites = 400")
    assert "allowed" in wrong["f-sites"]
    page = text_of(browser.get(f"{draft}/system"))
    assert 'value="400"' in page
    assert 'value="2 * b"' in page
    body["/sites"] = "4"
    browser.post(f"{draft}/system", {**body, "go": "next"})
    control = {"control:b:label": "Bias", "control:b:lower": "-1", "control:b:upper": "3"}
    back = browser.post(f"{draft}/know", {**SENT, **control, "wanted": "energy", "go": "back"})
    assert back["Location"] == f"{draft}/system"
    page = text_of(browser.get(f"{draft}/know"))
    assert 'value="Bias"' in page
    assert 'value="-1"' in page


def test_a_name_in_place_of_a_number_is_a_control(browser: Client) -> None:
    draft = begun(browser)
    body = typed("ising-ring", **{"/parameters/J": "coupling", "/parameters/hx": "field"})
    assert browser.post(f"{draft}/system", {**body, "go": "next"}).status_code == 302
    page = text_of(browser.get(f"{draft}/know"))
    assert "<code>coupling</code>" in page
    assert "<code>field</code>" in page


def test_without_a_control_it_says_how_to_make_one(browser: Client) -> None:
    draft = begun(browser)
    answer = browser.post(
        f"{draft}/system", typed("ising-ring", **{"/parameters/hx": "1"}) | {"go": "next"}
    )
    assert answer.status_code == 400
    assert "There is no control" in text_of(answer)


@pytest.mark.parametrize(
    ("template", "field", "text", "said"),
    [
        ("h2", "/atoms", "H 0 0 0\nX 0 0 bond_length", "entry 2, element"),
        ("h2", "/atoms", "H 0 0\nH 0 0 r", "line 1 is &#x27;H 0 0&#x27;"),
        ("h2", "/charge", "one", "allowed: a whole number"),
        ("hubbard-2", "/electrons", "3, 3", "allowed"),
        ("rydberg-chain", "/spacing", "0.1", "allowed"),
        ("rydberg-chain", "/rabi", "0: 0, 1", "allowed: times with values"),
        ("pauli", "/terms", "field * Q0", "allowed: a coefficient"),
        ("qaoa", "/qasm", "OPENQASM 3.0;\nreset q;", "allowed"),
        ("bell", "/observables", "zz: ZZ", "allowed: a name"),
        ("quench", "/state/initial", "01", "allowed"),
    ],
)
def test_what_is_wrong_is_said_below_its_field(
    browser: Client, template: str, field: str, text: str, said: str
) -> None:
    draft = begun(browser, template)
    answer = browser.post(f"{draft}/system", typed(template, **{field: text}) | {"go": "next"})
    assert answer.status_code == 400
    wrong = wrong_of(answer)
    assert list(wrong) == ["f" + field.replace("/", "-")], wrong
    assert said in next(iter(wrong.values()))


def test_while_one_types_the_same_is_said_and_kept(browser: Client) -> None:
    draft = begun(browser)
    body = typed("ising-ring", **{"/sites": "400"})
    live = browser.post(f"{draft}/system:check", body)
    sent = browser.post(f"{draft}/system", {**body, "go": "next"})
    assert live.status_code == 200
    assert wrong_of(live) == wrong_of(sent) != {}
    assert 'value="400"' in text_of(browser.get(f"{draft}/system"))


def test_a_circuit_is_parsed_by_a_worker_before_the_next_step(browser: Client) -> None:
    draft = begun(browser, "bell")
    qasm = typed("bell")["/qasm"][0].replace("cx q[0], q[1]", "cx q[0], q[7]")
    body = typed("bell", **{"/qasm": qasm})
    page = browser.post(f"{draft}/system:check", body)
    assert "Being computed" in text_of(page)
    for due in previews_due(10):
        preview.make(str(due))
    preview.sandbox().close()
    answer = browser.post(f"{draft}/system", {**body, "go": "next"})
    assert answer.status_code == 400
    assert "line 7" in wrong_of(answer)["f-qasm"]


def test_the_document_can_be_edited_and_be_a_form_again(browser: Client) -> None:
    draft = begun(browser)
    browser.post(f"{draft}/system", typed("ising-ring") | {"go": "editor"})
    page = text_of(browser.get(f"{draft}/system"))
    assert "&quot;hx&quot;: &quot;field&quot;" in page
    document = (
        '{"kind": "spin_lattice", "schema_version": 1, "model": "ising", "geometry": "ring", '
        '"sites": 5, "parameters": {"hx": "field"}, "controls": [{"name": "field", "label": '
        '"Field", "unit": "dimensionless", "lower": 0.5, "upper": 1.5}]}'
    )
    body = {"name": "Mine", "editor": "on", "document": document}
    assert browser.post(f"{draft}/system", {**body, "go": "form"}).status_code == 302
    assert 'value="5"' in text_of(browser.get(f"{draft}/system"))
    assert 'value="0.5"' in text_of(browser.get(f"{draft}/know"))
    listed = document.replace('"hx": "field"', '"hx": ["field", 1, 1, 1, 1]')
    kept = browser.post(f"{draft}/system", {**body, "document": listed, "go": "form"})
    assert kept.status_code == 400
    assert "cannot show all" in text_of(kept)
    onward = browser.post(f"{draft}/system", {**body, "document": listed, "go": "next"})
    assert onward["Location"] == f"{draft}/know"
    wrong = browser.post(
        f"{draft}/system", {**body, "document": document.replace("ising", "izing"), "go": "next"}
    )
    assert "/model: model = &#x27;izing&#x27;; allowed: ising" in wrong_of(wrong)["f-document"]


def test_ranges_and_observables_are_checked(browser: Client) -> None:
    draft = begun(browser)
    browser.post(f"{draft}/system", typed("ising-ring") | {"go": "next"})
    ends = {"control:field:lower": "2", "control:field:upper": "1", "wanted": "energy"}
    answer = browser.post(f"{draft}/know", {**SENT, **ends, "go": "next"})
    assert wrong_of(answer) == {"c-field-upper": "upper = 1; allowed: more than lower = 2"}
    answer = browser.post(f"{draft}/know", {**SENT, "go": "next"})
    assert "allowed: 1 or more of energy" in wrong_of(answer)["wanted"]


def test_knobs_shots_and_points_are_checked(browser: Client) -> None:
    draft = begun(browser)
    browser.post(f"{draft}/system", typed("ising-ring") | {"go": "next"})
    browser.post(f"{draft}/know", {"go": "next"})
    body = {
        "source": ["ed", "dmrg", "vqe-noisy"],
        "points:ed": "0.5, 7",
        "knob:bond_dimension:dmrg": "1",
        "shots:vqe-noisy": "many",
    }
    answer = browser.post(f"{draft}/sources", {**SENT, **body, "go": "next"})
    wrong = wrong_of(answer)
    assert "field = 7.0; allowed: 0 to 2" in wrong["s-ed-points"]
    assert "allowed: 2 to 1024" in wrong["s-dmrg-bond_dimension"]
    assert "allowed: a whole number from 1" in wrong["s-vqe-noisy-shots"]
    none = browser.post(f"{draft}/sources", {**SENT, "go": "next"})
    assert "No source is chosen" in wrong_of(none)["chosen"]


def test_what_cannot_be_chosen_says_why(browser: Client) -> None:
    draft = begun(browser)
    browser.post(f"{draft}/system", typed("ising-ring") | {"go": "next"})
    browser.post(f"{draft}/know", {"go": "next"})
    page = text_of(browser.get(f"{draft}/sources"))
    assert "The team has no key to ibm yet." in page
    answer = browser.post(f"{draft}/sources", {**SENT, "source": ["ibm"], "go": "next"})
    assert "No source is chosen" in wrong_of(answer)["chosen"]


def test_data_are_a_first_source_with_their_citation(browser: Client) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    draft = begun(browser)
    browser.post(f"{draft}/system", typed("ising-ring") | {"go": "next"})
    browser.post(f"{draft}/know", {"go": "next"})
    bad = SimpleUploadedFile("d.csv", b"field,value\n1,2\n", content_type="text/csv")
    answer = browser.post(f"{draft}/sources", {**SENT, "data-file": bad, "go": "next"})
    wrong = wrong_of(answer)
    assert "there is no column source" in wrong["d-file"]
    assert "citation" in wrong["d-citation"]
    file = SimpleUploadedFile("d.csv", CSV.encode(), content_type="text/csv")
    said = {"data:name": "Ions", "data:citation": "Somebody 2020", "data:licence": "CC0"}
    answer = browser.post(f"{draft}/sources", {**SENT, **said, "data-file": file, "go": "next"})
    assert answer["Location"] == f"{draft}/review", wrong_of(answer)
    assert "Somebody 2020" in text_of(browser.get(f"{draft}/review"))
    browser.post(f"{draft}/review", {"go": "create"})
    data = Dataset.objects.get()
    assert (data.name, data.citation, data.licence) == ("Ions", "Somebody 2020", "CC0")
    assert data.project.sources.get().name == "lab"
    assert not Campaign.objects.exists()


def test_a_budget_is_set_and_nothing_begins_where_that_is_not_wanted(browser: Client) -> None:
    draft = begun(browser)
    answer = finish(browser, draft, **SENT, budget="-3")
    assert "allowed: dollars from 0" in wrong_of(answer)["r-budget"]
    browser.post(f"{draft}/review", {**SENT, "budget": "12.5", "go": "create"})
    assert Budget.objects.get(project__isnull=False).limit == 12_500_000
    assert not Campaign.objects.exists()


def test_a_later_step_waits_for_the_earlier_ones(browser: Client) -> None:
    draft = begun(browser)
    browser.post(f"{draft}/system", typed("ising-ring", **{"/sites": "x"}) | {"go": "later"})
    assert browser.get(f"{draft}/review")["Location"] == f"{draft}/system"
    answer = browser.post(f"{draft}/review", {"go": "create"})
    assert answer["Location"] == f"{draft}/system"
    assert not Project.objects.exists()
    assert "Transverse-field Ising ring" in text_of(browser.get("/projects/new"))


def test_a_draft_is_its_authors_alone(browser: Client, team: Team) -> None:
    draft = begun(browser)
    other = User.objects.create_user("bob@example.org", "Bob")
    membership_set(team=team, user=other, role=Role.OWNER, by=None)
    client = Client()
    client.force_login(other)
    for address in (f"{draft}/system", f"{draft}/system:check", f"{draft}:discard"):
        assert client.post(address, {"go": "next"}).status_code == 404
    assert client.get(f"{draft}/system").status_code == 404
    assert browser.post(f"{draft}:discard").status_code == 302
    assert not ProjectDraft.objects.exists()


def test_who_only_looks_makes_no_project(viewer: User) -> None:
    client = Client()
    client.force_login(viewer)
    page = text_of(client.get("/projects"))
    assert 'href="/projects/new">Make a project' not in page
    assert 'button-primary" href="/projects/new"' not in page
    assert client.get("/projects/new").status_code == 403
    assert client.post("/projects/new", {"template": "h2"}).status_code == 403
    assert not ProjectDraft.objects.exists()


def test_rights_that_were_lost_meanwhile_are_missed(
    browser: Client, user: User, team: Team
) -> None:
    draft = begun(browser)
    membership_set(team=team, user=user, role=Role.VIEWER, by=None)
    answer = browser.post(
        f"{draft}/system", typed("ising-ring", team=str(team.pk)) | {"go": "next"}
    )
    assert answer.status_code == 400
    assert not Project.objects.exists()


def test_the_team_is_chosen_where_there_are_several(browser: Client, user: User) -> None:
    second = team_create(name="Second", owner=user)
    draft = begun(browser)
    browser.post(f"{draft}/system", typed("ising-ring", team=str(second.pk)) | {"go": "next"})
    browser.post(f"{draft}/know", {"go": "next"})
    browser.post(f"{draft}/sources", {"go": "next"})
    browser.post(f"{draft}/review", {**SENT, "go": "create"})
    assert Project.objects.get().team == second


def test_a_device_that_costs_money_says_how_much_and_waits_for_an_owners_word(
    browser: Client, team: Team, user: User
) -> None:
    """Aquila takes 0.30 USD for a task and 0.01 USD for a shot, on Amazon's list of prices."""
    credential_add(team=team, vendor="braket", label="lab", secret=SECRET, by=user)
    draft = begun(browser, "rydberg-chain")
    browser.post(f"{draft}/system", typed("rydberg-chain") | {"go": "next"})
    browser.post(f"{draft}/know", {"go": "next"})
    body = {"source": ["evolution", "aquila"], "points:aquila": "4", "shots:aquila": "50"}
    answer = browser.post(f"{draft}/sources", {**SENT, **body, "go": "next"})
    assert answer["Location"] == f"{draft}/review", wrong_of(answer)
    page = text_of(browser.get(f"{draft}/sources"))
    assert "At most 3.20 USD" in page  # 4 (0.30 + 50 * 0.01)
    answer = browser.post(f"{draft}/review", {**SENT, "start": "on", "go": "create"})
    assert "QuEra Aquila would cost money" in wrong_of(answer)["r-paid"]
    pay = {**SENT, "start": "on", "paid": "on"}
    answer = browser.post(f"{draft}/review", {**pay, "budget": "1", "go": "create"})
    assert answer.status_code == 400
    assert "1.00 USD left of 1.00 USD" in text_of(answer)
    assert not Project.objects.exists()
    answer = browser.post(f"{draft}/review", {**pay, "budget": "5", "go": "create"})
    project = Project.objects.get()
    assert answer["Location"] == f"/projects/{project.pk}"
    assert project.paid_sources


def test_who_is_no_owner_cannot_let_sources_cost_money(
    browser: Client, team: Team, user: User
) -> None:
    credential_add(team=team, vendor="braket", label="lab", secret=SECRET, by=user)
    other = User.objects.create_user("bob@example.org", "Bob")
    membership_set(team=team, user=other, role=Role.OPERATOR, by=None)
    client = Client()
    client.force_login(other)
    draft = begun(client, "rydberg-chain")
    client.post(f"{draft}/system", typed("rydberg-chain") | {"go": "next"})
    client.post(f"{draft}/know", {"go": "next"})
    client.post(f"{draft}/sources", {**SENT, "source": ["aquila"], "go": "next"})
    pay = {**SENT, "start": "on", "paid": "on", "budget": "5", "go": "create"}
    assert "would cost money" in wrong_of(client.post(f"{draft}/review", pay))["r-paid"]
    client.post(f"{draft}/review", {**SENT, "paid": "on", "budget": "5", "go": "create"})
    project = Project.objects.get()
    assert not project.paid_sources
    assert not Budget.objects.filter(project=project).exists()


def test_a_project_keeps_the_observables_that_are_wanted(user: User, team: Team) -> None:
    system = TEMPLATES["ising-ring"].system
    with pytest.raises(ProgramRejected, match="unknown observable 'spin'"):
        project_create(team=team, name="x", system=system, by=user, observables=["spin"])
    project = project_create(
        team=team, name="x", system=system, by=user, observables=["gap", "magnetisation_x"]
    )
    assert [one.name for one in project.observables.all()] == ["gap", "magnetisation_x"]
    source = source_create(
        project=project, name="ed", role="reference", backend="exact", method="ed", by=user
    )
    job = job_submit(project=project, spec=JobSpec(source=source, points=[[1.0]]), by=user)
    assert job.observables == ["gap"]


def test_drafts_that_nobody_touches_are_forgotten(user: User) -> None:
    old = draft_begin(template="h2", typed={}, by=user)
    ProjectDraft.objects.filter(pk=old.pk).update(touched_at=timezone.now() - timedelta(days=15))
    made = [draft_begin(template="h2", typed={}, by=user) for _ in range(21)]
    left = set(ProjectDraft.objects.values_list("pk", flat=True))
    assert old.pk not in left
    assert left == {draft.pk for draft in made[1:]}


def test_what_no_database_keeps_is_left_out_of_a_draft(browser: Client) -> None:
    here = begun(browser)
    sent = browser.post(f"{here}/system", typed("ising-ring", name="A\0B") | {"x\0y": "1\0"})
    assert sent.status_code == 302
    kept = ProjectDraft.objects.get().typed["system"]
    assert kept["name"] == ["AB"]
    assert "\0" not in str([*kept, *kept.values()]).replace("\\x00", "\0")
