"""The site of the documentation: MkDocs' configuration, and the pages made from code."""
