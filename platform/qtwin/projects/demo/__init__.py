"""Demo projects: small, real, on local backends."""

from qtwin.projects.demo.demo import Demo
from qtwin.projects.demo.h2 import H2
from qtwin.projects.demo.ising import ISING
from qtwin.projects.demo.rydberg import RYDBERG
from qtwin.projects.demo.seed import demo_seed

DEMOS: dict[str, Demo] = {demo.key: demo for demo in (H2, ISING, RYDBERG)}

__all__ = ["DEMOS", "H2", "ISING", "RYDBERG", "Demo", "demo_seed"]
