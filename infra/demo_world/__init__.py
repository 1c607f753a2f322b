"""``make demo-world``: from measurements to a posterior, a world, policies and their transfer."""
