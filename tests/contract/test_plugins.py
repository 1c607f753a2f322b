"""Other distributions add backends by an entry point, without touching this one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from backends import registry

PLUGIN = """
from backends.base import Backend, Capabilities, Kind

class Plugin(Backend):
    name = "plugin"
    capabilities = Capabilities(kind=Kind.CLASSICAL, methods=("guess",), exact=True)

    def submit(self, experiment, options, *, token):
        raise NotImplementedError
"""


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A distribution with an entry point, and one that tries to take a built-in name."""
    (tmp_path / "qtwin_plugin_of_a_test.py").write_text(PLUGIN)
    info = tmp_path / "qtwin_plugin_of_a_test-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: qtwin-plugin-of-a-test\n")
    target = "qtwin_plugin_of_a_test:Plugin"
    points = f"[{registry.ENTRY_POINT_GROUP}]\nplugin = {target}\npyscf = {target}\n"
    (info / "entry_points.txt").write_text(points)
    monkeypatch.syspath_prepend(tmp_path)
    registry._external.cache_clear()
    yield
    registry._external.cache_clear()


@pytest.mark.usefixtures("installed")
def test_an_entry_point_is_a_backend_and_cannot_replace_a_built_in_one() -> None:
    assert "plugin" in registry.names()
    assert registry.get("plugin").capabilities.methods == ("guess",)
    assert registry.get("pyscf").name == "pyscf"
