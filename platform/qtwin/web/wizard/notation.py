"""How parts of a system's document are typed, in lines that people write, and written back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from backends.systems.expression import RESERVED
from qtwin.web.typed import number

WORD = r"[IXYZ]+|[IXYZ]\d+(?:\s+[IXYZ]\d+)*"
TERM = re.compile(rf"(?:(?P<factor>.+?)\s*\*\s*)?(?P<word>{WORD})")
OWN = re.compile(r'(?P<name>\w+)\s*(?:"(?P<label>[^"]*)")?\s*=\s*(?P<what>.+)')
BITS = re.compile(r"\|(?P<bits>[01]+)>")
NAME = re.compile(r"(?<![\w.])[A-Za-z_]\w*")


def plain(value: Any) -> str:
    """A number as people type it, or a text."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def program_read(text: str) -> str:
    """A program, its last line ended."""
    return f"{text}\n"


def shape_read(text: str) -> Any:
    """``10``, or ``2 × 3`` of rows and columns."""
    parts = [number(part) for part in re.split(r"[x×,]|\s+", text.strip()) if part.strip()]
    return parts[0] if len(parts) == 1 else parts


def shape_shown(value: Any) -> str:
    return " × ".join(map(str, value)) if isinstance(value, list) else str(value)


def atoms_read(text: str) -> list[dict[str, Any]]:
    """A line for each atom: element and three coordinates, with commas where there are blanks.

    The two lines that head an XYZ file are skipped.
    """
    lines = [line.strip() for line in text.strip().splitlines()]
    if lines and lines[0].isdecimal():
        lines = lines[2:]
    return [_atom(line, row + 1) for row, line in enumerate(filter(None, lines))]


def _atom(line: str, row: int) -> dict[str, Any]:
    element, _, rest = line.partition(" ")
    places = rest.split(",") if "," in rest else rest.split()
    if len(places) != 3:
        raise ValueError(
            f"line {row} is {line!r}; allowed: an element and three coordinates, such as "
            "H 0 0 0.74; with commas between them where they have blanks"
        )
    return {"element": element, "position": [number(place.strip()) for place in places]}


def atoms_shown(value: Sequence[Mapping[str, Any]]) -> str:
    return "\n".join(f"{atom['element']} {_spread(atom['position'])}" for atom in value)


def _spread(places: Sequence[Any]) -> str:
    texts = [plain(place) for place in places]
    return (", " if any(" " in text for text in texts) else " ").join(texts)


def wave_read(text: str) -> Any:
    """A number, an expression, or ``time: value, …``."""
    if ":" not in text:
        return number(text.strip())
    pairs = [part.partition(":") for part in text.split(",") if part.strip()]
    if not all(colon for _, colon, _ in pairs):
        raise ValueError(f"{text!r}; allowed: times with values, such as 0: 0, 0.3: 15, 3: 0")
    return {
        "times": [number(time.strip()) for time, _, _ in pairs],
        "values": [number(value.strip()) for _, _, value in pairs],
    }


def wave_shown(value: Any) -> str:
    if not isinstance(value, Mapping):
        return plain(value)
    pairs = zip(value["times"], value["values"], strict=True)
    return ", ".join(f"{plain(time)}: {plain(entry)}" for time, entry in pairs)


def places_read(text: str) -> list[list[Any]]:
    """A line for each atom: two coordinates."""
    lines = [line for line in text.splitlines() if line.strip()]
    return [
        [number(part.strip()) for part in (line.split(",") if "," in line else line.split())]
        for line in lines
    ]


def places_shown(value: Sequence[Sequence[Any]]) -> str:
    return "\n".join(map(_spread, value))


def pairs_read(text: str) -> list[list[Any]]:
    """``0-1, 1-2``."""
    return [[number(end) for end in pair.strip().split("-")] for pair in text.split(",")]


def pairs_shown(value: Sequence[Sequence[Any]]) -> str:
    return ", ".join("-".join(map(str, pair)) for pair in value)


def numbers_read(text: str) -> list[Any]:
    return [number(part) for part in re.split(r"[,\s]+", text.strip())]


