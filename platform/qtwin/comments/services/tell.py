"""Mail to people whom a comment names: where mail is configured, and not too much of it."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now

from qtwin.accounts.later import run_later
from qtwin.accounts.models import User
from qtwin.accounts.services.mail import mail_send
from qtwin.comments.models import Comment, Mention

MOST_TO_ONE = 6
MOST_BY_ONE = 30
WITHIN = timedelta(hours=1)
"""What goes beyond waits in the inbox, unmailed."""


def mentions_tell(*, comment: Comment, by: User, origin: str) -> None:
    """Mail to those who were not mailed yet, want mail and did not get much lately.

    The mail has no text of the comment: whoever may no longer see it learns nothing.
    """
    if not settings.EMAIL_HOST:
        return
    lately = Mention.objects.filter(mailed_at__gte=Now() - WITHIN)
    left = MOST_BY_ONE - lately.filter(comment__by=by).count()
    new = comment.mentions.filter(mailed_at=None, read_at=None, user__mention_mail=True)
    for mention in new.exclude(user=by).select_related("user").order_by("pk"):
        if left <= 0:
            return
        if lately.filter(user=mention.user_id).count() >= MOST_TO_ONE:
            continue
        if Mention.objects.filter(pk=mention.pk, mailed_at=None).update(mailed_at=Now()):
            left -= 1
            _later(mention.user, comment, by, origin)


def _later(to: User, comment: Comment, by: User, origin: str) -> None:
    project, who = comment.project.name, by.name
    link = f"{origin}comments/{comment.pk}"
    subject = f"{who} mentioned you in {project}".replace("\r", " ").replace("\n", " ")
    address, name = to.email, to.name

    def send() -> None:
        mail_send(
            to=address,
            subject=subject,
            template="mail/mention.txt",
            name=name,
            who=who,
            project=project,
            link=link,
        )

    transaction.on_commit(lambda: run_later(send))
