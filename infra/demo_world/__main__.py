"""``python -m infra.demo_world``: learn, train, transfer, report."""

import os
import sys

from qtwin.fusion.threads import ONE_THREAD

os.environ.update(ONE_THREAD)  # each core has a process: their threads would wait for each other

from infra.demo_world.run import main  # NumPy reads it once

sys.exit(main(sys.argv[1:]))
