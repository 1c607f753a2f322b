"""A row with a secret in an envelope."""

from __future__ import annotations

from django.db import models


class SealedModel(models.Model):
    """An envelope: the secret under its own data key, that key under the platform's key.

    Both ciphers authenticate what the secret is bound to, such as its row's id and team, so that a
    row copied to another team cannot be opened.
    """

    key_id = models.CharField(max_length=16, help_text="Which platform key wraps the data key.")
    wrapped_key = models.BinaryField()
    ciphertext = models.BinaryField()

    class Meta:
        abstract = True

    @property
    def bound(self) -> bytes:
        """What the secret is bound to."""
        raise NotImplementedError
