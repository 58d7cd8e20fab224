"""Marks that text needs around numbers and names, and the spaces that French wants.

Isolates keep a number or a name whole inside text of the other direction.

Unicode Bidirectional Algorithm (UAX 9). Without them ``3 210,50`` may come out as ``210,50 3`` in Arabic.
The same characters serve HTML text, SVG text and terminals, so there is one mechanism.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from himaya.language.choice import Language

LRI, RLI, FSI, PDI = "\u2066", "\u2067", "\u2068", "\u2069"
RLE, PDF = "\u202b", "\u202c"
_OPENING, _STRONG = frozenset({LRI, RLI, FSI}), frozenset({"L", "R", "AL"})
NARROW_SPACE, NO_BREAK_SPACE = "\u202f", "\u00a0"

_FRENCH_SPACE = re.compile(r"(?<=«) | (?=[:;!?»])")
_MARKS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_ISOLATED = f"[{LRI}{RLI}{FSI}][^{PDI}]*{PDI}"
# A number with its separators, sign and percent; also dates (01/05/2025), ranges and law numbers (1-72-184).
_NUMBER = rf"[+\-\u2212]?\d(?:[\d.,:/%\-\u2212\u2013{NARROW_SPACE}{NO_BREAK_SPACE}]*[\d%])?"
# What is typed in Latin letters: a command with its options and numbers, a name with dots, an address.
_TYPED = r"(?:--?|[.'])?[A-Za-z](?:[\w.:/='@*+\[\]-]*[\w'*/=\]])?(?:\(\w+\))?"
_LATIN = rf"{_TYPED}(?: (?:{_TYPED}|\d+))*"
_ISOLATED_OR_LATIN = re.compile(f"(?P<isolated>{_ISOLATED})|(?P<latin>{_LATIN})", re.ASCII)
_ISOLATED_OR_NUMBER = re.compile(f"(?P<isolated>{_ISOLATED})|(?P<number>{_NUMBER})")


def left_to_right(text: str) -> str:
    """``text`` as one left-to-right island."""
    return f"{LRI}{text}{PDI}"


def first_strong(text: str) -> str:
    """``text`` as an island that runs as its own first letter says: for names, of either script.

    The algorithm looks for that letter outside of inner islands only (UAX 9, P2), so that a phrase of ours made of
    islands and punctuation alone would run from the left, and its words change places. It is Arabic: it runs from
    the right.
    """
    return f"{RLI if _only_islands(text) else FSI}{text}{PDI}"


def _only_islands(text: str) -> bool:
    """Whether text has inner islands and no letter outside of them."""
    depth = islands = 0
    for character in text:
        if character in _OPENING:
            depth, islands = depth + 1, islands + 1
        elif character == PDI:
            depth = max(depth - 1, 0)
        elif not depth and unicodedata.bidirectional(character) in _STRONG:
            return False
    return islands > 0


def numbers_isolated(text: str) -> str:
    """``text`` with every number that is not yet inside an isolate put into one."""
    return _ISOLATED_OR_NUMBER.sub(
        lambda found: found["isolated"] or left_to_right(found["number"]),
        text,
    )


def latin_isolated(text: str) -> str:
    """``text`` with what is typed in Latin letters put into isolates: else ``--fund DIR`` shows its dashes last."""
    return _ISOLATED_OR_LATIN.sub(lambda found: found["isolated"] or left_to_right(found["latin"]), text)


def typeset(text: str, lang: Language) -> str:
    """``text`` as its language sets it: numbers and commands isolated in Arabic, narrow spaces in French."""
    if lang == "ar":
        return numbers_isolated(latin_isolated(text))
    return _FRENCH_SPACE.sub(NARROW_SPACE, text) if lang == "fr" else text


def plain(text: str) -> str:
    """``text`` without any direction mark: for comparing, and for terminals that would print them."""
    return _MARKS.sub("", text)
