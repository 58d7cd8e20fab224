"""What a law consists of, for people who read it: rules, parameters over time, articles, what nobody verified."""

from __future__ import annotations

import inspect
import re
import textwrap
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from himaya.errors import nearest
from himaya.law.errors import UnknownNameError
from himaya.law.units import LANGUAGES, Languages
from himaya.sentence import Sentence, said

if TYPE_CHECKING:
    from collections.abc import Iterator

    from himaya.law.parameters import Dated, Parameter
    from himaya.law.rules import Rule
    from himaya.law.system import System


@dataclass(frozen=True)
class RuleCard:
    """All that is written about one rule.

    Parameters
    ----------
    versions
        Its versions, the oldest first.
    labels
        What it is called.
    texts, notes
        What each version says, and what a reader must know of it, in the order of ``versions``.
    sources
        The lines of each version's function.
    reads
        Parameters that any version looks up.
    needs, used_by
        Names of the rules and inputs that it depends on, and of the rules that depend on it.
    """

    name: str
    versions: tuple[Rule, ...]
    labels: Languages
    texts: tuple[Languages, ...]
    notes: tuple[Languages, ...]
    sources: tuple[str, ...]
    reads: tuple[Parameter, ...]
    needs: tuple[str, ...]
    used_by: tuple[str, ...]


@dataclass(frozen=True)
class ParameterCard:
    """A parameter and the names of the rules that read it."""

    parameter: Parameter
    used_by: tuple[str, ...]


@dataclass(frozen=True)
class Citation:
    """A place in the law as written here that stands on an article: a rule, or one value of a parameter."""

    name: str
    labels: Languages
    article: str
    place: str
    since: date | None
    verified: bool
    note: Languages | None


@dataclass(frozen=True)
class Amendment:
    """What is another law on one date than on an earlier one."""

    name: str
    labels: Languages
    before: Dated | Rule | None
    after: Dated | Rule | None
    parameter: Parameter | None
    """The parameter whose value changed; None if a rule did."""


@dataclass(frozen=True)
class Finding:
    """Something that a law should not be shipped with."""

    name: str
    place: str
    what: Sentence
    mend: Sentence


def card(system: System, name: str) -> RuleCard:
    """All about a rule; raises :class:`~himaya.law.errors.UnknownNameError` with the nearest names."""
    if name not in system.versions:
        raise UnknownNameError(
            said(
                "there is no rule '{name}' in the law {of_country}", name=name, of_country=system.of_country
            ),
            mend=nearest(name, system.versions) or "Rules are listed by System.versions.",
        )
    versions = system.versions[name]
    reads = sorted({read for each in versions for read in system.reads[each.place]})
    needs = dict.fromkeys(a for each in versions for a in each.arguments if a not in system.groups)
    used_by = [
        other for other, rules in system.versions.items() if any(name in each.arguments for each in rules)
    ]
    return RuleCard(
        name,
        versions,
        system.labels[name],
        tuple(system.texts[each.place] for each in versions),
        tuple(system.notes[each.place] for each in versions),
        tuple(_source(each) for each in versions),
        tuple(system.parameter(read) for read in reads),
        tuple(needs),
        tuple(used_by),
    )


def parameter_card(system: System, name: str) -> ParameterCard:
    """All about a parameter; raises :class:`~himaya.law.errors.UnknownNameError` with the nearest names."""
    parameter = system.parameter(name)
    rules = [
        other
        for other, versions in system.versions.items()
        if any(name in system.reads[each.place] for each in versions)
    ]
    return ParameterCard(parameter, tuple(rules))


def _source(each: Rule) -> str:
    """The function without its decorator and docstring: the formula as it is evaluated."""
    text = textwrap.dedent(inspect.getsource(each.function))
    text = text[text.index("def ") :]
    text = re.sub(r'\n\s*""".*?"""', "", text, count=1, flags=re.DOTALL).rstrip()
    return re.sub(r"(: Any\b)|( -> Any\b)", "", text)  # that anything may stand there tells a reader nothing


