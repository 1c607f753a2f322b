"""Tools that list what there is: projects, sources, backends, jobs, campaigns, budgets."""

from __future__ import annotations

from typing import Literal

from qtwin.client.mcp.call import client
from qtwin.client.mcp.shapes.job import CampaignSeen, JobSeen
from qtwin.client.mcp.shapes.money import Budget, Spending
from qtwin.client.mcp.shapes.project import BackendSeen, ProjectSeen, SourceSeen
from qtwin.client.mcp.shapes.shape import Cursor, Limit, Name, Page, Project
from qtwin.client.mcp.tool import READS, strict
from qtwin.client.rows.campaign import CampaignRow
from qtwin.client.rows.job import JobRow
from qtwin.client.rows.project import ProjectRow, SourceRow
from qtwin.client.wire.place import at

State = Literal["", "queued", "running", "held", "succeeded", "failed", "cancelled"]
BACKENDS = 100


async def list_projects(limit: Limit = 20, cursor: Cursor = "") -> Page[ProjectSeen]:
    """Projects that this token reaches, newest first: one physical system each, with its twin."""
    found = await client().rows(at("projects"), ProjectRow.read, limit=limit, cursor=cursor)
    return Page(rows=[ProjectSeen.of(row) for row in found.rows], cursor=found.cursor)


async def list_sources(
    project: Project, limit: Limit = 20, cursor: Cursor = ""
) -> Page[SourceSeen]:
    """Sources of a project: what can be evaluated there, each with its own errors."""
    path = at("projects", (await client().project(project)).id, "sources")
    found = await client().rows(path, SourceRow.read, limit=limit, cursor=cursor)
    return Page(rows=[SourceSeen.of(row) for row in found.rows], cursor=found.cursor)


async def list_backends() -> Page[BackendSeen]:
    """Backends of this server: what they can run, whether they cost money, whether they stand."""
    rows = await client().backends().list()
    return Page(rows=[BackendSeen.of(row) for row in rows[:BACKENDS]], cursor="")


async def list_jobs(
    project: Project | None = None,
    state: State = "",
    source: Name = "",
    limit: Limit = 20,
    cursor: Cursor = "",
) -> Page[JobSeen]:
    """Jobs of one project, or of all, newest first.

    source: only with a project.
    """
    path = at("jobs")
    if project is not None:
        path = at("projects", (await client().project(project)).id, "jobs")
    wanted = {"state": state or None, "source": source or None}
    found = await client().rows(path, JobRow.read, limit=limit, cursor=cursor, **wanted)
    return Page(rows=[JobSeen.of(row) for row in found.rows], cursor=found.cursor)


async def list_campaigns(
    project: Project | None = None, limit: Limit = 20, cursor: Cursor = ""
) -> Page[CampaignSeen]:
    """Campaigns, which make many jobs by a plan, of one project, or of all, newest first."""
    path = at("campaigns")
    if project is not None:
        path = at("projects", (await client().project(project)).id, "campaigns")
    found = await client().rows(path, CampaignRow.read, limit=limit, cursor=cursor)
    return Page(rows=[CampaignSeen.of(row) for row in found.rows], cursor=found.cursor)


async def read_budgets(project: Project) -> Spending:
    """What this token may still spend in a project, and above which amount somebody must agree."""
    found = await client().project(project)
    rule, budgets = await found.spending(), await found.budgets().list()
    return Spending(
        paid_sources=rule.paid_sources,
        approval_above_usd=rule.approval_above,
        budgets=[Budget.of(row) for row in budgets],
    )


TOOLS = [
    strict(function, READS)
    for function in (
        list_projects,
        list_sources,
        list_backends,
        list_jobs,
        list_campaigns,
        read_budgets,
    )
]
