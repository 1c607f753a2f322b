"""The tutorial against this process, and, slowly, as a person types it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from infra.dev.options import ROOT
from qtwin.serve import port
from tests.docs import shell
from tests.docs.fences import blocks

EXACT = {0.7414: -1.137270, 1.3: -1.035186, 2.0: -0.948641}
"""Full configuration interaction in STO-3G, hartree."""
LINES = re.compile(r"^\s*(0\.7414|1\.3|2\.0)\s+(-\S+)\s+(\S+)\s+(-\S+)\s+(-\S+)\s", re.MULTILINE)
PATIENCE_S = 180.0


def holds_the_exact_curve(printed: str) -> bool:
    """Whether each row of a table of predictions has the exact energy in its interval."""
    rows = {float(at): (float(low), float(high)) for at, _, _, low, high in LINES.findall(printed)}
    assert set(rows) == set(EXACT), printed
    return all(low < EXACT[at] < high for at, (low, high) in rows.items())


@pytest.mark.slow
@pytest.mark.usefixtures("team")
def test_what_is_typed_makes_a_twin_that_knows_the_curve(
    worked: Path, run: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(worked)
    printed: list[str] = []
    for block in blocks("tutorial.md", "bash", ""):
        shell.play(
            block,
            worked,
            qtwin=lambda *words: printed.append(run(*words)),
            export=monkeypatch.setenv,
        )
    predicted, recommended = printed[-2:]
    assert holds_the_exact_curve(predicted)
    assert len(re.findall(r"^(?:hf|mp2|fci|qpu)\s", recommended, re.MULTILINE)) == 3

    (code,) = blocks("tutorial.md", "python", "python")
    names: dict[str, Any] = {}
    exec(compile(code, "docs/tutorial.md", "exec"), names)
    before, after = names["before"], names["after"]
    assert after.version.number > before.version.number
    assert after.std.mean() < before.std.mean()
    assert np.all(np.abs(after.mean - list(EXACT.values())) < after.upper - after.mean)


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A folder that looks like the repository, so that files of the tutorial land beside it."""
    if not (ROOT / ".venv" / "installed-from").exists():
        pytest.skip("the tutorial is typed into an environment that make setup has made")
    for name in ("Makefile", "manage.py", "infra", "requirements.lock", "pyproject.toml", ".venv"):
        (tmp_path / name).symlink_to(ROOT / name)
    return tmp_path


@pytest.fixture
def typed(desk: Path) -> Iterator[Callable[[str], str]]:
    """Type lines into a shell of one's own, with the first terminal's QTwin running."""
    free = port.choose(None)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("QTWIN_")},
        "QTWIN_DATA_DIR": str(desk / "data"),
        "XDG_CONFIG_HOME": str(desk / "config"),
    }
    (start,) = blocks("tutorial.md", "bash", "terminal 1")
    more = f' --port {free} --data-dir {desk / "data"}"\n'
    with (desk / "terminal.log").open("w") as log:
        first = subprocess.Popen(
            ["bash", "-c", "exec " + start.rstrip().removesuffix('"') + more],
            cwd=desk,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _until(lambda: "QTwin is at" in (desk / "terminal.log").read_text(), first)

        def shell_of(script: str) -> str:
            done = subprocess.run(
                ["bash", "-euo", "pipefail", "-c", script.replace(":8000", f":{free}")],
                cwd=desk,
                env=environment,
                capture_output=True,
                text=True,
                timeout=600,
                check=False,
            )
            assert done.returncode == 0, done.stdout + done.stderr
            return done.stdout

        yield shell_of
    finally:
        os.killpg(first.pid, 15)
        first.wait(timeout=60)


def _until(ready: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not ready():
        assert process.poll() is None, "make run ended"
        assert time.monotonic() < deadline, "make run did not come up"
        time.sleep(0.2)


@pytest.mark.slow
def test_the_page_typed_from_top_to_bottom_works(typed: Callable[[str], str], desk: Path) -> None:
    (code,) = blocks("tutorial.md", "python", "python")
    (desk / "tutorial.py").write_text(code)
    script = "".join(
        [
            *blocks("tutorial.md", "bash", "sign in"),
            *blocks("tutorial.md", "bash", ""),
            f"{sys.executable} tutorial.py\n",
            *blocks("tutorial.md", "bash", "curl"),
        ]
    )
    printed = typed(script)
    assert holds_the_exact_curve(printed)
    assert re.search(r"version \d", printed)
    assert '"name":"My H2"' in printed.replace('": "', '":"')
