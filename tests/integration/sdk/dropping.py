"""A loopback server before another one, that now and then keeps an answer to itself."""

from __future__ import annotations

import http.client
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit


class Dropping(ThreadingHTTPServer):
    """Passes requests on to ``url``; of the first ``drops`` answers to POST nothing comes back."""

    daemon_threads = True

    def __init__(self, url: str, *, drops: int) -> None:
        super().__init__(("127.0.0.1", 0), _Passing)
        self.behind, self.drops = str(urlsplit(url).netloc), drops
        self.passed: list[str] = []
        self.thread = threading.Thread(target=self.serve_forever, daemon=True)
        self.thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def close(self) -> None:
        self.shutdown()
        self.server_close()
        self.thread.join()


class _Passing(BaseHTTPRequestHandler):
    server: Dropping

    def do_GET(self) -> None:
        self._pass()

    def do_POST(self) -> None:
        self._pass()

    def _pass(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        behind = http.client.HTTPConnection(self.server.behind, timeout=30)
        headers = {name: value for name, value in self.headers.items() if name != "Host"}
        behind.request(self.command, self.path, body, headers)
        answer = behind.getresponse()
        content = answer.read()
        behind.close()
        if self.command == "POST" and self.server.drops > 0:
            self.server.drops -= 1
            self.server.passed.append(f"{answer.status} kept back")
            self.close_connection = True
            return
        self.server.passed.append(str(answer.status))
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.headers.get("Content-Type", ""))
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base names it
        """Nothing."""
