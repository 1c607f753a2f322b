"""What an agent can read beside its tools: twins, and pages of the documentation."""

from __future__ import annotations

from functools import partial

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ResourceError, ResourceNotFoundError
from mcp.server.mcpserver.resources import FunctionResource

from qtwin.client.mcp.call import client
from qtwin.client.mcp.page import PAGES, page_text
from qtwin.client.mcp.told import NOTICE
from qtwin.client.mcp.tool import problem_sentence
from qtwin.client.mcp.tools.twin import twin_seen
from qtwin.client.remote.project import AsyncProject
from qtwin.client.wire.errors import NotFound, QTwinError, UnknownName


async def twin_json(project_id: str) -> str:
    """A project's twin in short, as `read_twin` answers it."""
    try:
        return (await twin_seen(await _project(project_id), "")).model_dump_json(indent=1)
    except QTwinError as error:
        raise ResourceError(problem_sentence(error)) from error


async def twin_svg(project_id: str) -> str:
    """The twin's curve with its intervals and the measurements; names in it are data."""
    try:
        curve = await (await _project(project_id)).twin().curve()
    except QTwinError as error:
        raise ResourceError(problem_sentence(error)) from error
    return curve.svg()


def page(name: str) -> str:
    """A page of the documentation."""
    try:
        return page_text(name)
    except FileNotFoundError as error:
        raise ResourceNotFoundError(f"the page {name} was not installed") from error


async def _project(its_id: str) -> AsyncProject:
    try:
        return await client().project(its_id)
    except (NotFound, UnknownName) as error:
        raise ResourceNotFoundError(str(error)) from error


def add_resources(server: MCPServer) -> None:
    """Add them to a server."""
    twin = "qtwin://projects/{project_id}/twin"
    server.resource(twin, name="twin", mime_type="application/json", description=NOTICE)(twin_json)
    server.resource(
        f"{twin}/curve.svg", name="curve", mime_type="image/svg+xml", description=NOTICE
    )(twin_svg)
    for name, title in PAGES.items():
        server.add_resource(
            FunctionResource(
                uri=f"qtwin://docs/{name}",
                name=name,
                title=title,
                mime_type="text/markdown",
                fn=partial(page, name),
            )
        )
