"""A drawing surface that knows the direction of reading.

Coordinates run from the side where reading starts: the left in English and French, the right in Arabic. So a
chart is written once and comes out mirrored where readers expect it. ``text-anchor`` means the same in both,
because SVG defines it along the direction of the text.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from itertools import count
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from himaya.language import Language, direction

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Point = tuple[float, float]


def element(name: str, content: str = "", **attributes: object) -> Markup:
    """One XML element; attribute values and plain content are escaped, ``_`` in names becomes ``-``."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_short(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    return Markup(f"<{name}{written}>{escape(content)}</{name}>" if content else f"<{name}{written}/>")  # noqa: S704 - every part is escaped above


HATCH = Markup(
    '<pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect width="5" height="5" class="paper"/><rect width="2.6" height="5" class="thread"/></pattern>'
)
"""What the second style of bars is filled with."""


def alone(picture: Markup, lang: Language, style: str, patterns: str = "") -> str:
    """A picture (:meth:`Drawing.svg`) as an SVG document of its own, with its styles."""
    width, height = re.findall(r'viewBox="0 0 (\S+) (\S+)"', picture)[0]
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" xml:lang="{lang}" '
        f'width="{float(width):.0f}" height="{float(height):.0f}"'
    )
    inner = f"<style>{style}</style>" + (f"<defs>{patterns}</defs>" if patterns else "")
    return str(picture).replace("<svg", head, 1).replace("</desc>", f"</desc>{inner}", 1)


@cache
def chart_style() -> str:
    """The rules of the report's charts, each colour by its value: a picture of its own has no page to inherit from."""
    css = resources.files("himaya.report").joinpath("templates/style.css").read_text(encoding="utf-8")
    colours = dict(re.findall(r"--(\w+):(#\w+)", css))
    screen = css.partition("@media")[0]
    rules = re.findall(r"^(?:\.(?:chart|s\d|paper|tie|grid|axis|mark|ink)\b)[^\n]*$", screen, re.MULTILINE)
    font = "text{font-family:'Noto Sans','Noto Sans Arabic','Segoe UI',Arial,sans-serif}"
    written = re.sub(r"var\(--(\w+)\)", lambda found: colours[found[1]], "".join(rules))
    return font + written.replace("font-family:inherit;", "")


class Drawing:
    """Shapes on a surface of ``width`` x ``height`` units, styled by CSS classes.

    Parameters
    ----------
    width, height
        Size of the view box.
    lang
        Decides the side where x = 0 lies.
    """

    def __init__(self, width: float, height: float, lang: Language) -> None:
        self.width, self.height, self.lang = width, height, lang
        self._mirrored = direction(lang) == "rtl"
        self._parts: list[Markup] = []

    def rect(self, corner: Point, width: float, height: float, style: str, tip: str = "") -> None:
        """Draw a rectangle from its corner nearest the start of reading; ``tip`` shows when pointed at."""
        x, y = corner
        left = self.width - x - width if self._mirrored else x
        title = element("title", tip) if tip else Markup()
        self._parts.append(element("rect", title, x=left, y=y, width=width, height=height, class_=style))

    def line(self, start: Point, end: Point, style: str) -> None:
        """Draw a straight line."""
        (x1, y1), (x2, y2) = self._at(start), self._at(end)
        self._parts.append(element("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=style))

    def area(self, points: Sequence[Point], style: str) -> None:
        """Fill a polygon."""
        corners = " ".join(f"{_short(x)},{_short(y)}" for x, y in map(self._at, points))
        self._parts.append(element("polygon", points=corners, class_=style))

    def ribbon(
        self, start: tuple[float, float, float], end: tuple[float, float, float], style: str, tip: str
    ) -> None:
        """Draw a band from (x, top, bottom) to (x, top, bottom), curved so that both ends run level."""
        (x0, top0, low0), (x1, top1, low1) = start, end
        middle = (x0 + x1) / 2
        path = (
            f"M{self._p(x0, top0)}C{self._p(middle, top0)} {self._p(middle, top1)} {self._p(x1, top1)}"
            f"L{self._p(x1, low1)}C{self._p(middle, low1)} {self._p(middle, low0)} {self._p(x0, low0)}Z"
        )
        self._parts.append(element("path", element("title", tip), d=path, class_=style))

    def text(self, at: Point, words: str, style: str = "", anchor: str = "start") -> None:
        """Write one line; ``anchor`` is ``start``, ``middle`` or ``end`` along the direction of reading."""
        x, y = self._at(at)
        self._parts.append(element("text", words, x=x, y=y, text_anchor=anchor, class_=style or None))

    def svg(self, name: str, title: str, description: str, *, wide: bool = False) -> Markup:
        """Return the picture as one element; ``name`` makes its ids unique in the page."""
        heading = element("title", title, id=f"{name}-title") + element(
            "desc", description, id=f"{name}-desc"
        )
        return element(
            "svg",
            heading + Markup().join(self._parts),
            class_="chart wide" if wide else "chart",
            viewBox=f"0 0 {_short(self.width)} {_short(self.height)}",
            direction=direction(self.lang),
            role="img",
            aria_labelledby=f"{name}-title {name}-desc",
        )

    def _at(self, point: Point) -> Point:
        x, y = point
        return (self.width - x, y) if self._mirrored else (x, y)

    def _p(self, x: float, y: float) -> str:
        across, down = self._at((x, y))
        return f"{_short(across)} {_short(down)}"


def ticks(highest: float, wanted: int = 4) -> list[float]:
    """Round values from 0 to at least ``highest``, about ``wanted`` steps apart by 1, 2, 2.5 or 5 x 10^n.

    Steps are whole numbers: everything that the report draws is counted or in centimes.
    """
    highest = max(highest, 1)
    rough = highest / wanted
    size = 10 ** (len(str(int(rough))) - 1)
    step = next(s * size for s in (1, 2, 2.5, 5, 10) if s * size >= rough and float(s * size).is_integer())
    return [i * step for i in _until(highest, step)]


def _until(highest: float, step: float) -> Iterable[int]:
    for i in count():
        yield i
        if i * step >= highest:
            return


def _short(value: object) -> str:
    """Numbers with two decimals at most: a hundredth of a unit is invisible."""
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
