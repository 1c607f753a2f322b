"""Documents as pictures: SVG text with classes of the style sheet, and the same as tables.

Pure functions of documents; no web framework, no request, no engine. Whatever a user wrote is text
in the picture, never markup. Every picture has a title and a description for those who hear it.
"""
