"""Teams own projects; a membership says what a person may do in one."""

from __future__ import annotations

from django.db import models

from qtwin.accounts.ids import new_id
from qtwin.accounts.models.user import User


class Role(models.TextChoices):
    OWNER = "owner"
    ADMIN = "admin"
    OPERATOR = "operator"
    VIEWER = "viewer"


RISING = (Role.VIEWER, Role.OPERATOR, Role.ADMIN, Role.OWNER)
"""From the role that may least to the one that may most."""

WRITERS = (Role.OWNER, Role.ADMIN, Role.OPERATOR)
MANAGERS = (Role.OWNER, Role.ADMIN)


class Team(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=120)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role)
    may_approve = models.BooleanField(default=False, help_text="May approve spending.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["team", "user"], name="membership_once"),
            models.CheckConstraint(
                condition=models.Q(role__in=Role.values), name="membership_role_known"
            ),
        ]
