"""ASGI entry: ``uvicorn qtwin.config.asgi:application``."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qtwin.config.settings")
application = get_asgi_application()
