"""An archive as the body of a request, put aside on the disk and never larger than allowed."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from rest_framework.parsers import BaseParser

from qtwin.rest.problem import PayloadTooLarge

CHUNK = 2**20


class ArchiveParser(BaseParser):
    media_type = "application/zip"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """The body as an open file of at most `settings.ARCHIVE_MAX_BYTES` bytes."""
        limit, size = int(settings.ARCHIVE_MAX_BYTES), 0
        file = tempfile.TemporaryFile()  # noqa: SIM115 - the view closes it
        while chunk := stream.read(CHUNK):
            size += len(chunk)
            if size > limit:
                file.close()
                raise PayloadTooLarge(limit, "")
            file.write(chunk)
        file.seek(0)
        return file
