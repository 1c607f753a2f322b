"""How comments, mentions and notes look in an answer."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from qtwin.accounts.models import User
from qtwin.comments.about import KINDS, kind_of, thing_id
from qtwin.comments.models import Comment, Mention
from qtwin.comments.models.comment import LONGEST
from qtwin.comments.models.note import LONGEST as LONGEST_NOTE
from qtwin.comments.people import unknown, written
from qtwin.comments.selectors import names_in
from qtwin.rest.serializer import StrictSerializer


class Person(serializers.ModelSerializer[User]):
    class Meta:
        model = User
        fields = ["id", "name"]


class Thing(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=KINDS)
    id = serializers.UUIDField()


class CommentRow(serializers.ModelSerializer[Comment]):
    project = serializers.UUIDField(source="project_id")
    about = serializers.SerializerMethodField()
    by = Person(allow_null=True, help_text="null: it came with an archive.")
    agent = serializers.SerializerMethodField(help_text="Whether an agent's token wrote it.")
    text = serializers.SerializerMethodField(help_text="Empty where it was deleted.")
    mentions = serializers.SerializerMethodField()
    unknown = serializers.SerializerMethodField(
        help_text="Words after an @ that are not the name or address of one person there."
    )
    deleted = serializers.SerializerMethodField()

    class Meta:
        model = Comment
        fields = [
            *("id", "project", "about", "by", "agent", "text", "mentions", "unknown"),
            *("created_at", "edited_at", "deleted"),
        ]

    @extend_schema_field(Thing)
    def get_about(self, row: Comment) -> Any:
        return {"kind": kind_of(row), "id": str(thing_id(row))}

    def get_agent(self, row: Comment) -> bool:
        return row.token is not None and row.token.agent

    def get_text(self, row: Comment) -> str:
        return written(row.text, names_in([row]))

    @extend_schema_field(Person(many=True))
    def get_mentions(self, row: Comment) -> Any:
        return Person([one.user for one in row.mentions.all()], many=True).data

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_unknown(self, row: Comment) -> Any:
        return unknown(row.text)

    def get_deleted(self, row: Comment) -> bool:
        return row.deleted_at is not None


class CommentText(StrictSerializer):
    text = serializers.CharField(
        max_length=LONGEST, help_text="Names people as @name or @e-mail address."
    )


class CommentInput(CommentText):
    job = serializers.UUIDField(required=False, help_text="What it is about, if not the project.")
    measurement = serializers.UUIDField(required=False)
    version = serializers.IntegerField(
        required=False, min_value=1, help_text="The number of a version of the twin."
    )


class MentionRow(serializers.ModelSerializer[Mention]):
    comment = serializers.UUIDField(source="comment_id")
    project = serializers.UUIDField(source="comment.project_id")
    by = Person(source="comment.by", allow_null=True)
    read = serializers.SerializerMethodField()

    class Meta:
        model = Mention
        fields = ["id", "comment", "project", "by", "created_at", "read"]

    def get_read(self, row: Mention) -> bool:
        return row.read_at is not None


class MentionsRead(StrictSerializer):
    ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1),
        required=False,
        max_length=200,
        help_text="Of mentions; all where it is missing.",
    )


class ReadCount(serializers.Serializer[Any]):
    read = serializers.IntegerField(help_text="How many were not read before.")


class NoteRow(serializers.Serializer[Any]):
    text = serializers.CharField(allow_blank=True)
    revision = serializers.IntegerField(help_text="0 where nobody wrote one yet.")
    edited_by = Person(allow_null=True)
    edited_at = serializers.DateTimeField(allow_null=True)


class NoteInput(StrictSerializer):
    text = serializers.CharField(
        max_length=LONGEST_NOTE, allow_blank=True, help_text="Empty to take it away."
    )
    revision = serializers.IntegerField(
        required=False,
        min_value=0,
        max_value=2**31 - 1,
        help_text="The one that you saw: 409, and nothing is done, if there is another now.",
    )
