"""How groups of people and amounts by two laws are written, on a terminal and on a page."""

from __future__ import annotations

from himaya import language


def group_name(by: str, name: str, lang: language.Language) -> str:
    """Say which persons a group is of: men, those of 60 to 64, a place, a tenth."""
    if name in {"unknown", "other"} or (by == "sex" and name in {"M", "F"}):
        return language.text(f"reform.group.{name}", lang)
    return language.typeset(str(int(name)) if by == "tenth" else name, lang)


def amounts(
    before: int, after: int, lang: language.Language, currency: str, *, whole: bool = True
) -> tuple[str, str, str]:
    """Write an amount before, the one after, and the change with its sign; ``whole``: to the unit, for sums."""
    was, becomes = (language.money(centimes, lang, currency, whole=whole) for centimes in (before, after))
    return was, becomes, language.money(after - before, lang, currency, whole=whole, signed=True)
