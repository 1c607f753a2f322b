"""A new project in four steps, from what was typed so far to the project."""
