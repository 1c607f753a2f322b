"""Who may do what in one project, over HTTP."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from qtwin.accounts.api.scopes import need_scope
from qtwin.accounts.models import Role, Scope, User
from qtwin.projects.models import Project, ProjectMember
from qtwin.projects.models.member import GIVEN
from qtwin.projects.roster import roster_shown
from qtwin.projects.selectors import projects_managed_by, projects_visible_to
from qtwin.projects.services import project_member_end, project_member_set
from qtwin.projects.services.member import MemberRefused
from qtwin.rest.problem import PointedError, Refused
from qtwin.rest.serializer import StrictSerializer
from qtwin.rest.view import APIView


class PlaceRow(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="user.pk", help_text="The user's.")
    name = serializers.CharField(source="user.name")
    email = serializers.EmailField(source="user.email")
    role = serializers.ChoiceField(choices=Role.choices, help_text="Here.")
    team_role = serializers.ChoiceField(
        choices=Role.choices, allow_blank=True, help_text="In the team; empty for a guest."
    )
    guest = serializers.BooleanField()
    may_approve = serializers.BooleanField()


class PlaceInput(StrictSerializer):
    email = serializers.EmailField(help_text="Of a person with an account.")
    role = serializers.ChoiceField(choices=[role.value for role in GIVEN])


class ProjectMembersView(APIView):
    paged = False

    @extend_schema(responses=PlaceRow(many=True), operation_id="project_members_list")
    def get(self, request: Request, project_id: str) -> Response:
        """Members and guests; for guests those to whom the project gave a role."""
        user: Any = request.user
        project = get_object_or_404(projects_visible_to(user).select_related("team"), pk=project_id)
        return Response({"results": PlaceRow(roster_shown(project, user), many=True).data})

    @extend_schema(
        request=PlaceInput, responses=PlaceRow(many=True), operation_id="project_members_set"
    )
    def put(self, request: Request, project_id: str) -> Response:
        """Give one person a role in this project, and list all; for those who manage it."""
        project, by = managed_project(request, project_id)
        data = PlaceInput(data=request.data)
        data.is_valid(raise_exception=True)
        email = data.validated_data["email"].lower()
        user = User.objects.filter(email=email, is_active=True).first()
        if user is None:
            raise PointedError("/email", f"{email!r} has no account; invite them to a team first")
        role = Role(data.validated_data["role"])
        try:
            project_member_set(project=project, user=user, role=role, by=by)
        except MemberRefused as error:
            raise _problem(error) from error
        return self.get(request, project_id)


class ProjectMemberView(APIView):
    @extend_schema(responses={204: None}, operation_id="project_members_end")
    def delete(self, request: Request, project_id: str, user_id: str) -> Response:
        """Let a member have the team's role again, and let a guest go."""
        project, by = managed_project(request, project_id)
        rows = ProjectMember.objects.filter(project=project)
        member = get_object_or_404(rows.select_related("project__team", "user"), user=user_id)
        try:
            project_member_end(member=member, by=by)
        except MemberRefused as error:
            raise _problem(error) from error
        return Response(status=204)


class ProjectLeaveView(APIView):
    @extend_schema(request=None, responses={204: None}, operation_id="project_members_leave")
    def post(self, request: Request, project_id: str) -> Response:
        """Leave a project that let you in as a guest."""
        need_scope(request, Scope.ADMIN)
        user: Any = request.user
        visible = projects_visible_to(user).values("pk")
        rows = ProjectMember.objects.filter(project__in=visible, membership=None, user=user)
        member = get_object_or_404(rows.select_related("project__team", "user"), project=project_id)
        project_member_end(member=member, by=user)
        return Response(status=204)


def managed_project(request: Request, project_id: str) -> tuple[Project, User]:
    """The project, for those who manage it, and who asks; a token needs the scope admin."""
    need_scope(request, Scope.ADMIN)
    user: Any = request.user
    rows = projects_managed_by(user).select_related("team")
    return get_object_or_404(rows, pk=project_id), user


def _problem(error: MemberRefused) -> Refused:
    return Refused(f"/{error.field}" if error.field else "", str(error), "role_refused", {})
