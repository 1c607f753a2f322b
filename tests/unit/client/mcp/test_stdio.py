"""The command, as the page says that a client starts it."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import sys
from typing import Any

import pytest
from mcp import Client
from mcp.client.stdio import StdioServerParameters
from mcp_types import CallToolResult

from qtwin.client.main import main
from qtwin.client.mcp.command import MISSING
from tests.docs.fences import ROOT, blocks
from tests.unit.client.mcp.conftest import Canned


def configured() -> dict[str, Any]:
    (text,) = blocks("mcp.md", "json", "client")
    (server,) = json.loads(text)["mcpServers"].values()
    assert set(server) == {"command", "args", "env"}
    assert server["command"] == "qtwin"
    assert set(server["env"]) == {"QTWIN_URL", "QTWIN_TOKEN"}
    return dict(server)


def test_the_configuration_of_the_page_starts_a_server(canned: Canned) -> None:
    server = configured()
    started = StdioServerParameters(
        command=sys.executable,
        args=["-m", "qtwin.client.main", *server["args"]],
        env={
            "QTWIN_URL": canned.url,
            "QTWIN_TOKEN": "qt_a.b",
            "PYTHONPATH": f"{ROOT / 'platform'}:{ROOT}",
        },
    )

    async def session() -> tuple[set[str], Any]:
        async with Client(started, read_timeout_seconds=60) as agent:
            tools = (await agent.list_tools()).tools
            return {tool.name for tool in tools}, await agent.call_tool("list_projects", {})

    tools, answer = asyncio.run(session())
    assert {"read_twin", "submit_job"} <= tools
    assert isinstance(answer, CallToolResult)
    assert (answer.structured_content or {})["rows"][0]["name"] == "⟦H2⟧"
    (asked,) = canned.asked
    assert asked["path"] == "/api/v1/projects?limit=20"
    assert asked["Authorization"] == "Bearer qt_a.b"
    assert asked["QTwin-Agent"] == "mcp/list_projects"


def test_without_the_package_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr("qtwin.client.mcp.command.find_spec", lambda name: None)
    assert main(["mcp"]) == 2
    assert capsys.readouterr().err == f"qtwin: {MISSING}\n"


def test_without_a_token_it_says_how_to_sign_in(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Any
) -> None:
    for name in ("QTWIN_URL", "QTWIN_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert main(["mcp"]) == 4
    assert "qtwin login" in capsys.readouterr().err


@pytest.mark.parametrize("port", ["0", "65536", "http"])
def test_a_port_is_a_port(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["mcp", "--http", port])
    assert "allowed: 1 to 65535" in capsys.readouterr().err
