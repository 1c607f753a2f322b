"""Does something to the data of a running server, through the real services, and prints JSON.

python -m tests.browser.act tables | seed | demos | scene | drawn | newcomer | link | previews
python -m tests.browser.act submit SOURCE X… | campaign SOURCE X… | lots POINTS [SOURCES]
python -m tests.browser.act trained [ROWS] | grow RUN ROWS | stop loop|classifier ID
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from typing import Any

import django
import numpy as np

from tests.morse import truth

SEED = {
    "hf": [round(0.3 + 0.2 * step, 4) for step in range(12)],
    "mp2": [round(0.3 + 0.2 * step, 4) for step in range(12)],
    "fci": [0.3, 0.5, 0.7414, 1.0, 1.4, 1.9, 2.5],
}


def tables() -> object:
    """An empty database."""
    from tests import schema

    schema.make()
    return {}


def seed() -> object:
    """The demo project with three exact sources measured and a first twin."""
    for source, points in SEED.items():
        submit(source, *map(str, points))
    return work()


def demos() -> object:
    """Every demo project, measured by all of its sources and fitted."""
    from qtwin.projects.demo import DEMOS, demo_seed

    for demo in DEMOS.values():
        user, project = demo_seed(demo)
        for job in demo.jobs():
            answer = asking(user).post(f"/api/v1/projects/{project.pk}/jobs", job["body"])
            assert answer.status_code == 202, answer.content
    return work()


def scene() -> object:
    """What `tests.integration.access.scene` makes, in the demo project: the ids in addresses."""
    from qtwin.projects.demo import H2, demo_seed
    from tests.integration.access.scene import build

    user, project = demo_seed(H2)
    base, ask = f"/api/v1/projects/{project.pk}", asking(user)
    sweep = {"name": "A sweep", "sweep": {"sources": ["mp2"], "points": [1.15, 1.25]}}
    rows = "source,bond_length,value,std\nlab,0.9,-1.12,0.001\nlab,1.5,-0.998,0.001\n"
    data = {
        "name": "Table 1",
        "citation": "A. Nonymous (2025)",
        "sources": {"lab": {"role": "approximation"}},
    }
    daily = {"campaign": sweep, "every": {"days": 1}}
    wrong = {"source": "hf", "points": [[0.9]], "force": True, "priority": -10}
    posts = {"measurements": data | {"data": rows}, "campaigns": sweep, "schedules": daily}
    for place, body in (posts | {"jobs": wrong}).items():
        answer = ask.post(f"{base}/{place}", body)
        assert answer.status_code in {201, 202}, answer.content
    return build(project, user).ids


def newcomer() -> object:
    """Somebody who has just come: a sign-in link, and a project in which nothing was done yet."""
    from qtwin.accounts.models import User
    from qtwin.accounts.services import sign_in_link_create, team_create
    from qtwin.projects.demo import RYDBERG
    from qtwin.projects.services import project_create

    user = User.objects.create_user("new@qtwin.localhost", "Newcomer")
    team = team_create(name="New team", owner=user)
    project = project_create(team=team, name="Untouched", system=RYDBERG.system, by=user)
    link = sign_in_link_create(user=user)
    return {"link": f"/sign-in/link/{link}", "project_id": str(project.pk), "team_id": str(team.pk)}


def asking(user: Any) -> Any:
    """A client of the API in this process."""
    from rest_framework.test import APIClient

    client = APIClient(SERVER_NAME="localhost", default_format="json")
    client.force_authenticate(user)
    client.default_format = "json"
    return client


def link() -> object:
    from qtwin.accounts.services import sign_in_link_create
    from qtwin.projects.demo import H2, demo_seed

    user, project = demo_seed(H2)
    return {"link": f"/sign-in/link/{sign_in_link_create(user=user)}", "project": str(project.pk)}


def submit(source: str, *points: str) -> object:
    from qtwin.jobs.services import JobSpec, job_submit
    from qtwin.projects.demo import H2, demo_seed

    user, project = demo_seed(H2)
    spec = JobSpec(
        source=project.sources.get(name=source), points=[[float(point)] for point in points]
    )
    return {"job": str(job_submit(project=project, spec=spec, by=user).pk)}


def campaign(source: str, *points: str) -> object:
    from qtwin.campaigns.api.input import read_campaign
    from qtwin.campaigns.services import campaign_create
    from qtwin.projects.demo import H2, demo_seed

    user, project = demo_seed(H2)
    sweep = {"sources": [source], "points": [float(point) for point in points], "chunk_points": 1}
    name, steps = read_campaign({"name": "A sweep", "sweep": sweep})
    made, _ = campaign_create(project=project, name=name, steps=steps, by=user)
    return {"campaign": str(made.pk)}


def lots(points: str, sources: str = "6") -> object:
    """Import so many points along the curve, from so many laboratories of different accuracy."""
    from qtwin.jobs.services.dataset import DatasetSpec, dataset_import
    from qtwin.projects.demo import H2, demo_seed

    user, project = demo_seed(H2)
    text, names = laboratories(int(points), int(sources))
    spec = DatasetSpec(
        name=f"{points} points",
        citation="Simulated laboratories",
        licence="CC0-1.0",
        observable=project.observables.get(name="energy"),
        sources={name: {"role": "approximation"} for name in names},
        text=text,
    )
    made = dataset_import(project=project, spec=spec, by=user)
    return {"dataset": str(made.dataset.pk), "measurements": made.dataset.rows.count()}


def laboratories(points: int, sources: int) -> tuple[str, list[str]]:
    """Noisy values of a Morse curve as a CSV file, and the names of its sources."""
    generator = np.random.default_rng(20)
    names = [f"lab-{index + 1:02d}" for index in range(sources)]
    lines = ["source,bond_length,value,std"]
    for row, x in enumerate(generator.uniform(0.3, 2.5, points)):
        lab = row % sources
        std = 0.002 * (1 + lab)
        value = truth(x) + 0.02 * (lab + 1) * (x - 0.3) + generator.normal(0, std)
        lines.append(f"{names[lab]},{x:.6f},{value:.6f},{std}")
    return "\n".join(lines) + "\n", names


def previews() -> object:
    """Write out every system that waits for it."""
    from qtwin.projects.selectors import previews_due
    from workers import preview

    due = previews_due(10)
    for one in due:
        preview.make(str(one))
    preview.sandbox().close()
    return {"made": len(due)}


def trained(rows: str = "20") -> object:
    """A world with a run under way that has so many rows, another with all that came of it."""
    from qtwin.projects.demo import RYDBERG, demo_seed
    from tests import phased, trained

    user, project = demo_seed(RYDBERG)
    world = trained.world_of(project, user)
    policy = trained.policy_of(world, trained.run_of(world, user))
    trained.evaluation_of(policy)
    report = trained.report_of(policy)
    begun = trained.run_of(world, user, rows=int(rows), ended=False)
    made = {"world": world, "policy": policy, "report": report, "run": begun, "project": project}
    made |= {"loop": trained.loop_of(report, user)}
    made |= {"classifier": phased.classifier_of(project, user)}
    return {name: str(row.pk) for name, row in made.items()}


def grow(run: str, rows: str) -> object:
    """A worker trains a run further, up to so many rows of its curve, and tells of it."""
    from qtwin.training.models import TrainingRun
    from qtwin.training.services.lease import work_tell
    from tests import trained

    row = TrainingRun.objects.get(pk=run)
    trained.grow(row, int(rows))
    work_tell(row, "progress", used=row.used)
    return {"used": row.used}


def stop(kind: str, work: str) -> object:
    """Somebody cancels it elsewhere, and a worker ends it."""
    from qtwin.training.models import Classifier, Loop
    from qtwin.training.services import work_cancel, work_claim
    from qtwin.training.services.looping import loop_advance

    kinds: dict[str, Any] = {"loop": Loop, "classifier": Classifier}
    rows = kinds[kind].objects
    work_cancel(work=rows.get(pk=work), by=None)
    held = work_claim(rows.all(), work, owner="test", lease_s=60)
    if held is not None:
        loop_advance(held)
    return {"state": rows.get(pk=work).state}


def work() -> object:
    """Take every step that is due, then fit the twins."""
    from qtwin.campaigns.models import Campaign
    from qtwin.campaigns.selectors import campaigns_due
    from qtwin.jobs.models import Job
    from qtwin.jobs.selectors import jobs_due
    from qtwin.projects.models import Project
    from qtwin.twins.models import Twin, TwinVersion
    from workers.campaign import advance
    from workers.fit import fit
    from workers.step import step

    for _ in range(2):
        Campaign.objects.update(next_run_at="1970-01-01T00:00:00Z")
        for campaign_id in campaigns_due(10, planning=False):
            advance(str(campaign_id), owner="test")
        while due := jobs_due(10):
            for job_id in due:
                step(str(job_id), owner="test")
    for project in Project.objects.all():
        Twin.objects.filter(project=project).update(next_fit_at="1970-01-01T00:00:00Z")
        fit(str(project.pk), owner="test")
    return {
        "jobs": list(Job.objects.values_list("state", flat=True)),
        "versions": TwinVersion.objects.count(),
    }


def colleague(name: str, email: str) -> object:
    """Another member of the demo's team."""
    from qtwin.accounts.models import Role, User
    from qtwin.accounts.services import membership_set
    from qtwin.projects.demo import H2, demo_seed

    user, project = demo_seed(H2)
    person = User.objects.create_user(email, name)
    membership_set(team=project.team, user=person, role=Role.OPERATOR, by=user)
    return {"user": str(person.pk)}


