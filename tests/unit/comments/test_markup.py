"""Texts as HTML: what is shown, and that nothing of a text ever runs."""

from __future__ import annotations

from html.parser import HTMLParser
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qtwin.comments.markup import markup

ADA = UUID("01890000-0000-7000-8000-000000000001")
ALLOWED = {
    "p": {"class"},
    "br": set(),
    "ul": set(),
    "li": set(),
    "pre": {"tabindex"},
    "code": set(),
    "strong": set(),
    "span": {"class"},
    "a": {"href", "rel"},
}
ATTACKS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    '[x](https://e.org/" onclick="alert(1))',
    'https://e.org/"onmouseover="alert(1)',
    "https://e.org/'><svg/onload=alert(1)>",
    "`</code><script>alert(1)</script>`",
    "```\n</pre><script>alert(1)</script>\n```",
    "**<b onclick=alert(1)>x</b>**",
    "# <h1 onclick=alert(1)>",
    "- <li onclick=alert(1)>",
    "[<img src=x onerror=alert(1)>](https://e.org)",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "@[01890000-0000-7000-8000-000000000001]<script>",
)


class Seen(HTMLParser):
    """The elements of a page, as a browser reads them."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def assert_harmless(html: str) -> None:
    for tag, attributes in Seen(html).tags:
        assert tag in ALLOWED, html
        assert set(attributes) <= ALLOWED[tag], html
        assert (attributes.get("href") or "https:").startswith(("https:", "http:")), html


@pytest.mark.parametrize("text", ATTACKS)
def test_an_attack_is_shown_as_the_text_that_it_is(text: str) -> None:
    html = markup(text, {ADA: "<b>Ada</b>"})
    assert_harmless(html)
    if "alert" in text:
        assert "alert(1)" in Seen(html).text + "".join(
            str(a.get("href")) for _, a in Seen(html).tags
        )


@given(st.lists(st.sampled_from([*ATTACKS, "`", "```", "**", "\n", "[", "](", ")", "a"])))
def test_no_mixture_of_attacks_makes_an_element(parts: list[str]) -> None:
    assert_harmless(markup("".join(parts), {}))


def test_links_code_bold_lists_and_titles_are_shown() -> None:
    text = (
        "# H2\nsee https://e.org/a(b)?x=1&y=2. Or [this](http://e.org/).\n\n"
        "- one **two**\n- `a < b`\n\n```py\nx = [1]\n\ny\n```\nend"
    )
    html = markup(text, {})
    rel = 'rel="nofollow noopener noreferrer ugc"'
    assert '<p class="title">H2</p>' in html
    assert f'<a href="https://e.org/a(b)?x=1&amp;y=2" {rel}>' in html
    assert f'<a href="http://e.org/" {rel}>this</a>.' in html
    assert "<ul><li>one <strong>two</strong></li><li><code>a &lt; b</code></li></ul>" in html
    assert '<pre tabindex="0">x = [1]\n\ny</pre><p>end</p>' in html


def test_people_are_shown_by_the_name_that_they_have_now() -> None:
    stored = f"ask @[{ADA}] and @[{UUID(int=1)}]"
    html = markup(stored, {ADA: "Ada <3"})
    assert '<span class="mention">@Ada &lt;3</span>' in html
    assert '<span class="mention">@somebody</span>' in html
