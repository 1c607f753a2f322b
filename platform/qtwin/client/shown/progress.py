"""Bars on long work: on a terminal, in a notebook, and nothing where nobody looks."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import escape
from typing import Any, Protocol, TypeVar


class SoFar(Protocol):
    """What a bar can show."""

    @property
    def so_far(self) -> tuple[int, int, str]: ...


RowT = TypeVar("RowT", bound=SoFar)


@contextmanager
def shown(
    progress: bool | Callable[[RowT], None], title: str
) -> Iterator[Callable[[RowT], None] | None]:
    """What is to be told each row: the caller's function, a bar, or nothing."""
    if callable(progress):
        yield progress
    elif not progress:
        yield None
    elif (cell := _notebook_cell()) is not None:
        yield _in_notebook(cell, title)
    elif sys.stderr.isatty():
        with _on_terminal(title) as tell:
            yield tell
    else:
        yield None


@contextmanager
def _on_terminal(title: str) -> Iterator[Callable[[SoFar], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
    from rich.progress import TimeElapsedColumn as Elapsed

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    state = TextColumn("{task.fields[word]}")
    console = Console(stderr=True)
    with Progress(*columns, state, Elapsed(), console=console, transient=True) as bar:
        task = bar.add_task(title, total=None, word="")

        def tell(row: SoFar) -> None:
            done, total, word = row.so_far
            bar.update(task, completed=done, total=total or None, word=word)

        yield tell


def _notebook_cell() -> Any | None:
    """A cell's output that can be shown anew; None outside of a notebook."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is None or not hasattr(shell, "kernel"):
        return None
    from IPython.display import HTML, DisplayHandle

    cell = DisplayHandle()
    return lambda first, html: (cell.display if first else cell.update)(HTML(html))


def _in_notebook(show: Any, title: str) -> Callable[[SoFar], None]:
    """A bar of HTML, which needs no widgets."""
    first = [True]

    def tell(row: SoFar) -> None:
        show(first[0], bar_html(row, title))
        first[0] = False

    return tell


def bar_html(row: SoFar, title: str) -> str:
    """A bar that a reader of screens reads too."""
    done, total, word = row.so_far
    label = escape(f"{title}: {done} of {total}, {word}")
    return (
        f'<label><progress max="{max(total, 1)}" value="{done}" aria-label="{label}"></progress> '
        f"{label}</label>"
    )