def numbers_shown(value: Sequence[Any]) -> str:
    return ", ".join(map(str, value))


def terms_read(text: str) -> dict[str, Any]:
    """Pauli words with coefficients, a line or a summand for each."""
    found: dict[str, Any] = {}
    for line in filter(str.strip, text.splitlines()):
        for sign, summand in _summands(line):
            word, factor = _term(summand, sign)
            if word in found:
                raise ValueError(f"{word!r} is there twice; allowed: each word once")
            found[word] = factor
    return found


def _term(summand: str, sign: str) -> tuple[str, Any]:
    match = TERM.fullmatch(summand)
    if match is None and summand.startswith("-"):
        match, sign = TERM.fullmatch(summand[1:].strip()), "-"
    if match is None:
        raise ValueError(
            f"{summand!r}; allowed: a coefficient, *, and a Pauli word, such as -0.5 * Z0 Z1"
        )
    factor = number(_bare(match["factor"].strip())) if match["factor"] else 1.0
    if sign == "-":
        factor = f"-({factor})" if isinstance(factor, str) else -factor
    return match["word"], factor


def _bare(text: str) -> str:
    """Without parentheses around the whole."""
    if text.startswith("(") and text.endswith(")"):
        inner, depth = text[1:-1], 0
        for letter in inner:
            depth += (letter == "(") - (letter == ")")
            if depth < 0:
                return text
        return inner
    return text


def _summands(line: str) -> Iterator[tuple[str, str]]:
    """What stands between + and - outside parentheses, each with its sign."""
    depth, sign, part = 0, "+", ""
    for letter in line.strip():
        depth += (letter == "(") - (letter == ")")
        if letter in "+-" and depth == 0 and TERM.fullmatch(part.strip().removeprefix("-").strip()):
            yield sign, part.strip()
            sign, part = letter, ""
        else:
            part += letter
    yield sign, part.strip()


def terms_shown(value: Any, between: str = "\n") -> str:
    pairs = (
        value.items()
        if isinstance(value, Mapping)
        else [(term["word"], term["coefficient"]) for term in value]
    )
    return between.join(_term_shown(word, factor) for word, factor in pairs)


def _term_shown(word: str, factor: Any) -> str:
    if isinstance(factor, str):
        return f"({factor}) * {word}"
    return word if factor == 1 else f"{plain(factor)} * {word}"


def own_read(text: str) -> list[dict[str, Any]]:
    """A line for each: ``name "label" = 0.5 * Z0 Z1 + X0``, or ``name = |0011>``."""
    return [_own(line.strip()) for line in text.splitlines() if line.strip()]


def _own(line: str) -> dict[str, Any]:
    match = OWN.fullmatch(line)
    if match is None:
        raise ValueError(
            f"{line!r}; allowed: a name, a label in quotes if you like, =, and a Pauli sum or "
            'bits, such as zz "Correlation" = 0.5 * Z0 Z1 or down = |11>'
        )
    label = {"label": match["label"]} if match["label"] else {}
    bits = BITS.fullmatch(match["what"].strip())
    what = {"bitstring": bits["bits"]} if bits else {"pauli": terms_read(match["what"])}
    return {"name": match["name"], **label, **what}


def own_shown(value: Sequence[Mapping[str, Any]]) -> str:
    return "\n".join(map(_own_shown, value))


def _own_shown(one: Mapping[str, Any]) -> str:
    label = f' "{one["label"]}"' if "label" in one else ""
    what = f"|{one['bitstring']}>" if "bitstring" in one else terms_shown(one["pauli"], " + ")
    return f"{one['name']}{label} = {what}"


def names_in(value: Any) -> Iterator[str]:
    """Names of controls in whatever was read, in order; keys of a mapping hold none."""
    if isinstance(value, str):
        yield from (name for name in NAME.findall(value) if name not in RESERVED)
    elif isinstance(value, Mapping):
        skipped = ("element", "name", "label", "bitstring", "word")
        for key, inner in value.items():
            if key not in skipped:
                yield from names_in(inner)
    elif isinstance(value, Sequence):
        for inner in value:
            yield from names_in(inner)
