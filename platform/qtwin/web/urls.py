"""Pages, at the addresses that people share."""

from __future__ import annotations

from django.urls import path

from qtwin.web.views import (
    archive,
    campaign,
    dataset,
    events,
    job,
    new_job,
    project,
    schedule,
    session,
    team,
    vendor,
)

app_name = "web"

urlpatterns = [
    path("", project.home, name="home"),
    path("sign-in", session.sign_in, name="sign-in"),
    path("sign-in/link/<str:token>", session.sign_in_link, name="sign-in-link"),
    path("sign-out", session.sign_out, name="sign-out"),
    path("projects", project.project_list, name="projects"),
    path("imports", archive.imports_page, name="imports"),
    path("projects/<uuid:project_id>", project.project_page, name="project"),
    path("projects/<uuid:project_id>/new-job", new_job.new_job, name="new-job"),
    path("projects/<uuid:project_id>/data", dataset.dataset_create, name="dataset-create"),
    path("teams/<uuid:team_id>", team.team_page, name="team"),
    path("teams/<uuid:team_id>/members/<uuid:user_id>", team.member_change, name="member"),
    path("teams/<uuid:team_id>/credentials", vendor.credential_create, name="credential-create"),
    path(
        "teams/<uuid:team_id>/credentials/<uuid:credential_id>:<slug:verb>",
        vendor.credential_action,
        name="credential-action",
    ),
    path("teams/<uuid:team_id>/devices:refresh", vendor.devices_again, name="devices-again"),
    path("jobs", job.job_list, name="jobs"),
    path("jobs/<uuid:job_id>", job.job_page, name="job"),
    path("jobs/<uuid:job_id>:<slug:verb>", job.job_action, name="job-action"),
    path("campaigns", campaign.campaign_list, name="campaigns"),
    path("campaigns/<uuid:campaign_id>", campaign.campaign_page, name="campaign"),
    path(
        "campaigns/<uuid:campaign_id>:<slug:verb>", campaign.campaign_action, name="campaign-action"
    ),
    path(
        "projects/<uuid:project_id>/schedules",
        schedule.schedule_create_action,
        name="schedule-create",
    ),
    path(
        "schedules/<uuid:schedule_id>:<slug:verb>", schedule.schedule_action, name="schedule-action"
    ),
    path("events", events.all_events, name="events"),
    path("events/projects/<uuid:project_id>", events.project_events, name="project-events"),
]
