"""How letters write: texts of ``letters.yaml``, names, months, in one language."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Any

from himaya import language
from himaya.report.pen import Pen


@dataclass(frozen=True)
class Words:
    """What letters say beside quantities, which the report's pen writes."""

    pen: Pen

    def say(self, key: str, **values: Any) -> str:
        """Write a text of the letters' catalogue."""
        return language.text(f"letters.{key}", self.pen.lang, **values)

    def name(self, word: str) -> str:
        """Write a name, which may be of either script; empty where there is none."""
        word = cleaned(word)
        return self.pen.word(word) if word else ""

    def left_to_right(self, word: str) -> str:
        """Write a reference or number that reads from the left in every language."""
        return language.left_to_right(word) if self.pen.lang == "ar" else word

    def month(self, number: int) -> str:
        """Write a month number in words."""
        return language.month(number, self.pen.lang)

    def year(self, number: int) -> str:
        """Write a year."""
        return self.pen.year(number)

    def days(self, count: int) -> str:
        """Write a number of days."""
        return self.pen.quantity(count, "days")


def cleaned(word: str) -> str:
    """A name without marks of direction and control characters, which could disturb what stands around it."""
    visible = "".join(" " if unicodedata.category(c) in {"Cc", "Zl", "Zp"} else c for c in word)
    return " ".join("".join(c for c in visible if unicodedata.category(c) != "Cf").split())
