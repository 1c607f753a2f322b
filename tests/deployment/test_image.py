"""The steps of the Dockerfile's first stage, run by hand: no container engine is here."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import qtwin
from infra.dev.options import ROOT
from infra.pip_settings import for_uv, pip_settings

FOLDER = ROOT / "infra" / "docker"


def steps() -> Iterator[tuple[str, str]]:
    """Instruction and argument of each step of the stage ``build``."""
    text = (FOLDER / "Dockerfile").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    for line in "\n".join(lines).replace("\\\n", " ").splitlines():
        word, _, rest = line.partition(" ")
        if word == "FROM" and not rest.endswith(" AS build"):
            return
        if word in {"COPY", "RUN"}:
            yield word, rest


def test_whatever_is_copied_is_let_in_and_little_else() -> None:
    lines = (FOLDER / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    let_in = {line[1:] for line in lines if line.startswith("!")}
    copied = {one for word, rest in steps() if word == "COPY" for one in rest.split()[:-1]}
    assert copied == let_in
    assert "*" in lines
    assert all((ROOT / one).exists() for one in copied)


@pytest.mark.slow
def test_its_steps_make_an_environment_with_what_the_lock_names(tmp_path: Path) -> None:
    source, made = tmp_path / "src", tmp_path / "qtwin"
    source.mkdir()
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "base")], check=True)
    listing = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=True
    )
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    env |= for_uv(pip_settings(listing.stdout))
    env |= {"EXTRAS": "postgres,chem", "PATH": f"{tmp_path / 'base' / 'bin'}:{env['PATH']}"}
    for word, rest in steps():
        if word == "COPY":
            *files, into = rest.split()
            for name in files:
                copy(ROOT / name, source / (into if into != "./" else name))
        else:
            script = rest.replace("/tmp/", f"{tmp_path}/").replace("/opt/qtwin", str(made))
            script = script.replace("--no-cache ", "")  # of uv: it would fetch everything again
            subprocess.run(
                ["bash", "-o", "pipefail", "-c", script], cwd=source, env=env, check=True
            )
    said = subprocess.run(
        [str(made / "bin" / "qtwin"), "--version"],
        capture_output=True,
        text=True,
        check=True,
        env=env,
    )
    assert said.stdout == f"qtwin {qtwin.__version__}\n"
    probe = (
        "import psycopg, pyscf, qtwin.shipped as s; "
        "print(s.checkout(), s.shipped('frontend').is_dir())"
    )
    where = subprocess.run(
        [str(made / "bin" / "python"), "-c", probe],
        capture_output=True,
        text=True,
        check=True,
        env=env,
    )
    assert where.stdout == "None True\n"


def copy(there: Path, here: Path) -> None:
    if there.is_dir():
        shutil.copytree(there, here, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy(there, here)