def citations(system: System, article: str | None = None) -> Iterator[Citation]:
    """Rules and values of parameters that stand on an article; on any, if None.

    An article is found by any part of it, whatever its case, its spaces and the dots of its letters: ``1-72-184``,
    ``D. 351-1-4``, ``L351-10``. A number is found whole: ``351-1`` is in ``L. 351-1-4`` and not in ``L. 351-10``.
    """
    wanted = None if article is None else _pattern(article)
    for name, rules in system.versions.items():
        for each in rules:
            if wanted is None or wanted.search(_squeezed(each.article)):
                yield Citation(
                    name,
                    system.labels[name],
                    each.article,
                    each.place,
                    each.valid_from,
                    each.verified,
                    system.notes[each.place] or None,
                )
    for group in system.groups.values():
        for parameter in group.parameters.values():
            for dated in parameter.values:
                if dated.article and (wanted is None or wanted.search(_squeezed(dated.article))):
                    yield Citation(
                        parameter.name,
                        parameter.labels,
                        dated.article,
                        dated.place,
                        dated.since,
                        dated.verified,
                        dated.note,
                    )


def _squeezed(article: str) -> str:
    return re.sub(r"\s+|(?<=[^\W\d])\.", "", article).casefold()


def _pattern(article: str) -> re.Pattern[str]:
    words = _squeezed(article)
    before, after = (r"(?<!\d)" if words[:1].isdigit() else "", r"(?!\d)" if words[-1:].isdigit() else "")
    return re.compile(before + re.escape(words) + after)


def articles(system: System) -> dict[str, list[Citation]]:
    """Everything that the law stands on: each article with its rules and values, in order of name."""
    found: dict[str, list[Citation]] = {}
    for each in citations(system):
        for article in each.article.split(";"):
            found.setdefault(article.strip(), []).append(each)
    return dict(sorted(found.items()))


def amendments(system: System, before: date, after: date) -> Iterator[Amendment]:
    """Rules and parameters that are another law on the second date than on the first."""
    for name, rules in system.versions.items():
        old, new = (next((each for each in rules if each.in_force(on)), None) for on in (before, after))
        if old is not new:
            yield Amendment(name, system.labels[name], old, new, None)
    for group in system.groups.values():
        for parameter in group.parameters.values():
            was, becomes = parameter.dated(before), parameter.dated(after)
            if (was and was.value) != (becomes and becomes.value):
                yield Amendment(parameter.name, parameter.labels, was, becomes, parameter)


def findings(system: System) -> Iterator[Finding]:
    """What the static check lets pass, and a law should not be shipped with.

    Errors proper (unknown names, circles, units, gaps) are raised when the system is assembled.
    """
    for rules in system.versions.values():
        for each in rules:
            missing = [language for language in LANGUAGES if language not in system.described[each.place]]
            if missing:
                yield Finding(
                    each.name,
                    each.place,
                    said("no description in {languages}", languages=missing),
                    said(
                        "Write a docstring, and 'text' in fr and ar in {file}.",
                        file=f"{each.path.stem}.labels.yaml",
                    ),
                )
            if not each.verified:
                yield from _unexplained(each.name, each.place, system.notes[each.place])
            for argument in each.arguments:
                if not _covers(system.versions.get(argument, ()), each):
                    yield Finding(
                        each.name,
                        each.place,
                        said("it is in force on days on which {argument} is not", argument=argument),
                        said(
                            "Give it the dates of {argument}, or write {argument} for those days.",
                            argument=argument,
                        ),
                    )
    read = {name for reads in system.reads.values() for name in reads}
    for group in system.groups.values():
        for parameter in group.parameters.values():
            if parameter.name not in read:
                yield Finding(
                    parameter.name,
                    parameter.place,
                    said("no rule reads it"),
                    said("Read it in a rule as {name}, or take it out.", name=parameter.name),
                )
            for dated in parameter.values:
                if not dated.verified:
                    yield from _unexplained(parameter.name, dated.place, dated.note)


def _covers(versions: tuple[Rule, ...], each: Rule) -> bool:
    """Whether there is a version on every day of a rule that depends on it."""
    if not versions:  # no rule, but an input, a link or a group
        return True
    first, last = versions[0].valid_from, versions[-1].valid_to
    begins = first is None or (each.valid_from is not None and first <= each.valid_from)
    return begins and (last is None or (each.valid_to is not None and each.valid_to <= last))


def _unexplained(name: str, place: str, note: Languages | None) -> Iterator[Finding]:
    """What the note of something unverified lacks."""
    missing = [language for language in LANGUAGES if language not in (note or {})]
    mend = said("Write 'note' in en, fr and ar: what was looked for, and where.")
    if not note:
        yield Finding(name, place, said("not verified, and no note says why"), mend)
    elif missing:
        what = said("not verified, and no note says why in {languages}", languages=missing)
        yield Finding(name, place, what, mend)
