"""The pages that an agent may read are those that a wheel brings along."""

from __future__ import annotations

import tomllib

from qtwin.client.mcp.page import PAGES, page_text
from tests.docs.fences import ROOT


def test_every_page_is_there_and_in_the_wheel() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert "docs" in wheel["only-include"]
    assert wheel["sources"]["docs"] == "qtwin/docs"
    for name in PAGES:
        assert page_text(name).startswith("# "), name
