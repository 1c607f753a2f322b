"""A filter of a list, kept under a name."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from qtwin.accounts.ids import new_id
from qtwin.accounts.models import Team, User

LONGEST_NAME = 60
LONGEST_QUERY = 1000


class SavedFilter(models.Model):
    """An address: ``path``, such as ``/jobs``, and ``query``, the text after its question mark.

    Attributes:
        team: Whose members see it too; None for the user alone.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_filters")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.CASCADE)
    path = models.CharField(max_length=100)
    query = models.CharField(max_length=LONGEST_QUERY)
    name = models.CharField(max_length=LONGEST_NAME)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["team", "path"], name="saved_filter_by_team")]
        constraints = [
            models.UniqueConstraint(fields=["user", "path", "name"], name="saved_filter_name_once"),
            models.CheckConstraint(condition=~Q(name="") & ~Q(query=""), name="saved_filter_says"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def address(self) -> str:
        return f"{self.path}?{self.query}"
