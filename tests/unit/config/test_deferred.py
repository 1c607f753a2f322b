"""A deferred module is imported when something of it is first used, and is then itself."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from qtwin.config.deferred import Deferred, defer

SLOW = """
import time
time.sleep(0.2)
pi = 3
def __getattr__(name):
    if name == "late":
        return 4
    raise AttributeError(name)
"""


@pytest.fixture
def slow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A package that takes long to import, deferred."""
    package = tmp_path / "slow_to_import"
    package.mkdir()
    (package / "__init__.py").write_text(SLOW)
    (package / "part.py").write_text("e = 2\n")
    monkeypatch.syspath_prepend(tmp_path)
    for name in ("slow_to_import", "slow_to_import.part"):
        monkeypatch.setitem(sys.modules, name, sys)
        monkeypatch.delitem(sys.modules, name)
    defer("slow_to_import")
    return "slow_to_import"


def test_importing_it_imports_nothing(slow: str) -> None:
    assert isinstance(__import__(slow), Deferred)
    assert isinstance(sys.modules[slow], Deferred)


def test_its_first_use_imports_it(slow: str) -> None:
    stand_in = __import__(slow)
    assert stand_in.pi == 3
    assert not isinstance(sys.modules[slow], Deferred)
    assert "pi" in vars(stand_in)
    assert stand_in.late == 4
    with pytest.raises(AttributeError):
        stand_in.nothing  # noqa: B018


def test_a_module_inside_it_can_be_imported(slow: str) -> None:
    stand_in = __import__(slow)
    __import__(f"{slow}.part")
    assert stand_in.part.e == 2


def test_what_is_imported_is_left_alone() -> None:
    defer("json")
    assert not isinstance(sys.modules["json"], Deferred)


def test_threads_that_use_it_first_all_wait_for_it(slow: str) -> None:
    code = """
    import threading
    from qtwin.config.deferred import defer
    defer("slow_to_import")
    import slow_to_import
    seen = []
    def use():
        seen.append(slow_to_import.pi)
    threads = [threading.Thread(target=use) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(seen)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        env={"PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == str([3] * 8).split(), done.stderr
