"""What all pages share: one HTML file that needs nothing else, and how it is written."""

from __future__ import annotations

import os
from importlib import resources
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from himaya.language import direction
from himaya.report.svg import HATCH

if TYPE_CHECKING:
    from pathlib import Path

    from himaya.report.pen import Pen


def page(template: str, pen: Pen, **values: Any) -> str:
    """Render a template of this folder; it has no scripts and no outside address.

    ``values`` may have a ``say`` of their own, for pages whose words are not the report's alone.
    """
    environment = Environment(
        loader=PackageLoader("himaya.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style = resources.files("himaya.report").joinpath("templates/style.css").read_text(encoding="utf-8")
    shared = {
        "pen": pen,
        "say": pen.say,
        "lang": pen.lang,
        "direction": direction(pen.lang),
        "style": Markup(style),  # noqa: S704 - our own file
        "hatch": HATCH,
    }
    return environment.get_template(template).render(shared | values)


def write_whole(path: Path, text: str) -> Path:
    """Write a file whole or not at all (its folder is made); returns ``path``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(text, encoding="utf-8")
    return draft.replace(path)
