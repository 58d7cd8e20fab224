"""From a letter to pages: one typesetter a process, the letter handed over as data and never as markup."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from himaya.letters.model import Letter, LettersUnavailableError

if TYPE_CHECKING:
    from datetime import date

FOLDER = Path(str(resources.files("himaya.letters")))
TEMPLATE = FOLDER / "templates" / "letter.typ"
FONTS = FOLDER / "fonts"
STANDARDS = ["a-2a", "ua-1"]
"""Archivable for decades, and readable aloud: PDF/A-2a and PDF/UA-1."""


def available() -> None:
    """Make sure that the typesetter is there; raises :class:`LettersUnavailableError`."""
    _compiler()


def pdf(letter: Letter, on: date) -> bytes:
    """The letter as PDF; ``on`` is the date in its properties, so that the same letter is the same bytes.

    Raises
    ------
    LettersUnavailableError
        If the typesetter is not installed.
    """
    stamp = datetime(on.year, on.month, on.day, tzinfo=UTC)
    compiler, said = _compiler(), _inputs(letter)
    try:
        made = compiler.compile(sys_inputs=said, format="pdf", pdf_standards=STANDARDS, timestamp=stamp)
    except RuntimeError:
        # A name in a script that our fonts have not is set as boxes, which the standards forbid: better such a
        # letter than none. Any other fault is raised here again.
        made = compiler.compile(sys_inputs=said, format="pdf", timestamp=stamp)
    return cast("bytes", made)


def png(letter: Letter, ppi: float = 96.0) -> list[bytes]:
    """The letter as pictures, one a page."""
    made: Any = _compiler().compile(sys_inputs=_inputs(letter), format="png", ppi=ppi)
    return [made] if isinstance(made, bytes) else list(made)


def _inputs(letter: Letter) -> dict[str, str]:
    return {"letter": json.dumps(letter.as_dict(), ensure_ascii=False)}


@cache
def _compiler() -> Any:
    """The typesetter with our fonts alone: no machine's own, no package, no network."""
    try:
        import typst
    except ModuleNotFoundError as error:
        raise LettersUnavailableError(
            "letters need the typesetter Typst, which is not installed",
            mend="Install the extra: pip install 'himaya[letters]'.",
        ) from error
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])
    return typst.Compiler(TEMPLATE, root=TEMPLATE.parent, font_paths=fonts)
