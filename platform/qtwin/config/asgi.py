"""ASGI entry: ``uvicorn qtwin.config.asgi:application``."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qtwin.config.settings")
_django = get_asgi_application()

from django.conf import settings  # noqa: E402 - the settings' module is named above

from qtwin.config.body_limit import ROOM, BodyLimit  # noqa: E402

application = BodyLimit(_django, int(settings.ARCHIVE_MAX_BYTES) + ROOM)
