"""A whole server on this machine: embedded broker and database, web, workers, sweeper, demos.

It starts programs and speaks to them over HTTP; it imports none of the platform.
"""
