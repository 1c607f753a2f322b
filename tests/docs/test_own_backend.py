"""The package of docs/own-backend.md is a backend: for the kit, the command line and a project."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from pathlib import Path
from types import FunctionType, ModuleType

import pytest
from rest_framework.test import APIClient

from qtwin.accounts.models import Team
from qtwin.client.main import main
from tests.docs.fences import blocks
from tests.docs.packages import installed

FILES = {
    "pyproject.toml": "".join(blocks("own-backend.md", "toml", "file: pyproject.toml")),
    "qtwin_perturbation.py": "".join(
        blocks("own-backend.md", "python", "file: qtwin_perturbation.py")
    ),
}
TESTS = "".join(blocks("own-backend.md", "python", "file: test_perturbation.py"))


@pytest.fixture(autouse=True)
def package(tmp_path: Path) -> Iterator[None]:
    with installed(tmp_path, FILES):
        yield


def page() -> ModuleType:
    """The page's own tests as a module."""
    module = ModuleType("test_perturbation")
    exec(compile(TESTS, "docs/own-backend.md", "exec"), module.__dict__)
    return module


@pytest.mark.parametrize("name", [n for n in vars(page()) if n.startswith("test_")])
def test_the_tests_of_the_page_pass(name: str) -> None:
    test = vars(page())[name]
    assert isinstance(test, FunctionType)
    test()


def test_the_command_line_lists_it(capsys: pytest.CaptureFixture[str]) -> None:
    (session,) = blocks("own-backend.md", "console")
    program, *words = shlex.split(session.removeprefix("$ "))
    assert (program, main(words)) == ("qtwin", 0)
    assert "pt2" in capsys.readouterr().out


def test_a_project_takes_it_as_a_source(api: APIClient, team: Team) -> None:
    (body,) = blocks("own-backend.md", "json")
    made = {"name": "ring", "system": vars(page())["RING"]}
    project = api.post("/api/v1/projects", made, format="json").json()["id"]
    path = f"/api/v1/projects/{project}/sources"
    assert api.post(path, json.loads(body), format="json").status_code == 201
