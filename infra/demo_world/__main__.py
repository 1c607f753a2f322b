"""``python -m infra.demo_world``: learn, train, transfer, report."""

import sys

from infra.demo_world.run import main

sys.exit(main(sys.argv[1:]))
