"""The web process stays light (bar 11 of the performance design)."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.benchmarks.conftest import Bar

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
import django
django.setup()
from django.conf import settings
settings.ALLOWED_HOSTS = ["*"]
address = "/api/v1/health/live"
"""
MEASURE = """
from django.core.handlers.wsgi import WSGIHandler
from django.test import Client
assert Client().get(address).status_code == 200
import psutil
print(psutil.Process().memory_info().rss)
"""


def resident_bytes(code: str) -> int:
    done = subprocess.run(
        [sys.executable, "-c", code + MEASURE],
        capture_output=True,
        text=True,
        env=os.environ,
        check=True,
    )
    return int(done.stdout)


def test_memory_of_the_web_process_against_bare_django(bar: Bar) -> None:
    ratio = resident_bytes(OURS) / resident_bytes(BARE)
    bar("web process memory / bare Django + DRF", ratio, at_most=1.5)
