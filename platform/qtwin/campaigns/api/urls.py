"""Routes of campaigns."""

from django.urls import path

from qtwin.campaigns.api.campaign import (
    AllCampaignsView,
    CampaignView,
    CancelView,
    DecisionsView,
    EntriesView,
    PauseView,
    ProjectCampaignsView,
    ResumeView,
    RetryView,
)
from qtwin.campaigns.api.schedule import (
    ProjectSchedulesView,
    ScheduleStartView,
    ScheduleStopView,
    ScheduleView,
)

urlpatterns = [
    path("campaigns", AllCampaignsView.as_view()),
    path("campaigns/<uuid:campaign_id>", CampaignView.as_view()),
    path("campaigns/<uuid:campaign_id>:pause", PauseView.as_view()),
    path("campaigns/<uuid:campaign_id>:resume", ResumeView.as_view()),
    path("campaigns/<uuid:campaign_id>:retry", RetryView.as_view()),
    path("campaigns/<uuid:campaign_id>:cancel", CancelView.as_view()),
    path("campaigns/<uuid:campaign_id>/entries", EntriesView.as_view()),
    path("campaigns/<uuid:campaign_id>/decisions", DecisionsView.as_view()),
    path("schedules/<uuid:schedule_id>", ScheduleView.as_view()),
    path("schedules/<uuid:schedule_id>:stop", ScheduleStopView.as_view()),
    path("schedules/<uuid:schedule_id>:start", ScheduleStartView.as_view()),
    path("projects/<uuid:project_id>/schedules", ProjectSchedulesView.as_view()),
    path("projects/<uuid:project_id>/campaigns", ProjectCampaignsView.as_view()),
]
