"""A quenched Ising ring over field and time, measured exactly and by circuits, in two versions.

python -m tests.browser.quench
"""

from __future__ import annotations

import json

import django

SYSTEM = {
    "kind": "spin_lattice",
    "schema_version": 1,
    "model": "ising",
    "geometry": "ring",
    "sites": 3,
    "parameters": {"hx": "field"},
    "state": {"kind": "evolved", "initial": "000", "time": "time"},
    "controls": [
        {
            "name": "field",
            "label": "Transverse field",
            "unit": "dimensionless",
            "lower": 0.0,
            "upper": 2.0,
        },
        {
            "name": "time",
            "label": "Time in 1/J",
            "unit": "dimensionless",
            "lower": 0.0,
            "upper": 1.0,
        },
    ],
}
EXACT = [[field, time] for field in (0.2, 0.9, 1.6) for time in (0.2, 0.7)]
CHEAP = [[field, time] for field in (0.1, 1.0, 1.9) for time in (0.1, 0.5, 0.9)]


def quench() -> dict[str, str]:
    """Make it, in the demo's team, and answer its id."""
    from qtwin.jobs.selectors import jobs_due
    from qtwin.jobs.services import JobSpec, job_submit
    from qtwin.projects.demo import H2, demo_seed
    from qtwin.projects.services import project_create, source_create
    from qtwin.twins.models import Twin
    from workers.fit import fit
    from workers.step import step

    user, demo = demo_seed(H2)
    project = project_create(team=demo.team, name="Quenched ring", system=SYSTEM, by=user)
    sources = {
        name: source_create(
            project=project,
            by=user,
            name=name,
            label=label,
            role=role,
            backend=backend,
            method=method,
            settings={},
        )
        for name, label, role, backend, method in (
            ("exact", "Exact", "reference", "exact", "evolution"),
            ("trotter", "Trotter", "approximation", "aer", "trotter"),
        )
    }
    for name, points in (("trotter", CHEAP), ("exact", EXACT)):
        spec = JobSpec(source=sources[name], points=points, observables=["magnetisation_z"])
        job_submit(project=project, spec=spec, by=user)
        while due := jobs_due(10):
            for job_id in due:
                step(str(job_id), owner="test")
        Twin.objects.filter(project=project).update(next_fit_at="1970-01-01T00:00:00Z")
        fit(str(project.pk), owner="test")
    return {"project": str(project.pk)}


if __name__ == "__main__":
    django.setup()
    print(json.dumps(quench()))  # noqa: T201  # a command's output
