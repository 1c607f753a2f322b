"""The wheel in an empty environment outside the tree: ``qtwin serve``, its pages, its demo."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

import qtwin
from infra.dev.options import ROOT
from infra.pip_settings import for_uv, pip_settings
from tests.integration.test_main_job import clean_environment

pytestmark = pytest.mark.slow
ADDRESS = re.compile(r"QTwin is at (\S+); sign in once with (\S+)")
ASSET = re.compile(r'"(/static/qtwin/[\w.-]+\.(?:js|css))')


def uv(*arguments: str) -> None:
    """What the installer of the checkout does, with pip's indexes."""
    listing = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=True
    )
    subprocess.run(
        [str(Path(sys.executable).with_name("uv")), *arguments],
        env=os.environ | for_uv(pip_settings(listing.stdout)),
        check=True,
    )


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an environment that holds the wheel, all its extras, and nothing else."""
    place = tmp_path_factory.mktemp("installed")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(place)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = place.glob("*.whl")
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pins = [line.split("\\")[0].strip() for line in lock.splitlines() if "==" in line]
    (place / "pins.txt").write_text("\n".join(pins))
    uv("venv", "--quiet", "--python", sys.executable, str(place / "venv"))
    python = str(place / "venv" / "bin" / "python")
    target = f"qtwin[all] @ {wheel.as_uri()}"
    uv("pip", "install", "--quiet", "--python", python, "-c", str(place / "pins.txt"), target)
    return place


def qtwin_command(place: Path, *words: str) -> subprocess.Popen[str]:
    """The installed command, where no source is and no variable points at one."""
    env = {name: value for name, value in clean_environment().items() if name != "PYTHONPATH"}
    command = [str(place / "venv" / "bin" / "qtwin"), *words]
    return subprocess.Popen(
        command, cwd=place, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


@pytest.fixture
def served(place: Path) -> Iterator[tuple[str, str]]:
    """The address and the sign-in link that ``qtwin serve`` prints."""
    process = qtwin_command(place, "serve", "--port", "18431", "--demo", "h2")
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if found := ADDRESS.search(said.replace("\n", "")):
            yield found[1], found[2]
            break
    process.send_signal(signal.SIGINT)
    rest, errors = process.communicate(timeout=60)
    assert ADDRESS.search(said), said + rest + errors
    assert process.returncode == 0, errors


def test_it_names_its_version(place: Path) -> None:
    process = qtwin_command(place, "--version")
    assert process.communicate()[0] == f"qtwin {qtwin.__version__}\n"


def test_it_serves_the_dashboard_its_assets_and_its_interface(served: tuple[str, str]) -> None:
    address, link = served
    with httpx.Client(base_url=address, follow_redirects=True, trust_env=False) as person:
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', person.get(link).text)
        assert token
        person.post(link, data={"csrfmiddlewaretoken": token[1]})
        page = person.get("/")
        assert page.status_code == 200
        assert "/sign-in" not in str(page.url)
        assets = set(ASSET.findall(page.text))
        assert assets
        for asset in assets:
            answer = person.get(asset)
            assert answer.status_code == 200
            source = ROOT / "frontend" / asset.removeprefix("/")
            assert answer.text == source.read_text(encoding="utf-8")
        assert person.get("/api/v1/docs").status_code == 200


def test_its_demo_ends_with_the_figures_of_the_checkouts(place: Path) -> None:
    process = qtwin_command(place, "serve", "--demo", "h2", "--once", "--json", "--data-dir", "d")
    out, errors = process.communicate(timeout=900)
    assert process.returncode == 0, errors
    report = json.loads(out)
    assert {job["state"] for job in report["jobs"]} == {"succeeded"}
    score = report["score"]
    print(f"RMSE {score['all']['rmse_hartree']:.1e} Ha, all sources", file=sys.stderr)  # noqa: T201
    assert score["fci_at_0.7414"] == pytest.approx(-1.137270, abs=1e-6)
    assert score["all"]["rmse_hartree"] <= 1e-3
    assert score["without_ccsd"]["rmse_hartree"] <= 5e-3
    assert score["all"]["coverage_95"] >= 0.9
