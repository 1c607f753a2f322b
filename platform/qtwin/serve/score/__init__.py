"""Numbers to judge a demo's twin by, made without the sources that it was fitted to."""
