"""One search over what somebody may see: projects, jobs, sources, campaigns, backends and teams.

It has no tables of its own. Each finder asks for a handful of rows more than it shows, and none
asks more than the selectors of `qtwin.projects`, `qtwin.jobs` and so on show that person.
"""
