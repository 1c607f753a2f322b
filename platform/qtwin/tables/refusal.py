"""What is wrong in a file, and where."""

from __future__ import annotations


class FileRefused(Exception):
    """Names file, line, column, the value and what is allowed.

    Attributes:
        file: As it was given.
        line: Counted from 1; 0 when the whole file is meant.
        column: Of a CSV file the number of the cell, of a JSON file that of the character, counted
            from 1; 0 when the whole line is meant.
        name: The column's name, or the JSON pointer.
    """

    def __init__(
        self, message: str, *, file: str, line: int = 0, column: int = 0, name: str = ""
    ) -> None:
        super().__init__(message)
        self.file = file
        self.line = line
        self.column = column
        self.name = name

    @property
    def field(self) -> str:
        """The place in words."""
        words = [self.file]
        if self.line:
            words.append(f"line {self.line}")
        if self.column:
            words.append(f"column {self.column}")
        return ", ".join(words) + (f" ({self.name})" if self.name else "")

    @property
    def place(self) -> dict[str, str | int]:
        """The place for programs."""
        return {"file": self.file, "line": self.line, "column": self.column, "name": self.name}
