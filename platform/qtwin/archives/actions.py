"""What happened in a project, as the archive's metadata tells it: jobs, campaigns, fits."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from qtwin.archives import crate, head, tables
from qtwin.campaigns.models import Campaign, Run
from qtwin.jobs.models import Job
from qtwin.projects.models import Project
from qtwin.twins.models import TwinFit, TwinVersion


def job_actions(project: Project) -> list[crate.Action]:
    """One action for each job that computed something."""
    jobs = Job.objects.filter(project=project, runs__isnull=False).distinct().order_by("pk")
    found = jobs.select_related("source_revision__source").prefetch_related("runs__raw")
    return [
        crate.Action(
            identifier=f"#job-{job.pk}",
            name=f"{job.source_revision.source.name}: {job.source_revision.method} on "
            f"{job.source_revision.backend}",
            what=f"A job: {job.points_total} points, {job.points_reused} of them known before",
            started=time_text(min(run.started_at for run in job.runs.all())),
            ended=time_text(max(run.finished_at for run in job.runs.all())),
            used=(head.MEMBER, tables.REVISIONS.member, tables.JOBS.member),
            software={n: v for run in job.runs.all() for n, v in run.versions.items()},
            left=tuple(dict.fromkeys(f"artifacts/{run.raw.sha256}" for run in job.runs.all())),
        )
        for job in found
    ]


def fits_of(project: Project) -> list[TwinFit]:
    """Every fit of the project's twin, version by version."""
    rows = TwinFit.objects.filter(version__twin__project=project)
    related = rows.select_related("version__twin__project", "observable", "artifact")
    return list(related.order_by("version__number", "pk"))


def version_actions(fits: list[TwinFit]) -> list[crate.Action]:
    """One action for each version of the twin."""
    versions: dict[TwinVersion, list[str]] = {}
    for fit in fits:
        versions.setdefault(fit.version, []).append(f"artifacts/{fit.artifact.sha256}")
    return [
        crate.Action(
            identifier=f"#version-{version.number}",
            name=f"Version {version.number} of the twin",
            what=f"A fit to {version.measurements} measurements",
            started=time_text(version.created_at - timedelta(seconds=version.fit_seconds)),
            ended=time_text(version.created_at),
            used=(tables.MEASUREMENTS.member, tables.VALIDITY.member, tables.SOURCES.member),
            software={"qtwin-fusion": version.fusion_version},
            left=tuple(dict.fromkeys(left)),
        )
        for version, left in versions.items()
    ]


def campaign_actions(project: Project, known: Collection[str]) -> list[crate.Entity]:
    """One action for each campaign, which organised those of its jobs that are ``known``."""
    runs = Run.objects.filter(campaign__project=project, job__isnull=False).order_by("number")
    jobs: dict[object, list[str]] = {}
    for campaign, job in runs.values_list("campaign", "job"):
        if f"#job-{job}" in known:
            jobs.setdefault(campaign, []).append(f"#job-{job}")
    return [
        crate.organised(
            identifier=f"#campaign-{campaign.pk}",
            name=campaign.name,
            what=f"A campaign: {campaign.state}. {campaign.reason}".strip(),
            started=time_text(campaign.created_at),
            ended=time_text(campaign.finished_at) if campaign.finished_at else "",
            actions=jobs.get(campaign.pk, []),
            left=[table.member for table in (tables.CAMPAIGNS, tables.STEPS, tables.ENTRIES)],
        )
        for campaign in Campaign.objects.filter(project=project).order_by("pk")
    ]


def time_text(moment: datetime) -> str:
    """A time as the metadata writes it."""
    return moment.isoformat(timespec="seconds")
