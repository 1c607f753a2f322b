"""The web process stays light (bar 11 of the performance design)."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from tests.benchmarks.conftest import Bar
from tests.unit.test_web_imports import ENGINES

BARE = """
from django.conf import settings
settings.configure(
    SECRET_KEY="x", ALLOWED_HOSTS=["*"], ROOT_URLCONF="__main__", USE_TZ=True,
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "rest_framework"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    REST_FRAMEWORK={"DEFAULT_PERMISSION_CLASSES": [], "DEFAULT_AUTHENTICATION_CLASSES": []},
)
import django
django.setup()
from django.urls import path
from rest_framework.views import APIView
from rest_framework.response import Response
class Hello(APIView):
    def get(self, request):
        return Response({"hello": 1})
urlpatterns = [path("hello", Hello.as_view())]
address = "/hello"
"""
OURS = """
import qtwin.config.asgi
from django.conf import settings
settings.ALLOWED_HOSTS = ["*"]
address = "/api/v1/health/live"
"""
MEASURE = """
from django.core.handlers.wsgi import WSGIHandler
from django.test import Client
assert Client().get(address).status_code == 200
import psutil
import json, sys
print(json.dumps([psutil.Process().memory_info().rss, sorted(sys.modules)]))
"""


def resident(code: str) -> tuple[int, set[str]]:
    """Bytes in memory after one answer, and the packages that were imported."""
    done = subprocess.run(
        [sys.executable, "-c", code + MEASURE],
        capture_output=True,
        text=True,
        env=os.environ,
        check=True,
    )
    memory, modules = json.loads(done.stdout)
    return memory, {name.partition(".")[0] for name in modules}


def test_the_web_process_against_bare_django(bar: Bar) -> None:
    (ours, packages), (bare, _) = resident(OURS), resident(BARE)
    bar("11 memory", ours / bare, note=f"{ours / 2**20:.0f} MiB")
    engines = sorted(packages & (ENGINES | {"scipy"}))
    bar("11 engines", len(engines), note=", ".join(engines))
