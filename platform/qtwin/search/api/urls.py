"""The route of the search."""

from django.urls import path

from qtwin.search.api.search import SearchView

urlpatterns = [path("search", SearchView.as_view())]
