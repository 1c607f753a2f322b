"""Thousands of requests that the OpenAPI document allows, and that it forbids."""
