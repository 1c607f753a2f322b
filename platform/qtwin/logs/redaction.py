"""Takes secrets out of text by their shapes. The last net: nobody should log one to begin with."""

from __future__ import annotations

import re

GONE = "[secret]"
NAMES = r"secret|password|passwd|token|api_?key|access_?key|private_?key|authorization|cookie|code"

SHAPES = [
    (re.compile(r"\bqt_[0-9a-f]{8}\.[\w-]+"), GONE),  # our tokens
    (re.compile(r"\bql_[\w-]{16,}"), GONE),  # of links that show a project
    (re.compile(r"\bwhsec_[\w+/=-]+"), GONE),
    (re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"), GONE),
    (re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*-----|$)", re.S), GONE),
    (re.compile(r"\b(Bearer|Basic)\s+[\w.~+/=-]{8,}", re.I), rf"\1 {GONE}"),
    (
        re.compile(r"(/(?:link|password|invitations?|shared?|join)/)[\w-]{16,}"),
        rf"\1{GONE}",
    ),
    (re.compile(r"(://[^\s/:@]*:)[^\s/@]+@"), rf"\1{GONE}@"),
    (re.compile(r"\b((?:__Host-|__Secure-)?(?:sessionid|csrftoken))=[^\s;,\"']+"), rf"\1={GONE}"),
    (
        re.compile(
            rf"(['\"]?[\w-]*(?:{NAMES})[\w-]*['\"]?\s*[:=]\s*)(['\"])(?:\\.|(?!\2).)+\2", re.I
        ),
        rf"\1\2{GONE}\2",
    ),
    (re.compile(rf"\b([\w-]*(?:{NAMES}))=[^\s&;,\"']+", re.I), rf"\1={GONE}"),
]


def redacted(text: str) -> str:
    """The text with what looks like a secret replaced."""
    for shape, instead in SHAPES:
        text = shape.sub(instead, text)
    return text
