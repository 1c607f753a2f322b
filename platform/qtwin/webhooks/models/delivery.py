"""One event on its way to one webhook."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from qtwin.accounts.ids import new_id
from qtwin.webhooks.kinds import Kind
from qtwin.webhooks.models.webhook import Webhook


class Delivery(models.Model):
    """``body`` is sent byte for byte each time; ``event`` names it to whoever gets it twice."""

    class State(models.TextChoices):
        WAITING = "waiting"
        DELIVERED = "delivered"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    event = models.UUIDField()
    kind = models.CharField(max_length=20, choices=Kind)
    body = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField()
    last_at = models.DateTimeField(null=True, blank=True)
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    detail = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["webhook", "event"], name="delivery_once"),
            models.CheckConstraint(
                condition=~Q(state="failed") | ~Q(detail=""), name="delivery_failed_says_why"
            ),
        ]
        indexes = [
            models.Index(
                fields=["webhook", "next_at"], name="delivery_due", condition=Q(state="waiting")
            ),
            models.Index(fields=["webhook", "-created_at", "-id"], name="delivery_by_webhook"),
        ]