def comment(email: str, text: str) -> object:
    """Somebody says something about the demo project."""
    from qtwin.accounts.models import User
    from qtwin.comments.about import About
    from qtwin.comments.services import comment_create
    from qtwin.projects.demo import H2, demo_seed

    _, project = demo_seed(H2)
    by = User.objects.get(email=email)
    made = comment_create(about=About(project=project), text=text, by=by, origin="/")
    return {"comment": str(made.pk)}


def drawn() -> object:
    """A project of a circuit with a job of shots, and calibrations, see `tests.browser.drawn`."""
    from tests.browser.drawn import make

    return make()


VERBS: dict[str, Callable[..., object]] = {
    "tables": tables,
    "seed": seed,
    "demos": demos,
    "scene": scene,
    "newcomer": newcomer,
    "link": link,
    "submit": submit,
    "campaign": campaign,
    "lots": lots,
    "colleague": colleague,
    "comment": comment,
    "previews": previews,
    "drawn": drawn,
    "trained": trained,
    "grow": grow,
    "stop": stop,
    "work": work,
}


def main(arguments: Sequence[str]) -> None:
    django.setup()
    print(json.dumps(VERBS[arguments[0]](*arguments[1:])))  # noqa: T201  # a command's output


if __name__ == "__main__":
    main(sys.argv[1:])
