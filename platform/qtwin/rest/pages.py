"""Cursor pages, newest first; nothing is counted."""

from __future__ import annotations

from rest_framework.pagination import CursorPagination


class NewestFirst(CursorPagination):
    ordering = ("-created_at", "-id")
    page_size_query_param = "limit"
    max_page_size = 200


class OldestFirst(NewestFirst):
    ordering = ("created_at", "id")
