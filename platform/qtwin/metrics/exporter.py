"""A small HTTP server beside a worker or the sweeper: its metrics, and whether it beats."""

from __future__ import annotations

import logging
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from django.conf import settings

from qtwin.health.beat import STALE_S, beat_read
from qtwin.metrics.page import CONTENT_TYPE, PATH, allowed, page

READY = "/readyz"
log = logging.getLogger(__name__)


def export() -> ThreadingHTTPServer | None:
    """Serve from a thread of this process, if a port is set.

    A port that somebody else has costs metrics, not work: it is logged.
    """
    host, port = str(settings.METRICS_HOST), int(settings.METRICS_PORT)
    if not port:
        return None
    try:
        server = ThreadingHTTPServer((host, port), _Handler)
    except OSError as error:
        log.error("no metrics at %s:%d: %s", host, port, error.strerror)
        return None
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True, name="metrics").start()
    return server


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path == READY:
            beat = beat_read()
            fresh = beat is not None and beat.age_s <= STALE_S
            self._answer(HTTPStatus.OK if fresh else HTTPStatus.SERVICE_UNAVAILABLE, b"")
        elif path != PATH:
            self._answer(HTTPStatus.NOT_FOUND, b"")
        elif not allowed(self.headers.get("Authorization", "")):
            self._answer(HTTPStatus.UNAUTHORIZED, b"")
        else:
            self._answer(HTTPStatus.OK, page())

    def _answer(self, status: HTTPStatus, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", CONTENT_TYPE)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        """Say nothing: it is asked every few seconds."""
