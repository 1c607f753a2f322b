"""What one copies into a terminal or a program, which asks what the page shows.

The token is a variable of the shell, never printed.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from qtwin.jobs.models import Job
from qtwin.projects.models import Observable, Project


@dataclass(frozen=True, slots=True)
class Command:
    """One spelling of a request; ``key`` tells it from the others of its page."""

    key: str
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Commands:
    """A request in every spelling that there is for it."""

    name: str
    spellings: list[Command]


def job_commands(request: HttpRequest, job: Job) -> Commands:
    """Submit the same job again."""
    body: dict[str, Any] = {
        "source": job.source_revision.source.name,
        "points": job.points,
        "observables": job.observables,
        "seed": job.seed,
    }
    if job.shots:
        body["shots"] = job.shots
    if job.knobs:
        columns = [list(column) for column in zip(*job.knob_values, strict=True)]
        body["knobs"] = {
            name: column[0] if len(set(column)) == 1 else column
            for name, column in zip(job.knobs, columns, strict=True)
        }
    return _submit(request, job.project, body, name="Submit")


def project_commands(
    request: HttpRequest, project: Project, observable: Observable
) -> list[Commands]:
    """Ask the twin for a number, and for advice; and measure something."""
    point = [round((c.lower + c.upper) / 2, 6) for c in project.controls.all()]
    asked = {"observable": observable.name, "points": [point]}
    source = min(project.sources.all(), key=lambda one: one.name, default=None)
    found = [
        Commands(
            "Predict",
            [
                _curl(request, "predict", f"projects/{project.pk}/twin:predict", asked),
                _python(
                    request,
                    "predict",
                    project,
                    f"found = project.twin().predict({[point]}, observable={observable.name!r})",
                    "print(found.mean, found.std)",
                ),
                _line(
                    request,
                    "predict",
                    project,
                    ["twin", "predict", "--observable", observable.name, *_at(project, [point])],
                ),
            ],
        ),
        Commands(
            "Recommend",
            [
                _curl(
                    request,
                    "recommend",
                    f"projects/{project.pk}/twin:plan",
                    {"observable": observable.name, "batch": 1},
                ),
                _python(
                    request,
                    "recommend",
                    project,
                    f"plan = project.twin().recommend(batch=1, observable={observable.name!r})",
                    "for run in plan.steps:",
                    "    print(run.source, run.at, run.cost, run.sigma_after, run.why)",
                ),
                _line(
                    request,
                    "recommend",
                    project,
                    ["twin", "recommend", "--observable", observable.name, "--batch", "1"],
                ),
            ],
        ),
    ]
    if source is None:
        return found
    body = {"source": source.name, "points": [point]}
    return [*found, _submit(request, project, body, name="Submit")]


def _submit(request: HttpRequest, project: Project, body: dict[str, Any], *, name: str) -> Commands:
    key = name.lower()
    words = ", ".join(f"{word}={value!r}" for word, value in body.items())
    spellings = [
        _curl(request, key, f"projects/{project.pk}/jobs", body),
        _python(
            request, key, project, f"job = project.submit({words})", "print(job.result().values)"
        ),
    ]
    if line := _job_words(project, body):
        spellings.append(_line(request, key, project, line))
    return Commands(name, spellings)


def _job_words(project: Project, body: dict[str, Any]) -> list[str]:
    """Empty for a job that the command line cannot ask for: one with other knobs at each point."""
    knobs = body.get("knobs", {})
    if any(isinstance(value, list) for value in knobs.values()):
        return []
    words = ["job", "submit", "--source", body["source"], *_at(project, body["points"])]
    for observable in body.get("observables", []):
        words += ["--observable", observable]
    for knob, value in knobs.items():
        words += ["--set", f"{knob}={value}"]
    for name in ("shots", "seed"):
        if name in body:
            words += [f"--{name}", str(body[name])]
    return [*words, "--watch"]


def _at(project: Project, points: Sequence[Sequence[float]]) -> list[str]:
    columns = zip(*points, strict=True)
    names = [control.name for control in project.controls.all()]
    return [
        word
        for name, column in zip(names, columns, strict=True)
        for word in ("--at", f"{name}={','.join(map(repr, column))}")
    ]


def _curl(request: HttpRequest, key: str, path: str, body: dict[str, Any]) -> Command:
    address = request.build_absolute_uri(f"/api/v1/{path}")
    return Command(
        f"{key}-curl",
        "curl",
        f"curl -X POST {address} \\\n"
        '  -H "Authorization: Bearer $QTWIN_TOKEN" \\\n'
        "  -H 'Content-Type: application/json' \\\n"
        f"  -d {shlex.quote(json.dumps(body))}",
    )


def _python(request: HttpRequest, key: str, project: Project, *lines: str) -> Command:
    return Command(
        f"{key}-python",
        "Python",
        "\n".join(
            [
                "from qtwin.client import Client\n",
                f"client = Client({_base(request)!r})  # the token is in QTWIN_TOKEN",
                f"project = client.project({str(project.pk)!r})",
                *lines,
            ]
        ),
    )


def _line(request: HttpRequest, key: str, project: Project, words: Sequence[str]) -> Command:
    address = shlex.quote(_base(request))
    line = shlex.join(["qtwin", *words[:2], "--project", str(project.pk), *words[2:]])
    return Command(
        f"{key}-line",
        "Command line",
        f"export QTWIN_URL={address}  # the token is in QTWIN_TOKEN\n{line}",
    )


def _base(request: HttpRequest) -> str:
    return request.build_absolute_uri("/").rstrip("/")
