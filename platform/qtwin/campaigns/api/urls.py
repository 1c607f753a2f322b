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
)

urlpatterns = [
    path("campaigns", AllCampaignsView.as_view()),
    path("campaigns/<uuid:campaign_id>", CampaignView.as_view()),
    path("campaigns/<uuid:campaign_id>:pause", PauseView.as_view()),
    path("campaigns/<uuid:campaign_id>:resume", ResumeView.as_view()),
    path("campaigns/<uuid:campaign_id>:cancel", CancelView.as_view()),
    path("campaigns/<uuid:campaign_id>/entries", EntriesView.as_view()),
    path("campaigns/<uuid:campaign_id>/decisions", DecisionsView.as_view()),
    path("projects/<uuid:project_id>/campaigns", ProjectCampaignsView.as_view()),
]
