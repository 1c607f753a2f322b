"""One formula, by recursive descent."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from typing import Final

from infra.docs.mathml.tokens import Tokens, UnknownTex
from infra.docs.mathml.words import (
    ACCENTS,
    FENCES,
    FUNCTIONS,
    LARGE,
    LETTERS,
    OPERATORS,
    SPACES,
    UPRIGHT,
)


def formula(tex: str, *, block: bool = False) -> str:
    """MathML Core of a formula.

    Raises:
        UnknownTex: It has a command that is not in `words`, or does not end.
    """
    tokens = Tokens(_with_texts(tex))
    body = _row(tokens, ends=())
    if tokens.next is not None:
        raise UnknownTex(f"{tokens.next} in {tex!r}")
    display = ' display="block"' if block else ""
    return f'<math{display} alttext="{escape(tex.strip())}">{_with_blanks(body)}</math>'


def _row(tokens: Tokens, *, ends: tuple[str, ...]) -> str:
    parts: list[str] = []
    while tokens.next is not None and tokens.next not in ends:
        sign = tokens.next == "-" and (not parts or parts[-1].endswith(_BEFORE_SIGN))
        parts.append(_prefix(tokens) if sign else _scripted(tokens))
    return parts[0] if len(parts) == 1 else f"<mrow>{''.join(parts)}</mrow>"


def _prefix(tokens: Tokens) -> str:
    """A minus that is the sign of what follows."""
    tokens.take()
    return '<mo form="prefix">−</mo>'


def _scripted(tokens: Tokens) -> str:
    """An atom with what stands below and above it."""
    large = tokens.next in {f"\\{name}" for name in ("sum", "prod", "min", "max")}
    base = _atom(tokens)
    found: dict[str, str] = {}
    while tokens.next in {"_", "^"}:
        where = tokens.take()
        found[where] = _atom(tokens)
    names = ("munder", "mover", "munderover") if large else ("msub", "msup", "msubsup")
    if not found:
        return base
    name = names[2] if len(found) == 2 else names[0 if "_" in found else 1]
    return f"<{name}>{base}{found.get('_', '')}{found.get('^', '')}</{name}>"


def _atom(tokens: Tokens) -> str:
    word = tokens.take()
    if word == "{":
        body = _row(tokens, ends=("}",))
        tokens.take("}")
        return body
    if word.startswith("\\"):
        return _command(word[1:], tokens)
    if word in {"}", "&", "^", "_"}:
        raise UnknownTex(f"{word} in {tokens.text!r}")
    if word[0].isdigit():
        return f"<mn>{word}</mn>"
    if word.isalpha():
        return f"<mi>{word}</mi>"
    return _operator({"-": "−", "*": "∗", "'": "′"}.get(word, word))


def _operator(sign: str) -> str:
    stretchy = ' stretchy="false"' if sign in FENCES else ""
    if sign == "|":  # of an absolute value, on either side
        stretchy += ' lspace="0.05em" rspace="0.05em"'
    return f"<mo{stretchy}>{escape(sign)}</mo>"


def _command(name: str, tokens: Tokens) -> str:
    if name in _BUILDERS:
        return _BUILDERS[name](tokens)
    if name in ACCENTS:
        return f'<mover accent="true">{_atom(tokens)}<mo>{ACCENTS[name]}</mo></mover>'
    if name not in _PLAIN:
        raise UnknownTex(f"\\{name} in {tokens.text!r}")
    return _PLAIN[name]


def _fraction(tokens: Tokens) -> str:
    return f"<mfrac>{_atom(tokens)}{_atom(tokens)}</mfrac>"


def _root(tokens: Tokens) -> str:
    return f"<msqrt>{_atom(tokens)}</msqrt>"


def _words(tokens: Tokens) -> str:
    """Upright letters, as they are written."""
    return f"<mtext>{escape(_letters(tokens))}</mtext>"


def _letters(tokens: Tokens) -> str:
    """What stands between braces."""
    tokens.take("{")
    letters = ""
    while tokens.next != "}":
        letters += tokens.take()
    tokens.take("}")
    return letters


def _named_function(tokens: Tokens) -> str:
    return _words(tokens).replace("mtext", "mi")


def _script(tokens: Tokens) -> str:
    """Calligraphic capitals."""
    letters = _letters(tokens)
    return "".join(f"<mi>{chr(0x1D49C + ord(letter) - ord('A'))}</mi>" for letter in letters)


def _stretched(tokens: Tokens) -> str:
    """Signs that grow with what stands between them: left and right."""
    left = _sign(tokens)
    body = _row(tokens, ends=("\\right",))
    tokens.take("\\right")
    return f"<mrow>{left}{body}{_sign(tokens)}</mrow>"


def _sign(tokens: Tokens) -> str:
    word = tokens.take()
    sign = "" if word == "." else OPERATORS.get(word.removeprefix("\\"), word)
    return f'<mo stretchy="true">{escape(sign)}</mo>'


def _table(tokens: Tokens) -> str:
    """``aligned`` and ``cases``: rows of cells."""
    kind = _environment(tokens)
    rows: list[str] = [""]
    while tokens.next != "\\end":
        rows[-1] += f"<mtd>{_row(tokens, ends=('&', _NEW_ROW, _END))}</mtd>"
        if tokens.next == _NEW_ROW:
            rows.append("")
        if tokens.next != "\\end":
            tokens.take()
    tokens.take()
    if _environment(tokens) != kind:
        raise UnknownTex(f"{kind} does not end in {tokens.text!r}")
    table = "".join(f"<mtr>{row}</mtr>" for row in rows if row)
    brace = '<mo stretchy="true">{</mo>' if kind == "cases" else ""
    return f'<mrow>{brace}<mtable class="{kind}">{table}</mtable></mrow>'


def _environment(tokens: Tokens) -> str:
    name = _letters(tokens)
    if name not in {"aligned", "cases"}:
        raise UnknownTex(f"environment {name} in {tokens.text!r}")
    return name


_BEFORE_SIGN: Final = ("(</mo>", "=</mo>", ",</mo>", "[</mo>")
_NEW_ROW: Final = "\\\\"
_END: Final = "\\end"
_BUILDERS: Final[dict[str, Callable[[Tokens], str]]] = {
    "frac": _fraction,
    "sqrt": _root,
    "text": _words,
    "mathrm": _words,
    "operatorname": _named_function,
    "mathcal": _script,
    "left": _stretched,
    "begin": _table,
}


def _with_texts(tex: str) -> str:
    """Blanks of a text as a sign that is no blank, which the words would leave out."""
    return re.sub(r"\\text\{[^}]*\}", lambda match: match[0].replace(" ", _BLANK), tex)


def _with_blanks(mathml: str) -> str:
    return mathml.replace(_BLANK, "\u00a0")


_PLAIN: Final = {
    **{name: f"<mi>{letter}</mi>" for name, letter in LETTERS.items()},
    **{name: f'<mi mathvariant="normal">{letter}</mi>' for name, letter in UPRIGHT.items()},
    **{name: _operator(sign) for name, sign in OPERATORS.items()},
    **{name: f"<mo>{sign}</mo>" for name, sign in LARGE.items()},
    **{name: f'<mo form="prefix" lspace="0.17em" rspace="0">{name}</mo>' for name in FUNCTIONS},
    **{name: f'<mspace width="{width}"/>' for name, width in SPACES.items()},
}
_BLANK: Final = "\u2423"
