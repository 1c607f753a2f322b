"""The compose file as it would be run: services, their environment, their secrets."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from infra.dev.options import ROOT

FOLDER = ROOT / "infra" / "compose"
SECRETS = "/run/secrets/"
DEFAULT = re.compile(r"\$\{(\w+):-([^}]*)\}")


@cache
def services() -> dict[str, dict[str, Any]]:
    """Each service by its name, with its merges made and every variable at its default."""
    text = DEFAULT.sub(lambda found: found[2], (FOLDER / "compose.yaml").read_text("utf-8"))
    found: dict[str, dict[str, Any]] = yaml.safe_load(text)["services"]
    return found


def ours() -> dict[str, dict[str, Any]]:
    """Those that run QTwin's image."""
    return {name: one for name, one in services().items() if one["image"] == "qtwin:local"}


def environment(service: str) -> dict[str, str]:
    """What a service's processes see."""
    lines = (FOLDER / "qtwin.env").read_text(encoding="utf-8").splitlines()
    shared = dict(line.split("=", 1) for line in lines if line and line[0] != "#")
    own: dict[str, str] = services()[service].get("environment", {})
    return shared | own


def make_secrets(folder: Path) -> Path:
    """Run the script of the compose file in a folder; returns where it put them."""
    shutil.copy(FOLDER / "secrets.sh", folder)
    subprocess.run(["sh", str(folder / "secrets.sh")], check=True, capture_output=True)
    return folder / "secrets"


def command(words: list[str]) -> list[str]:
    """How this interpreter runs a command of the wheel."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    module, function = project["scripts"][words[0]].split(":")
    code = f"import sys; from {module} import {function} as main; sys.exit(main())"
    return [sys.executable, "-c", code, *words[1:]]
