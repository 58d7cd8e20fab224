"""A country's law, assembled from its rules, parameters and labels, and checked."""

from __future__ import annotations

import hashlib
import traceback
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from himaya.errors import nearest
from himaya.law import units
from himaya.law.errors import (
    CycleError,
    InputError,
    LawError,
    OverlayError,
    RuleError,
    UnitError,
    UnknownNameError,
)
from himaya.law.overlay import Overlay, read_overlay
from himaya.law.parameters import Group, Parameter, read_group
from himaya.law.probe import Probe, ProbeGroup, ProbeLink
from himaya.law.rules import LAW_DATE, PERSON, Input, Link, Rule, plain_day
from himaya.law.units import LANGUAGES, Languages
from himaya.law.versions import check_validity, collected, not_in_force
from himaya.sentence import Sentence, said, verbatim
from himaya.yamlfile import lines, load

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping
    from types import ModuleType


Words = dict[str, Languages]
"""What a ``.labels.yaml`` file says of one name: its ``label``, and for a rule its ``text`` and its ``note``."""


@dataclass(frozen=True)
class Shape:
    """Whose a quantity is, and what there is an array of; ``axis`` None: one value."""

    entity: str
    axis: str | None


@dataclass(frozen=True)
class Flows:
    """How a rule's arguments reach its result: directly, or through links."""

    directly: frozenset[str]
    through: Mapping[str, frozenset[str]]
    """Argument to links."""


@dataclass(frozen=True)
class Doubt:
    """Why nobody has verified a rule, or the value of a parameter from a date on."""

    since: date | None
    note: Languages


