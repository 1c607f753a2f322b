"""A person, known by e-mail address."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models

from qtwin.accounts.ids import new_id

if TYPE_CHECKING:
    from qtwin.accounts.models.token import ApiToken


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, name: str, password: str | None = None) -> User:
        """Make a user; without a password only a sign-in link lets them in."""
        user = self.model(email=self.normalize_email(email).lower(), name=name)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    is_active = models.BooleanField(default=True)
    mention_mail = models.BooleanField(
        default=True, help_text="Whether they get mail when a comment names them."
    )
    created_at = models.DateTimeField(auto_now_add=True)
    erased_at = models.DateTimeField(null=True, blank=True, editable=False)

    token: ApiToken | None = None
    """By which they act in this request or job; it narrows what they may. Never stored."""

    shared: frozenset[UUID] = frozenset()
    """Projects that links show them in this browser, apart from what they may. Never stored."""

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    def __str__(self) -> str:
        return self.name
