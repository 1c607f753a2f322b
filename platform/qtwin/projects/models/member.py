"""What a person may do in one project, other than in the rest of its team."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from qtwin.accounts.models import Membership, Role, User
from qtwin.projects.models.project import Project

GUESTS = (Role.VIEWER, Role.OPERATOR)
"""What a person of no team may be."""
GIVEN = (*GUESTS, Role.ADMIN)


class ProjectMember(models.Model):
    """Raises or lowers a member's role here, or lets in a guest, who has no membership.

    It ends with the membership that it is about.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    membership = models.ForeignKey(
        Membership, null=True, on_delete=models.CASCADE, related_name="+"
    )
    role = models.CharField(max_length=10, choices=Role)
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "user"], name="project_member_once"),
            models.CheckConstraint(
                condition=Q(role__in=GUESTS) | Q(role=Role.ADMIN, membership__isnull=False),
                name="project_member_role_fits",
            ),
        ]