class System:
    """The law of one country, or one branch of it.

    Parameters
    ----------
    name
        Short name of the system.
    modules
        Modules that hold the rules. Beside ``old_age.py`` stand ``old_age.yaml`` (its parameters: the group
        ``old_age``) and ``old_age.labels.yaml`` (what rules and inputs are called, and the rules' descriptions and
        notes in French and Arabic; the English ones stand in the function), each where needed.
    inputs
        Quantities that the caller gives.
    links
        Relations that the caller gives: households, spouses, parents.
    overlay
        Changes of parameters: a reform, or a what-if.
    of_country
        The country as errors say it after "the law", each language with its article: "of France", « du Maroc ».

    Raises
    ------
    LawError
        One of its subclasses, naming rule or parameter, file and line, for what the static check finds.
    """

    def __init__(
        self,
        name: str,
        modules: Iterable[ModuleType],
        inputs: Iterable[Input],
        links: Iterable[Link] = (),
        overlay: Overlay | None = None,
        of_country: Sentence | None = None,
    ) -> None:
        self.name = name
        self.of_country = of_country or said("of {country}", country=name)
        self.overlay = overlay
        self._modules = tuple(modules)
        paths = [Path(str(module.__file__)) for module in self._modules]
        words = _read_words(paths)
        groups = {
            path.stem: read_group(path.with_suffix(".yaml"))
            for path in paths
            if path.with_suffix(".yaml").exists()
        }
        self.groups: Mapping[str, Group] = overlay.apply(groups) if overlay else groups
        law_date = Input(LAW_DATE, units.DATE, labels=_LAW_DATE_LABELS)
        self.inputs: Mapping[str, Input] = {each.name: each for each in (*inputs, law_date)}
        self.links: Mapping[str, Link] = {each.name: each for each in links}
        versions = collected(self._modules)
        self.versions: Mapping[str, tuple[Rule, ...]] = (
            overlay.replace_rules(versions) if overlay else versions
        )
        self._check_names()
        self.labels: Mapping[str, Languages] = self._all_labels(words)
        self.described: Mapping[str, Languages] = self._written(words, "text", lambda each: each.text)
        self.notes: Mapping[str, Languages] = self._written(words, "note", lambda each: each.note)
        for rules in self.versions.values():
            check_validity(rules)
        self.order: tuple[str, ...] = self._sorted()
        self.reads: dict[str, frozenset[str]] = {}
        self.flows: dict[str, Flows] = {}
        self.shapes: dict[str, Shape] = {
            each.name: Shape(each.entity, each.axis) for each in self.inputs.values()
        }
        self._probe()

    def rule(self, name: str, on: date) -> Rule:
        """The version of a rule that is the law on a date."""
        versions = self.versions.get(name)
        if versions is None:
            raise UnknownNameError(
                said(
                    "there is no rule '{name}' in the law {of_country}", name=name, of_country=self.of_country
                ),
                mend=nearest(name, self.versions) or "Rules are listed by System.versions.",
            )
        for version in versions:
            if version.in_force(on):
                return version
        raise not_in_force(name, versions, on)

    def parameter(self, name: str) -> Parameter:
        """The parameter called ``group.name``."""
        group, _, own = name.partition(".")
        if group not in self.groups:
            names = [p.name for g in self.groups.values() for p in g.parameters.values()]
            raise UnknownNameError(
                said("there is no parameter '{name}'", name=name), mend=nearest(name, names)
            )
        return self.groups[group][own]

    def needed(self, targets: Collection[str], on: date, without: Collection[str] = ()) -> tuple[Rule, ...]:
        """The rules that the targets rest on, on a date, each after those it depends on.

        ``without``: links that are left out.
        """
        if isinstance(targets, str):
            raise InputError(
                said("the targets are one text, '{targets}'", targets=targets),
                mend=said("Give a list: ['{targets}'].", targets=targets),
            )
        plain_day(on, said("the date of law"))
        wanted: set[str] = set()
        waiting = [self.rule(target, on).name for target in targets]
        while waiting:
            name = waiting.pop()
            if name not in wanted:
                wanted.add(name)
                asked = self.asked(self.rule(name, on), without)
                waiting.extend(argument for argument in asked if argument in self.versions)
        return tuple(self.rule(name, on) for name in self.order if name in wanted)

    def asked(self, each: Rule, without: Collection[str]) -> tuple[str, ...]:
        """Arguments of a rule, without those that it only reaches through links that are left out."""
        if not without:
            return each.arguments
        flows, closed = self.flows[each.place], frozenset(without)
        return tuple(
            a for a in each.arguments if a in flows.directly or not flows.through.get(a, {""}) <= closed
        )

    def left_out(self, given: Collection[str]) -> frozenset[str]:
        """Links that may be left out, and are."""
        return frozenset(name for name, link in self.links.items() if link.optional) - set(given)

    def with_overlay(self, path: Path | str) -> System:
        """The same law with the changes of an overlay file; see ``docs/change-a-parameter.md``."""
        return self.reformed(path)[1]

    def reformed(self, path: Path | str) -> tuple[System, System]:
        """The law that an overlay file compares with (the law in force, unless it has a baseline), and its own."""
        reform, baseline = read_overlay(Path(path))
        if reform.country not in {None, self.name}:
            raise OverlayError(
                said(
                    "the overlay says 'country: {country}', and changes the law {of_country}",
                    country=str(reform.country),
                    of_country=self.of_country,
                ),
                where=f"{reform.path}:{reform.lines['country',]}",
            )
        if baseline.empty and reform.empty:
            raise OverlayError(
                "the overlay changes nothing",
                where=f"{reform.path}:1",
                mend="Write what becomes of a parameter under 'parameters', or name a module of rules.",
            )
        return self._overlaid(baseline), self._overlaid(reform)

    def _overlaid(self, overlay: Overlay) -> System:
        if overlay.empty:
            return self
        inputs = [each for each in self.inputs.values() if each.name != LAW_DATE]
        return System(self.name, self._modules, inputs, self.links.values(), overlay, self.of_country)

    @cached_property
    def version(self) -> str:
        """Fingerprint of the rules and parameters, overlay included: the law version of a run."""
        digest = hashlib.sha256()
        for module in self._modules:
            path = Path(str(module.__file__))
            for each in (path, path.with_suffix(".yaml")):
                digest.update(each.read_bytes() if each.exists() else b"-")
        if self.overlay:
            digest.update(self.overlay.content)
        return digest.hexdigest()[:16]

    @cached_property
    def unverified(self) -> Mapping[str, list[Doubt]]:
        """Everything nobody has verified: names of rules and parameters, each with the reasons."""
        found: dict[str, list[Doubt]] = defaultdict(list)
        for rules in self.versions.values():
            for each in rules:
                if not each.verified:
                    found[each.name].append(Doubt(each.valid_from, self.notes[each.place] or {"en": ""}))
        for group in self.groups.values():
            for parameter in group.parameters.values():
                for dated in parameter.values:
                    if not dated.verified:
                        doubt = Doubt(dated.since, dated.note or {"en": dated.article})
                        found[parameter.name].append(doubt)
        return dict(found)

    def _check_names(self) -> None:
        for name in self.versions.keys() & (self.inputs.keys() | self.groups.keys() | self.links.keys()):
            raise RuleError(
                said("'{name}' is a rule and also an input, link or group", name=name),
                where=self.versions[name][0].place,
            )
        known = [*self.versions, *self.inputs, *self.links, *self.groups]
        for rules in self.versions.values():
            for each in rules:
                for argument in each.arguments:
                    if argument not in known:
                        raise UnknownNameError(
                            said(
                                "rule {name} depends on '{argument}', which is no rule, input, link or group",
                                name=each.name,
                                argument=argument,
                            ),
                            where=each.place,
                            mend=nearest(argument, known) or "Write the rule, or declare the input.",
                        )
                if not each.article.strip():
                    raise RuleError(
                        said("rule {name} cites no article", name=each.name),
                        where=each.place,
                        mend="Write the text of law that it follows, and 'verified=False' if nobody has read it.",
                    )

    def _all_labels(self, words: Mapping[str, Words]) -> Mapping[str, Languages]:
        found: dict[str, Languages] = {}
        own = {name: rules[0].labels for name, rules in self.versions.items()}
        own |= {name: each.labels for name, each in self.inputs.items()}
        own |= {name: each.labels for name, each in self.links.items()}
        for name, labels in own.items():
            text = labels or words.get(name, {}).get("label") or self._unnamed(name)
            missing = [language for language in LANGUAGES if not text.get(language)]
            if missing:
                place = self.versions[name][0].place if name in self.versions else None
                raise RuleError(
                    said("{name} has no label in {languages}", name=name, languages=missing),
                    where=place,
                    mend="Add it to the .labels.yaml file beside the module.",
                )
            found[name] = text
        functions = {each.function.__name__ for rules in self.versions.values() for each in rules}
        for name in words.keys() - own.keys() - functions:
            raise UnknownNameError(
                said("a label stands for '{name}', which does not exist", name=name),
                mend=nearest(name, [*own, *functions]),
            )
        return found

    @cached_property
    def texts(self) -> Mapping[str, Languages]:
        """Description of each version of a rule, by place; in English where a language lacks it."""
        return {
            place: {**dict.fromkeys(LANGUAGES, text.get("en", "")), **text}
            for place, text in self.described.items()
        }

    def _unnamed(self, name: str) -> Languages:
        # Whoever tries a rule of a reform need not name it in three languages first.
        tried = name in self.versions and self.overlay and self.versions[name][0].path == self.overlay.rules
        return dict.fromkeys(LANGUAGES, name.replace("_", " ")) if tried else {}

    def _written(
        self, words: Mapping[str, Words], key: str, english: Callable[[Rule], str | None]
    ) -> Mapping[str, Languages]:
        """What is written about each version of a rule, by place: in English in the code, else beside it."""
        found: dict[str, Languages] = {}
        for rules in self.versions.values():
            for each in rules:
                # What stands beside the law is of its own rules, not of those that a reform puts in their place.
                tried = self.overlay is not None and each.path == self.overlay.rules
                own = {} if tried else words.get(each.function.__name__, {}).get(key) or {}
                text = english(each)
                found[each.place] = {"en": text, **own} if text else own
        return found

    def _sorted(self) -> tuple[str, ...]:
        """Names of rules, each after its dependencies."""
        order: list[str] = []
        done: set[str] = set()

        def visit(name: str, path: tuple[str, ...]) -> None:
            if name in path:
                circle = (*path[path.index(name) :], name)
                raise CycleError(
                    said("rules depend on one another in a circle: {circle}", circle=" → ".join(circle)),
                    where=self.versions[name][0].place,
                    mend="Take one of these arguments away.",
                )
            if name in done:
                return
            for each in self.versions[name]:
                for argument in each.arguments:
                    if argument in self.versions:
                        visit(argument, (*path, name))
            done.add(name)
            order.append(name)

        for name in self.versions:
            visit(name, ())
        return tuple(order)

    def _probe(self) -> None:
        known: dict[str, Probe] = {
            name: Probe(i.unit, i.axis, None if name == LAW_DATE else i.entity)
            for name, i in self.inputs.items()
        }
        for name in self.order:
            for each in self.versions[name]:
                reads: set[str] = set()
                through: dict[str, frozenset[str]] = {}
                result = _probed(each, known, self, reads, through)
                self.reads[each.place] = frozenset(reads)
                self.flows[each.place] = Flows(result.names, through)
                known[name] = Probe(each.unit, result.axis, result.entity)
                self.shapes[name] = Shape(result.entity or PERSON, result.axis)


