"""What every answer is made of."""

from __future__ import annotations

from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

T = TypeVar("T")
MOST_ROWS = 50
MOST_POINTS = 50

Knobs = dict[str, Any]
Limit = Annotated[int, Field(ge=1, le=MOST_ROWS, description="Rows of one page.")]
Cursor = Annotated[
    str, Field(max_length=500, description="From the page before; empty for the first page.")
]
Project = Annotated[
    str, Field(min_length=1, max_length=120, description="Id of a project, or its exact name.")
]
Id = Annotated[str, Field(pattern=r"^[0-9a-fA-F-]{36}$", description="A UUID.")]
Name = Annotated[str, Field(max_length=40)]


class Shape(BaseModel):
    """One object of an answer."""

    model_config = ConfigDict(frozen=True)


class Page(Shape, Generic[T]):
    """Some rows of a list."""

    rows: list[T]
    cursor: str = Field(description="Ask with it for the rows that follow; empty: there are none.")


def moment(value: Any) -> str:
    """A time as it was sent; empty for none."""
    return str(value or "")
