"""A model of how a bill that changes late is looked at, explored in every order of events.

The vendor changes its bill a few times; two workers look at it. Each step of a worker is one line
of `workers.reconcile`. Between two of them it may sleep as long as it likes, or die.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

IDLE = ("idle", 0, 0)
CHANGES = 3

Worker = tuple[str, int, int]
"""What it does next, the number of its look, and what the vendor told it."""


class Books(NamedTuple):
    """Bills are numbered in the order in which the vendor makes them; 0 is what was settled."""

    bill: int = 0
    booked: int = 0
    went_back: bool = False
    looks: int = 0
    workers: tuple[Worker, Worker] = (IDLE, IDLE)


def explore(*, fence: bool) -> set[Books]:
    """Every state that can be reached.

    Args:
        fence: Whether only the last look that began may correct anything.
    """
    start = Books()
    seen, todo = {start}, [start]
    while todo:
        for after in _moves(todo.pop(), fence):
            if after not in seen:
                seen.add(after)
                todo.append(after)
    return seen


def settles(books: Books) -> bool:
    """Whether one undisturbed look, once the vendor has said its last word, makes it right."""
    looking = books._replace(looks=books.looks + 1, workers=(("ask", books.looks + 1, 0), IDLE))
    asked = next(_steps(looking, 0, fence=True))
    return next(_steps(asked, 0, fence=True)).booked == books.bill


def _moves(books: Books, fence: bool) -> Iterator[Books]:
    if books.bill < CHANGES:
        yield books._replace(bill=books.bill + 1)
    for me in range(2):
        if books.workers[me][0] == "idle":
            if books.looks < CHANGES + 1:
                look = books.looks + 1
                yield _with(books, me, ("ask", look, 0))._replace(looks=look)
            continue
        yield _with(books, me, IDLE)  # it dies
        yield from _steps(books, me, fence)


def _steps(books: Books, me: int, fence: bool) -> Iterator[Books]:
    pc, look, told = books.workers[me]
    if pc == "ask":
        yield _with(books, me, ("record", look, books.bill))
    elif fence and look != books.looks:
        yield _with(books, me, IDLE)
    else:
        back = books.went_back or told < books.booked
        yield _with(books, me, IDLE)._replace(booked=told, went_back=back)


def _with(books: Books, me: int, worker: Worker) -> Books:
    workers = (worker, books.workers[1]) if me == 0 else (books.workers[0], worker)
    return books._replace(workers=workers)
