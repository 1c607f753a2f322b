"""Mail to a person about their account."""

from __future__ import annotations

import logging
from smtplib import SMTPException
from typing import Any

from django.core.mail import send_mail
from django.template.loader import render_to_string

log = logging.getLogger(__name__)


def mail_send(*, to: str, subject: str, template: str, **words: Any) -> bool:
    """Whether the server took it; the log says why not, without address or text."""
    try:
        send_mail(subject, render_to_string(template, words), None, [to])
    except (OSError, SMTPException) as error:
        log.warning("mail %s was not sent: %s", template, type(error).__name__)
        return False
    return True
