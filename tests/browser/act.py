"""Does something to the data of a running server, through the real services, and prints JSON.

python -m tests.browser.act seed | link | submit SOURCE X… | campaign SOURCE X… | work
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence

import django

SEED = {
    "hf": [round(0.3 + 0.2 * step, 4) for step in range(12)],
    "mp2": [round(0.3 + 0.2 * step, 4) for step in range(12)],
    "fci": [0.3, 0.5, 0.7414, 1.0, 1.4, 1.9, 2.5],
}


def seed() -> object:
    """The demo project with three exact sources measured and a first twin."""
    for source, points in SEED.items():
        submit(source, *map(str, points))
    return work()


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


def work() -> object:
    """Take every step that is due, then fit the twin."""
    from qtwin.campaigns.models import Campaign
    from qtwin.campaigns.selectors import campaigns_due
    from qtwin.jobs.models import Job
    from qtwin.jobs.selectors import jobs_due
    from qtwin.projects.demo import H2, demo_seed
    from qtwin.twins.models import Twin, TwinVersion
    from workers.campaign import advance
    from workers.fit import fit
    from workers.step import step

    _, project = demo_seed(H2)
    for _ in range(2):
        Campaign.objects.update(next_run_at="1970-01-01T00:00:00Z")
        for campaign_id in campaigns_due(10, planning=False):
            advance(str(campaign_id), owner="test")
        while due := jobs_due(10):
            for job_id in due:
                step(str(job_id), owner="test")
    Twin.objects.filter(project=project).update(next_fit_at="1970-01-01T00:00:00Z")
    fit(str(project.pk), owner="test")
    return {
        "jobs": list(Job.objects.values_list("state", flat=True)),
        "versions": TwinVersion.objects.count(),
    }


VERBS: dict[str, Callable[..., object]] = {
    "seed": seed,
    "link": link,
    "submit": submit,
    "campaign": campaign,
    "work": work,
}


def main(arguments: Sequence[str]) -> None:
    django.setup()
    print(json.dumps(VERBS[arguments[0]](*arguments[1:])))  # noqa: T201  # a command's output


if __name__ == "__main__":
    main(sys.argv[1:])
