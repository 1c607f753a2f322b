"""Celery: decides only when; ``celery -A workers worker`` starts here."""

from workers.app import app

__all__ = ["app"]
