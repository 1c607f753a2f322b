"""Migrations that lock nobody out: operations for large tables, and how long a lock is awaited."""

from qtwin.migrating.indexes import (
    AddIndexConcurrently,
    DropForeignKeyIndexConcurrently,
    RemoveIndexConcurrently,
)

__all__ = ["AddIndexConcurrently", "DropForeignKeyIndexConcurrently", "RemoveIndexConcurrently"]
