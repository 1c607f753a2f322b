"""An element of SVG and its text, in which everything that was written by users is escaped."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

Value = str | int | float


@dataclass(frozen=True, slots=True)
class Element:
    """A tag with attributes and children, in order."""

    tag: str
    attributes: tuple[tuple[str, Value], ...] = ()
    children: tuple[Element | str, ...] = ()

    def __str__(self) -> str:
        return "".join(self._parts())

    def __html__(self) -> str:
        """Its text, for templates: what users wrote is escaped in it."""
        return str(self)

    def find(self, tag: str) -> Iterator[Element]:
        """Elements of a tag in it, itself too, in the order of the text."""
        if self.tag == tag:
            yield self
        for child in self.children:
            if isinstance(child, Element):
                yield from child.find(tag)

    def of_class(self, name: str) -> Iterator[Element]:
        """Elements in it that have a class."""
        if name in str(self.get("class", "")).split():
            yield self
        for child in self.children:
            if isinstance(child, Element):
                yield from child.of_class(name)

    def get(self, name: str, default: Value = "") -> Value:
        """An attribute."""
        return dict(self.attributes).get(name, default)

    def _parts(self) -> Iterator[str]:
        said = "".join(f' {name}="{shown(value)}"' for name, value in self.attributes)
        if not self.children:
            yield f"<{self.tag}{said}/>"
            return
        yield f"<{self.tag}{said}>"
        for child in self.children:
            if isinstance(child, Element):
                yield from child._parts()
            else:
                yield escape(_clean(child))
        yield f"</{self.tag}>"


def element(tag: str, *children: Element | str, **attributes: Value | None) -> Element:
    """An element; ``class_`` is the attribute class, ``stroke_width`` is stroke-width.

    An attribute that is None is left out.
    """
    given = tuple(
        (name if name == "viewBox" else name.rstrip("_").replace("_", "-"), value)
        for name, value in attributes.items()
        if value is not None
    )
    return Element(tag, given, children)


def picture(
    width: float, height: float, *children: Element, title: str, about: str, class_: str
) -> Element:
    """An ``<svg>`` of its natural size in px, with its name and what it shows."""
    return element(
        "svg",
        element("title", title),
        element("desc", about),
        *children,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {number(width)} {number(height)}",
        width=width,
        height=height,
        class_=f"drawing {class_}",
        role="img",
        aria_label=f"{title}. {about}",
    )


def shown(value: Value) -> str:
    """An attribute's value, escaped."""
    return escape(_clean(value)) if isinstance(value, str) else number(value)


def number(value: float) -> str:
    """With at most two digits after the point: a hundredth of a pixel."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _clean(text: str) -> str:
    """Without what XML cannot hold."""
    return "".join(letter for letter in text if letter >= " " or letter in "\t\n")
