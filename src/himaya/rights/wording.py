"""What the details of contradictions look like among other sentences of a language."""

from __future__ import annotations

from datetime import date

from himaya import language


def detail(told: str, lang: language.Language) -> str:
    """The detail of a contradiction (``days=52``, ``death=2023-07-20``) as a sentence; empty where it has none."""
    if not told:
        return ""
    given = dict(pair.split("=", 1) for pair in told.split())
    values = {
        name: date.fromisoformat(value) if name == "death" else int(value) for name, value in given.items()
    }
    return language.text(f"rights.detail_{'_'.join(values)}", lang, **values)
