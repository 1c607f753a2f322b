"""``python -m qtwin.config.start MODULE …``: a program of a server, once its settings are right.

It becomes ``python -m MODULE …``, and ends with status 2 and a sentence about each mistake if there
are any.
"""

from __future__ import annotations

import os
import runpy
import sys
from collections.abc import Sequence

from django.core.exceptions import ImproperlyConfigured

WRONG = 2


def settings_are_right() -> bool:
    """Read the settings; what is wrong with them goes to standard error."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qtwin.config.settings")
    from django.conf import settings

    try:
        os.environ["FORWARDED_ALLOW_IPS"] = ",".join(settings.PROXIES)  # for uvicorn
    except ImproperlyConfigured as error:
        for sentence in str(error).splitlines():
            sys.stderr.write(f"qtwin: {sentence}\n")
        return False
    return True


def main(words: Sequence[str]) -> int:
    """Run a module by its name, with arguments; returns its exit status."""
    if not settings_are_right():
        return WRONG
    sys.argv = list(words)
    runpy.run_module(words[0], run_name="__main__", alter_sys=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
