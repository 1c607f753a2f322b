"""What is checked, and by which program."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from infra.dev.options import ROOT

TOOLS = ROOT / ".venv-infra" / "bin"
YAML = ("infra/compose", "infra/k8s/qtwin/values.yaml", "infra/k8s/qtwin/Chart.yaml")
LINES = "{extends: relaxed, rules: {line-length: {max: 140}}}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One program on some files.

    Attributes:
        command: Its first word is looked for in .venv-infra, then on PATH.
        debian: The package of Debian that has the program, if PyPI has none.
    """

    name: str
    command: Sequence[str]
    env: dict[str, str] = field(default_factory=dict)
    debian: str = ""

    def run(self) -> subprocess.CompletedProcess[str]:
        """Run it at the root of the checkout."""
        program = found(self.command[0])
        return subprocess.run(
            [str(program), *self.command[1:]],
            cwd=ROOT,
            env={"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/nonexistent", **self.env},
            capture_output=True,
            text=True,
            check=False,
        )


def found(program: str) -> Path | None:
    """Where a program is; None for nowhere."""
    if (TOOLS / program).is_file():
        return TOOLS / program
    where = shutil.which(program) if program != "python" else None
    return Path(where) if where else None


def missing(check: Check) -> str:
    """Why a check cannot run; empty if it can."""
    if found(check.command[0]):
        return ""
    if check.debian:
        return f"there is no {check.command[0]}; Debian has it in {check.debian}"
    return "make check-infra installs its tools into .venv-infra"


CHECKS = (
    Check(name="Dockerfile, by hadolint", command=["hadolint", "infra/docker/Dockerfile"]),
    Check(
        name="compose file, by docker compose itself",
        command=["docker-compose", "-f", "infra/compose/compose.yaml", "config", "--quiet"],
        env={"QTWIN_SITE": "qtwin.example.org"},
    ),
    Check(
        name="Caddyfile, by caddy itself",
        command=[
            *("caddy", "validate", "--adapter", "caddyfile"),
            *("--config", "infra/compose/Caddyfile"),
        ],
        env={"QTWIN_SITE": "localhost"},
    ),
    Check(
        name="shell scripts, by shellcheck",
        command=["shellcheck", "infra/compose/secrets.sh", "infra/setup.sh"],
    ),
    Check(name="YAML, by yamllint", command=["yamllint", "--strict", "-d", LINES, *YAML]),
    Check(
        name="chart, rendered by Helm's library, against the schemas of Kubernetes",
        command=["python", "-m", "infra.check.chart"],
        env={"PYTHONPATH": str(ROOT)},
    ),
    Check(
        name="configuration of Prometheus, by promtool",
        command=["promtool", "check", "config", "--syntax-only", "infra/compose/prometheus.yml"],
        debian="prometheus",
    ),
    Check(
        name="alerts, by promtool on series of its own",
        command=["promtool", "test", "rules", "infra/grafana/alerts.test.yaml"],
        debian="prometheus",
    ),
)
