"""What a page offers to be copied is run as it stands: curl's body, Python, command line."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from typing import Any

from django.test import RequestFactory
from rest_framework.test import APIClient

from qtwin.jobs.models import Job
from qtwin.projects.models import Project
from qtwin.web.commands import Commands, job_commands, project_commands

REQUEST = RequestFactory(headers={"host": "localhost"}).get("/")


def spelled(commands: Commands) -> dict[str, str]:
    return {one.label: one.text for one in commands.spellings}


def test_every_command_of_a_page_does_what_it_says(
    *,
    run: Callable[..., str],
    api: APIClient,
    project: Project,
    submit: Callable[..., Job],
    fitted: Callable[[Project], None],
    capsys: Any,
) -> None:
    submit(source="hf", points=[0.4, 0.9, 1.4, 1.9, 2.4])
    submit(source="fci", points=[0.5, 1.1, 1.7, 2.3])
    noisy = submit(source="vqe-ideal", points=[0.7, 0.9], shots=200, seed=3)
    fitted(project)
    energy = project.observables.get(name="energy")
    every = [*project_commands(REQUEST, project, energy), job_commands(REQUEST, noisy)]
    assert [commands.name for commands in every] == ["Predict", "Recommend", "Submit", "Submit"]
    for commands in every:
        ways = spelled(commands)
        assert set(ways) == {"curl", "Python", "Command line"}
        _, _, _, address, *rest = [*shlex.split(ways["curl"].replace("\\\n", ""))]
        body = json.loads(rest[-1])
        answer = api.post(address.removeprefix("http://localhost"), body, format="json")
        assert answer.status_code in {200, 202}, answer.content
        exec(compile(ways["Python"], commands.name, "exec"), {})
        assert capsys.readouterr().out
        first, line = ways["Command line"].splitlines()
        assert first.startswith("export QTWIN_URL=http://localhost ")
        assert shlex.split(line)[0] == "qtwin"
        assert run(*shlex.split(line)[1:])


def test_a_job_with_a_knob_of_its_own_at_each_point_has_no_command_line(
    project: Project, submit: Callable[..., Job]
) -> None:
    job = submit(source="vqe-noisy", points=[0.7, 0.9], shots=100, knobs={"noise_gain": [1.0, 3.0]})
    assert set(spelled(job_commands(REQUEST, job))) == {"curl", "Python"}
    same = submit(source="vqe-noisy", points=[0.7, 0.9], shots=100, knobs={"noise_gain": 3.0})
    assert "--set noise_gain=3.0" in spelled(job_commands(REQUEST, same))["Command line"]
