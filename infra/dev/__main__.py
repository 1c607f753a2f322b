"""``python -m infra.dev``: start everything, run the demo, print the address."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - the sentence that an older Python deserves
    sys.exit("QTwin needs Python 3.11 or newer; this is " + sys.version.split(maxsplit=1)[0] + ".")

from infra.dev.options import parse
from qtwin.serve.run import start

sys.exit(start(parse(sys.argv[1:])))
