"""Arabic on a terminal.

Terminals differ: some reorder and shape (VTE from 0.58, Konsole, mlterm, Apple's), most do neither.
Reordering here by ourselves would ruin the text wherever the terminal does it too, and what people copy
from the screen. So text always leaves in logical order; where the terminal is known to reorder, each line is
embedded right to left and keeps its isolates; elsewhere the marks, which such terminals draw as boxes, are
taken out. Numbers stay whole all the same: the separators that we write (U+202F, U+00A0, comma) join digits
in UAX 9.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from himaya.language.choice import Language, direction
from himaya.language.isolate import PDF, RLE, plain

if TYPE_CHECKING:
    from collections.abc import Mapping

_FIRST_VTE_WITH_BIDI = 5800


def reorders(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether the terminal that ``environ`` describes is known to order right-to-left text by itself."""
    vte = environ.get("VTE_VERSION", "")
    return (
        (vte.isdecimal() and int(vte) >= _FIRST_VTE_WITH_BIDI)
        or "KONSOLE_VERSION" in environ
        or environ.get("TERM_PROGRAM") == "Apple_Terminal"
        or environ.get("TERM", "").startswith("mlterm")
    )


def for_terminal(line: str, lang: Language, environ: Mapping[str, str] = os.environ) -> str:
    """One line of ``lang`` (without its end), ready to print on the terminal that ``environ`` describes."""
    if direction(lang) == "ltr":
        return line
    return f"{RLE}{line}{PDF}" if reorders(environ) else plain(line)
