"""WSGI entry, for servers that speak no ASGI (no live events then)."""

import os

from django.core.wsgi import get_wsgi_application

from qtwin.config.deferred import defer

defer("numpy")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qtwin.config.settings")
application = get_wsgi_application()
