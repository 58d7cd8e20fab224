"""What the hand-worked cases cover of a law: article by article, and value by value."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from himaya.law.alterations import Alteration, Idle, unnoticed
from himaya.law.cases import Case, run_case
from himaya.law.catalogue import Citation, citations

if TYPE_CHECKING:
    from himaya.law.system import System


@dataclass(frozen=True)
class Coverage:
    """An article, the rules and values that stand on it, and the cases that used each."""

    article: str
    citations: tuple[tuple[Citation, tuple[str, ...]], ...]
    unnoticed: tuple[Alteration, ...] = ()
    """Changes of its values, by 1 % or one step, that no case notices."""

    @property
    def untested(self) -> list[Citation]:
        """Rules that no case used, and values that no case used or of which a change goes unnoticed."""
        places = {each.place for each in self.unnoticed}
        return [citation for citation, cases in self.citations if not cases or citation.place in places]

    @property
    def cases(self) -> set[str]:
        """Names of the cases that used anything of the article."""
        return {name for _, cases in self.citations for name in cases}


def coverage(
    system: System,
    cases: Sequence[Case],
    person_of: Callable[[Mapping[str, Any]], Mapping[str, Any]],
    idle: Sequence[Idle] = (),
) -> list[Coverage]:
    """For each article of the law what the cases used of it, run and not only named, and what decides nothing there."""
    used: dict[tuple[str, date | None], list[str]] = {}
    for case in cases:
        for key in run_case(system, case, person_of(case.person)).used:
            used.setdefault(key, []).append(case.name)
    silent = unnoticed(system, cases, person_of, idle)
    found: dict[str, list[tuple[Citation, tuple[str, ...]]]] = {}
    for each in citations(system):
        by = tuple(used.get((each.name, each.since), ()))
        for article in each.article.split(";"):
            found.setdefault(article.strip(), []).append((each, by))
    return [_covered(article, found[article], silent) for article in sorted(found)]


def _covered(
    article: str, standing: Sequence[tuple[Citation, tuple[str, ...]]], silent: Sequence[Alteration]
) -> Coverage:
    places = {citation.place for citation, _ in standing}
    return Coverage(article, tuple(standing), tuple(each for each in silent if each.place in places))
