"""``make fuzz``: a running QTwin is asked whatever docs/openapi.yaml lets Schemathesis think of.

Exit 1 when it fails in a way that the document does not say, or is asked less than `LEAST`.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from infra.dev.options import ROOT
from tests.faults.stack import Running, running

LEAST = 2000
PROGRAM = ROOT / ".venv-fuzz" / "bin" / "schemathesis"
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
)
UNASKED = r"me/tokens/|projects/\{project_id\}$"
"""Routes that would end the token or the project of the run."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=20, help="of each operation, at most")
    parser.add_argument("--seed", type=int)
    given = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="qtwin-fuzz-") as home,
        running(Path(home), workers=1) as qtwin,
    ):
        qtwin.wait(qtwin.answers)
        job = qtwin.submit(source="fci", points=[0.5, 0.7, 0.9, 1.1])
        qtwin.wait(lambda: qtwin.ended([job]) and bool(qtwin.twin().get("version")))
        told = _asked(qtwin, Path(home), given.examples, given.seed)
    sys.stdout.write(told.stdout)
    asked = sum(map(int, re.findall(r"^\s*(\d+) generated", told.stdout, re.MULTILINE)))
    if asked < LEAST:
        sys.stdout.write(f"{asked} requests; needed: {LEAST}\n")
    return int(told.returncode != 0 or asked < LEAST)


def _asked(
    qtwin: Running, home: Path, examples: int, seed: int | None
) -> subprocess.CompletedProcess[str]:
    command = [str(PROGRAM), "run", str(ROOT / "docs" / "openapi.yaml")]
    command += ["--url", qtwin.address, "-H", f"Authorization: Bearer {_token(qtwin)}"]
    command += ["--checks", ",".join(CHECKS), "--max-examples", str(examples)]
    command += ["--phases", "examples,coverage,fuzzing", "--exclude-path-regex", UNASKED]
    command += [] if seed is None else ["--seed", str(seed)]
    alive = threading.Event()
    keeper = threading.Thread(target=_keep, args=(qtwin, alive), daemon=True)
    keeper.start()
    try:
        return subprocess.run(
            command,
            cwd=home,
            env=os.environ | {"SCHEMATHESIS_HOOKS": "tests.fuzz.hooks", "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
    finally:
        alive.set()
        keeper.join()


def _keep(qtwin: Running, ended: threading.Event) -> None:
    """Restart what dies meanwhile."""
    while not ended.wait(0.5):
        qtwin.supervisor.tick()


def _token(qtwin: Running) -> str:
    """One that may do everything."""
    os.environ.update(qtwin.supervisor.env)
    import django

    django.setup()
    from qtwin.accounts.models import Scope, User
    from qtwin.accounts.services import token_create

    _, token = token_create(user=User.objects.get(), name="fuzz", scopes=list(Scope))
    return token


if __name__ == "__main__":
    sys.exit(main())