def _probed(
    each: Rule,
    known: Mapping[str, Probe],
    system: System,
    reads: set[str],
    through: dict[str, frozenset[str]],
) -> Probe:
    """What a rule gives, noting the parameters it reads and the arguments it takes through links."""
    arguments: list[Any] = []
    for name in each.arguments:
        if name in known:
            arguments.append(replace(known[name], names=frozenset({name})))
        elif name in system.links:
            arguments.append(ProbeLink(system.links[name], through))
        else:
            arguments.append(ProbeGroup(system.groups[name], reads))
    try:
        result = Probe.of(each(*arguments))
    except LawError as error:
        raise type(error)(
            said("rule {name}: {what}", name=each.name, what=error.what),
            where=error.where or each.place,
            why=error.why,
            mend=error.mend or said("Correct the formula, or the unit of what it uses."),
        ) from error
    except Exception as error:
        raise RuleError(
            said("rule {name} cannot be evaluated: {reason}", name=each.name, reason=verbatim(str(error))),
            where=_line_within(each, error),
            mend="A rule may only use the operators of himaya.law, on its arguments and on plain numbers.",
        ) from error
    literal = result.unit is None and (result.zero or not each.unit.currency) and each.unit.kind != "flag"
    if not literal and (result.unit is None or not result.unit.alike(each.unit)):
        gives = said("a number written in the rule") if result.unit is None else result.unit.name
        raise UnitError(
            said(
                "rule {name} declares {unit} but gives {gives}",
                name=each.name,
                unit=each.unit.name,
                gives=gives,
            ),
            where=each.place,
            mend="Change the unit of the decorator or the formula.",
        )
    return result


def _line_within(each: Rule, error: Exception) -> str:
    """The line of a rule's file at which an error rose, or the rule itself."""
    own = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(each.path)]
    return f"{each.path}:{own[-1].lineno}" if own else each.place


def _read_words(paths: Iterable[Path]) -> dict[str, Words]:
    found: dict[str, Words] = {}
    for path in paths:
        file = path.with_name(f"{path.stem}.labels.yaml")
        entries = load(file) or {} if file.exists() else {}
        for name, entry in entries.items():
            if not isinstance(entry, dict) or not entry.keys() <= {"label", "text", "note"}:
                raise RuleError(
                    said("what stands for '{name}' is not 'label', 'text' and 'note'", name=str(name)),
                    where=f"{file}:{lines(file)[name,]}",
                    mend="Write 'label: {en: …, fr: …, ar: …}' and, for a rule, 'text' and 'note' in fr and ar.",
                )
        found |= entries
    return found


_LAW_DATE_LABELS = {
    "en": "Date of the law applied",
    "fr": "Date du droit appliqué",
    "ar": "تاريخ القانون المطبق",
}
