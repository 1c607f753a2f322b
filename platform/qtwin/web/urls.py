"""Pages, at the addresses that people share."""

from __future__ import annotations

from django.urls import path

from qtwin.web.views import events, jobs, projects, session

app_name = "web"

urlpatterns = [
    path("", projects.home, name="home"),
    path("sign-in", session.sign_in, name="sign-in"),
    path("sign-in/link/<str:token>", session.sign_in_link, name="sign-in-link"),
    path("sign-out", session.sign_out, name="sign-out"),
    path("projects", projects.project_list, name="projects"),
    path("projects/<uuid:project_id>", projects.project_page, name="project"),
    path("jobs", jobs.job_list, name="jobs"),
    path("jobs/<uuid:job_id>", jobs.job_page, name="job"),
    path("jobs/<uuid:job_id>:cancel", jobs.job_cancel_action, name="job-cancel"),
    path("events", events.all_events, name="events"),
    path("events/projects/<uuid:project_id>", events.project_events, name="project-events"),
]
