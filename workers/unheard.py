"""How many hints wait for a worker already."""

from __future__ import annotations

from workers.app import app


def unheard(queue: str) -> int:
    """Messages in a queue; 0 where there is no such queue, or nobody who could tell."""
    try:
        with app.connection_or_acquire() as connection:
            told = connection.default_channel.queue_declare(queue=queue, passive=True)
            return int(told.message_count)
    except Exception:  # whatever the broker's client raises: then there is a hint too many
        return 0
