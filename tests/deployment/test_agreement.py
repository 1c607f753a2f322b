"""Image, compose file and chart agree with each other and with the code."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

import qtwin
from infra.dev.options import ROOT
from qtwin.client import main as command_line
from qtwin.config.settings import environment as settings
from tests.deployment import compose
from workers import queues

CHART = ROOT / "infra" / "k8s" / "qtwin"
DOCKERFILE = (ROOT / "infra" / "docker" / "Dockerfile").read_text(encoding="utf-8")
VARIABLE = re.compile(r"\bQTWIN_[A-Z0-9_]*[A-Z0-9]\b")
OF_COMPOSE = {"QTWIN_SITE", "QTWIN_IMAGE", "QTWIN_EXTRAS", "QTWIN_WEB", "QTWIN_WEB_PORT"}
"""Variables of the compose file and of its proxy, which no process of QTwin reads."""
QUEUES = {queues.JOBS, queues.TWIN, queues.IO, queues.TRAIN}


@pytest.fixture(scope="module")
def values() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((CHART / "values.yaml").read_text(encoding="utf-8"))
    return found


def test_every_variable_is_a_setting() -> None:
    folders = [compose.FOLDER, CHART, ROOT / "infra" / "docker"]
    files = [file for folder in folders for file in folder.rglob("*") if file.is_file()]
    named = {
        name
        for file in files
        if file.parent.name != "secrets"
        for name in VARIABLE.findall(file.read_text(encoding="utf-8"))
    }
    assert {"QTWIN_DATABASE_PASSWORD_FILE", "QTWIN_PROXIES", "QTWIN_METRICS_PORT"} <= named
    assert named - OF_COMPOSE - set(settings.asked) == set()


@pytest.mark.parametrize("service", compose.ours())
def test_settings_of_a_service_are_right_and_its_secrets_are_made(
    service: str, tmp_path: Path
) -> None:
    secrets = compose.make_secrets(tmp_path)
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o700
    named = {name for one in compose.services().values() for name in one.get("secrets", ())}
    assert {file.name for file in secrets.iterdir()} == named
    given = compose.environment(service)
    files = {
        value.removeprefix(compose.SECRETS) for name, value in given.items() if "_FILE" in name
    }
    assert files <= set(compose.ours()[service]["secrets"])
    done = subprocess.run(
        [sys.executable, "-m", "qtwin.config.start", "this"],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": os.environ.get("PYTHONPATH", "")}
        | {name: value.replace(compose.SECRETS, f"{secrets}/") for name, value in given.items()},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_every_queue_has_a_worker_and_every_command_is_one(values: dict[str, Any]) -> None:
    commands = [one["command"] for one in compose.ours().values()]
    for words in (words for words in commands if words[0] == "qtwin"):
        command_line._parser(words[1:2]).parse_args(words[1:])
    served = {word for words in commands for word in words if word in QUEUES}
    assert served == QUEUES
    assert {one for worker in values["workers"].values() for one in worker["queues"]} == QUEUES
    assert ["qtwin", "worker", "--sweeper"] in commands
    assert ["qtwin-admin", "migrate", "--no-input"] in commands


def test_the_chart_is_of_this_version_and_scales_by_every_kind_once(values: dict[str, Any]) -> None:
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text(encoding="utf-8"))
    assert chart["appVersion"] == chart["version"] == qtwin.__version__
    from qtwin.metrics.known.queues import FEED
    from qtwin.metrics.known.queues import QUEUES as KINDS

    kinds = [kind for one in values["workers"].values() for kind in one["kinds"].split("|")]
    assert sorted(kinds) == sorted([*(queue.kind for queue in KINDS), FEED])


def test_nothing_runs_as_root_or_writes_to_its_root() -> None:
    assert "USER 10001:10001" in DOCKERFILE
    for one in compose.ours().values():
        assert (one["user"], one["read_only"], one["cap_drop"]) == ("10001:10001", True, ["ALL"])
        assert one["security_opt"] == ["no-new-privileges:true"]
    pod = (CHART / "templates" / "_parts.tpl").read_text(encoding="utf-8")
    assert "runAsUser: 10001" in pod
    assert "readOnlyRootFilesystem: true" in pod


def test_every_image_has_a_version() -> None:
    images = [one["image"] for one in compose.services().values()]
    images += re.findall(r"^ARG PYTHON=(.+)$", DOCKERFILE, re.MULTILINE)
    for image in images:
        assert image == "qtwin:local" or re.search(r"\d", image.rpartition(":")[2]), image


def test_only_the_proxy_and_the_dashboards_of_this_host_have_ports() -> None:
    ports = {name: one["ports"] for name, one in compose.services().items() if "ports" in one}
    assert set(ports) == {"proxy", "grafana"}
    assert ports["grafana"] == ["127.0.0.1:3000:3000"]
    proxy, web = (set(compose.services()[name]["networks"]) for name in ("proxy", "web"))
    assert proxy & web == {"inside"}  # whose addresses QTWIN_PROXIES names
