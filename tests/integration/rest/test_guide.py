"""The examples of docs/rest.md, sent as they stand, are answered as they say."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from rest_framework.test import APIClient

from qtwin.jobs.models import Job
from qtwin.projects.models import Project
from tests.docs.fences import blocks, fences

EXAMPLE = re.compile(
    r"(?P<method>[A-Z]+) (?P<path>\S+)\n(?P<headers>(?:[A-Za-z-]+: [^\n]+\n)*)\n"
    r"(?:(?P<body>.+?)\n\n)?HTTP/1.1 (?P<status>\d+)\n(?P<answer>.*)",
    re.DOTALL,
)


def test_every_example_is_answered_as_it_says(
    api: APIClient, project: Project, work: Callable[[], None]
) -> None:
    assert len(blocks("rest.md", "http")) > 7
    known = {"project": str(project.pk), "etag": api.get(f"/api/v1/projects/{project.pk}")["ETag"]}
    for fence in fences("rest.md"):
        if fence.language != "http":
            continue
        if fence.name == "when it has run":
            work()
        told = EXAMPLE.fullmatch(_filled(fence.text, known))
        assert told is not None, fence.text
        answer = _sent(api, told)
        assert answer.status_code == int(told["status"]), (fence.line, answer.content)
        _check(told["answer"].strip(), answer, fence.line)
        known |= {name: str(job.pk) for name, job in _jobs().items()}


def _filled(text: str, known: dict[str, str]) -> str:
    for name, value in known.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def _sent(api: APIClient, told: re.Match[str]) -> Any:
    headers = dict(line.split(": ", 1) for line in told["headers"].splitlines())
    call = getattr(api, told["method"].lower())
    if told["body"]:
        return call(told["path"], json.loads(told["body"]), format="json", headers=headers)
    return call(told["path"], headers=headers)


def _jobs() -> dict[str, Job]:
    found = {"hf": "job", "fci": "other"}
    jobs = Job.objects.select_related("source_revision__source")
    return {found[job.source_revision.source.name]: job for job in jobs}


def _check(said: str, answer: Any, line: int) -> None:
    if answer.streaming:
        first = b"".join(answer.streaming_content).decode().splitlines()[0]
        assert first == said, line
    elif said:
        _like(json.loads(said), answer.json(), f"line {line}")
    else:
        assert answer.content == b"", line


def _like(said: Any, found: Any, where: str) -> None:
    """What is said is there; members that are not named may be anything, and so may ``…``."""
    if isinstance(said, dict):
        for name, value in said.items():
            _like(value, found[name], f"{where}/{name}")
    elif isinstance(said, list):
        assert len(said) == len(found), (where, found)
        for index, value in enumerate(said):
            _like(value, found[index], f"{where}/{index}")
    elif said != "…":
        assert said == found, where
